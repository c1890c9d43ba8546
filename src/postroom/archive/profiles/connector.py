"""What a connector is: the keys of its `details`, and the sources or the sink that it opens with them.

Connectors know nothing of profiles, schedules or results; runs know nothing of protocols.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from postroom.archive.body import Body
from postroom.archive.profiles.details import Details, Key
from postroom.archive.profiles.marks import NoMarks
from postroom.archive.sources.model import Item, Source
from postroom.archive.storage.writer import Clock
from postroom.settings import Settings


class Marks(Protocol):
    """Hashes that a profile keeps from run to run."""

    def has(self, mark: bytes) -> bool: ...

    def add(self, marks: Sequence[bytes]) -> None:
        """Durable when it returns, all of them or none."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a run lends its connector.

    `owner_of` gives the archive of an address, None when it is nobody's. `archives` gives all users' names with their
    addresses. `path(key, given)` checks a path that a caller gave for that key, Invalid when it may not be used.
    `credential` opens what is kept under a number of the credentials store. `note` writes a line into the log of the
    run; secrets and bodies have no place there. `stop` raises Cancelled when somebody asked the run to end: call it
    between two answers of a server, and while waiting. `marks` remembers what an export sent to where nobody can ask.
    """

    settings: Settings
    clock: Clock
    owner_of: Callable[[str], str | None]
    archives: Callable[[], Sequence[tuple[str, tuple[str, ...]]]]
    path: Callable[[str, str], Path]
    credential: Callable[[int], dict[str, str]]
    note: Callable[[str], None]
    stop: Callable[[], None]
    marks: Marks = field(default_factory=NoMarks)


# Archiving: mail comes in


@dataclass(frozen=True, slots=True)
class Target:
    """A source and the archive that its mail goes to; '' when each arrival names its own in `archives`."""

    archive: str
    source: Source


@runtime_checkable
class Asked(Protocol):
    """A source with a cursor: what failed lies behind it and must be asked for by its native id."""

    def again(self, native_ids: Sequence[str]) -> Iterator[Item]:
        """These items once more, whatever the cursor says. One that is gone from the source gives nothing."""


@runtime_checkable
class Emptied(Protocol):
    """A source that mail may be removed from.

    The run asks `removable`, reads each from the store and compares its SHA-256, and calls `remove` with those alone.
    """

    def removable(self, before_ms: int | None) -> Iterator[str]:
        """Native ids of what is there and came before that moment (UTC milliseconds); None = all of it."""

    def remove(self, native_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Remove these; (native id, reason) of each that could not be. What is gone already is no fault."""


class Connector(Protocol):
    """Archiving (type `I`). `open` may connect; what it raises ends the run as failed, so nothing is missed silently.

    Raises Invalid naming the key, Unavailable when the other side does not answer, Denied when it refuses the login.
    """

    @property
    def name(self) -> str:
        """As `connector` of a profile: `IMAP`."""

    @property
    def keys(self) -> tuple[Key, ...]:
        """All that `details` may hold."""

    def check(self, details: Details) -> None:
        """What the table of keys cannot say: which keys need each other. Raises Invalid."""

    def open(self, details: Details, context: Context) -> AbstractContextManager[Iterable[Target]]:
        """The mailboxes of this run, each opened in its turn. One that fails is a source that gives a Problem."""


# Export: mail goes out


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One archived message on its way out. `folder` is below the archive; `date_ms`: its date, UTC milliseconds."""

    id: str
    archive: str
    folder: str
    subject: str
    date_ms: int
    body: Body


class Sink(Protocol):
    """Where an export goes. A message that it has already is not written twice, in this run or the next."""

    def has(self, message: Outgoing) -> bool:
        """Whether it is there from an earlier run, complete; `message.body` need not be read for that."""

    def put(self, message: Outgoing) -> None:
        """Durable at the other side when it returns. Raises Invalid or Denied for a message that is refused (the run
        notes it and goes on), Unavailable or NoSpace for what ends the run."""


class Exporter(Protocol):
    """Export (type `E`)."""

    @property
    def name(self) -> str: ...
    @property
    def keys(self) -> tuple[Key, ...]: ...
    def check(self, details: Details) -> None: ...
    def open(self, details: Details, context: Context) -> AbstractContextManager[Sink]: ...
