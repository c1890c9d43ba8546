"""Who may call: administrators of the installation; and what they may while an instance does not let them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pyotp
import pytest
from tests.faces.mailstore.conftest import LONG_S
from tests.faces.mailstore.spe.conftest import Installation, serving

from mailstore.errors import MailStoreCallError, MailStoreHTTPError
from mailstore.spe import Client
from postroom.archive.instance.audit import SYSTEM, Filter
from postroom.archive.instance.second_factor import STEP_MS


@pytest.fixture
def http(installation: Installation) -> Iterator[httpx2.Client]:
    """Requests of no client library, with the right password."""
    with installation.http(("admin", "changed")) as http:
        yield http


def refused(installation: Installation, user: str, password: str, status: int) -> None:
    with Client(**installation.options(user, password)) as client, pytest.raises(MailStoreHTTPError, match=str(status)):
        client.Ping()


def test_only_administrators_of_the_installation_are_let_in(installation: Installation) -> None:
    installation.instance("elm")
    with installation.management.tenants.use("elm") as archive:
        archive.instance.users.create("anna", ("admin",), SYSTEM, password="word")
    refused(installation, "anna", "word", 401)
    refused(installation, "admin", "wrong", 401)
    refused(installation, "$archiveadmin", "", 401)


def test_a_request_without_credentials_is_challenged_everywhere(installation: Installation) -> None:
    with installation.http() as http:
        for answer in (http.post("/api/invoke/Ping"), http.get("/api/get-metadata"), http.get("/api/message/elm/1:1")):
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_the_first_password_is_taken_under_the_name_of_this_machine_only(tls: Path, tmp_path: Path) -> None:
    with serving(tls, tmp_path) as installation:
        installation.management.administrators.set_password("admin", "admin", SYSTEM)
        with Client(**installation.options(password="admin"), raiseOnError=True) as client:
            client.Ping()
        with installation.http(("admin", "admin")) as http:
            assert http.post("/api/invoke/Ping", headers={"Host": "archive.example.com"}).status_code == 403


def test_guessing_becomes_slow(installation: Installation) -> None:
    with Client(**installation.options(password="wrong")) as client:
        seen = set()
        for _ in range(8):
            with pytest.raises(MailStoreHTTPError) as caught:
                client.Ping()
            seen.add(caught.value.code)
    assert seen == {401, 429}


def test_metadata_lists_what_can_be_called(http: httpx2.Client) -> None:
    answer = http.get("/api/get-metadata").json()
    names = {row["name"] for row in answer}
    assert {"GetInstances", "GetUsers", "VerifyStore", "SearchMessages"} <= names
    assert "GetServerInfo" not in names
    [row] = [row for row in answer if row["name"] == "SetArchiveAdminEnabled"]
    assert [arg["name"] for arg in row["args"]] == ["instanceID", "enabled"]


def test_openapi_describes_what_can_be_called(http: httpx2.Client, installation: Installation) -> None:
    made = http.get("/openapi.json").json()
    assert made["info"]["title"] == "Management API"
    assert made["servers"] == [{"url": f"https://127.0.0.1:{installation.port}"}]
    assert "/api/invoke/GetInstances" in made["paths"]
    assert "/api/invoke/UnlockStore" not in made["paths"]
    with installation.http() as stranger:
        assert stranger.get("/openapi.json").status_code == 401


def test_unknown_functions_and_tokens_are_404(http: httpx2.Client) -> None:
    assert http.post("/api/invoke/GetServerInfo").status_code == 404
    assert http.post("/api/get-status", data={"token": "sa" + "0" * 32}).status_code == 404
    assert http.get("/api/message/elm/1:1").status_code == 404


# Service provider access


def test_without_access_stores_and_indexes_can_be_worked_on_and_nothing_else(
    client: Any, installation: Installation
) -> None:
    installation.instance("elm", let_in=False)
    assert client.GetArchiveAdminEnabled("elm")["result"] is False
    assert client.GetStores("elm")["result"]
    assert client.VerifyStores("elm")["statusCode"] == "succeeded"
    client.SelectAllStoreIndexesForRebuild("elm")
    client.SetStoreAutoCreateConfiguration2("elm", interval="yearly")
    assert client.GetInstanceStatistics("elm")["result"]["numberOfMessages"] == 0
    calls: list[Callable[[], object]] = [
        lambda: client.GetUsers("elm"),
        lambda: client.SearchMessages("elm", "roof"),
        lambda: client.GetJobs("elm"),
        lambda: client.GetComplianceConfiguration("elm"),
        lambda: client.GetFolderStatistics("elm"),
    ]
    for call in calls:
        with pytest.raises(MailStoreCallError, match="does not let the service provider in"):
            call()


def test_access_can_be_given_and_taken_again(client: Any, installation: Installation) -> None:
    installation.instance("elm", let_in=False)
    client.SetArchiveAdminEnabled("elm", True)
    assert "$archiveadmin" in [row["userName"] for row in client.GetUsers("elm")["result"]]
    client.SetArchiveAdminEnabled("elm", False)
    assert client.GetArchiveAdminEnabled("elm")["result"] is False
    with pytest.raises(MailStoreCallError, match="does not let"):
        client.GetUsers("elm")
    with installation.management.tenants.use("elm") as archive:
        events = archive.instance.audit.entries(Filter(events=("ServiceProviderAccess",)))
    assert [row.details["enabled"] for row in events] == [False, True, False]


def test_the_user_of_the_service_provider_is_changed_by_nobody(basic: Client, installation: Installation) -> None:
    installation.instance("elm")
    calls: list[Callable[[], object]] = [
        lambda: basic.DeleteUser("elm", "$archiveadmin"),
        lambda: basic.SetUserPassword("elm", "$archiveadmin", "x"),
        lambda: basic.RenameUser("elm", "$archiveadmin", "x"),
        lambda: basic.SetUserPrivileges("elm", "$archiveadmin", "none"),
        lambda: basic.CreateUser("elm", "$other", "none"),
    ]
    for call in calls:
        with pytest.raises(MailStoreCallError):
            call()
    assert basic.GetUserInfo("elm", "$archiveadmin")["result"]["privileges"] == ["admin"]


def test_mail_of_others_stays_closed_until_the_instance_allows_it(basic: Client, installation: Installation) -> None:
    installation.instance("elm")
    take_in(basic, installation, "elm")
    assert basic.SearchMessages("elm", "roof")["result"]["total"] == 0
    basic.SetComplianceConfiguration2("elm", adminEmailPreviewEnabled=True)
    [row] = basic.SearchMessages("elm", "roof")["result"]["messages"]
    url = basic.GetMessage("elm", row["id"])["result"]["url"]
    with installation.http(("admin", "changed")) as http:
        assert http.get(url).content == MAIL
        basic.SetArchiveAdminEnabled("elm", False)
        assert http.get(url).status_code == 403


MAIL = b"From: bob@example.org\r\nTo: anna@example.com\r\nSubject: The roof\r\n\r\nIt leaks.\r\n"


def take_in(client: Client, installation: Installation, instance: str) -> None:
    folder = installation.outside / f"in-{instance}"
    folder.mkdir()
    (folder / "1.eml").write_bytes(MAIL)
    client.ImportMessages(instance, str(folder), "anna")
    with installation.management.tenants.use(instance) as archive:
        assert archive.wait_indexed(LONG_S)


def test_what_was_called_on_which_instance_is_logged(basic: Client, installation: Installation) -> None:
    installation.instance("elm")
    basic.GetInstances("*")
    basic.GetUsers("elm")
    with pytest.raises(MailStoreCallError):
        basic.GetUserInfo("elm", "nobody")
    rows = installation.management.audit.entries(Filter(events=("ApiCall",), user="admin"))
    assert [(row.target, row.ok) for row in rows] == [("GetUserInfo elm", False), ("GetUsers elm", True)]
    assert installation.management.audit.verify().events


# The second factor of administrators


def test_with_a_second_factor_programs_need_an_api_password(basic: Client, installation: Installation) -> None:
    basic.CreateSystemAdministrator2("anna", "Anna Fox", "hunter2")
    with pytest.raises(MailStoreCallError, match="has no second factor"):
        basic.CreateSystemAdministratorAPIPassword("anna")
    secret = basic.InitializeSystemAdministratorMFA("anna")["result"]
    assert secret["uri"].startswith("otpauth://totp/")
    assert mfa_status(basic) == {"admin": "disabled", "anna": "initialized"}
    refused(installation, "anna", "hunter2", 401)
    first = basic.CreateSystemAdministratorAPIPassword("anna")["result"]
    with Client(**installation.options("anna", first), raiseOnError=True) as anna:
        assert anna.GetEnvironmentInfo()["result"]["userName"] == "anna"
    second = basic.CreateSystemAdministratorAPIPassword("anna")["result"]
    refused(installation, "anna", first, 401)
    basic.DeactivateSystemAdministratorMFA("anna")
    refused(installation, "anna", second, 401)
    with Client(**installation.options("anna", "hunter2"), raiseOnError=True) as anna:
        anna.Ping()
    assert mfa_status(basic)["anna"] == "disabled"


def test_a_session_takes_password_and_code_once(basic: Client, installation: Installation) -> None:
    basic.CreateSystemAdministrator2("anna", "Anna Fox", "hunter2")
    secret = basic.InitializeSystemAdministratorMFA("anna")["result"]["secret"]
    now = installation.management.administrators.factors._clock() // STEP_MS
    fields = {"u": "anna", "p": "hunter2", "code": pyotp.TOTP(secret).at(now * STEP_MS // 1000)}
    with installation.http(cookie=True) as http:
        assert http.post("/login", data={"u": "anna", "p": "hunter2"}).text.startswith("-ERR")
        assert http.post("/login", data=fields).text.startswith("+OK")
        assert http.post("/login", data=fields).text.startswith("-ERR")
    assert mfa_status(basic)["anna"] == "enabled"


def mfa_status(client: Client) -> dict[str, str]:
    return {row["userName"]: row["mfaStatus"] for row in client.GetSystemAdministrators()["result"]}
