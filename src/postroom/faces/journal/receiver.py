"""What both protocols do with a message: into the journal, then the answer. 250 follows the commit of all archives."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from postroom.archive.body import Body
from postroom.archive.journal.journal import Taken
from postroom.archive.journal.model import MOST_ADDRESS_CHARS
from postroom.errors import Denied, NoSpace, PostroomError, Unavailable, WrongState
from postroom.faces.journal.figures import Tally
from postroom.faces.journal.incoming import NO_SPACE
from postroom.faces.journal.wire import JournalConnection
from postroom.settings import Journal as JournalSettings
from postroom.web.backoff import BackOff

logger = logging.getLogger(__name__)

OK: Final = "250 2.0.0 Archived"
OK_SENDER: Final = "250 2.1.0 OK"
OK_RECIPIENT: Final = "250 2.1.5 OK"
NOBODY: Final = "550 5.7.1 Neither the sender nor a recipient has an archive here"
LATER: Final = "451 4.3.0 Not just now, please try again"
TOO_MANY: Final = "452 4.5.3 Too many recipients"
BAD_ADDRESS: Final = "553 5.1.3 This is no address"
LOGIN_FIRST: Final = "530 5.7.0 Please sign in first"
TOO_OFTEN: Final = "454 4.7.0 Too many failed logins, please try again later"


class Taker(Protocol):
    """`Journal` is one."""

    def take(self, sender: str, recipients: Sequence[str], body: Body) -> Taken: ...


class Receiver:
    """A handler of aiosmtpd. Its hooks have the names and parameters that the library wants."""

    def __init__(
        self, journal: Taker, settings: JournalSettings, threads: ThreadPoolExecutor, tally: Tally, back_off: BackOff
    ) -> None:
        self._journal, self._settings, self._threads, self._tally = journal, settings, threads, tally
        self._back_off = back_off

    async def handle_MAIL(  # noqa: N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,
        envelope: Envelope,
        address: str | None,
        mail_options: list[str],
    ) -> str:
        if self._settings.user and not session.authenticated and _host(session):
            return LOGIN_FIRST
        # The library gives the null sender as <>, and takes an empty one for none.
        sender = _text(address or "")
        if not _can_be_kept(sender):
            return BAD_ADDRESS
        envelope.mail_from = sender
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
        """Whatever a mail server delivers to is an address: none is judged but those that could not be kept."""
        if len(envelope.rcpt_tos) >= self._settings.recipients:
            return TOO_MANY
        recipient = _text(address)
        if not _can_be_kept(recipient):
            return BAD_ADDRESS
        envelope.rcpt_tos.append(recipient)
        envelope.rcpt_options.extend(rcpt_options)
        return OK_RECIPIENT

    async def handle_DATA(self, server: JournalConnection, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        server.delivering = True
        sender = "" if envelope.mail_from in (None, "<>") else str(envelope.mail_from)
        recipients, body = tuple(envelope.rcpt_tos), server.body
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._taken, sender, recipients, body)

    async def handle_exception(self, error: Exception) -> str:
        """A fault of ours: the other side keeps the message and tries again."""
        logger.error("Mail could not be taken", exc_info=error)
        self._tally.count(LATER)
        return LATER

    def authenticate(
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,
        envelope: Envelope,  # noqa: ARG002
        mechanism: str,  # noqa: ARG002
        given: object,
    ) -> AuthResult:
        """The login of the settings, as the library asks for it."""
        if not isinstance(given, LoginPassword):
            return AuthResult(success=False, handled=False)
        user, address = given.login.decode("utf-8", "replace"), _host(session)
        if self._back_off.delay_s(user, address):
            return AuthResult(success=False, handled=False, message=TOO_OFTEN)
        wanted = (self._settings.user.encode(), self._settings.password.encode())
        good = hmac.compare_digest(given.login, wanted[0]) & hmac.compare_digest(given.password, wanted[1])
        (self._back_off.succeeded if good else self._back_off.failed)(user, address)
        return AuthResult(success=good, handled=False)

    def _taken(self, sender: str, recipients: Sequence[str], body: Body) -> str:
        try:
            taken = self._journal.take(sender, recipients, body)
        except PostroomError as error:
            answer = _refused(error)
            self._tally.count(answer)
            return answer
        for problem in taken.problems:
            logger.warning("Journaled mail was archived as it came: %s", problem)
        self._tally.count(OK, taken)
        return OK


class LmtpReceiver(Receiver):
    """LMTP has an answer for each recipient (RFC 2033, 4.2); all were archived, or none."""

    async def handle_DATA(self, server: JournalConnection, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        return "\r\n".join([answer] * len(envelope.rcpt_tos))


def _host(session: Session) -> str:
    """Address of the other side, '' for a socket file, which has its own permissions."""
    peer: object = session.peer
    return str(peer[0]) if isinstance(peer, tuple) else ""


def _text(address: str) -> str:
    """An address with bytes that are no UTF-8, which some servers still send, has them as escapes."""
    return address.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _can_be_kept(address: str) -> bool:
    return 0 < len(address) <= MOST_ADDRESS_CHARS and address.isprintable()


def _refused(error: PostroomError) -> str:
    """Only what no later try can change is refused for good."""
    if isinstance(error, Denied):
        logger.warning("Mail was refused: %s", error)
        return NOBODY
    if isinstance(error, Unavailable | WrongState):
        logger.warning("Mail has to wait: %s", error)
    else:
        logger.error("Mail could not be taken", exc_info=error)
    return NO_SPACE if isinstance(error, NoSpace) else LATER
