"""An instance, and a directory server with nobody in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive.directories.ldap_server import DirectoryServer, directory_server
from tests.archive.directories.room import Room

from postroom.web.tls import Certificate


@pytest.fixture(scope="session")
def tls_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates for localhost and 127.0.0.1."""
    folder = tmp_path_factory.mktemp("certificates")
    Certificate(folder)
    return folder


@pytest.fixture(scope="session")
def slapd_running(tls_folder: Path) -> Iterator[DirectoryServer]:
    with directory_server(tls_folder) as running:
        yield running


@pytest.fixture
def ldap(slapd_running: DirectoryServer) -> DirectoryServer:
    slapd_running.empty()
    return slapd_running


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with Room(tmp_path / "instance.db") as room:
        yield room
