"""Directory services of an instance: each has its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.archive.directories.ldap_server import DirectoryServer, directory_server
from tests.faces.mailstore.spe.conftest import Installation

from mailstore.errors import MailStoreCallError


@pytest.fixture(scope="module")
def slapd_running(tls: Path) -> Iterator[DirectoryServer]:
    with directory_server(tls) as running:
        running.empty()
        running.person("anna")
        yield running


def test_users_of_one_instance_come_from_a_directory(
    installation: Installation, client: Any, slapd_running: DirectoryServer
) -> None:
    for name in ("elm", "oak"):
        installation.instance(name)
    client.SetDirectoryServicesConfiguration("elm", slapd_running.configuration(deleteUsersAutomatically=True))
    assert client.SyncUsersWithDirectoryServices("elm")["result"]["created"] == ["anna"]
    assert client.SyncUsersWithDirectoryServices("elm", dryRun=True)["result"]["created"] == []
    assert [row["userName"] for row in client.GetUsers("elm")["result"]] == ["$archiveadmin", "admin", "anna"]
    assert client.GetDirectoryServicesConfiguration("oak")["result"]["type"] == "none"
    assert [row["userName"] for row in client.GetUsers("oak")["result"]] == ["$archiveadmin", "admin"]


def test_accounts_of_the_server_are_none_of_an_instance(installation: Installation, client: Any) -> None:
    """They are of all customers."""
    installation.instance("elm")
    client.SetDirectoryServicesConfiguration("elm", {"type": "postroom"})
    with pytest.raises(MailStoreCallError, match="There are no accounts beside this archive"):
        client.SyncUsersWithDirectoryServices("elm")
