"""Mail that servers send is in the archives of those it concerns when they get their 250."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from ipaddress import ip_network
from pathlib import Path

import pytest
from tests.archive.instances import READER
from tests.faces.journal.room import ANNA, BOB, CARL, CATCHALL, MAIL, Room, room, smtp, wire

from postroom.archive.body import Body
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.journal.journal import Taken
from postroom.archive.storage.entries import Envelope
from postroom.errors import Invalid, NoSpace, PostroomError, Unavailable, WrongState
from postroom.faces.journal.server import JournalServer
from postroom.faces.journal.wire import is_allowed
from postroom.web.tls import Certificate

EVE = "eve@elsewhere.test"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path / "archive") as made:
        yield made


@pytest.fixture
def server(house: Room) -> Iterator[JournalServer]:
    with house.serving() as started:
        yield started


def send(server: JournalServer, sender: str, recipients: Sequence[str], data: bytes = MAIL) -> None:
    with smtp(server) as client:
        assert client.sendmail(sender, recipients, data) == {}


def test_each_recipient_has_the_exact_bytes_and_sees_no_other_recipient(house: Room, server: JournalServer) -> None:
    data = b"Subject: x\r\nTo: anna@example.org\r\n\r\n.dot\r\n..two\r\n\xff\0\r\n"
    send(server, EVE, [ANNA, BOB], data)
    for name, address in (("anna", ANNA), ("bob", BOB)):
        (detail,) = house.folder(f"{name}/Journal Incoming")
        assert detail.envelopes == (Envelope(EVE, (address,)),)
        assert house.body(detail.listed.id) == data
    assert house.folder(CATCHALL) == []


def test_the_sender_has_the_whole_envelope(house: Room, server: JournalServer) -> None:
    send(server, BOB, [ANNA, "x@elsewhere.test", "y@elsewhere.test"])
    (sent,) = house.folder("bob/Journal Outgoing")
    assert sent.envelopes == (Envelope(BOB, (ANNA, "x@elsewhere.test", "y@elsewhere.test")),)
    (got,) = house.folder("anna/Journal Incoming")
    assert got.envelopes == (Envelope(BOB, (ANNA,)),)


def test_a_blind_copy_is_found_by_search(house: Room, server: JournalServer) -> None:
    send(server, EVE, ["a.miller@example.org"])
    assert house.archive.wait_indexed(60)
    for query in ("bcc:a.miller@example.org", "from:eve", "roof"):
        assert house.archive.search(query, READER, SYSTEM).total == 1, query


def test_other_addresses_and_extensions_find_the_same_archive_once(house: Room, server: JournalServer) -> None:
    send(server, EVE, ["A.Miller@Example.org", "anna+news@example.org", ANNA])
    (detail,) = house.folder("anna/Journal Incoming")
    assert detail.envelopes[0].t == ("A.Miller@Example.org", "anna+news@example.org", ANNA)


def test_what_belongs_to_nobody_goes_to_its_folder(house: Room, server: JournalServer) -> None:
    send(server, "", ["x@elsewhere.test"])
    (detail,) = house.folder(CATCHALL)
    assert detail.envelopes == (Envelope("", ("x@elsewhere.test",)),)


def test_an_unknown_address_of_our_domain_is_not_lost_beside_a_known_one(house: Room, server: JournalServer) -> None:
    send(server, EVE, [ANNA, "info@example.org", "x@elsewhere.test"])
    (detail,) = house.folder(CATCHALL)
    assert detail.envelopes == (Envelope(EVE, (ANNA, "info@example.org", "x@elsewhere.test")),)
    assert len(house.folder("anna/Journal Incoming")) == 1


def test_what_belongs_to_nobody_is_refused_when_the_settings_say_so(tmp_path: Path) -> None:
    with room(tmp_path / "archive", unassigned="") as house, house.serving() as server:
        with smtp(server) as client, pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail(EVE, ["x@elsewhere.test"], MAIL)
        assert refused.value.smtp_code == 550
        send(server, EVE, [ANNA, "info@example.org"])
        assert [total.archive for total in house.archive.stores.totals()] == ["anna"]


def test_mail_that_is_sent_again_is_there_once(house: Room, server: JournalServer) -> None:
    for _ in range(3):
        send(server, BOB, [ANNA, CARL])
    for name in ("anna", "carl"):
        (detail,) = house.folder(f"{name}/Journal Incoming")
        assert len(detail.envelopes) == 1
    assert {total.archive: total.messages for total in house.archive.stores.totals()} == {
        "anna": 1,
        "bob": 1,
        "carl": 1,
    }


def test_mail_that_is_sent_again_is_known_in_an_older_store_too(house: Room, server: JournalServer) -> None:
    send(server, EVE, [ANNA])
    house.archive.stores.create("second", None, "current", SYSTEM)
    send(server, EVE, [ANNA])
    assert len(house.folder("anna/Journal Incoming")) == 1


def test_recipients_that_come_in_two_deliveries_are_one_message_with_both_envelopes(
    house: Room, server: JournalServer
) -> None:
    send(server, BOB, ["x@elsewhere.test"])
    send(server, BOB, ["y@elsewhere.test"])
    (sent,) = house.folder("bob/Journal Outgoing")
    assert [envelope.t for envelope in sent.envelopes] == [("x@elsewhere.test",), ("y@elsewhere.test",)]


def test_lmtp_answers_for_each_recipient(house: Room, server: JournalServer) -> None:
    with wire(server, "lmtp") as client:
        client.say(b"MAIL FROM:<eve@elsewhere.test>\r\nRCPT TO:<anna@example.org>\r\nRCPT TO:<bob@example.org>\r\n")
        assert [client.answer() for _ in range(3)] == [250] * 3
        assert client.ask(b"DATA\r\n") == 354
        client.say(MAIL + b".\r\n")
        assert [client.answer() for _ in range(2)] == [250, 250]
        assert client.ask(b"QUIT\r\n") == 221
    assert house.bodies("bob/Journal Incoming") == [MAIL]


@pytest.mark.parametrize("error", [Unavailable("The disk."), WrongState("No store is current."), NoSpace("the disk")])
@pytest.mark.parametrize("name", ["smtp", "lmtp"])
def test_what_cannot_be_archived_just_now_is_to_be_sent_again(house: Room, error: PostroomError, name: str) -> None:
    class Refusing:
        def take(self, sender: str, recipients: Sequence[str], body: Body) -> Taken:
            raise error

    with house.serving(Refusing()) as server, wire(server, name) as client:
        assert client.ask(b"MAIL FROM:<>\r\n") == client.ask(b"RCPT TO:<anna@example.org>\r\n") == 250
        assert client.ask(b"DATA\r\n") == 354
        assert 451 <= client.ask(MAIL + b".\r\n") <= 452


def test_a_fault_of_ours_is_a_reason_to_send_again(house: Room) -> None:
    class Faulty:
        def take(self, sender: str, recipients: Sequence[str], body: Body) -> Taken:
            raise ZeroDivisionError

    with house.serving(Faulty()) as server, wire(server) as client:
        assert client.ask(b"MAIL FROM:<>\r\n") == client.ask(b"RCPT TO:<anna@example.org>\r\n") == 250
        assert client.ask(b"DATA\r\n") == 354
        assert client.ask(MAIL + b".\r\n") == 451


def test_no_store_that_is_current_is_a_reason_to_send_again(house: Room, server: JournalServer) -> None:
    house.archive.stores.set_state(1, "writeProtected", SYSTEM)
    with smtp(server) as client, pytest.raises(smtplib.SMTPDataError) as refused:
        client.sendmail(EVE, [ANNA], MAIL)
    assert refused.value.smtp_code == 451


def test_only_known_networks_may_send(tmp_path: Path) -> None:
    networks = ("192.0.2.0/24", "2001:db8::/32")
    with (
        room(tmp_path / "archive", clients=networks) as house,
        house.serving() as server,
        wire(server, hello=False) as client,
    ):
        assert client.answer() == 554
        assert client.answer() == 0


def test_a_socket_file_is_for_whoever_may_open_it(tmp_path: Path) -> None:
    path = tmp_path / "lmtp"
    settings: dict[str, object] = {"lmtp_socket": path, "clients": (), "user": "mta", "password": "s3cret"}
    with room(tmp_path / "archive", **settings) as house, house.serving():
        with smtplib.LMTP(str(path)) as client:
            assert client.sendmail(EVE, [ANNA], MAIL) == {}
        assert house.bodies("anna/Journal Incoming") == [MAIL]
    assert not path.exists()


@pytest.mark.parametrize(
    ("peer", "allowed"),
    [
        (("192.0.2.7", 1), True),
        (("192.0.3.7", 1), False),
        (("::ffff:192.0.2.7", 1, 0, 0), True),
        (("::ffff:192.0.3.7", 1, 0, 0), False),
        (("2001:db8::1", 1, 0, 0), True),
        (("fe80::1%eth0", 1, 0, 2), False),
        ("", True),
        (None, False),
    ],
)
def test_who_is_of_the_networks(peer: object, allowed: bool) -> None:
    assert is_allowed(peer, (ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))) is allowed


WRONG: dict[str, dict[str, object]] = {
    "clients": {"clients": ("nowhere",)},
    "password": {"password": "x"},
    "tls_required": {"tls_required": True, "tls": False},
    "unassigned": {"unassigned": "a//b"},
}


@pytest.mark.parametrize("name", WRONG)
def test_settings_that_cannot_be_are_told_by_name(tmp_path: Path, name: str) -> None:
    with room(tmp_path / "archive", **WRONG[name]) as house, pytest.raises(Invalid, match=name), house.serving():
        pass


def test_a_login_is_asked_for_and_needs_tls(tmp_path: Path) -> None:
    certificate = Certificate(tmp_path / "tls", ("localhost",))
    trusted = ssl.create_default_context(cafile=str(tmp_path / "tls" / "ca.pem"))
    with room(tmp_path / "archive", user="mta", password="s3cret") as house:
        with house.serving(context=certificate.context) as server, smtp(server) as client:
            client.ehlo()
            assert not client.has_extn("auth")
            assert client.mail(EVE)[0] == 530
            client.starttls(context=trusted)
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("mta", "wrong")
            client.login("mta", "s3cret")
            assert client.sendmail(EVE, [ANNA], MAIL) == {}
        assert len(house.folder("anna/Journal Incoming")) == 1


def test_tls_can_be_required(tmp_path: Path) -> None:
    certificate = Certificate(tmp_path / "tls", ("localhost",))
    trusted = ssl.create_default_context(cafile=str(tmp_path / "tls" / "ca.pem"))
    with (
        room(tmp_path / "archive", tls_required=True) as house,
        house.serving(context=certificate.context) as server,
        smtp(server) as client,
    ):
        client.ehlo()
        assert client.mail(EVE)[0] == 530
        client.starttls(context=trusted)
        assert client.sendmail(EVE, [ANNA], MAIL) == {}


def test_guessing_the_login_becomes_slow(tmp_path: Path) -> None:
    with (
        room(tmp_path / "archive", user="mta", password="s3cret", tls=False) as house,
        house.serving() as server,
        smtp(server) as client,
    ):
        client.ehlo()
        codes = []
        for _ in range(5):
            with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
                client.login("mta", "wrong")
            codes.append(refused.value.smtp_code)
        assert codes[0] == 535
        assert codes[-1] == 454
