"""What leaves: the queue to the smarthost, and back what cannot be sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from tests.workspace.mail.house import ANNA, BOB, House, given, house

from postroom.settings import Outgoing, Settings
from postroom.workspace.delivery import outgoing
from postroom.workspace.delivery.queue import Queue
from postroom.workspace.delivery.smarthost import Refusal, Smarthost, Transport

CARL = "carl@elsewhere.test"
SETTINGS = Settings(outgoing=Outgoing(retry_first_s=60, retry_most_s=300, expire_s=1000))


@dataclass
class Wire:
    """A transport that notes what it is given, and refuses whom a test names."""

    refused: dict[str, Refusal] = field(default_factory=dict)
    sent: list[tuple[str, tuple[str, ...], bytes]] = field(default_factory=list)

    def send(self, sender: str, recipients: Sequence[str], data: bytes) -> Mapping[str, Refusal]:
        self.sent.append((sender, tuple(recipients), data))
        return {one: self.refused[one] for one in recipients if one in self.refused}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    made = house(tmp_path / "workspace", SETTINGS)
    with made.store:
        yield made


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def queue(home: House, wire: Wire) -> Queue:
    return queue_of(home, wire)


def queue_of(home: House, transport: Transport) -> Queue:
    return Queue(home.store, home.people, home.mail.delivering, transport, SETTINGS.outgoing, home.clock)


def waiting(home: House) -> int:
    with home.store.read() as unit:
        return outgoing.count(unit)


def send(home: House, *to: str) -> None:
    people = [{"emailAddress": {"address": one}} for one in to]
    home.mail.sending.send_new(ANNA.id, given(toRecipients=people))


def test_others_get_mail_over_the_smarthost_and_people_of_ours_at_once(home: House, queue: Queue, wire: Wire) -> None:
    send(home, CARL, "bob@example.org", "away@example.org")
    assert home.names(BOB) == ["Roof"]
    assert waiting(home) == 2
    queue.run_due()
    ((sender, recipients, data),) = wire.sent
    assert (sender, recipients) == ("anna@example.org", (CARL, "anna@elsewhere.test"))
    assert b"Subject: Roof" in data
    assert waiting(home) == 0
    assert queue.run_due() == 0


def test_a_failure_that_passes_is_tried_again_ever_later(home: House, queue: Queue, wire: Wire) -> None:
    wire.refused[CARL] = Refusal("451 busy", final=False)
    send(home, CARL)
    for wait_s in (60, 120, 240, 300):
        tries = len(wire.sent)
        queue.run_due()
        assert len(wire.sent) == tries + 1
        home.clock.go_on(seconds=wait_s - 1)
        assert queue.run_due() == 0
        home.clock.go_on(seconds=1)
    wire.refused.clear()
    queue.run_due()
    assert waiting(home) == 0
    assert home.names(ANNA) == []


@pytest.mark.parametrize(("final", "after_s"), [(True, 0), (False, 2000)])
def test_the_sender_is_told_what_will_never_be_sent(
    home: House, queue: Queue, wire: Wire, final: bool, after_s: int
) -> None:
    wire.refused[CARL] = Refusal("550 5.1.1 no such user", final=final)
    send(home, CARL, "eve@elsewhere.test")
    home.clock.go_on(seconds=after_s)
    queue.run_due()
    queue.run_due()
    assert waiting(home) == 0
    report = home.one(ANNA)
    assert report["subject"].startswith("Undelivered")
    message = message_from_bytes(home.mail.messages.mime(ANNA.id, report["id"]))
    assert message.get_content_type() == "multipart/report"
    assert [part.get_content_type() for part in message.walk()][1:3] == ["text/plain", "message/delivery-status"]
    told = message.as_string()
    assert "Final-Recipient: rfc822; carl@elsewhere.test" in told
    assert "Status: 5.1.1" in told
    assert "eve@elsewhere.test" not in told.partition("rfc822-headers")[0]


def test_an_address_of_ours_that_there_is_not_is_reported(home: House, queue: Queue) -> None:
    send(home, "nobody@example.org")
    queue.run_due()
    assert home.names(ANNA) == ["Undelivered mail returned to sender"]


def test_nobody_is_told_about_a_report_that_cannot_be_sent(home: House, queue: Queue, wire: Wire) -> None:
    wire.refused[CARL] = Refusal("550 no", final=True)
    with home.store.write() as unit:
        outgoing.add(unit, "", "", [CARL], unit.blobs.put(b"Subject: x\r\n\r\n"), life_s=10)
    queue.run_due()
    assert waiting(home) == 0


def test_without_a_smarthost_the_sender_hears_at_once_why_nothing_leaves(home: House) -> None:
    queue = queue_of(home, Smarthost(SETTINGS.outgoing))
    send(home, CARL, "bob@example.org")
    while queue.run_due():
        pass
    assert waiting(home) == 0
    assert home.names(BOB) == ["Roof"]
    told = home.mail.messages.mime(ANNA.id, home.one(ANNA)["id"])
    assert b"outgoing.smarthost" in told
    assert b"Status: 5.3.5" in told


def test_the_bytes_go_with_the_last_recipient(home: House, queue: Queue, wire: Wire) -> None:
    wire.refused["eve@elsewhere.test"] = Refusal("451 busy", final=False)
    with home.store.write() as unit:
        blob = unit.blobs.put(b"Subject: x\r\n\r\n")
        outgoing.add(unit, ANNA.id, "anna@example.org", [CARL, "eve@elsewhere.test"], blob, life_s=1000)
    queue.run_due()
    assert home.store.sweep(older_than_s=-1) == 0
    wire.refused.clear()
    home.clock.go_on(seconds=60)
    queue.run_due()
    assert home.store.sweep(older_than_s=-1) == 1


def deferred(home: House, **by: float) -> dict[str, Any]:
    at = (home.clock.time + timedelta(**by)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"singleValueExtendedProperties": [{"id": "SystemTime 0x3FEF", "value": at}]}


def test_a_deferred_message_waits_in_the_outbox_and_is_sent_when_its_time_has_come(
    home: House, wire: Wire, tmp_path: Path
) -> None:
    home.mail.sending.send_new(ANNA.id, given(**deferred(home, hours=1)))
    draft = home.mail.messages.create(ANNA.id, None, given("Draft", CARL, **deferred(home, hours=1)))
    home.mail.sending.send(ANNA.id, draft["id"])
    assert queue_of(home, wire).run_due() == 0
    assert sorted(home.names(ANNA, "outbox")) == ["Draft", "Roof"]
    assert (home.names(ANNA, "sentitems"), home.names(ANNA, "drafts"), home.names(BOB)) == ([], [], [])
    home.store.close()
    with (again := house(tmp_path / "workspace", SETTINGS)).store:
        again.clock.time = home.clock.time + timedelta(minutes=59)
        queue = queue_of(again, wire)
        assert queue.run_due() == 0
        again.clock.go_on(minutes=1)
        assert queue.run_due() == 2
        assert again.names(ANNA, "outbox") == []
        assert sorted(again.names(ANNA, "sentitems")) == ["Draft", "Roof"]
        assert again.names(BOB) == ["Roof"]
        assert [to for _, to, _ in wire.sent] == [(CARL,)]
        assert queue.run_due() == 0
        sent = again.one(ANNA, "sentitems", filter="subject eq 'Roof'")
        assert sent["sentDateTime"] == "2026-01-31T11:00:00Z"


def test_a_deferred_message_that_is_taken_out_of_the_outbox_is_not_sent(home: House, queue: Queue, wire: Wire) -> None:
    home.mail.sending.send_new(ANNA.id, given(to=CARL, **deferred(home, hours=1)))
    home.mail.messages.delete(ANNA.id, home.one(ANNA, "outbox")["id"])
    home.clock.go_on(hours=1)
    queue.run_due()
    assert (wire.sent, waiting(home), home.names(ANNA, "sentitems")) == ([], 0, [])


def test_a_deferred_message_that_is_not_to_be_kept_leaves_nothing(home: House, queue: Queue) -> None:
    home.mail.sending.send_new(ANNA.id, given(**deferred(home, hours=1)), save=False)
    home.clock.go_on(hours=1)
    queue.run_due()
    assert (home.names(BOB), home.names(ANNA, "sentitems"), home.names(ANNA, "outbox")) == (["Roof"], [], [])


def test_the_thread_sends_what_comes_and_ends(home: House, wire: Wire) -> None:
    sent = threading.Event()

    class Telling(Wire):
        def send(self, sender: str, recipients: Sequence[str], data: bytes) -> Mapping[str, Refusal]:
            sent.set()
            return {}

    queue = queue_of(home, Telling())
    home.mail.on_outgoing(queue.wake)
    queue.start()
    try:
        send(home, CARL)
        assert sent.wait(60)
    finally:
        queue.stop()
    assert waiting(home) == 0


class Host:
    """A smarthost that knows nobody called `eve` and has no room for `max`."""

    def __init__(self) -> None:
        self.got: list[tuple[str | None, list[str], Any]] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if address.startswith(("eve", "max")):
            return "550 5.1.1 unknown" if address.startswith("eve") else "452 4.2.2 full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.got.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return "250 OK"


@pytest.fixture
def host() -> Iterator[tuple[Host, Smarthost]]:
    handler = Host()
    controller = Controller(handler, hostname="127.0.0.1", port=_free_port())
    controller.start()
    try:
        yield handler, Smarthost(Outgoing(smarthost="127.0.0.1", port=controller.port, security="none", timeout_s=30))
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def test_the_smarthost_is_spoken_to_and_its_refusals_are_told_apart(host: tuple[Host, Smarthost]) -> None:
    handler, smarthost = host
    data = "Subject: Grüße\r\n\r\n.dot\r\n".encode()
    refused = smarthost.send("anna@example.org", [CARL, "eve@x.test", "max@x.test"], data)
    assert {address: told.final for address, told in refused.items()} == {"eve@x.test": True, "max@x.test": False}
    assert handler.got == [("anna@example.org", [CARL], data)]
    assert smarthost.send("", ["eve@x.test"], data)["eve@x.test"].final


def test_a_smarthost_that_does_not_answer_is_a_failure_that_passes() -> None:
    smarthost = Smarthost(Outgoing(smarthost="127.0.0.1", port=_free_port(), security="none"))
    assert not smarthost.send("a@b.c", [CARL], b"x")[CARL].final
