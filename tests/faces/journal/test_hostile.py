"""What no well-behaved server sends: nothing is lost, nothing is smuggled, nothing fills the memory."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive.instances import READER
from tests.faces.journal.room import ANNA, BOB, MAIL, Room, Wire, room, wire
from tests.faces.journal.test_dots import on_the_wire

from postroom.archive.instance.audit import SYSTEM
from postroom.faces.journal.server import JournalServer

MIB = 1 << 20
ROOT = Path(__file__).parents[3]
BEGIN = b"MAIL FROM:<eve@elsewhere.test>\r\nRCPT TO:<anna@example.org>\r\nDATA\r\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path / "archive", message_bytes=8 * MIB, recipients=10_000, connections=5) as made:
        yield made


@pytest.fixture
def server(house: Room) -> Iterator[JournalServer]:
    with house.serving() as started:
        yield started


def begin(client: Wire, recipient: str = ANNA) -> None:
    assert client.ask(b"MAIL FROM:<eve@elsewhere.test>\r\n") == 250
    assert client.ask(f"RCPT TO:<{recipient}>\r\n".encode()) == 250
    assert client.ask(b"DATA\r\n") == 354


def send(server: JournalServer, data: bytes, name: str = "smtp") -> int:
    """The answer to one message, which ends with a whole line."""
    with wire(server, name) as client:
        begin(client)
        return client.ask(on_the_wire(data))


@pytest.mark.parametrize(
    "data",
    [
        b"X: " + b"a" * (3 * MIB) + b"\r\n\r\n\r\n",
        b"".join(b"X-%d: y\r\n" % number for number in range(200_000)) + b"\r\n\r\n",
        b"\r\n" * (2 * MIB),
        b"a.\r\n" * MIB,
        b"Subject: x\r\n\r\n\0\x01\xff\xfe\r\n",
        b"\r\n",
        b"Subject: bare\nTo: x\r\r\n\n\n.\n\r.\r\n",
        b"." * 70_000 + b"\r\n",
    ],
    ids=["long header", "many headers", "empty lines", "dots", "nul", "nothing", "bare", "dotted"],
)
def test_odd_messages_are_kept_byte_for_byte(house: Room, server: JournalServer, data: bytes) -> None:
    assert send(server, data) == 250
    assert house.bodies("anna/Journal Incoming") == [data]


def test_an_empty_message_is_a_message(house: Room, server: JournalServer) -> None:
    with wire(server) as client:
        begin(client)
        assert client.ask(b".\r\n") == 250
    assert house.bodies("anna/Journal Incoming") == [b""]


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\n", b"\r.\r"])
def test_nothing_is_smuggled_behind_a_line_that_is_no_end(house: Room, server: JournalServer, end: bytes) -> None:
    data = b"Subject: one\r\n\r\ntext" + end + b"MAIL FROM:<>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nSubject: two\r\n"
    with wire(server) as client:
        begin(client)
        assert client.ask(data + b".\r\n") == 250
        assert client.ask(b"NOOP\r\n") == 250
    (kept,) = house.bodies("anna/Journal Incoming")
    assert kept == data.replace(b"\r\n.", b"\r\n") if end == b"\r\n.\n" else kept == data
    assert house.folder("bob") == house.folder("bob/Journal Incoming") == []


def test_what_is_sent_ahead_is_answered_in_order(house: Room, server: JournalServer) -> None:
    with wire(server) as client:
        other = BEGIN.replace(b"anna", b"bob")
        client.say(BEGIN + MAIL + b".\r\n" + other + b"Subject: two\r\n.\r\n" + b"QUIT\r\n")
        assert [client.answer() for _ in range(9)] == [250, 250, 354, 250, 250, 250, 354, 250, 221]
    assert house.bodies("anna/Journal Incoming") == [MAIL]
    assert house.bodies("bob/Journal Incoming") == [b"Subject: two\r\n"]


def test_ten_thousand_recipients_are_kept_and_one_more_is_for_the_next_delivery(
    house: Room, server: JournalServer
) -> None:
    house.archive.instance.users.set_addresses("bob", ["eve@elsewhere.test"], SYSTEM)
    with wire(server) as client:
        assert client.ask(b"MAIL FROM:<eve@elsewhere.test>\r\n") == 250
        for start in range(0, 10_000, 100):
            numbers = range(start, start + 100)
            client.say(b"".join(b"RCPT TO:<person%d@elsewhere.test>\r\n" % number for number in numbers))
            assert [client.answer() for _ in numbers] == [250] * 100
        assert client.ask(b"RCPT TO:<one.more@elsewhere.test>\r\n") == 452
        assert client.ask(b"DATA\r\n") == 354
        assert client.ask(MAIL + b".\r\n") == 250
    (sent,) = house.folder("bob/Journal Outgoing")
    assert len(sent.envelopes[0].t) == 10_000
    assert house.archive.wait_indexed(60)
    found = house.archive.search("bcc:person9999", BOB_READER, SYSTEM)
    assert found.total == 1


BOB_READER = type(READER)("bob", READER.privileges, folders={"bob": frozenset({"read"})})


@pytest.mark.parametrize("name", ["smtp", "lmtp"])
def test_a_message_over_the_limit_is_refused_and_the_connection_goes_on(
    house: Room, server: JournalServer, name: str
) -> None:
    with wire(server, name) as client:
        assert client.ask(b"MAIL FROM:<eve@elsewhere.test> SIZE=99999999\r\n") == 552
        begin(client)
        assert client.ask(b"a" * 79 + b"\r\n" + b"b" * (9 * MIB) + b"\r\n.\r\n") == 552
        begin(client)
        assert client.ask(MAIL + b".\r\n") == 250
    assert house.bodies("anna/Journal Incoming") == [MAIL]


def test_who_sends_without_end_is_cut_off(server: JournalServer) -> None:
    with wire(server) as client:
        begin(client)
        piece, answers = b"a" * MIB, []
        reading = threading.Thread(target=lambda: answers.append(client.answer()))
        reading.start()
        assert any(_is_cut_off(client, piece) for _ in range(200))
        reading.join()
        assert answers in ([552], [0])  # a reset may overtake the answer


def _is_cut_off(client: Wire, piece: bytes) -> bool:
    try:
        client.say(piece)
    except (BrokenPipeError, ConnectionResetError):
        return True
    return False


def test_a_slow_client_is_cut_off_and_leaves_nothing(tmp_path: Path) -> None:
    with room(tmp_path / "archive", idle_timeout_s=1.0) as house, house.serving() as server, wire(server) as client:
        begin(client)
        client.say(MAIL)
        assert client.answer() in (0, 421)
        assert house.archive.stores.totals() == []


def test_who_hangs_up_within_a_message_leaves_nothing(house: Room, server: JournalServer) -> None:
    with wire(server) as client:
        begin(client)
        client.say(MAIL)
    assert send(server, b"Subject: other\r\n\r\n") == 250
    assert house.bodies("anna/Journal Incoming") == [b"Subject: other\r\n\r\n"]


def test_more_connections_than_allowed_are_told_to_come_later(server: JournalServer) -> None:
    held = [wire(server) for _ in range(5)]
    clients = [one.__enter__() for one in held]
    try:
        with wire(server, hello=False) as client:
            assert client.answer() == 421
        assert [client.ask(b"NOOP\r\n") for client in clients] == [250] * 5
    finally:
        for one in held:
            one.__exit__(None, None, None)


@pytest.mark.parametrize(
    "address", ['"john doe"@example.org', "postmaster", "m\u00fcller@example.org", "a" * 64 + "@" + "b" * 60 + ".org"]
)
def test_any_address_that_can_be_kept_is_one(house: Room, server: JournalServer, address: str) -> None:
    with wire(server) as client:
        assert client.ask(b"MAIL FROM:<> SMTPUTF8\r\n") == 250
        assert client.ask(f"RCPT TO:<{address}>\r\n".encode()) == 250
        assert client.ask(b"RCPT TO:<anna@example.org>\r\n") == 250
        assert client.ask(b"DATA\r\n") == 354
        assert client.ask(MAIL + b".\r\n") == 250
    assert len(house.folder("anna/Journal Incoming")) == 1


def test_an_address_that_is_no_utf_8_is_kept_with_escapes(house: Room, server: JournalServer) -> None:
    with wire(server) as client:
        assert client.ask(b"MAIL FROM:<m\xfcller@elsewhere.test>\r\n") == 250
        assert client.ask(b"RCPT TO:<anna@example.org>\r\n") == 250
        assert client.ask(b"DATA\r\n") == 354
        assert client.ask(MAIL + b".\r\n") == 250
    (detail,) = house.folder("anna/Journal Incoming")
    assert detail.envelopes[0].f == "m\\xfcller@elsewhere.test"


def test_a_large_message_of_short_lines_does_not_fill_the_memory(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faces.journal.test_hostile", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert ended.returncode == 0, ended.stderr
    kept, before_kib, most_kib = map(int, ended.stdout.split())
    assert kept == 64 * MIB + 4
    assert most_kib - before_kib < 200 << 10


def main(directory: Path) -> None:
    """In a process of its own: 64 MiB of empty lines; size as kept, and the most memory before and after, in KiB."""
    with room(directory / "archive") as house, house.serving() as server:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with wire(server) as client:
            begin(client, BOB)
            piece = b"\r\n" * (MIB // 2)
            for _ in range(64):
                client.say(piece)
            assert client.ask(b"ab\r\n.\r\n") == 250
        (detail,) = house.archive.messages.in_folder("bob/Journal Incoming")
        print(detail.size, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
