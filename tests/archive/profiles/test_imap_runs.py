"""Profiles of IMAP mailboxes, run into a true archive: once each, whatever the server does in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.archive.instances import settings
from tests.archive.profiles.dovecot import PASSWORD, Dovecot
from tests.archive.profiles.liar import HangUp, Liar, Lies, lying
from tests.archive.profiles.mailboxes import message
from tests.archive.profiles.scripted import log, ran, totals

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.profiles.profiles import Given


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home", settings(commit_messages=10)) as archive:
        yield archive


@pytest.fixture
def liar() -> Iterator[Liar]:
    with lying(Liar({uid: message(f"m{uid}", 50 * uid) for uid in range(1, 31)})) as liar:
        yield liar


def profile(archive: Archive, details: Mapping[str, Any], connector: str = "IMAP") -> int:
    return archive.profiles.create(Given("mail", "admin", "I", connector, details), SYSTEM)


def test_a_mailbox_is_archived_once_and_then_emptied(archive: Archive, mail: Dovecot, user: str) -> None:
    bodies = [message(f"m{number}") for number in range(25)]
    mail.put(user, *bodies)
    mail.put(user, message("kept"), folder="Drafts")
    number = profile(archive, mail.details(user, targetUserFolder="anna"))
    first, second = ran(archive, number), ran(archive, number)
    assert (first.result, first.archived, second.result, second.archived) == ("succeeded", 25, "succeeded", 0)
    assert mail.left(user) == bodies
    archive.profiles.change(number, {"details": {"deleteInMailbox": "immediately"}}, None, SYSTEM)
    mail.put(user, message("new"))
    third = ran(archive, number)
    assert (third.result, third.archived, third.removed) == ("succeeded", 1, 26)
    assert (mail.left(user), mail.left(user, "Drafts")) == ([], [message("kept")])
    assert totals(archive) == {"anna": 26}


def test_a_changed_uidvalidity_stores_nothing_twice(archive: Archive, liar: Liar) -> None:
    number = profile(archive, liar.details())
    assert ran(archive, number).archived == 30
    liar.validity = 8
    run = ran(archive, number)
    assert (run.result, run.archived, run.skipped) == ("succeeded", 0, 30)
    assert totals(archive) == {"anna": 30}
    assert "counts its messages anew" in log(archive, run)


def test_what_failed_is_asked_for_again_by_the_next_run(archive: Archive, liar: Liar) -> None:
    def body(uid: int, body: bytes) -> bytes:
        if uid == 5:
            raise HangUp
        return b"{%d}\r\n%s" % (len(body), body)

    liar.lies.body = body
    number = profile(archive, liar.details())
    first = ran(archive, number)
    assert (first.result, first.archived, first.failed) == ("completedWithErrors", 29, 1)
    assert len(archive.profiles.owed(number)) == 1
    liar.lies = Lies()
    liar.sent.clear()
    second = ran(archive, number)
    assert (second.result, second.archived, set(liar.sent)) == ("succeeded", 1, {5})
    assert archive.profiles.owed(number) == []


def test_nothing_is_removed_that_came_short_or_is_another_now(archive: Archive, liar: Liar) -> None:
    liar.lies.body = lambda uid, body: b"{%d}\r\n%s" % (len(short := body[:40] if uid == 5 else body), short)
    number = profile(archive, liar.details())
    assert ran(archive, number).archived == 30
    archive.profiles.change(number, {"details": {"deleteInMailbox": "immediately"}}, None, SYSTEM)
    liar.messages[6] = message("another one under an old number")
    run = ran(archive, number)
    assert (set(liar.messages), run.removed) == ({5, 6}, 28)
    assert "2 messages stay in the source" in log(archive, run)


def test_a_batch_keeps_its_passwords_secret(archive: Archive, mail: Dovecot, user: str) -> None:
    mail.put(user, message("one"))
    mail.put(user + "x", message("two"))
    lines = f"{user}:{PASSWORD}\n{user}x:{PASSWORD}"
    given = mail.details("", password=None, mailboxes=f"{user}=anna,{user}x=ben", passwords=lines)
    number = profile(archive, given, "IMAPBatch")
    assert (ran(archive, number).result, totals(archive)) == ("succeeded", {"anna": 1, "ben": 1})
    assert archive.profiles.get(number).details["passwords"] is None
    with archive.instance.database.read() as connection:
        (kept,) = connection.execute("SELECT details FROM profile").fetchone()
    assert PASSWORD not in kept
    archive.profiles.change(number, {"details": {"passwords": None, "timeout": 30}}, None, SYSTEM)
    assert ran(archive, number).result == "succeeded"


def test_mail_of_many_in_one_mailbox_is_in_the_archives_of_its_people(
    archive: Archive, mail: Dovecot, user: str
) -> None:
    archive.instance.users.create("anna", ["none"], SYSTEM)
    archive.instance.users.create("ben", ["none"], SYSTEM)
    archive.instance.users.set_addresses("anna", ["anna@example.org"], SYSTEM)
    archive.instance.users.set_addresses("ben", ["ben@example.org"], SYSTEM)
    mail.put(user, message("both"), message("nobody", to="x@x.example", more="From: y@y.example\r\n"))
    number = profile(archive, mail.details(user), "IMAPMultidrop")
    for archived in (3, 0):
        run = ran(archive, number)
        assert (run.result, run.archived) == ("succeeded", archived)
    assert totals(archive) == {"anna": 1, "ben": 2}
