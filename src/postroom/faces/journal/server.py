"""The listeners of the journal."""

from __future__ import annotations

import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from ipaddress import ip_network
from typing import Any, Final

from postroom.errors import Invalid
from postroom.faces.journal.figures import Tally
from postroom.faces.journal.receiver import LmtpReceiver, Receiver, Taker
from postroom.faces.journal.wire import JournalConnection, JournalLmtpConnection, Networks
from postroom.faces.smtp.server import Door, Listening
from postroom.settings import Journal as JournalSettings
from postroom.web.backoff import BackOff

THREADS: Final = 32
"""Deliveries that wait for one commit together: the more, the fewer commits."""


class JournalServer(Listening):
    """Begins to answer with `start`, ends with `stop`."""

    def __init__(
        self,
        settings: JournalSettings,
        journal: Taker,
        back_off: BackOff,
        *,
        context: ssl.SSLContext | None = None,
        most_bytes: int,
    ) -> None:
        """Opens the sockets. `context` is for STARTTLS, `most_bytes` the archive's own limit for one message.

        Raises Invalid for settings that cannot be, Unavailable when a port is taken.
        """
        options = {"networks": _networks(settings), **_login(settings)}
        threads, self.tally = ThreadPoolExecutor(THREADS, "journal"), Tally()
        lmtp = LmtpReceiver(journal, settings, threads, self.tally, back_off)
        smtp = Receiver(journal, settings, threads, self.tally, back_off)
        doors = (
            Door(JournalLmtpConnection, lmtp, _options(options, settings, lmtp, tls=False)),
            Door(JournalConnection, smtp, _options(options, settings, smtp, tls=context is not None)),
        )
        settings = replace(settings, message_bytes=min(settings.message_bytes, most_bytes))
        super().__init__(settings, "journal", *doors, threads, context)


def _options(common: dict[str, Any], settings: JournalSettings, receiver: Receiver, *, tls: bool) -> dict[str, Any]:
    login = {"authenticator": receiver.authenticate, "auth_require_tls": tls} if settings.user else {}
    return {**common, **login, "require_starttls": tls and settings.tls_required}


def _login(settings: JournalSettings) -> dict[str, Any]:
    if bool(settings.user) != bool(settings.password):
        raise Invalid("journal.password", "both journal.user and journal.password, or neither")
    if settings.tls_required and not settings.tls:
        raise Invalid("journal.tls_required", "false where journal.tls is")
    return {"auth_exclude_mechanism": () if settings.user else ("LOGIN", "PLAIN")}


def _networks(settings: JournalSettings) -> Networks:
    try:
        return tuple(ip_network(text) for text in settings.clients)
    except ValueError as error:
        raise Invalid("journal.clients", f"addresses and networks like 192.0.2.0/24 ({error})") from error
