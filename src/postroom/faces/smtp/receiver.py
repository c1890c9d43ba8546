"""What both protocols do with a message: who may get it, delivery, the answer. An answer of 2xx follows the commit."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol, TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session

from postroom.errors import NoSpace, PostroomError, Unavailable
from postroom.faces.smtp.figures import Tally
from postroom.faces.smtp.wire import SmtpConnection
from postroom.settings import Smtp
from postroom.workspace.delivery.recipients import Fate, route
from postroom.workspace.people import People

T = TypeVar("T")
R = TypeVar("R")

logger = logging.getLogger(__name__)

OK: Final = "250 2.0.0 Delivered"
OK_RECIPIENT: Final = "250 2.1.5 OK"
NOT_OURS: Final = "550 5.7.1 We do not relay: the domain is not ours"
NOBODY: Final = "550 5.1.1 There is no such address"
TOO_MANY: Final = "452 4.5.3 Too many recipients"
BAD_ADDRESS: Final = "553 5.1.3 This is no address"
BAD_SENDER: Final = "553 5.1.7 This is no address of a sender"
OK_SENDER: Final = "250 2.1.0 OK"
MOST_SENDER: Final = 512
LATER: Final = "451 4.3.0 Not just now, please try again"
NO_SPACE: Final = "452 4.3.1 No space left, please try again later"
_ADDRESS: Final = re.compile(r"[^\s@<>]{1,256}@[^\s@<>]{1,255}")


class Post(Protocol):
    """`Mail` is one."""

    def deliver(self, sender: str, recipients: Sequence[str], data: bytes) -> Mapping[str, Fate]: ...


class Receiver:
    """A handler of aiosmtpd. Directory and store are asked in threads."""

    def __init__(self, post: Post, people: People, settings: Smtp, threads: ThreadPoolExecutor, tally: Tally) -> None:
        self._post, self._people, self._settings, self._threads = post, people, settings, threads
        self._tally = tally

    # The names and parameters are those of aiosmtpd's hooks.

    async def handle_MAIL(  # noqa: N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str | None,
        mail_options: list[str],
    ) -> str:
        """What stands in it goes into reports and headers."""
        if address and (len(address) > MOST_SENDER or not address.isprintable()):
            return BAD_SENDER
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return OK_SENDER

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        """Each recipient is judged at once: nobody sends us a message that we then refuse."""
        if len(envelope.rcpt_tos) >= self._settings.recipients:
            return TOO_MANY
        if not _ADDRESS.fullmatch(address) or not address.isprintable():
            return BAD_ADDRESS
        answer = await self._in_thread(self._judged, address)
        if answer == OK_RECIPIENT:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(rcpt_options)
        else:
            self._tally.count([answer])
        return answer

    async def deliver(self, server: SMTP, envelope: Envelope) -> list[str]:
        """One answer for each recipient, in their order."""
        if isinstance(server, SmtpConnection):
            server.delivering = True
        answers = await self._in_thread(self._delivered, envelope)
        self._tally.count(answers)
        return answers

    async def handle_exception(self, error: Exception) -> str:
        """A fault of ours: the other side keeps the message and tries again."""
        logger.error("Mail could not be received", exc_info=error)
        return LATER

    def _judged(self, address: str) -> str:
        try:
            fate = route(self._people, [address]).fates[address]
        except PostroomError as error:
            return _refused(error)
        return {"ours": OK_RECIPIENT, "unknown": NOBODY, "elsewhere": NOT_OURS}[fate]

    def _delivered(self, envelope: Envelope) -> list[str]:
        recipients = list(envelope.rcpt_tos)
        data = envelope.original_content
        if not isinstance(data, bytes):
            return [LATER] * len(recipients)
        try:
            fates = self._post.deliver(_sender(envelope), recipients, data)
        except PostroomError as error:
            return [_refused(error)] * len(recipients)
        told = {"ours": OK, "unknown": NOBODY, "elsewhere": NOT_OURS}
        return [told[fates[one]] for one in recipients]

    async def _in_thread(self, function: Callable[[T], R], argument: T) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, argument)


class SmtpReceiver(Receiver):
    """SMTP has one answer for all recipients: what was taken for one must not be sent again for another."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        answers = await self.deliver(server, envelope)
        return next((answer for answer in answers if answer.startswith("2")), answers[0])


class LmtpReceiver(Receiver):
    """LMTP has one for each (RFC 2033, 4.2)."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        return "\r\n".join(await self.deliver(server, envelope))


def _sender(envelope: Envelope) -> str:
    """Empty for the null sender, which aiosmtpd gives as it was written."""
    return "" if envelope.mail_from in (None, "<>") else str(envelope.mail_from)


def _refused(error: PostroomError) -> str:
    if isinstance(error, Unavailable):
        logger.warning("Mail has to wait: %s", error)
    else:
        logger.error("Mail could not be received", exc_info=error)
    return NO_SPACE if isinstance(error, NoSpace) else LATER
