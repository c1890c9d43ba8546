"""The two protocols where any message is taken: of any size in constant memory, with lines of any length."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final

from postroom.archive.body import Body
from postroom.faces.journal.dots import END
from postroom.faces.journal.incoming import Incoming
from postroom.faces.smtp.wire import LmtpConnection, SmtpConnection

Networks = tuple[IPv4Network | IPv6Network, ...]

BUFFER_BYTES: Final = 256 << 10
STEPS: Final = 200
"""Pieces that are read before others have their turn."""
TIMED_BYTES: Final = 1 << 20
"""So much of a message has `idle_timeout_s`, however slowly it comes."""

STRANGER: Final = b"554 5.7.1 This address may not send mail here\r\n"


class JournalConnection(SmtpConnection):
    """Who is not of `networks` is turned away. The message is given to the handler as `body`."""

    line_length_limit = BUFFER_BYTES

    def __init__(self, owner: Any, handler: Any, *, networks: Networks, **options: Any) -> None:
        super().__init__(owner, handler, **options)
        self._networks = networks
        self.body: Body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if is_allowed(transport.get_extra_info("peername"), self._networks):
            super().connection_made(transport)
        elif isinstance(transport, asyncio.Transport):
            transport.write(STRANGER)
            transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if self.transport is not None:  # else it was a stranger, of whom the library knows nothing
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        return super().eof_received() if self.transport is not None else False

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  the library's name
        """In place of the library's, which keeps an object for each line."""
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        if arg or self.envelope is None or not self.envelope.rcpt_tos:
            await self.push("501 5.5.4 DATA has no parameters" if arg else "503 5.5.1 Name a recipient first")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        answer = await self._receive() or await self._call_handler_hook("DATA")
        self.body = b""
        self.envelope = self._create_envelope()
        await self.push(answer)

    async def _receive(self) -> str:
        """Read up to the lone dot into `body`; the answer when the message cannot be taken, else ''."""
        coming, timed, steps = Incoming(self.data_size_limit or 0), 0, 0
        while not coming.ended:
            coming.feed(await self._piece())
            if coming.hopeless:
                # Who goes on and on is not heard out; the answer is sent before this is done.
                self.loop.call_soon(self.close)
                break
            steps += 1
            if coming.size - timed >= TIMED_BYTES:
                timed = coming.size
                self._reset_timeout()
            if steps % STEPS == 0:
                await asyncio.sleep(0)
        self.body = coming.finish() or b""
        return coming.refusal

    async def _piece(self) -> bytes:
        try:
            return await self._reader.readuntil(END)
        except asyncio.LimitOverrunError as error:
            return await self._reader.read(error.consumed)


class JournalLmtpConnection(JournalConnection, LmtpConnection):
    """LMTP: one answer for each recipient."""


def is_allowed(peer: object, networks: Networks) -> bool:
    """Whether a peer, as sockets name it, is of one of the networks. A socket file, which has a text for it, has its
    own permissions; nothing is known of who is gone already."""
    if not isinstance(peer, tuple):
        return isinstance(peer, str)
    address: IPv4Address | IPv6Address = ip_address(str(peer[0]).partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in networks if network.version == address.version)
