"""Archived mail sent on to an address, by a mail server on this machine."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd import smtp
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from hypothesis import given
from hypothesis import strategies as st
from tests.archive.instances import settings
from tests.archive.profiles.exports.out import Run, outgoing

from postroom.archive.archive import Archive
from postroom.archive.profiles import connectors
from postroom.archive.profiles.exports import smtp_wire
from postroom.archive.profiles.exports.smtp import SMTP
from postroom.archive.profiles.marks import ProfileMarks
from postroom.errors import Denied, Invalid, Unavailable
from postroom.web.tls import Certificate

BODY = b"Subject: Report\r\n\r\nHello\r\n"
LOGIN = LoginPassword(b"archive", b"Secret-1")


@dataclass
class Office:
    """What came: the envelope, whether it was secured, and what the server says to the next messages."""

    port: int = 0
    got: list[tuple[str, list[str], bytes, bool]] = field(default_factory=list)
    says: list[str] = field(default_factory=list)
    to_mail: list[str] = field(default_factory=list)
    to_rcpt: list[str] = field(default_factory=list)
    connections: int = 0

    async def handle_EHLO(
        self, server: smtp.SMTP, session: Session, envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        self.connections += 1
        return answers

    async def handle_MAIL(
        self, server: smtp.SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.to_mail.pop(0) if self.to_mail else "250 OK"

    async def handle_RCPT(
        self, server: smtp.SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.to_rcpt.pop(0) if self.to_rcpt else "250 OK"

    async def handle_DATA(self, server: smtp.SMTP, session: Session, envelope: Envelope) -> str:
        said = self.says.pop(0) if self.says else "250 OK"
        if said == "drop":
            assert server.transport is not None
            server.transport.close()
        if said.startswith("250"):
            assert isinstance(envelope.original_content, bytes)
            assert server.transport is not None
            secured = server.transport.get_extra_info("ssl_object") is not None
            self.got.append((envelope.mail_from or "", envelope.rcpt_tos, envelope.original_content, secured))
        return said

    @property
    def bodies(self) -> list[bytes]:
        return [body for _, _, body, _ in self.got]


def login(server: smtp.SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data == LOGIN, handled=data == LOGIN)


@contextmanager
def serving(protocol: str = "SMTP", certificate: Certificate | None = None, **options: Any) -> Iterator[Office]:
    office = Office()
    with socket.create_server(("127.0.0.1", 0)) as free:
        office.port = free.getsockname()[1]
    context = certificate.context if certificate else None
    starttls = protocol == "SMTP-TLS"
    controller = Controller(
        office,
        hostname="127.0.0.1",
        port=office.port,
        ssl_context=context if protocol == "SMTP-SSL" else None,
        tls_context=context if starttls else None,
        require_starttls=starttls,
        auth_require_tls=starttls,
        authenticator=login,
        **options,
    )
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


@pytest.fixture
def office() -> Iterator[Office]:
    with serving() as running:
        yield running


def exporter(office: Office, **more: object) -> Run:
    details: dict[str, object] = {
        "host": "localhost",
        "port": office.port,
        "protocol": "SMTP",
        "senderAddress": "archive@example.com",
        "recipientAddress": "journal@example.com",
    }
    return Run(SMTP, {**details, **more})


@pytest.fixture
def run(office: Office) -> Run:
    return exporter(office)


def test_each_message_is_sent_to_the_address_with_the_envelope_that_was_given(office: Office, run: Run) -> None:
    bodies = [BODY + b"%d\r\n" % number for number in range(3)]
    assert run(*(outgoing(number, body) for number, body in enumerate(bodies))).written == ["1:0", "1:1", "1:2"]
    assert office.bodies == bodies
    assert {(sender, *to) for sender, to, _, _ in office.got} == {("archive@example.com", "journal@example.com")}
    assert office.connections == 1


def test_the_sender_may_be_nobody(office: Office, run: Run) -> None:
    run(outgoing(1, BODY), senderAddress="<>")
    assert office.got[0][0] == "<>"


def test_what_was_sent_is_not_sent_again_in_this_run_or_the_next(office: Office, run: Run) -> None:
    run(outgoing(1, BODY))
    again = run(outgoing(1, BODY), outgoing(2, BODY, archive="bert"))
    assert (again.known, again.written, len(office.got)) == (["1:1"], ["1:2"], 1)
    run(outgoing(1, BODY), recipientAddress="other@example.com")
    assert len(office.got) == 2


def test_the_profile_remembers_over_a_restart_and_forgets_when_it_is_deleted(
    office: Office, run: Run, tmp_path: Path
) -> None:
    with Archive(tmp_path / "archive", settings()) as archive:
        add_profile(archive)
        run.marks = ProfileMarks(archive.instance.database, 1)
        run(outgoing(1, BODY))
    with Archive(tmp_path / "archive", settings()) as archive:
        run.marks = ProfileMarks(archive.instance.database, 1)
        assert run(outgoing(1, BODY)).known == ["1:1"]
        with archive.instance.database.write() as connection:
            connection.execute("DELETE FROM profile WHERE id = 1")
            assert connection.execute("SELECT count(*) FROM profile_mark").fetchone()[0] == 0


def add_profile(archive: Archive) -> None:
    with archive.instance.database.write() as connection:
        connection.execute(
            "INSERT INTO profile (id, version, name, owner, type, connector, details) "
            "VALUES (1, 1, 'out', 'admin', 'E', 'SMTP', '{}')"
        )


def test_a_message_that_is_refused_is_told_and_the_others_go(office: Office, run: Run) -> None:
    office.says = ["250 OK", "554 5.6.0 This looks bad", "250 OK"]
    done = run(*(outgoing(number, BODY + b"%d" % number) for number in range(3)))
    assert (done.written, list(done.refused)) == (["1:0", "1:2"], ["1:1"])
    assert "This looks bad" in done.refused["1:1"]
    assert run(outgoing(1, BODY + b"1")).written == ["1:1"]


@pytest.mark.parametrize("said", ["451 4.3.0 Later", "drop"])
def test_a_server_that_cannot_now_ends_the_run_and_the_next_goes_on(office: Office, run: Run, said: str) -> None:
    office.says = ["250 OK", said]
    messages = [outgoing(number, BODY + b"%d" % number) for number in range(3)]
    with pytest.raises(Unavailable):
        run(*messages)
    done = run(*messages)
    assert (done.known, done.written) == (["1:0"], ["1:1", "1:2"])


def test_a_recipient_that_is_refused_ends_the_run_as_all_would_be(office: Office, run: Run) -> None:
    office.to_rcpt = ["550 5.1.1 There is no such mailbox"]
    with pytest.raises(Unavailable, match=r"journal@example\.com: 550 5\.1\.1 There is no such mailbox"):
        run(outgoing(1, BODY))


def test_a_connection_that_was_closed_meanwhile_is_made_again(office: Office, run: Run) -> None:
    office.to_mail = ["250 OK", "421 4.4.2 You said nothing for long"]
    assert run(outgoing(1, BODY), outgoing(2, BODY + b"2")).written == ["1:1", "1:2"]
    assert office.connections == 2


def test_a_message_over_the_size_that_the_server_takes_is_refused_unsent(run: Run) -> None:
    with serving(data_size_limit=1000) as office:
        run.details["port"] = office.port
        done = run(outgoing(1, BODY), outgoing(2, BODY + b"x" * 2000))
        assert (done.written, list(done.refused), len(office.got)) == (["1:1"], ["1:2"], 1)
        assert "1000" in done.refused["1:2"]


def test_other_bytes_than_ascii_go_as_they_are(office: Office, run: Run) -> None:
    body = b"Subject: Gr\xc3\xbc\xc3\x9fe\r\n\r\n\xe9\xff\x80\r\n"
    run(outgoing(1, body))
    assert office.bodies == [body]


def test_a_large_message_goes_in_pieces(office: Office, run: Run) -> None:
    body = b"Subject: large\r\n\r\n" + b".line of text\r\n" * 200_000
    run(outgoing(1, body))
    assert office.bodies == [body]


@pytest.mark.parametrize("protocol", ["SMTP-TLS", "SMTP-SSL"])
def test_the_connection_is_secured_and_its_certificate_checked(tmp_path: Path, protocol: str) -> None:
    certificate = Certificate(tmp_path)
    with serving(protocol, certificate) as office:
        run = exporter(office, protocol=protocol)
        with pytest.raises(Unavailable, match="certificate"):
            run(outgoing(1, BODY))
        trusted = {"caFile": str(tmp_path / "ca.pem")}
        run(outgoing(1, BODY), **trusted)
        run(outgoing(2, BODY + b"2"), ignoreSSLPolicyErrors=True)
        assert [secured for _, _, _, secured in office.got] == [True, True]


def test_who_signs_in_is_named_by_the_profile_or_the_credentials_store(tmp_path: Path) -> None:
    with serving("SMTP-TLS", Certificate(tmp_path), auth_required=True) as office:
        run = exporter(office, protocol="SMTP-TLS", caFile=str(tmp_path / "ca.pem"))
        with pytest.raises(Denied, match="user name or password"):
            run(outgoing(1, BODY), userName="archive", password="wrong")
        run(outgoing(1, BODY), userName="archive", password="Secret-1")
        run(outgoing(2, BODY + b"2"), credentialID=3)
        assert len(office.got) == 2


def test_a_server_that_is_not_there_ends_the_run(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unavailable, match=f"localhost:{port}"):
        run(outgoing(1, BODY), port=port)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"senderAddress": None}, "senderAddress"),
        ({"senderAddress": "nobody"}, "senderAddress"),
        ({"recipientAddress": "a@b\r\nDATA"}, "recipientAddress"),
        ({"recipientAddress": ""}, "recipientAddress"),
        ({"host": None}, "host"),
        ({"protocol": "SMTPS"}, "protocol"),
        ({"userName": "archive"}, "password"),
    ],
)
def test_details_are_checked_with_the_name_of_the_key(run: Run, changes: dict[str, object], key: str) -> None:
    with pytest.raises(Invalid, match=key):
        run(**changes)


def test_the_exporter_is_found_by_its_name() -> None:
    assert connectors.export("smtp").name == "SMTP"


def wire(pieces: list[bytes]) -> bytes:
    return b"".join(smtp_wire.data(pieces))


def received(sent: bytes) -> bytes:
    """What a server makes of it (RFC 5321, 4.5.2)."""
    assert sent.endswith(b".\r\n")
    assert b"\r\n.\r\n" not in sent[:-5]
    return re.sub(rb"(?m)(^|(?<=\r\n))\.", b"", sent[:-3])


LINES = st.text(alphabet=".\r\nab", max_size=12).map(str.encode)


@given(st.lists(LINES))
def test_pieces_make_no_difference_and_lines_survive(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    sent = wire(pieces)
    assert sent == wire([whole])
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", sent) is None
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", whole)
    assert received(sent) == (lines if not lines or lines.endswith(b"\r\n") else lines + b"\r\n")
