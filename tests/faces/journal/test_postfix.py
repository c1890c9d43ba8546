"""A true Postfix, set up as the guide says, sends what it delivers to the journal."""

from __future__ import annotations

import re
import shutil
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.accounts.services import postfix
from tests.accounts.services.postfix import Postfix
from tests.accounts.services.process import run, scratch, wait_until
from tests.accounts.services.smtp_sink import Sink, sink
from tests.faces.journal.room import ANNA, BOB, CARL, CATCHALL, Room, room

from postroom.archive.instance.audit import SYSTEM
from postroom.archive.storage.entries import Envelope
from postroom.faces.journal.server import JournalServer
from postroom.web.tls import Certificate

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "journaling.md"
COPIES = "journal@archive.example.com"
EVE = "eve@elsewhere.test"


def lines(first: str) -> str:
    """The lines for main.cf in the guide that begin with this setting."""
    blocks = re.finditer(r"^```(\w*)\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (found,) = [block[2] for block in blocks if not block[1] and block[2].startswith(first)]
    return found


@dataclass
class Mta:
    """Postfix, which sends copies to the journal."""

    postfix: Postfix
    world: Sink

    def send(self, sender: str, *recipients: str, subject: str, header: str = "") -> str:
        """Hand over a message; the id in the queue."""
        message = f"From: {sender}\r\n{header}Subject: {subject}\r\n\r\n.dot\r\nHello\r\n"
        with smtplib.SMTP("127.0.0.1", self.postfix.smtp, timeout=30) as client:
            client.ehlo("client.test")
            client.mail(sender)
            for recipient in recipients:
                assert client.rcpt(recipient)[0] == 250
            code, text = client.data(message.encode())
            assert code == 250
            return text.decode().rpartition(" ")[2]

    def delivered(self, queue_id: str) -> None:
        wait_until(lambda: f"{queue_id}: removed" in self.postfix.mail_log, f"{queue_id} is delivered")

    def deferred(self, queue_id: str) -> None:
        pattern = re.compile(rf"{queue_id}: to=<[^>]*archive\.example\.com>.*status=deferred")
        wait_until(lambda: bool(pattern.search(self.postfix.mail_log)), f"{queue_id} is deferred")

    def flush(self) -> None:
        run(["postqueue", "-c", self.postfix.etc / "postfix", "-f"])


@contextmanager
def mta(settings: str, port: str) -> Iterator[Mta]:
    """`settings` for main.cf, in which `port` stands in place of that of the guide."""
    postfix.require("regexp")
    with scratch("mail", in_memory=True) as folder, sink() as world:
        Certificate(folder / "tls")
        shutil.copy(folder / "tls" / "server.pem", folder / "server.pem")
        made = folder / "etc" / "postfix" / "postroom"
        made.mkdir(parents=True)
        assert "smtp:[127.0.0.1]:2525" in settings
        (made / "main.cf").write_text(settings.replace("smtp:[127.0.0.1]:2525", port))
        (made / "master.cf").touch()
        server = Postfix(folder, world.port, folder / "server.pem")
        server.configure()
        with server:
            yield Mta(server, world)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path / "archive", copies=(COPIES,)) as made:
        yield made


@pytest.fixture
def server(house: Room) -> Iterator[JournalServer]:
    with house.serving() as started:
        yield started


def envelopes(house: Room, folder: str) -> list[Envelope]:
    return [envelope for detail in house.folder(folder) for envelope in detail.envelopes]


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_a_copy_for_each_recipient_keeps_blind_copies_apart(house: Room, server: JournalServer, protocol: str) -> None:
    host = "[127.0.0.1]" if protocol == "smtp" else "inet:127.0.0.1"
    with mta(lines("recipient_bcc_maps"), f"{protocol}:{host}:{server.ports[protocol]}") as sender:
        # Anna is the recipient, Bob a blind copy, the last one of an unknown address of ours.
        recipients = (ANNA, BOB, "info@example.org", "x@world.test")
        sender.delivered(sender.send(CARL, *recipients, subject="roof", header=f"To: {ANNA}\r\n"))
        assert {one for sent in sender.world.relayed for one in sent.recipients} == set(recipients), "delivered as ever"
    assert envelopes(house, "anna/Journal Incoming") == [Envelope(CARL, (ANNA,))]
    assert envelopes(house, "bob/Journal Incoming") == [Envelope(CARL, (BOB,))]
    (whole,) = envelopes(house, "carl/Journal Outgoing")
    assert (whole.f, set(whole.t)) == (CARL, set(recipients))
    assert envelopes(house, CATCHALL) == [whole]
    (body,) = house.bodies("bob/Journal Incoming")
    assert body.endswith(b"\r\n\r\n.dot\r\nHello\r\n")
    assert b"journal+" not in body


def test_a_copy_of_everything_goes_to_whom_the_header_names(house: Room, server: JournalServer) -> None:
    with mta(lines("always_bcc"), f"smtp:[127.0.0.1]:{server.ports['smtp']}") as sender:
        sender.delivered(sender.send(EVE, ANNA, subject="roof", header=f"To: {ANNA}\r\nCc: Carl <{CARL}>\r\n"))
    assert envelopes(house, "anna/Journal Incoming") == envelopes(house, "carl/Journal Incoming") == [Envelope(EVE)]
    assert [total.archive for total in house.archive.stores.totals()] == ["anna", "carl"]


def test_postfix_keeps_what_cannot_be_archived_and_sends_it_again(house: Room, server: JournalServer) -> None:
    with mta(lines("always_bcc"), f"smtp:[127.0.0.1]:{server.ports['smtp']}") as sender:
        house.archive.stores.set_state(1, "writeProtected", SYSTEM)
        queue_id = sender.send(EVE, ANNA, subject="roof", header=f"To: {ANNA}\r\n")
        sender.deferred(queue_id)
        assert house.archive.stores.totals() == []
        house.archive.stores.set_state(1, "current", SYSTEM)
        sender.flush()
        sender.delivered(queue_id)
    assert len(house.folder("anna/Journal Incoming")) == 1
