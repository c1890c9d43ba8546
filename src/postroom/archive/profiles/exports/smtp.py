"""Export by SMTP: each message is sent on to one address, as it is.

A mail server cannot be asked what it took, so the profile keeps marks: of each message, and of its content, which goes
to an address once whatever archives it is in. A run that is killed between the answer of the server and the mark sends
that one message again.
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from postroom.archive.body import Body, chunks, sha256
from postroom.archive.instance.smtp import mail_address
from postroom.archive.profiles.connector import Context, Marks, Outgoing
from postroom.archive.profiles.connectors import mailserver
from postroom.archive.profiles.connectors.mailserver import CREDENTIAL, HOST, PASSWORD, PORT, TIMEOUT, TRUST, Server
from postroom.archive.profiles.details import Details, Key
from postroom.archive.profiles.exports import smtp_wire
from postroom.errors import Denied, Invalid, PostroomError, Unavailable

SENDER: Final = Key(
    "senderAddress",
    "The sender of the envelope, who is told when mail cannot be delivered; <> for nobody.",
    required=True,
)
RECIPIENT: Final = Key("recipientAddress", "Who gets all of it.", required=True)
USER: Final = Key("userName", "Who signs in; nobody when left out.")
CA_FILE: Final = Key("caFile", "File on the server with the certificates to trust; the usual ones when left out.")
NOBODY: Final = "<>"
FINAL: Final = 500
TOO_LARGE: Final = 552
LEAVING: Final = 421
"""The server closes the connection, as it does when nothing was said for a while."""
MOST_SAID: Final = 300


@dataclass(frozen=True, slots=True)
class Route:
    """Where mail is sent, as whom, and by which envelope. Without a user nobody signs in."""

    server: Server
    context: ssl.SSLContext
    user: str
    password: str = field(repr=False)
    sender: str
    recipient: str


class SmtpSink:
    """One connection, made when it is needed and again when the server closed it between two messages."""

    def __init__(self, route: Route, marks: Marks) -> None:
        self._route, self._marks = route, marks
        self._smtp: smtplib.SMTP | None = None

    def has(self, message: Outgoing) -> bool:
        return self._marks.has(self._mark("id", message.id))

    def put(self, message: Outgoing) -> None:
        content, known = self._mark("content", sha256(message.body).hex()), self._mark("id", message.id)
        if not self._marks.has(content):
            self._send(message.body)
        self._marks.add([known, content])

    def _mark(self, kind: str, what: str) -> bytes:
        return hashlib.sha256(f"{kind}\0{self._route.recipient.lower()}\0{what}".encode()).digest()

    def connect(self) -> None:
        """Raises Unavailable, Denied."""
        with _told(self._route.server):
            self._smtp = self._connected()

    def close(self) -> None:
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()  # it has the mail; how it says goodbye changes nothing
            self._smtp.close()
            self._smtp = None

    def _connected(self) -> smtplib.SMTP:
        route, at = self._route, self._route.server
        if at.tls == "SSL":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(at.host, at.port, timeout=at.timeout_s, context=route.context)
        else:
            smtp = smtplib.SMTP(at.host, at.port, timeout=at.timeout_s)
        try:
            if at.tls == "TLS":
                smtp.starttls(context=route.context)
            smtp.ehlo_or_helo_if_needed()
            if route.user:
                smtp.login(route.user, route.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _send(self, body: Body) -> None:
        with _told(self._route.server):
            smtp = self._begun(body)
            try:
                _transfer(smtp, body)
            except (smtplib.SMTPServerDisconnected, OSError):
                # Whether the server took it nobody knows; the next run sends it again.
                self.close()
                raise

    def _begun(self, body: Body) -> smtplib.SMTP:
        """With the envelope told; on a new connection when the server closed the one of before."""
        if self._smtp is not None:
            try:
                self._envelope(self._smtp, body)
            except (smtplib.SMTPServerDisconnected, OSError):
                self.close()
            else:
                return self._smtp
        self._smtp = self._connected()
        self._envelope(self._smtp, body)
        return self._smtp

    def _envelope(self, smtp: smtplib.SMTP, body: Body) -> None:
        """Raises Invalid when the server says beforehand that it cannot take this one."""
        options, size = [], len(body)
        limit = smtp.esmtp_features.get("size", "")
        if limit.isdigit() and 0 < int(limit) < size:
            raise Invalid("message", f"at most {limit} bytes, which is all that the mail server takes; it has {size}")
        if smtp.has_extn("size"):
            options.append(f"SIZE={size}")
        if not all(piece.isascii() for piece in chunks(body)):
            if not smtp.has_extn("8bitmime"):
                raise Invalid("message", "bytes of ASCII, as the mail server does not take others (8BITMIME)")
            options.append("BODY=8BITMIME")
        self._ask_envelope(smtp, options)

    def _ask_envelope(self, smtp: smtplib.SMTP, options: list[str]) -> None:
        code, said = smtp.mail(self._route.sender, options)
        if code == 250:
            code, said = smtp.rcpt(self._route.recipient)
            if code in (250, 251):
                return
        if code == LEAVING:
            raise smtplib.SMTPServerDisconnected(_said(code, said))
        with suppress(smtplib.SMTPServerDisconnected):
            smtp.rset()
        if code == TOO_LARGE:
            raise Invalid("message", f"one that the mail server takes; it says {_said(code, said)}")
        raise Unavailable(f"The mail server does not take mail from {self._route.sender or NOBODY} "
                          f"to {self._route.recipient}: {_said(code, said)}")  # fmt: skip


def _transfer(smtp: smtplib.SMTP, body: Body) -> None:
    """Raises Invalid for a message that the server refuses for good, SMTPResponseException for a while."""
    code, said = smtp.docmd("DATA")
    if code == 354:
        for piece in smtp_wire.data(chunks(body)):
            smtp.send(piece)
        code, said = smtp.getreply()
        if code == 250:
            return
    if code >= FINAL:
        raise Invalid("message", f"one that the mail server takes; it says {_said(code, said)}")
    raise smtplib.SMTPResponseException(code, said)


@contextmanager
def _told(at: Server) -> Iterator[None]:
    """Errors of the connection as ours, in a sentence that names the mail server."""
    where = f"The mail server {at.host}:{at.port}"
    try:
        yield
    except PostroomError:
        raise
    except smtplib.SMTPAuthenticationError as error:
        raise Denied(f"{where} refuses user name or password: {_said(error.smtp_code, error.smtp_error)}") from error
    except smtplib.SMTPResponseException as error:
        raise Unavailable(f"{where} says {_said(error.smtp_code, error.smtp_error)}") from error
    except ssl.SSLCertVerificationError as error:
        raise Unavailable(f"{where} has a certificate that is not trusted: {error.verify_message}.") from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise Unavailable(f"{where} cannot be spoken to as the profile says: {error}") from error


def _said(code: int, answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(f"{code} {words}".split())[:MOST_SAID]


@dataclass(frozen=True, slots=True)
class SmtpExport:
    """Each message sent on to an address."""

    name: str = "SMTP"
    keys: tuple[Key, ...] = (
        HOST, PORT, mailserver.protocol("SMTP"), USER, PASSWORD, CREDENTIAL, TRUST, CA_FILE, TIMEOUT, SENDER, RECIPIENT,
    )  # fmt: skip

    def check(self, details: Details) -> None:
        _sender(details)
        mail_address(f"details.{RECIPIENT.name}", details.text(RECIPIENT.name))
        signs_in = details.text(USER.name)
        if signs_in and not (details.text(PASSWORD.name) or details.number(CREDENTIAL.name)):
            raise Invalid(f"details.{PASSWORD.name}", f"the password of {signs_in}")

    @contextmanager
    def open(self, details: Details, context: Context) -> Iterator[SmtpSink]:
        sink = SmtpSink(_route(details, context), context.marks)
        sink.connect()
        try:
            yield sink
        finally:
            sink.close()


def _sender(details: Details) -> str:
    given = details.text(SENDER.name)
    return "" if given == NOBODY else mail_address(f"details.{SENDER.name}", given)


def _route(details: Details, context: Context) -> Route:
    at = mailserver.server(details, 25, 465)
    signs_in = bool(details.text(USER.name) or details.number(CREDENTIAL.name))
    login = mailserver.login(details, context, at) if signs_in else mailserver.Login(at, "", "")
    tls = at.context
    if ca_file := details.text(CA_FILE.name):
        tls.load_verify_locations(context.path(f"details.{CA_FILE.name}", ca_file))
    recipient = mail_address(f"details.{RECIPIENT.name}", details.text(RECIPIENT.name))
    return Route(at, tls, login.user, login.password, _sender(details), recipient)


SMTP: Final = SmtpExport()
