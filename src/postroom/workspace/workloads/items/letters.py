"""Mail that a workload writes and takes part in, without knowing the one that carries it. `workspace.py` joins them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from postroom.workspace.people import Person
from postroom.workspace.store.rows import Body
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.wish import Document, Wish


@dataclass(frozen=True, slots=True)
class Carried:
    """A file that goes with a letter."""

    name: str
    content_type: str
    content: bytes
    inline: bool = False
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message about a meeting: `calendar` is its iCalendar text, `method` what that asks for.

    `to` are recipients as documents have them, `event` is the id of the sender's event.
    """

    subject: str
    body: Body
    to: Sequence[Mapping[str, Any]]
    method: str
    calendar: bytes
    event: str | None = None
    optional: Sequence[Mapping[str, Any]] = ()
    importance: str = "normal"
    files: Sequence[Carried] = ()


class Post(Protocol):
    """Who carries letters."""

    def prepare(self, person: Person, addresses: Sequence[str]) -> object:
        """Who these addresses are: asked before the unit, since the directory may be slow. Raises Unavailable."""

    def send(self, unit: Unit, person: Person, letter: Letter, prepared: object) -> None:
        """In the unit: into the mailboxes of those who are here, into the queue for others, and a copy kept.

        Raises TooLarge, InvalidRecipients.
        """


@dataclass(frozen=True, slots=True)
class Came:
    """A message about a meeting that arrives: `authors` are the addresses it says it is from, in lower case.

    `files` cuts out of it what is attached.
    """

    calendar: bytes
    authors: frozenset[str]
    files: Callable[[], Sequence[Carried]] = tuple


@dataclass(frozen=True, slots=True)
class Meetings:
    """What a calendar does about mail. `arrived` gives properties that the message has then.

    `event` is the event that a message is about, by the id that `arrived` gave as `_event`.
    """

    arrived: Callable[[Unit, Person, Came], Document]
    event: Callable[[Unit, str, str, Wish], Document | None]


NO_MEETINGS = Meetings(lambda *_: {}, lambda *_: None)
