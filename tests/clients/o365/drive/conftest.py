"""Items of a default drive on a connection that records, in the zone of Berlin; a service for contents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.clients.o365.drive.file_server import FileServer
from tests.clients.o365.mail.doubles import Recorder

from O365.connection import Connection, MSGraphProtocol
from O365.drive import Drive, DriveItem, Folder, Storage
from O365.utils import MemoryTokenBackend

ADA = {"user": {"id": "u1", "displayName": "Ada", "email": "ada@example.com"}}
TOLD: dict[str, Any] = {
    "id": "I1",
    "name": "roof.txt",
    "description": "How it leaks",
    "webUrl": "https://files.example.com/roof.txt",
    "size": 5,
    "createdBy": ADA,
    "lastModifiedBy": ADA,
    "createdDateTime": "2026-01-01T10:00:00Z",
    "lastModifiedDateTime": "2026-07-01T10:00:00Z",
    "parentReference": {"driveId": "D", "id": "P", "path": "/drives/D/root:/letters"},
    "file": {"mimeType": "text/plain", "hashes": {"sha1Hash": "AB"}},
    "shared": {"scope": "users"},
}
Item = Callable[..., Any]


@pytest.fixture
def protocol() -> MSGraphProtocol:
    return MSGraphProtocol(timezone="Europe/Berlin")


@pytest.fixture
def con() -> Recorder:
    return Recorder()


@pytest.fixture
def storage(con: Recorder, protocol: MSGraphProtocol) -> Storage:
    return Storage(con=con, protocol=protocol)


@pytest.fixture
def drive(storage: Storage) -> Drive:
    return storage.get_default_drive()


@pytest.fixture
def item(drive: Drive) -> Item:
    """An item that the service told of, with other data where given; None leaves a key out."""

    def make(**changes: Any) -> DriveItem:
        told = {key: value for key, value in {**TOLD, **changes}.items() if value is not None}
        return drive._made(told)

    return make


@pytest.fixture
def folder(drive: Drive) -> Folder:
    return Folder(parent=drive, __cloud_data__={"id": "F", "name": "letters", "folder": {"childCount": 3}})


@pytest.fixture
def service() -> Iterator[FileServer]:
    started = FileServer()
    yield started
    started.stop()


@pytest.fixture
def real(service: FileServer) -> Drive:
    """A drive of a service that is asked over HTTP."""
    con = Connection(("id", "secret"), token_backend=MemoryTokenBackend(), request_retries=0, tenant_id="t")
    con.session = con.get_session()
    con.session.headers["Authorization"] = "Bearer token"
    con.session.trust_env = False
    protocol = MSGraphProtocol(timezone="UTC")
    protocol.service_url = service.url
    return Drive(con=con, protocol=protocol)
