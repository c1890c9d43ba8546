"""Profiles of mailboxes by the API, with a true mail server, and what is shown of their secrets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.archive.profiles.dovecot import PASSWORD, Dovecot, dovecot
from tests.archive.profiles.mailboxes import message
from tests.faces.mailstore.conftest import Whole
from tests.faces.mailstore.test_jobs import refusal, strict

from postroom.web.tls import Certificate

USER = "anna@example.org"


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    folder = tmp_path_factory.mktemp("tls")
    Certificate(folder)
    with dovecot(folder / "server.pem") as server:
        yield server


def test_a_mailbox_is_archived_and_emptied(whole: Whole, mail: Dovecot) -> None:
    mail.put(USER, message("one"), message("two"))
    mail.put(USER, message("three"), folder="Projects")
    with strict(whole) as client:
        credential = client.CreateCredential("dovecot", "imap", {"userName": USER, "password": PASSWORD})["result"]
        details = {"host": "127.0.0.1", "port": mail.imap, "protocol": "IMAP", "credentialID": credential}
        reading = {**details, "emailAddress": USER, "targetUserFolder": "anna", "deleteInMailbox": "immediately"}
        given = {"name": "in", "owner": "admin", "type": "I", "connector": "IMAP", "details": reading}
        number = client.CreateProfile(given)["result"]
        run = client.RunProfile(number)["result"]
        assert (run["result"], run["itemsArchived"]) == ("succeeded", 3)
        assert (mail.left(USER), mail.left(USER, "Projects")) == ([], [])
        folders = {row["folder"]: row["count"] for row in client.GetFolderStatistics()["result"]}
        assert folders == {"anna": 3}
        again = client.RunProfile(number)["result"]
        assert (again["result"], again["itemsArchived"]) == ("succeeded", 0)


def test_passwords_are_taken_and_never_shown(whole: Whole, mail: Dovecot) -> None:
    mail.put("ben", message("one"))
    mail.put("carl", message("two"))
    details = {"host": "127.0.0.1", "port": mail.imap, "protocol": "IMAP", "mailboxes": ["ben=ben", "carl=carl"]}
    with strict(whole) as client:
        given = {"name": "all", "owner": "admin", "type": "I", "connector": "IMAPBatch"}
        secret = {"passwords": f"ben:{PASSWORD}\ncarl:{PASSWORD}"}
        number = client.CreateProfile({**given, "details": {**details, **secret}})["result"]
        (shown,) = client.GetProfiles()["result"]
        assert shown["details"]["passwords"] is None
        client.SetProfile(number, {"details": {"timeout": 20, "passwords": None}})
        assert client.RunProfile(number)["result"]["itemsArchived"] == 2
        report = client.GetWorkerResultReport(1)["result"]["report"]
        assert PASSWORD not in report
        wrong = {**given, "details": {**details, "passwords": "ben:x"}}
        assert "details.passwords: expected a line for 'carl' too" in refusal(client.CreateProfile, properties=wrong)


def test_the_inbox_of_pop3_is_archived(whole: Whole, mail: Dovecot) -> None:
    mail.put("dora", message("one"), message("two"))
    details = {
        "host": "127.0.0.1", "port": mail.pop3, "protocol": "POP3", "userName": "dora", "password": PASSWORD,
        "targetUserFolder": "dora", "deleteInMailbox": "immediately",
    }  # fmt: skip
    with strict(whole) as client:
        given = {"name": "pop", "owner": "admin", "type": "I", "connector": "POP3", "details": details}
        run = client.RunTemporaryProfile(given)["result"]
        assert (run["result"], run["itemsArchived"], mail.left("dora")) == ("succeeded", 2, [])
        refused = {**given, "details": {**details, "password": "wrong"}}
        assert "takes no sign-in" in refusal(client.RunTemporaryProfile, properties=refused)
