"""Directory services by the API: a true LDAP server, the accounts of the same home, and who signs in by them."""

from __future__ import annotations

import json
import shutil
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.archive.directories.ldap_server import PASSWORD, USER_PASSWORD, DirectoryServer, directory_server
from tests.faces.mailstore.conftest import LONG_S, Whole, quick
from tests.faces.mailstore.test_handlers_results import same_keys
from tests.faces.mailstore.test_jobs import made, ran
from tests.ports import free_port

from mailstore.contract.samples import DIRECTORY_SERVICES, SYNC_RESULT
from mailstore.errors import MailStoreCallError, MailStoreHTTPError
from mailstore.server import Client
from postroom.accounts.model import DomainChange, UserChange
from postroom.accounts.services.access import LOCAL
from postroom.app import Engines, build, engines
from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.home import Home
from postroom.settings import Iredadmin


@pytest.fixture(scope="module")
def slapd_running(tls: Path) -> Iterator[DirectoryServer]:
    with directory_server(tls) as running:
        yield running


@pytest.fixture
def ldap(slapd_running: DirectoryServer) -> DirectoryServer:
    """With Anna."""
    slapd_running.empty()
    slapd_running.person("anna", cn="Anna Hill")
    return slapd_running


@pytest.fixture
def client(whole: Whole) -> Iterator[Client]:
    with Client(**whole.options(), raiseOnError=True) as client:
        yield client


def result(answer: Any) -> Any:
    return answer["result"]


def signs_in(whole: Whole, user: str, password: str) -> int:
    """The code of a call that only administrators may make: 403 is for who has signed in."""
    verify = ssl.create_default_context(cafile=str(whole.authority))
    auth = httpx2.BasicAuth(user.encode(), password.encode())
    with httpx2.Client(auth=auth, verify=verify, trust_env=False, timeout=LONG_S) as http:
        return http.post(f"https://localhost:{whole.port}/api/invoke/GetStores", content=b"").status_code


def test_the_answer_of_get_is_a_template_for_set(client: Client) -> None:
    client.SetDirectoryServicesConfiguration({**DIRECTORY_SERVICES, "password": "word"})
    kept = result(client.GetDirectoryServicesConfiguration())
    assert kept == DIRECTORY_SERVICES
    client.SetDirectoryServicesConfiguration(json.dumps({**kept, "port": 1636}))
    assert result(client.GetDirectoryServicesConfiguration()) == {**DIRECTORY_SERVICES, "port": 1636}


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"type": "kerio"}, "type: expected ldapGeneric on its LDAP service, or imap: kerio itself is not supported."),
        ({"type": "ldapGeneric", "severName": "x"}, "severName: expected a key of this type, such as serverName."),
        ({"type": "imap"}, "host: expected the name or address of a server, without a port."),
        (["type"], "config: expected a JSON object."),
    ],
)
def test_what_is_wrong_is_named_as_in_the_api(client: Client, config: object, message: str) -> None:
    before = client.GetDirectoryServicesConfiguration()
    with pytest.raises(MailStoreCallError) as raised:
        client.SetDirectoryServicesConfiguration(config)  # type: ignore[arg-type]
    assert message in str(raised.value)
    assert client.GetDirectoryServicesConfiguration() == before


def test_users_are_synchronised_and_what_was_done_is_told(ldap: DirectoryServer, client: Client, whole: Whole) -> None:
    client.SetDirectoryServicesConfiguration(ldap.configuration())
    told = client.SyncUsersWithDirectoryServices(dryRun=True)
    assert same_keys(result(told), SYNC_RESULT)
    assert result(told) == {
        "dryRun": True, "created": ["anna"], "updated": [], "renamed": [], "deleted": [], "ignored": [],
    }  # fmt: skip
    assert [row["userName"] for row in result(client.GetUsers())] == ["admin"]
    lines: list[str] = []
    with Client(**whole.options(), callbackStatus=lambda status: lines.append(status["logOutput"] or "")) as watching:
        watching.SyncUsersWithDirectoryServices()
    assert "Created: anna\r\n" in "".join(lines)
    anna = result(client.GetUserInfo("anna"))
    assert (anna["authentication"], anna["fullName"], anna["emailAddresses"]) == (
        "directoryServices", "Anna Hill", ["anna@example.com"],
    )  # fmt: skip
    with ldap.writing() as connection:
        connection.modify_dn(anna["distinguishedName"], "uid=anna.low")
        connection.modify(
            anna["distinguishedName"].replace("anna", "anna.low", 1), {"cn": [("MODIFY_REPLACE", ["Anna"])]}
        )
    told = result(client.SyncUsersWithDirectoryServices())
    assert told["renamed"] == [{"userName": "anna", "newUserName": "anna.low"}]
    assert told["updated"] == [{"userName": "anna.low", "changes": ["fullName", "distinguishedName"]}]


def test_a_failed_synchronisation_says_why(ldap: DirectoryServer, client: Client) -> None:
    client.SetDirectoryServicesConfiguration(ldap.configuration(port=free_port()))
    with pytest.raises(MailStoreCallError, match="does not answer"):
        client.SyncUsersWithDirectoryServices()


def test_a_user_signs_in_to_the_api_by_the_directory(ldap: DirectoryServer, client: Client, whole: Whole) -> None:
    client.SetDirectoryServicesConfiguration(ldap.configuration())
    client.SyncUsersWithDirectoryServices()
    assert signs_in(whole, "anna", USER_PASSWORD) == 403
    assert signs_in(whole, "anna", "") == 401
    with whole.client("anna", USER_PASSWORD) as anna:
        assert result(anna.SearchMessages("x"))["total"] == 0


