"""A mail server that takes mail, with or without TLS and a login, for tests of what the archive sends."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from ssl import SSLContext
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

LOGIN = LoginPassword(b"archive", b"Secret-1")
NOBODY = "nobody@example.com"


@dataclass
class PostOffice:
    """What came: secured or not, signed in or not, the recipients, the message. Mail for NOBODY is refused."""

    port: int = 0
    got: list[tuple[bool, bool, list[str], EmailMessage]] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == NOBODY:
            return "550 5.1.1 There is no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, _class=EmailMessage, policy=default)
        assert server.transport is not None
        secured = server.transport.get_extra_info("ssl_object") is not None
        self.got.append((secured, bool(session.authenticated), envelope.rcpt_tos, message))
        return "250 OK"

    def only(self) -> EmailMessage:
        """The only one that came."""
        ((_, _, _, message),) = self.got
        return message


def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    # `handled` would say that the answer was sent: the client would wait for one that never comes.
    return AuthResult(success=data == LOGIN, handled=data == LOGIN)


@contextmanager
def post_office(
    context: SSLContext | None = None, protocol: str = "SMTP", *, signs_in: bool = False
) -> Iterator[PostOffice]:
    """One that speaks a protocol of the mail settings."""
    office = PostOffice()
    with socket.create_server(("127.0.0.1", 0)) as free:
        office.port = free.getsockname()[1]
    starttls = protocol == "SMTP-TLS"
    controller = Controller(
        office,
        hostname="127.0.0.1",
        port=office.port,
        ssl_context=context if protocol == "SMTP-SSL" else None,
        tls_context=context if starttls else None,
        require_starttls=starttls,
        auth_required=signs_in and starttls,
        auth_require_tls=starttls,
        authenticator=login,
    )
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
