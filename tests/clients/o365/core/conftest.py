"""A fake server per test and what reaches it: accounts of all flows, and doubles of a connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.clients.o365.core.fake import TENANT, Server

from O365 import Account
from O365.utils import FileSystemTokenBackend
from postroom.web.tls import Certificate

CLIENT, SECRET = "2f0a9b44-7c1d-4a67-9a39-6f3d2e1c0b5a", "a secret of the app"
Make = Callable[..., Account]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def ca_file(certificate: Certificate) -> str:
    return str(certificate.file.parent / "ca.pem")


@pytest.fixture
def server(certificate: Certificate) -> Iterator[Server]:
    started = Server(certificate.context)
    yield started
    started.stop()


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    return tmp_path / "tokens" / "o365_token.txt"


@pytest.fixture
def make(server: Server, ca_file: str, token_file: Path) -> Make:
    """Makes accounts on the fake server, all with the same token file unless told otherwise."""

    def build(credentials: Any = (CLIENT, SECRET), **options: Any) -> Account:
        backend = FileSystemTokenBackend(token_file.parent, token_file.name)
        given = {"authority": server.authority, "base_url": server.base_url, "verify_ssl": ca_file}
        return Account(credentials, **{"token_backend": backend, "tenant_id": TENANT, **given, **options})

    return build


@pytest.fixture
def account(make: Make, server: Server) -> Account:
    """An account whose user has signed in."""
    signed_in = make()
    assert signed_in.authenticate(scopes=["basic", "message_all"], handle_consent=server.consent)
    return signed_in


@pytest.fixture
def app(make: Make) -> Account:
    """An account of an app by itself."""
    signed_in = make(auth_flow_type="credentials")
    assert signed_in.authenticate()
    return signed_in
