"""The mail server that takes all mail to others."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple, Protocol

from postroom.settings import Outgoing


class Refusal(NamedTuple):
    """Why a recipient did not get it; `final` ones are not tried again."""

    reason: str
    final: bool


NOWHERE: Final = Refusal(
    "5.3.5 This server sends no mail to others: it has no smarthost (setting outgoing.smarthost)", final=True
)


class Transport(Protocol):
    def send(self, sender: str, recipients: Sequence[str], data: bytes) -> Mapping[str, Refusal]:
        """Those who did not get it. Who is not in the answer has it."""


class Smarthost:
    """One connection for each message. Raises nothing: whatever goes wrong is a refusal."""

    def __init__(self, settings: Outgoing) -> None:
        self._settings = settings

    def send(self, sender: str, recipients: Sequence[str], data: bytes) -> Mapping[str, Refusal]:
        if not self._settings.smarthost:
            return dict.fromkeys(recipients, NOWHERE)
        try:
            return self._sent(sender, recipients, data)
        except smtplib.SMTPRecipientsRefused as error:
            return {address: _refusal(*told) for address, told in error.recipients.items()}
        except smtplib.SMTPAuthenticationError as error:
            # Ours to mend, by another password; mail must not be lost meanwhile.
            return dict.fromkeys(recipients, Refusal(_text(error.smtp_code, error.smtp_error), final=False))
        except smtplib.SMTPResponseException as error:
            return dict.fromkeys(recipients, _refusal(error.smtp_code, error.smtp_error))
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return dict.fromkeys(recipients, Refusal(f"4.4.1 {error}", final=False))

    def _sent(self, sender: str, recipients: Sequence[str], data: bytes) -> Mapping[str, Refusal]:
        with self._connected() as smtp:
            smtp.ehlo_or_helo_if_needed()
            options = ["BODY=8BITMIME"] if not data.isascii() and smtp.has_extn("8bitmime") else []
            refused = smtp.sendmail(sender, list(recipients), data, options)
        return {address: _refusal(*told) for address, told in refused.items()}

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        told = self._settings
        name = told.host_name or None
        context = ssl.create_default_context(cafile=str(told.ca_file) if told.ca_file else None)
        if told.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                told.smarthost, told.port, name, timeout=told.timeout_s, context=context
            )
        else:
            smtp = smtplib.SMTP(told.smarthost, told.port, name, timeout=told.timeout_s)
        with smtp:
            if told.security == "starttls":
                smtp.starttls(context=context)
            if told.user:
                smtp.login(told.user, told.password)
            yield smtp


def _refusal(code: int, answer: bytes | str) -> Refusal:
    return Refusal(_text(code, answer), final=500 <= code < 600)


def _text(code: int, answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(f"{code} {words}".split())
