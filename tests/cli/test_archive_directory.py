"""`postroom archive directory …` on a home that no server holds."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.archive.directories.ldap_server import (
    PASSWORD,
    PEOPLE,
    READER,
    USER_PASSWORD,
    DirectoryServer,
    directory_server,
)
from tests.cli.conftest import Run

from postroom.home import Home
from postroom.web.tls import Certificate

Typed = Callable[[str], None]


@pytest.fixture(scope="module")
def slapd_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DirectoryServer]:
    folder = tmp_path_factory.mktemp("certificates")
    Certificate(folder)
    with directory_server(folder) as running:
        yield running


@pytest.fixture
def ldap(slapd_running: DirectoryServer) -> DirectoryServer:
    """With Anna."""
    slapd_running.empty()
    slapd_running.person("anna", cn="Anna Hill")
    return slapd_running


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """What comes by standard input."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.fixture
def configured(run: Run, home: Home, ldap: DirectoryServer, tmp_path: Path) -> Home:
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    ended = run(
        "archive", "directory", "set", "type=ldapGeneric", "serverName=127.0.0.1", f"port={ldap.port}",
        "encryption=none", f"baseDN={PEOPLE}", f"userName={READER}", f"password=@{tmp_path / 'password'}",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    return home


def test_what_was_set_is_shown_without_the_password(run: Run, configured: Home) -> None:
    shown = run("archive", "directory", "show", "--json")
    assert (shown.json["type"], shown.json["password"], shown.json["encryption"]) == ("ldapGeneric", None, "none")
    assert READER in run("archive", "directory", "show").out
    assert PASSWORD not in shown.out


def test_users_are_brought_in_line(run: Run, configured: Home) -> None:
    assert run("archive", "directory", "sync", "--dry-run").out.strip() == "anna: would be created"
    assert run("archive", "directory", "sync").out.strip() == "anna: created"
    assert run("archive", "directory", "sync").out.strip() == "Nothing to do."
    assert run("archive", "directory", "sync", "--json").json["created"] == []
    assert [row["userName"] for row in run("archive", "call", "GetUsers").json] == ["admin", "anna"]


def test_a_password_is_checked(run: Run, configured: Home, typed: Typed) -> None:
    run("archive", "directory", "sync")
    typed(f"{USER_PASSWORD}\n")
    assert run("archive", "directory", "check", "anna").out.strip() == "The password is right."
    typed("another\n")
    ended = run("archive", "directory", "check", "anna", "--json")
    assert (ended.code, ended.json) == (1, {"user": "anna", "accepted": False})
    ended = run("archive", "directory", "check", "admin")
    assert ended.code == 2
    assert "directoryServices" in ended.err


def test_a_key_that_is_repeated_has_several_values(run: Run, configured: Home) -> None:
    run(
        "archive",
        "directory",
        "set",
        "emailAttributes=mail",
        "emailAttributes=cn",
        "groupDNs=cn=a,dc=b",
        "groupDNs=cn=c,dc=b",
    )
    shown = run("archive", "directory", "show", "--json").json
    assert (shown["emailAttributes"], shown["groupDNs"]) == (["mail", "cn"], ["cn=a,dc=b", "cn=c,dc=b"])


def test_what_is_wrong_is_named(run: Run, home: Home) -> None:
    ended = run("archive", "directory", "set", "type=ldap")
    assert ended.code == 2
    assert "type: expected one of none, activeDirectory" in ended.err
    assert run("archive", "directory", "set", "type").code == 2
    ended = run("archive", "directory", "sync")
    assert ended.code == 1
    assert "SetDirectoryServicesConfiguration" in ended.err


def test_accounts_of_the_home_are_a_directory_without_a_server(run: Run, home: Home) -> None:
    assert run("archive", "directory", "set", "type=postroom").code == 0
    assert "postroom enable iredadmin" in run("archive", "directory", "sync").err
    assert run("enable", "iredadmin").code == 0
    assert run("account", "domain", "create", "example.com").code == 0
    ended = run("account", "user", "create", "anna@example.com", "--generate")
    assert ended.code == 0, ended.err
    assert run("archive", "directory", "sync").out.strip() == "anna@example.com: created"
