"""LMTP and SMTP, spoken by the standard library's client to a server on a free port."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.workspace.mail.house import ANNA, BOB, House, house, raw

from postroom.errors import NoSpace, Unavailable
from postroom.faces.smtp.receiver import Post
from postroom.faces.smtp.server import MailServer
from postroom.settings import Settings, Smtp
from postroom.web.tls import Certificate
from postroom.workspace.delivery.recipients import Fate

SMTP = Smtp(lmtp_port=0, smtp_port=0, message_bytes=100_000, recipients=3, connections=5)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    made = house(tmp_path / "workspace", Settings(smtp=SMTP))
    with made.store:
        yield made


@contextmanager
def serving(
    home: House, post: Post | None = None, settings: Smtp = SMTP, context: ssl.SSLContext | None = None
) -> Iterator[MailServer]:
    server = MailServer(settings, post or home.mail, home.people, context)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def server(home: House) -> Iterator[MailServer]:
    with serving(home) as found:
        yield found


def lmtp(server: MailServer) -> smtplib.LMTP:
    return smtplib.LMTP("127.0.0.1", server.ports["lmtp"])


def smtp(server: MailServer) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", server.ports["smtp"])


def answers(client: smtplib.SMTP, *recipients: str, data: bytes) -> list[tuple[int, bytes]]:
    """The answers after the message, one for each recipient."""
    client.ehlo_or_helo_if_needed()
    client.mail("carl@elsewhere.test")
    for recipient in recipients:
        assert client.rcpt(recipient)[0] == 250, recipient
    assert client.docmd("DATA")[0] == 354
    client.send(data.replace(b"\r\n.", b"\r\n..") + b".\r\n")
    return [client.getreply() for _ in recipients]


def test_lmtp_answers_for_each_recipient_when_the_mail_is_safe(home: House, server: MailServer) -> None:
    data = raw(to="all@example.org", body=".dot\r\n..two\r\nGrüße") + b"\xff\r\n"
    with lmtp(server) as client:
        told = answers(client, "anna@example.org", "robert@example.org", data=data)
    assert [code for code, _ in told] == [250, 250]
    for person in (ANNA, BOB):
        found = home.one(person)
        assert home.mail.messages.mime(person.id, found["id"]) == data


def test_a_person_with_several_of_the_addresses_gets_one(home: House, server: MailServer) -> None:
    with lmtp(server) as client:
        assert len(answers(client, "bob@example.org", "robert@example.org", "all@example.org", data=raw())) == 3
    assert home.names(BOB) == ["Roof"]


def test_smtp_takes_mail_for_us_and_nobody_else(home: House, server: MailServer) -> None:
    with smtp(server) as client:
        client.ehlo()
        client.mail("carl@elsewhere.test")
        assert client.rcpt("somebody@elsewhere.test")[0] == 550
        assert client.rcpt("nobody@example.org")[0] == 550
        assert client.rcpt("no-address")[0] == 553
        assert client.rcpt("anna@example.org")[0] == 250
        assert client.data(raw())[0] == 250
        assert not client.has_extn("auth")
        assert client.has_extn("size")
    assert home.names(ANNA) == ["Roof"]


def test_the_null_sender_is_taken(home: House, server: MailServer) -> None:
    with smtp(server) as client:
        client.sendmail("", ["anna@example.org"], raw())
    assert home.names(ANNA) == ["Roof"]


@pytest.mark.parametrize("sign", ["\0", "\x01", "\x0b", "\x1b", "\x7f", "\x85", "\u2028", "\u202e"])
@pytest.mark.parametrize("kind", [smtp, lmtp])
def test_addresses_with_signs_that_do_not_print_are_refused(server: MailServer, kind: Any, sign: str) -> None:
    with kind(server) as client:
        client.ehlo_or_helo_if_needed()
        client.send(f"MAIL FROM:<e{sign}ve@elsewhere.test> SMTPUTF8\r\n".encode())
        assert client.getreply()[0] in (501, 553)
        assert client.mail("eve@elsewhere.test", ["SMTPUTF8"])[0] == 250
        client.send(f"RCPT TO:<{ANNA.address[:2]}{sign}{ANNA.address[2:]}>\r\n".encode())
        assert client.getreply()[0] in (501, 553)
        assert client.rcpt(ANNA.address)[0] == 250


def test_half_a_character_is_no_address(server: MailServer) -> None:
    with smtp(server) as client:
        client.ehlo()
        client.send(b"MAIL FROM:<e\xffve@elsewhere.test> SMTPUTF8\r\n")
        assert client.getreply()[0] in (500, 501, 553)
        assert client.mail("eve@elsewhere.test")[0] == 250


def test_there_may_not_be_too_many_recipients(server: MailServer) -> None:
    with smtp(server) as client:
        client.ehlo()
        client.mail("carl@elsewhere.test")
        codes = [client.rcpt("anna@example.org")[0] for _ in range(4)]
    assert codes == [250, 250, 250, 452]


def test_what_is_too_large_is_refused_for_each_recipient(home: House, server: MailServer) -> None:
    with lmtp(server) as client:
        told = answers(client, "anna@example.org", "bob@example.org", data=raw(body="x" * 200_000))
        assert [code for code, _ in told] == [552, 552]
        assert client.noop()[0] == 250
    assert home.names(ANNA) == []
    with smtp(server) as client, pytest.raises(smtplib.SMTPSenderRefused, match="552"):
        client.sendmail("carl@elsewhere.test", ["anna@example.org"], raw(body="x" * 200_000))


class Broken:
    """A post that cannot deliver."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def deliver(self, sender: str, recipients: Sequence[str], data: bytes) -> Mapping[str, Fate]:
        raise self.error


