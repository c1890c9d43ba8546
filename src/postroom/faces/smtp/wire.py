"""The two protocols as aiosmtpd speaks them, with what it leaves to us: long lines, answers of LMTP, a limit of
connections."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, AnyStr, Final, Protocol

from aiosmtpd.smtp import SMTP, syntax

LINE_BYTES: Final = 1 << 20
"""RFC 5321 says 1000, and mail that is longer exists; what a mail server passed on is not refused for that."""
# The library tells each command at level info. Who writes to whom has no place in the server's log.
logging.getLogger("mail.log").setLevel(logging.WARNING)

TURNED_AWAY: Final = b"421 4.3.2 Too many connections, please try again\r\n"


class Owner(Protocol):
    """Who counts connections."""

    def opened(self, connection: SmtpConnection) -> None: ...
    def closed(self, connection: SmtpConnection) -> None: ...


class SmtpConnection(SMTP):
    """`owner` is told of the beginning and the end."""

    line_length_limit = LINE_BYTES

    def __init__(self, owner: Owner, handler: Any, **options: Any) -> None:
        super().__init__(handler, enable_SMTPUTF8=True, **{"auth_exclude_mechanism": ("LOGIN", "PLAIN"), **options})
        self._owner = owner
        self._counted = False
        self.delivering = False
        """From the whole message to its answer."""
        self.stopping = False

    async def push(self, status: AnyStr) -> None:
        await super().push(status)
        if self.delivering and self.stopping:
            self.close()
        self.delivering = False

    def finish(self) -> None:
        """Close when the message that is under way is answered, at once when there is none."""
        self.stopping = True
        if not self.delivering:
            self.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Called once more when TLS begins.
        if not self._counted:
            self._counted = True
            self._owner.opened(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._counted:
            self._counted = False
            self._owner.closed(self)
        super().connection_lost(error)

    def eof_received(self) -> bool | None:
        # aiosmtpd ends its task then, and where that had not begun to read, nobody would close the connection.
        super().eof_received()
        self.close()
        return False

    def close(self) -> None:
        """Close when what was answered is sent."""
        if self.transport is not None:
            self.transport.close()

    def abort(self) -> None:
        """Close without waiting for anything."""
        if self.transport is not None:
            self.transport.abort()  # type: ignore[attr-defined]


class LmtpConnection(SmtpConnection):
    """LMTP (RFC 2033): another greeting, and after the message one answer for each recipient, whatever it is."""

    def __init__(self, owner: Owner, handler: Any, **options: Any) -> None:
        super().__init__(owner, handler, **options)
        self._receiving = False

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, arg: str) -> None:  # noqa: N802
        await super().smtp_EHLO(arg)

    async def smtp_HELO(self, arg: str) -> None:  # noqa: N802, ARG002
        await self.push("500 5.5.1 This is LMTP: say LHLO")

    async def smtp_EHLO(self, arg: str) -> None:  # noqa: N802, ARG002
        await self.push("500 5.5.1 This is LMTP: say LHLO")

    async def push(self, status: AnyStr) -> None:
        text = status.decode("utf-8", "replace") if isinstance(status, bytes) else str(status)
        if self._receiving:
            self._receiving = False
            recipients = len(self.envelope.rcpt_tos) if self.envelope else 1
            if "\r\n" not in text and not text.startswith("354"):
                # A refusal of the whole message, made where nobody knows of LMTP.
                text = "\r\n".join([text] * max(1, recipients))
        self._receiving = text.startswith("354")
        await super().push(text)


class Busy(asyncio.Protocol):
    """Somebody who comes when there are too many already."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            transport.write(TURNED_AWAY)
            transport.close()
