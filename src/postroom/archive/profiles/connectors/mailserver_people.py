"""Whose a message is that lies in a mailbox of many people: who sent it, and who got it by header and envelope."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from typing import Final, Protocol

from postroom.archive.body import Body
from postroom.archive.profiles.connector import Asked, Emptied
from postroom.archive.sources import Arrival, Item, Known, Source

CATCH_ALL: Final = "@catchall"
UNKNOWN_FOLDER: Final = "Unknown E-mail Addresses"
HEADER_BYTES: Final = 256 << 10
MOST_ADDRESSES: Final = 10_000

ENVELOPE: Final = ("Delivered-To", "X-Original-To", "X-Envelope-To", "Envelope-To", "X-Delivered-To", "X-Rcpt-To",
                   "Apparently-To")  # fmt: skip
"""What mail servers note of the envelope when they put a message into a mailbox."""
PEOPLE: Final = ("From", "Sender", "To", "Cc", "Bcc", "Resent-From", "Resent-To", "Resent-Cc", "Resent-Bcc")

_FOR: Final = re.compile(r"\bfor\s+<?([^\s<>;]{1,254}@[^\s<>;]{1,254})>?", re.IGNORECASE)
_HEADER_END: Final = re.compile(rb"\r?\n\r?\n")


def addresses(body: Body) -> list[str]:
    """All addresses that a message names as those of its people, each once."""
    head = bytes(body[:HEADER_BYTES])
    end = _HEADER_END.search(head)
    message = BytesHeaderParser().parsebytes(head[: end.end()] if end else head)
    found = [address for _, address in getaddresses(_texts(message, (*ENVELOPE, *PEOPLE))) if "@" in address]
    found += [match[1] for text in _texts(message, ("Received",)) for match in _FOR.finditer(text)]
    return list(dict.fromkeys(address.strip().lower() for address in found))[:MOST_ADDRESSES]


def _texts(message: Message, fields: Sequence[str]) -> list[str]:
    return [str(value) for field in fields for value in message.get_all(field, [])]


class Mailbox(Source, Emptied, Protocol):
    """A mailbox on a server."""


class AskedMailbox(Mailbox, Asked, Protocol):
    """One with a cursor."""


class Shared:
    """A mailbox in which mail of many lies: each message goes to the archives of its people.

    What is nobody's goes to the archive `@catchall`, so that it is found there when a user was forgotten.
    """

    def __init__(self, source: Mailbox, owner_of: Callable[[str], str | None]) -> None:
        self.name, self._source, self._owner_of = source.name, source, owner_of

    def progress(self) -> tuple[int, int]:
        return self._source.progress()

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        return map(self.addressed, self._source.arrivals(cursor, known))

    def removable(self, before_ms: int | None) -> Iterator[str]:
        return self._source.removable(before_ms)

    def remove(self, native_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        return self._source.remove(native_ids)

    def addressed(self, item: Item) -> Item:
        """With the archives it goes to."""
        if not isinstance(item, Arrival):
            return item
        owners = tuple(dict.fromkeys(filter(None, map(self._owner_of, addresses(item.body)))))
        if owners:
            return replace(item, archives=owners)
        return replace(item, archives=(CATCH_ALL,), folder=UNKNOWN_FOLDER)


class SharedAsked(Shared):
    """One with a cursor."""

    def __init__(self, source: AskedMailbox, owner_of: Callable[[str], str | None]) -> None:
        super().__init__(source, owner_of)
        self._asked = source

    def again(self, native_ids: Sequence[str]) -> Iterator[Item]:
        return map(self.addressed, self._asked.again(native_ids))