def test_guessing_is_slowed_down_as_for_others(ldap: DirectoryServer, client: Client, whole: Whole) -> None:
    client.SetDirectoryServicesConfiguration(ldap.configuration())
    client.SyncUsersWithDirectoryServices()
    assert [signs_in(whole, "anna", f"guess{number}") for number in range(5)] == [401, 401, 401, 401, 429]


def test_a_directory_that_is_away_is_no_wrong_password_and_does_not_count(
    ldap: DirectoryServer, client: Client, whole: Whole
) -> None:
    client.SetDirectoryServicesConfiguration(ldap.configuration())
    client.SyncUsersWithDirectoryServices()
    client.SetDirectoryServicesConfiguration({"port": free_port()})
    assert [signs_in(whole, "anna", f"guess{number}") for number in range(6)] == [503] * 6
    client.SetDirectoryServicesConfiguration({"port": ldap.port})
    assert signs_in(whole, "anna", USER_PASSWORD) == 403
    with Client(**whole.options("anna", "x"), raiseOnError=True) as anna:
        client.SetDirectoryServicesConfiguration({"port": free_port()})
        with pytest.raises(MailStoreHTTPError, match=r"503.*does not answer"):
            anna.SearchMessages("x")


def test_a_job_keeps_users_in_line(ldap: DirectoryServer, client: Client) -> None:
    client.SetDirectoryServicesConfiguration(ldap.configuration())
    run = ran(client, made(client, "SyncUsersWithDirectoryServices --dryRun=false"))
    assert run["result"] == "succeeded"
    assert [row["userName"] for row in result(client.GetUsers())] == ["admin", "anna"]
    ldap.person("bob")
    client.SetDirectoryServicesConfiguration({"port": free_port()})
    run = ran(client, made(client, "SyncUsersWithDirectoryServices"))
    assert run["result"] == "completedWithErrors"


def test_the_password_comes_out_nowhere(
    ldap: DirectoryServer, whole: Whole, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client.SetDirectoryServicesConfiguration(ldap.configuration())
    client.SyncUsersWithDirectoryServices()
    signs_in(whole, "anna", USER_PASSWORD)
    told = json.dumps(client.GetDirectoryServicesConfiguration()) + caplog.text
    told += repr(whole.archive.instance.audit.entries(limit=1000))
    assert all(word not in told for word in (PASSWORD, USER_PASSWORD))
    kept = [path.read_bytes() for path in whole.home.path.rglob("*") if path.is_file()]
    assert not any(word.encode() in data for data in kept for word in (PASSWORD, USER_PASSWORD))


def test_users_who_are_no_administrators_reach_none_of_them(whole: Whole) -> None:
    whole.archive.instance.users.create("anna", ("login",), SYSTEM, password="word")
    with Client(**whole.options("anna", "word"), raiseOnError=True) as anna:
        for call in (anna.GetDirectoryServicesConfiguration, anna.SyncUsersWithDirectoryServices):
            with pytest.raises(MailStoreHTTPError, match="403"):
                call()
        with pytest.raises(MailStoreHTTPError, match="403"):
            anna.SetDirectoryServicesConfiguration({"type": "none"})


# Accounts of the same home


@pytest.fixture
def with_accounts(tls: Path, tmp_path: Path) -> Iterator[tuple[Whole, Engines]]:
    """A server with the iRedAdmin API too."""
    home = Home(tmp_path / "home")
    home.create()
    shutil.copytree(tls, home.tls, dirs_exist_ok=True)
    settings = replace(quick(tmp_path), iredadmin=Iredadmin(enabled=True, port=0))
    with engines(home, settings) as opened:
        assert isinstance(opened.archive, Archive)
        opened.archive.instance.users.set_password("admin", "changed", SYSTEM)
        with build(home, settings, opened).background() as server:
            whole = Whole(server.ports["mailstore"], home.tls / "ca.pem", home, tmp_path, opened.archive)
            yield whole, opened


def test_mailboxes_of_the_accounts_are_users_of_the_archive(with_accounts: tuple[Whole, Engines]) -> None:
    whole, opened = with_accounts
    accounts = opened.accounts
    assert accounts is not None
    accounts.domains.create(LOCAL, "example.com", DomainChange())
    accounts.users.create(LOCAL, "anna@example.com", UserChange(name="Anna Hill", password="Anna-Pass-1"))
    with Client(**whole.options(), raiseOnError=True) as client:
        client.SetDirectoryServicesConfiguration({"type": "postroom", "deleteUsersAutomatically": True})
        assert result(client.SyncUsersWithDirectoryServices())["created"] == ["anna@example.com"]
        assert result(client.GetUserInfo("anna@example.com"))["fullName"] == "Anna Hill"
        assert signs_in(whole, "anna@example.com", "Anna-Pass-2") == 401
        accounts.users.rename(LOCAL, "anna@example.com", "anna.low@example.com")
        assert signs_in(whole, "anna@example.com", "Anna-Pass-1") == 403  # the same account, by its id
        told = result(client.SyncUsersWithDirectoryServices())
        assert told["renamed"] == [{"userName": "anna@example.com", "newUserName": "anna.low@example.com"}]
        accounts.users.update(LOCAL, "anna.low@example.com", UserChange(active=False))
        assert result(client.SyncUsersWithDirectoryServices())["deleted"] == []
        assert signs_in(whole, "anna.low@example.com", "Anna-Pass-1") == 401


def test_a_server_without_accounts_says_how_to_have_them(client: Client) -> None:
    client.SetDirectoryServicesConfiguration({"type": "postroom"})
    with pytest.raises(MailStoreCallError, match="postroom enable iredadmin"):
        client.SyncUsersWithDirectoryServices()
