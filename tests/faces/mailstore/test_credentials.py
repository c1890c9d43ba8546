"""Credentials, through the API: secrets go in and never come out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.faces.mailstore.conftest import Whole

from mailstore.contract.samples import CREDENTIAL
from mailstore.errors import MailStoreCallError, MailStoreHTTPError
from mailstore.server import Client
from postroom.archive.instance.audit import SYSTEM

SECRET = "Secret-1"


@pytest.fixture
def client(whole: Whole) -> Iterator[Client]:
    with Client(**whole.options(), raiseOnError=True) as client:
        yield client


def result(answer: Any) -> Any:
    return answer["result"]


def made(client: Client) -> int:
    settings = {**CREDENTIAL["settings"], "clientSecret": SECRET}
    number = result(client.CreateCredential("Archive app", "microsoft365", settings))
    assert isinstance(number, int)
    return number


def test_one_is_made_listed_changed_and_deleted(whole: Whole, client: Client) -> None:
    number = made(client)
    (row,) = result(client.GetCredentials())
    assert {**row, "settings": {key: value for key, value in row["settings"].items() if value}} == {
        **CREDENTIAL,
        "id": number,
    }
    settings = result(client.GetCredentialSettings(number))
    assert settings == row["settings"]
    client.SetCredentialSettings(number, json.dumps({**settings, "tenant": "other.example"}))
    opened = whole.archive.instance.credentials.opened(number)
    assert (opened["tenant"], opened["clientSecret"]) == ("other.example", SECRET)
    client.DeleteCredential(number)
    assert result(client.GetCredentials()) == []


def test_the_secret_comes_out_nowhere(whole: Whole, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    number = made(client)
    with pytest.raises(MailStoreCallError, match=r"settings\.tenant"):
        client.SetCredentialSettings(number, {"tenant": "", "clientSecret": SECRET})
    for answer in (client.GetCredentials(), client.GetCredentialSettings(number)):
        assert SECRET not in json.dumps(answer)
    assert SECRET not in repr(whole.archive.instance.audit.entries())
    assert SECRET not in caplog.text
    kept = (path for path in whole.home.path.rglob("*") if path.is_file())
    assert not any(SECRET.encode() in path.read_bytes() for path in kept)


def test_what_is_wrong_is_named(client: Client) -> None:
    with pytest.raises(MailStoreCallError, match="type: expected one of microsoft365, google, imap"):
        client.CreateCredential("x", "exchange", {})
    with pytest.raises(MailStoreCallError, match=r"settings\.password: expected"):
        client.CreateCredential("x", "IMAP", {"userName": "anna"})
    with pytest.raises(MailStoreCallError, match=r"settings\.userName: expected"):
        client.CreateCredential("x", "imap", {"password": "y"})
    with pytest.raises(MailStoreCallError, match="settings: expected an object"):
        client.CreateCredential("x", "imap", [])
    for call in (client.DeleteCredential, client.GetCredentialSettings):
        with pytest.raises(MailStoreCallError, match="no credential"):
            call(99)


def test_a_secret_that_is_kept_is_sent_to_no_other_server(whole: Whole, client: Client) -> None:
    """Whoever may change where it goes would learn it there."""
    settings = {"host": "imap.example.com", "userName": "anna", "password": SECRET}
    number = result(client.CreateCredential("Mail", "imap", settings))
    for elsewhere in ("evil.example", ""):
        with pytest.raises(MailStoreCallError, match=r"settings\.password: expected the password once more"):
            client.SetCredentialSettings(number, {"host": elsewhere, "password": None})
    client.SetCredentialSettings(number, {"host": "IMAP.example.com", "userName": "bob"})
    details = {"host": "imap.example.com", "userName": "anna", "password": SECRET, "targetUserFolder": "anna"}
    profile = {"name": "x", "type": "I", "connector": "IMAP", "details": details}
    kept = result(client.CreateProfile(profile))
    with pytest.raises(MailStoreCallError, match=r"details\.password: expected the password once more: host"):
        client.SetProfile(kept, {"details": {"SERVER": "evil.example"}})
    client.SetProfile(kept, {"details": {"host": "mail.example.com", "password": "another"}})
    borrowed = {"host": "127.0.0.1", "port": 1, "credentialID": number, "targetUserFolder": "anna"}
    with pytest.raises(MailStoreCallError, match=r"are for the mail server IMAP\.example\.com, not for 127\.0\.0\.1"):
        client.RunTemporaryProfile({**profile, "details": borrowed})
    assert whole.archive.instance.credentials.opened(number)["password"] == SECRET


def test_one_in_use_stays(whole: Whole, client: Client) -> None:
    number = made(client)
    whole.archive.instance.credentials.users.append(lambda _connection, _number: ["the profile 'Sales'"])
    with pytest.raises(MailStoreCallError, match="used by the profile 'Sales'"):
        client.DeleteCredential(number)
    assert len(result(client.GetCredentials())) == 1


def test_users_who_are_no_administrators_reach_none_of_them(whole: Whole) -> None:
    whole.archive.instance.users.create("anna", ("login",), SYSTEM, password="word")
    with Client(**whole.options("anna", "word"), raiseOnError=True) as anna:
        with pytest.raises(MailStoreHTTPError, match="403"):
            anna.GetCredentials()
        for call in (anna.DeleteCredential, anna.GetCredentialSettings):
            with pytest.raises(MailStoreHTTPError, match="403"):
                call(1)
