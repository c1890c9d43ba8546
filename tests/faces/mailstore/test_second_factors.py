"""Second factors and app passwords, through the API: with a factor on, Basic needs an app password."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from typing import Any

import httpx2
import pyotp
import pytest
from tests.faces.mailstore.conftest import Whole

from mailstore.errors import MailStoreCallError, MailStoreHTTPError
from mailstore.server import Client
from postroom.archive.instance.audit import SYSTEM, Actor


@pytest.fixture
def client(whole: Whole) -> Iterator[Client]:
    whole.archive.instance.users.create("anna", ["login"], SYSTEM, password="word")
    with Client(**whole.options(), raiseOnError=True) as client:
        yield client


def result(answer: Any) -> Any:
    return answer["result"]


def asking(whole: Whole) -> httpx2.Client:
    context = ssl.create_default_context(cafile=str(whole.authority))
    return httpx2.Client(base_url=f"https://localhost:{whole.port}", verify=context, trust_env=False)


def status(whole: Whole, password: str, path: str = "/api/invoke/GetChildFolders") -> int:
    with asking(whole) as http:
        return http.post(path, auth=("anna", password), data={}).status_code


def test_a_factor_shuts_the_api_and_an_app_password_opens_it(whole: Whole, client: Client) -> None:
    assert status(whole, "word") == 200
    setup = result(client.InitializeMFA("anna"))
    assert pyotp.parse_uri(setup["uri"]).secret == setup["secret"]
    assert status(whole, "word") == 401
    app = result(client.CreateAppPassword("anna", "Backup"))
    assert status(whole, app) == 200
    by = Actor("anna", "web")
    assert whole.archive.instance.second_factors.confirm("anna", pyotp.TOTP(setup["secret"]).now(), by)
    assert (status(whole, "word"), status(whole, app)) == (401, 200)
    client.DeleteAppPasswords("anna")
    assert status(whole, app) == 401
    client.DisableMFA("anna")
    assert status(whole, "word") == 200


def test_what_is_no_function_is_shut_too(whole: Whole, client: Client) -> None:
    client.InitializeMFA("anna")
    assert status(whole, "word", "/api/get-status") == 401
    with asking(whole) as http:
        assert http.get("/api/message/1:1", auth=("anna", "word")).status_code == 401


def test_the_status_is_shown_with_the_user(whole: Whole, client: Client) -> None:
    def shown() -> set[str]:
        rows = result(client.GetUsers())
        return {result(client.GetUserInfo("anna"))["mfaStatus"]} | {
            row["mfaStatus"] for row in rows if row["userName"] == "anna"
        }

    assert shown() == {"disabled"}
    secret = result(client.InitializeMFA("anna"))["secret"]
    assert shown() == {"initialized"}
    whole.archive.instance.second_factors.confirm("anna", pyotp.TOTP(secret).now(), Actor("anna", "web"))
    assert shown() == {"enabled"}
    client.DisableMFA("anna")
    assert shown() == {"disabled"}


def test_app_passwords_are_listed_and_deleted_one_by_one(whole: Whole, client: Client) -> None:
    first, second = (result(client.CreateAppPassword("anna", name)) for name in ("Phone", "Backup"))
    assert status(whole, first) == 200
    rows = result(client.GetAppPasswords("anna"))
    assert [(row["name"], row["lastUsed"] is None) for row in rows] == [("Phone", False), ("Backup", True)]
    assert first not in json.dumps(rows)
    client.DeleteAppPassword("anna", rows[0]["id"])
    assert (status(whole, first), status(whole, second)) == (401, 200)


def test_what_cannot_be_is_said(client: Client) -> None:
    client.CreateAppPassword("anna", "Phone")
    with pytest.raises(MailStoreCallError, match="exists already"):
        client.CreateAppPassword("anna", "PHONE")
    with pytest.raises(MailStoreCallError, match="name: expected"):
        client.CreateAppPassword("anna", " ")
    with pytest.raises(MailStoreCallError, match="app password"):
        client.DeleteAppPassword("anna", 99)
    for call in (client.InitializeMFA, client.DisableMFA, client.DeleteAppPasswords, client.GetAppPasswords):
        with pytest.raises(MailStoreCallError, match="no user"):
            call("nobody")


def test_a_new_factor_ends_the_sessions_of_the_console(whole: Whole, client: Client) -> None:
    session = whole.archive.instance.sessions.create("anna", Actor("", "web"))
    client.InitializeMFA("anna")
    assert whole.archive.instance.sessions.user(session) is None


def test_another_way_to_check_the_password_ends_the_sessions_of_the_console(whole: Whole, client: Client) -> None:
    session = whole.archive.instance.sessions.create("anna", SYSTEM)
    client.SetUserAuthentication("anna", "integrated")
    assert whole.archive.instance.sessions.user(session) == "anna"
    client.SetUserAuthentication("anna", "directoryServices")
    assert whole.archive.instance.sessions.user(session) is None


def test_sessions_of_the_console_are_among_the_active_ones(whole: Whole, client: Client) -> None:
    whole.archive.instance.sessions.create("anna", Actor("", "web", "192.0.2.7"))
    shown = {(row["userName"], row["client"], row["clientAddress"]) for row in result(client.GetActiveSessions())}
    assert shown == {("admin", "api", "127.0.0.1"), ("anna", "web", "192.0.2.7")}


def test_jobs_do_not_make_secrets(client: Client) -> None:
    for action in ("InitializeMFA --userName=anna", "CreateAppPassword --userName=anna --name=x"):
        with pytest.raises(MailStoreCallError, match="jobs do not keep secrets"):
            client.CreateJob("x", action, "admin", "$Local", time="02:00")


def test_users_who_are_no_administrators_reach_none_of_them(whole: Whole, client: Client) -> None:
    with Client(**whole.options("anna", "word"), raiseOnError=True) as anna:
        for call in (anna.InitializeMFA, anna.DisableMFA, anna.DeleteAppPasswords, anna.GetAppPasswords):
            with pytest.raises(MailStoreHTTPError, match="403"):
                call("anna")