@pytest.mark.parametrize(
    ("error", "code"), [(Unavailable("no"), 451), (NoSpace("disk"), 452), (RuntimeError("a fault of ours"), 451)]
)
def test_what_cannot_be_kept_is_not_taken(home: House, error: Exception, code: int) -> None:
    with serving(home, Broken(error)) as server, lmtp(server) as client:
        told = answers(client, "anna@example.org", "bob@example.org", data=raw())
        assert [one[0] for one in told] == [code, code]


def test_lines_may_be_long(home: House, server: MailServer) -> None:
    with smtp(server) as client:
        client.sendmail("carl@elsewhere.test", ["anna@example.org"], raw(body="x" * 50_000))
    assert home.names(ANNA) == ["Roof"]


def test_more_connections_than_allowed_are_turned_away(server: MailServer) -> None:
    clients = [smtp(server) for _ in range(SMTP.connections)]
    with socket.create_connection(("127.0.0.1", server.ports["smtp"]), timeout=10) as late:
        assert late.recv(100).startswith(b"421")
    for client in clients:
        client.quit()


def test_tls_is_offered_and_used(home: House, tmp_path: Path) -> None:
    (tmp_path / "tls").mkdir()
    certificate = Certificate(tmp_path / "tls")
    certificate.refresh(datetime.now(UTC))
    trusted = ssl.create_default_context(cafile=str(tmp_path / "tls" / "ca.pem"))
    with (
        serving(home, context=certificate.context) as server,
        smtplib.SMTP("localhost", server.ports["smtp"]) as client,
    ):
        client.starttls(context=trusted)
        client.sendmail("carl@elsewhere.test", ["anna@example.org"], raw())
    assert home.names(ANNA) == ["Roof"]


def test_a_unix_socket_is_replaced_when_nobody_listens_and_removed_at_the_end(home: House, tmp_path: Path) -> None:
    path = tmp_path / "lmtp"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    settings = replace(SMTP, lmtp_socket=path)
    with serving(home, settings=settings):
        with smtplib.LMTP(str(path)) as client:
            assert answers(client, "anna@example.org", data=raw())[0][0] == 250
        with pytest.raises(Unavailable, match="lmtp_socket"):
            MailServer(settings, home.mail, home.people)
    assert not path.exists()


def test_a_taken_port_is_told(home: House, server: MailServer) -> None:
    with pytest.raises(Unavailable, match=r"smtp\.lmtp_port"):
        MailServer(replace(SMTP, lmtp_port=server.ports["lmtp"]), home.mail, home.people)


class Slow:
    """A post that takes as long as the test wants."""

    def __init__(self, home: House) -> None:
        self.home, self.entered, self.go_on = home, threading.Event(), threading.Event()

    def deliver(self, sender: str, recipients: Sequence[str], data: bytes) -> Mapping[str, Fate]:
        self.entered.set()
        assert self.go_on.wait(60)
        return self.home.mail.deliver(sender, recipients, data)


def test_who_sent_a_message_gets_the_answer_although_the_server_stops(home: House) -> None:
    slow = Slow(home)
    server = MailServer(SMTP, slow, home.people)
    server.start()
    stopper = threading.Thread(target=server.stop)
    with lmtp(server) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("carl@elsewhere.test")
        client.rcpt("anna@example.org")
        client.docmd("DATA")
        client.send(raw() + b".\r\n")
        assert slow.entered.wait(60)
        stopper.start()
        slow.go_on.set()
        assert client.getreply()[0] == 250
    stopper.join()
    assert home.names(ANNA) == ["Roof"]
