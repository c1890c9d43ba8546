"""Sends mail of the archive itself, as the mail settings of its instance say: test mails and reports."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Final, NamedTuple, Protocol

from postroom.archive.automation.calendar import from_ms
from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.smtp import Smtp, SmtpSettings
from postroom.archive.storage.writer import Clock
from postroom.errors import PostroomError, Unavailable, WrongState

TIMEOUT_S: Final = 30.0
"""How long the mail server may take for one answer."""

MOST_SAID: Final = 300
FINAL: Final = 500
"""From this code on an answer of a mail server stays the same when it is asked again."""

# No body of eight bits: the mail server may not take it.
_POLICY: Final = SMTP.clone(cte_type="7bit")


class Sender(Protocol):
    """Who sends: an instance, or the management server."""

    @property
    def smtp(self) -> SmtpSettings: ...
    @property
    def audit(self) -> Audit: ...


class Letter(NamedTuple):
    """What a mail says; `html` None: only as text."""

    subject: str
    text: str
    html: str | None = None


class Mailer:
    """Sends letters; each call is one connection."""

    def __init__(self, instance: Sender, clock: Clock, timeout_s: float = TIMEOUT_S) -> None:
        self._instance, self._clock, self._timeout_s = instance, clock, timeout_s

    def test(self, by: Actor) -> str:
        """Send a test mail to the recipient that the settings name, and tell in one sentence.

        Raises WrongState for what the settings lack or the mail server refuses, Unavailable, Damaged.
        """
        told = self._instance.smtp.get()
        with self._instance.audit.recording(events.SMTP_TEST, by, told.recipient, server=_server(told)):
            if not told.recipient:
                raise WrongState("The mail settings name no recipient of test mails. Set one.")
            text = f"This is a test of the mail settings of Postroom, sent for {by.name} by {_server(told)}.\n"
            self.send(Letter("Postroom: test mail", text), [told.recipient])
        return f"The mail server {_server(told)} took the test mail for {told.recipient}."

    def send(self, letter: Letter, recipients: Sequence[str]) -> None:
        """Until the mail server has it for all of them. Raises as `test`."""
        told = self._instance.smtp.get()
        if not told.host or not told.from_address:
            missing = "mail server" if not told.host else "address of the sender"
            raise WrongState(f"The mail settings name no {missing}. Set it first.")
        password = self._instance.smtp.password() if told.signs_in else ""
        message = self._composed(told, letter, recipients)
        with _explained(told), self._connected(told, password) as smtp:
            refused = smtp.send_message(message, told.from_address, list(recipients))
        if refused:
            raise WrongState(f"The mail went out, but not to all: {_refusals(refused)}")

    def _composed(self, told: Smtp, letter: Letter, recipients: Sequence[str]) -> EmailMessage:
        message = EmailMessage(_POLICY)
        message["Subject"] = letter.subject
        message["From"] = Address(told.from_name, addr_spec=told.from_address)
        message["To"] = [Address(addr_spec=address) for address in recipients]
        message["Date"] = format_datetime(from_ms(self._clock()))
        message["Message-ID"] = make_msgid(domain=_ascii(told.from_address.rpartition("@")[2]))
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence shall be told to us
        message.set_content(letter.text)
        if letter.html is not None:
            message.add_alternative(letter.html, subtype="html")
        return message

    @contextmanager
    def _connected(self, told: Smtp, password: str) -> Iterator[smtplib.SMTP]:
        context = _context(told)
        if told.protocol == "SMTP-SSL":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(told.host, told.port, timeout=self._timeout_s, context=context)
        else:
            smtp = smtplib.SMTP(told.host, told.port, timeout=self._timeout_s)
        try:
            if told.protocol == "SMTP-TLS":
                smtp.starttls(context=context)
            if told.signs_in:
                smtp.login(told.user or "", password)
            yield smtp
            # It has the mail; how it says goodbye changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
        finally:
            smtp.close()


def _context(told: Smtp) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if told.any_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@contextmanager
def _explained(told: Smtp) -> Iterator[None]:
    """Errors of the connection as ours, in a sentence that names the mail server."""
    try:
        yield
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise _error(f"The mail server {_server(told)}", error) from error


def _error(server: str, error: Exception) -> PostroomError:
    """WrongState for what stays so until somebody changes settings, there or here."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return WrongState(f"{server} refuses user name or password: {_said(error.smtp_code, error.smtp_error)}")
        case smtplib.SMTPRecipientsRefused():
            final = any(code >= FINAL for code, _ in error.recipients.values())
            return (WrongState if final else Unavailable)(
                f"{server} refuses every recipient: {_refusals(error.recipients)}"
            )
        case smtplib.SMTPResponseException():
            kind = WrongState if error.smtp_code >= FINAL else Unavailable
            return kind(f"{server} refuses: {_said(error.smtp_code, error.smtp_error)}")
        case ssl.SSLCertVerificationError():
            return WrongState(f"{server} has a certificate that is not trusted: {error.verify_message}.")
        case smtplib.SMTPServerDisconnected():
            return Unavailable(f"{server} ended the connection: {error}")
        case smtplib.SMTPException():
            return WrongState(f"{server} does not offer what the mail settings ask for: {error}")
        case _:
            return Unavailable(f"{server} cannot be reached as the mail settings say: {error}")


def _server(told: Smtp) -> str:
    return f"{told.host}:{told.port}"


def _refusals(refused: dict[str, tuple[int, bytes]]) -> str:
    return "; ".join(f"{address} ({_said(*answer)})" for address, answer in refused.items())


def _said(code: int, answer: bytes | str) -> str:
    """An answer of the server as one short line."""
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(f"{code} {words}".split())[:MOST_SAID]


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return "localhost"
