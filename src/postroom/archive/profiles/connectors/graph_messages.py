"""Messages of one mailbox of a Microsoft Graph: which are mail to be archived, their bytes, and their removal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from postroom.archive.body import Body, Spool
from postroom.archive.profiles.connectors.graph_answers import Odd, Refused, content, drain
from postroom.archive.profiles.connectors.graph_folders import segment
from postroom.archive.profiles.connectors.graph_session import IMMUTABLE, Broken, Session
from postroom.archive.sources import Arrival, Item, Problem, names
from postroom.errors import PostroomError

if TYPE_CHECKING:
    from requests import Response

SELECT: Final = "id,isRead,isDraft,receivedDateTime,changeKey,parentFolderId"
RECOVERABLE: Final = "recoverableitemsdeletions"
"""Where Outlook puts what is deleted for good: it counts no more, and its owner can recover it for some days."""
OLDEST_MS: Final = 631_152_000_000
"""1990: there was no such mail. Exchange has dates of year 1 for messages without any."""
_NO_MAIL: Final = ("application/json", "text/html")
_ANY_SIZE: Final = 1 << 62


class Row(msgspec.Struct):
    """A message as lists tell of it. A change may come without what stayed as it was."""

    id: str
    removed: dict[str, Any] | None = msgspec.field(name="@removed", default=None)
    is_read: bool | None = msgspec.field(name="isRead", default=None)
    is_draft: bool | None = msgspec.field(name="isDraft", default=None)
    received: Any = msgspec.field(name="receivedDateTime", default=None)
    change_key: str | None = msgspec.field(name="changeKey", default=None)
    folder: str | None = msgspec.field(name="parentFolderId", default=None)


class Rows(msgspec.Struct):
    """A page of them. Of the links one is there: to the next page, or to the changes from now on."""

    value: list[Row]
    next_link: str | None = msgspec.field(name="@odata.nextLink", default=None)
    delta_link: str | None = msgspec.field(name="@odata.deltaLink", default=None)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is archived. `most_bytes`: larger messages are not read to their end."""

    exclude_unread: bool = False
    include_drafts: bool = False
    most_bytes: int = _ANY_SIZE

    def wants(self, row: Row) -> bool:
        """A draft is no mail yet, and its id stays when it is sent."""
        if row.is_draft and not self.include_drafts:
            return False
        return bool(row.is_read) or not self.exclude_unread

    def is_complete(self, row: Row) -> bool:
        """Whether the row says all that `wants`, native id and date need."""
        return None not in (row.is_draft, row.is_read, row.received)


def native_id(row: Row) -> str:
    """The immutable id; of a draft, which changes, with its change key."""
    return names.native(row.id, row.change_key) if row.is_draft and row.change_key else names.native(row.id)


def message_id(native: str) -> str:
    """The id in a native id; '' for that of a problem that is about no message."""
    return "" if native.startswith("#") else native.partition("|")[0]


class _TooLarge(PostroomError):
    """Not to be asked for again."""


class Messages:
    """The messages of a mailbox. Safe from threads."""

    def __init__(self, session: Session, user: str, rules: Rules) -> None:
        self._session, self._rules = session, rules
        self._base = f"users/{segment(user)}/messages"

    def row(self, message: str) -> Row | Refused:
        """What is said of one message."""
        return self._session.json(f"{self._base}/{segment(message)}?$select={SELECT}", Row)

    def fetch(self, row: Row, folder: str) -> Item | None:
        """The message, or a Problem; None for what is not wanted or gone. Raises Unavailable, Denied, Cancelled."""
        try:
            return self._fetched(row, folder)
        except (Broken, _TooLarge) as error:
            return Problem(folder, native_id(row), str(error))

    def _fetched(self, row: Row, folder: str) -> Item | None:
        if native_id(row).partition("|")[0] != row.id:
            return Problem(folder, native_id(row), "an id that cannot be asked for again")
        if not self._rules.is_complete(row):
            told = self.row(row.id)
            if isinstance(told, Refused):
                return None if told.status == 404 else Problem(folder, native_id(row), str(told))
            row = told
        if not self._rules.wants(row):
            return None
        body = self._session.ask("get", f"{self._base}/{segment(row.id)}/$value", self._read, headers=_HEADERS)
        if isinstance(body, Refused):
            return self._refused(row, folder, body)
        return Arrival(folder, native_id(row), body, received_ms(row))

    def _refused(self, row: Row, folder: str, refused: Refused) -> Item | None:
        """A message may have been removed since it was listed: then nothing else knows it either."""
        if refused.status == 404:
            told = self.row(row.id)
            if isinstance(told, Refused) and told.status == 404:
                return None
        return Problem(folder, native_id(row), str(refused))

    def _read(self, response: Response) -> Body:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind in _NO_MAIL:
            raise Odd(f"{kind} instead of a message")
        spool, most = Spool(), self._rules.most_bytes
        for piece in content(response, _ANY_SIZE):
            if spool.size + len(piece) > most:
                raise _TooLarge(f"larger than archive.max_message_bytes ({most})")
            spool.write(piece)
        if not spool.size:
            raise Odd("an empty message")
        return spool.finish()

    def remove(self, message: str) -> str:
        """Remove it as Outlook does for good; why it could not be, '' when it is gone."""
        path = f"{self._base}/{segment(message)}/move"
        try:
            told = self._session.ask("post", path, drain, data={"destinationId": RECOVERABLE}, headers=_HEADERS)
        except Broken as error:
            return str(error)
        return str(told) if isinstance(told, Refused) and told.status != 404 else ""


_HEADERS: Final = {"Prefer": IMMUTABLE}


def received_ms(row: Row) -> int | None:
    """UTC milliseconds; None for what is no date, or one of before 1970."""
    try:
        moment = datetime.fromisoformat(row.received if isinstance(row.received, str) else "")
        found = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return found if found >= 0 else None


def came_before(row: Row, before_ms: int | None) -> bool:
    """Whether it surely came before that moment: a date that cannot be is no reason to remove anything."""
    if before_ms is None:
        return True
    found = received_ms(row)
    return found is not None and OLDEST_MS <= found < before_ms
