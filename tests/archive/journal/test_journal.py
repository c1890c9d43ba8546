"""Whom a delivery belongs to: copies that servers send to an address of ours, reports, and the plain envelope."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.archive.journal.test_report import INNER, made, message_part, text_part
from tests.faces.journal.room import ANNA, BOB, CATCHALL, Room, room

from postroom.archive.journal import report
from postroom.archive.journal.addresses import addresses, is_address, words
from postroom.archive.journal.copies import HEADER_TOO_LONG, addressed, from_header
from postroom.archive.storage.entries import Envelope
from postroom.archive.stores import rebuild_catalogue
from postroom.errors import Denied

COPIES, REPORTS = "journal@archive.test", "reports@archive.test"
EVE = "eve@elsewhere.test"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path / "archive", copies=(COPIES,), reports=(REPORTS,)) as made:
        yield made


def take(house: Room, sender: str, recipients: list[str], body: bytes) -> tuple[int, int, tuple[str, ...]]:
    taken = house.journal().take(sender, recipients, body)
    return taken.stored, taken.known, taken.problems


def envelopes(house: Room, folder: str) -> list[Envelope]:
    return [envelope for detail in house.folder(folder) for envelope in detail.envelopes]


def test_a_copy_for_each_recipient_tells_the_recipient_in_its_address(house: Room) -> None:
    body = b"To: list@elsewhere.test\r\n\r\n"
    assert take(house, EVE, ["journal+bob=example.org@archive.test", "Journal+a.miller=example.org@Archive.test"], body)
    assert envelopes(house, "bob/Journal Incoming") == [Envelope(EVE, (BOB,))]
    assert envelopes(house, "anna/Journal Incoming") == [Envelope(EVE, ("a.miller@example.org",))]


def test_a_copy_of_everything_belongs_to_whom_the_header_names(house: Room) -> None:
    body = b'To: "Miller, A" <a.miller@example.org>\r\nCc: x@elsewhere.test, bob@example.org (him)\r\n\r\n'
    assert take(house, EVE, [COPIES], body) == (2, 0, ())
    assert envelopes(house, "bob/Journal Incoming") == [Envelope(EVE)]
    assert len(house.folder("anna/Journal Incoming")) == 1


@pytest.mark.parametrize("name", ["X-Envelope-To", "Envelope-to", "X-Original-To", "Delivered-To"])
def test_fields_of_the_envelope_are_recipients(house: Room, name: str) -> None:
    body = f"{name}: bob@example.org\r\nReturn-Path: <eve@elsewhere.test>\r\nDelivered-To: {COPIES}\r\n\r\n".encode()
    take(house, "", [COPIES], body)
    assert envelopes(house, "bob/Journal Incoming") == [Envelope(EVE, (BOB,))]


def test_a_header_too_long_to_be_searched_is_told_and_nothing_lost(house: Room) -> None:
    body = b"To: bob@example.org\r\n" + b"X-Long: " + b"x" * 300_000 + b"\r\nCc: anna@example.org\r\n\r\n"
    assert take(house, EVE, [COPIES], body) == (2, 0, (HEADER_TOO_LONG,))
    assert len(house.folder("bob/Journal Incoming")) == len(house.folder(CATCHALL)) == 1


def test_a_report_goes_to_all_whom_it_names(house: Room) -> None:
    text = "Sender: bob@example.org\r\nTo: x@elsewhere.test\r\nBcc: anna@example.org, Expanded: staff@example.org\r\n"
    assert take(house, "exchange@example.org", [REPORTS], made([text_part(text), message_part()])) == (2, 0, ())
    assert house.bodies("anna/Journal Incoming") == house.bodies("bob/Journal Outgoing") == [INNER]
    assert envelopes(house, "anna/Journal Incoming") == [Envelope(BOB, (ANNA,), ("staff@example.org",))]
    whole = Envelope(BOB, ("x@elsewhere.test", ANNA), ("staff@example.org",))
    assert envelopes(house, "bob/Journal Outgoing") == [whole]


def test_on_whose_behalf_it_was_sent_has_it_as_sent(house: Room) -> None:
    text = "Sender: x@elsewhere.test\r\nOn-Behalf-Of: bob@example.org\r\nTo: y@elsewhere.test\r\n"
    take(house, "", [REPORTS], made([text_part(text), message_part()]))
    assert envelopes(house, "bob/Journal Outgoing") == [Envelope("x@elsewhere.test", ("y@elsewhere.test",), (BOB,))]


def test_a_report_that_cannot_be_read_is_shown_to_no_recipient(house: Room) -> None:
    whole = made([text_part("Sender: bob@example.org\r\nTo: anna@example.org\r\nBcc: x@example.org\r\n")])
    assert take(house, "", [REPORTS], whole) == (2, 0, (report.NO_MESSAGE,))
    assert house.bodies(CATCHALL) == house.bodies("bob/Journal Outgoing") == [whole]
    assert house.folder("anna/Journal Incoming") == []
    assert [envelope.p for envelope in envelopes(house, CATCHALL)] == [report.NO_MESSAGE]


def test_what_looks_like_a_report_is_mail_at_any_other_address(house: Room) -> None:
    whole = made([text_part("Sender: bob@example.org\r\nTo: anna@example.org\r\n"), message_part()])
    take(house, EVE, [ANNA], whole)
    take(house, EVE, ["journal+bob=example.org@archive.test"], whole)
    assert house.bodies("anna/Journal Incoming") == house.bodies("bob/Journal Incoming") == [whole]


def test_a_report_that_went_to_people_too_is_also_the_mail_that_they_got(house: Room) -> None:
    whole = made([text_part("Sender: carl@example.org\r\nTo: anna@example.org\r\n"), message_part()])
    assert take(house, EVE, [REPORTS, BOB], whole) == (3, 0, ())
    assert house.bodies("bob/Journal Incoming") == [whole]
    assert house.bodies("anna/Journal Incoming") == house.bodies("carl/Journal Outgoing") == [INNER]


def test_a_report_that_is_sent_again_is_known(house: Room) -> None:
    whole = made([text_part("Sender: bob@example.org\r\nTo: anna@example.org\r\n"), message_part()])
    assert take(house, "", [REPORTS], whole) == (2, 0, ())
    # Exchange makes a new report when it sends again: another boundary, another Message-ID.
    again = made([text_part("Sender: bob@example.org\r\nTo: anna@example.org\r\n"), message_part()], boundary="other")
    assert take(house, "", [REPORTS], again) == (0, 2, ())
    assert [len(detail.envelopes) for detail in house.folder("anna/Journal Incoming")] == [1]


def test_a_message_that_was_deleted_does_not_come_back_by_itself(house: Room) -> None:
    take(house, EVE, [ANNA], INNER)
    house.archive.stores.current().store.delete([1], "anna", "test")
    assert take(house, EVE, [ANNA], INNER) == (0, 1, ())
    assert house.folder("anna/Journal Incoming") == []


def test_envelopes_are_had_from_the_packs_alone(house: Room) -> None:
    take(house, BOB, [ANNA, "x@elsewhere.test"], INNER)
    mount = house.archive.stores.current()
    with mount.alone("test"):
        mount.close()
        (mount.directory / "catalog.db").unlink()
        assert rebuild_catalogue(mount.directory) == []
        mount.open()
    assert envelopes(house, "bob/Journal Outgoing") == [Envelope(BOB, (ANNA, "x@elsewhere.test"))]
    assert envelopes(house, "anna/Journal Incoming") == [Envelope(BOB, (ANNA,))]


def test_nobodys_report_is_refused_when_the_settings_say_so(tmp_path: Path) -> None:
    with room(tmp_path / "archive", reports=(REPORTS,), unassigned="") as house, pytest.raises(Denied):
        take(house, "", [REPORTS], b"Subject: no report\r\n\r\n")


def test_addresses_of_the_journal_are_nobody() -> None:
    given = [
        COPIES,
        "REPORTS@archive.test",
        "x@example.org",
        "journal+@archive.test",
        "other+a=b@archive.test",
        "x@example.org",
    ]
    found = addressed(given, [COPIES], [REPORTS])
    assert (found.copy, found.report) == (True, True)
    assert found.recipients == ("x@example.org", "journal+@archive.test", "other+a=b@archive.test")


@given(st.binary(max_size=300))
def test_any_header_can_be_read(raw: bytes) -> None:
    found = from_header(raw, "")
    assert all("@" in one for one in found.readers)


@given(st.text(st.sampled_from('ab@"<>,;: .\n\\()'), max_size=60))
def test_any_text_can_be_searched_for_addresses(text: str) -> None:
    found = addresses(text)
    assert all(map(is_address, found))
    assert len(found) == len(set(found))
    assert set(found) <= set(words(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"anna@x.org" <bob@x.org>', ["bob@x.org"]),
        ('"john doe"@x.org, a@b.c;d@e.f', ['"john doe"@x.org', "a@b.c", "d@e.f"]),
        ("mailto:a@b.c SMTP:d@e.f", ["a@b.c", "d@e.f"]),
        ("a@b.c a@b.c", ["a@b.c"]),
        ("/O=ORG/OU=x/CN=anna", []),
        ("a@ @b @", []),
    ],
)
def test_addresses_are_found_as_they_are_written(text: str, expected: list[str]) -> None:
    assert addresses(text) == expected
