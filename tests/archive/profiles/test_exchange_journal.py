"""The journal mailbox of an Exchange: reports are fetched by IMAP, taken apart, and removed when that is proven."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.archive.journal.test_report import made, message_part, text_part
from tests.archive.profiles.dovecot import Dovecot
from tests.archive.profiles.scripted import log, ran
from tests.faces.journal.room import ANNA, BOB, CATCHALL, Room, room

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.journal import report
from postroom.archive.profiles.profiles import Given
from postroom.archive.storage.entries import Envelope
from postroom.errors import Invalid


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path / "home") as made:
        yield made


def mail(number: int) -> bytes:
    return f"Subject: letter {number}\r\n\r\nHello {number}\r\n".encode()


def reported(number: int, told: str = f"Sender: {BOB}\r\nBcc: {ANNA}\r\n", further: int = 0) -> bytes:
    """A report of message `number`, and of `further` ones."""
    return made([text_part(told), *(message_part(mail(number + more)) for more in range(1 + further))])


def profile(archive: Archive, details: Any) -> int:
    return archive.profiles.create(Given("journal", "admin", "I", "ExchangeJournal", details), SYSTEM)


def test_reports_are_archived_for_whom_they_name_and_then_removed(house: Room, mail_server: Dovecot, user: str) -> None:
    odd = made([text_part(f"Sender: {BOB}\r\nTo: {ANNA}\r\n")])
    mail_server.put(user, *(reported(number) for number in range(12)), odd)
    mail_server.put(
        user, reported(100, further=2), reported(200, "Sender: x@elsewhere.test\r\nTo: y@elsewhere.test\r\n")
    )
    number = profile(house.archive, mail_server.details(user, deleteInMailbox="immediately"))
    first = ran(house.archive, number)
    assert first.result == "succeeded"
    assert sorted(house.bodies("anna/Journal Incoming")) == sorted(map(mail, [*range(12), 100, 101, 102]))
    assert sorted(house.bodies("bob/Journal Outgoing")) == sorted([odd, *map(mail, [*range(12), 100, 101, 102])])
    assert house.folder("anna/Journal Incoming")[0].envelopes == (Envelope(BOB, (ANNA,)),)
    assert sorted(house.bodies(CATCHALL)) == sorted([odd, mail(200)])
    assert report.NO_MESSAGE in log(house.archive, first)
    assert mail_server.left(user) == []
    second = ran(house.archive, number)
    assert (second.result, second.archived) == ("succeeded", 0)


def test_what_is_nobodys_may_stay_in_the_mailbox(house: Room, mail_server: Dovecot, user: str) -> None:
    stray = reported(1, "Sender: x@elsewhere.test\r\nTo: y@elsewhere.test\r\n")
    mail_server.put(user, stray, reported(2))
    details = mail_server.details(user, unassigned="none", deleteInMailbox="immediately")
    number = profile(house.archive, details)
    first = ran(house.archive, number)
    assert (first.result, first.failed) == ("completedWithErrors", 1)
    assert house.bodies("anna/Journal Incoming") == [mail(2)]
    assert mail_server.left(user) == [stray]
    house.archive.instance.users.set_addresses("carl", ["y@elsewhere.test"], SYSTEM)
    assert ran(house.archive, number).result == "succeeded"
    assert house.bodies("carl/Journal Incoming") == [mail(1)]
    assert mail_server.left(user) == []


def test_details_are_checked_by_name(house: Room, mail_server: Dovecot, user: str) -> None:
    with pytest.raises(Invalid, match=r"details\.unassigned"):
        profile(house.archive, mail_server.details(user, unassigned="a//b"))
    with pytest.raises(Invalid, match="postroom enable journal"):
        house.archive.profiles.create(Given("journal", "admin", "I", "Gateway", {}), SYSTEM)


@pytest.fixture
def mail_server(request: pytest.FixtureRequest) -> Dovecot:
    found: Dovecot = request.getfixturevalue("mail")
    return found
