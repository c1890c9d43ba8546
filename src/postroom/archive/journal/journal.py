"""Takes journaled mail into the archives of senders and recipients; durable when `take` returns.

A server that did not hear our answer sends again. What is the same, content and envelope, has the same native id in the
source `journal`, and is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from blake3 import blake3

from postroom.archive.body import Body, chunks
from postroom.archive.instance.identifiers import name_key
from postroom.archive.journal.copies import Addressed, addressed, from_header
from postroom.archive.journal.model import Journalled, Recipient
from postroom.archive.journal.owners import shared
from postroom.archive.journal.report import unwrap
from postroom.archive.storage.entries import encode
from postroom.archive.storage.store import clean_path
from postroom.archive.storage.writer import Clock, Incoming, Receipt, now_ms
from postroom.errors import Denied
from postroom.settings import Journal as JournalSettings

SOURCE: Final = "journal"
UNASSIGNED: Final = JournalSettings().unassigned


class People(Protocol):
    """`Users` of an instance is one."""

    def owner_of(self, address: str) -> str | None: ...
    def domains(self) -> AbstractSet[str]: ...


class Target(Protocol):
    """`Stores` is one."""

    def add(self, items: Sequence[Incoming], cursors: Mapping[str, str]) -> list[Receipt]: ...
    def knows(self, source: str, native_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one delivery: messages that are new in an archive, those that were known, and problems."""

    stored: int
    known: int
    problems: tuple[str, ...] = ()


class Place(NamedTuple):
    """A folder, '' for the top, in an archive."""

    archive: str
    folder: str


def place(path: str, field: str) -> Place | None:
    """Where mail goes that is nobody's; None when the path is empty. Raises Invalid naming the field."""
    if not path:
        return None
    archive, _, folder = clean_path(field, path).partition("/")
    return Place(archive, folder)


class Journal:
    """Safe from any thread; calls that come together share a commit."""

    def __init__(self, target: Target, people: People, settings: JournalSettings, clock: Clock = now_ms) -> None:
        """Raises Invalid when the setting `journal.unassigned` is no path of a folder."""
        self._target, self._people, self._settings, self._clock = target, people, settings, clock
        self._unassigned = place(settings.unassigned, "journal.unassigned")

    def take(self, sender: str, recipients: Sequence[str], body: Body) -> Taken:
        """Archive one delivery. `sender` is '' for the null sender.

        Raises Denied when it belongs to nobody and such mail is refused. Raises NoSpace, Unavailable, WrongState: the
        sender must keep the message and try again.
        """
        meant = addressed(recipients, self._settings.copies, self._settings.reports)
        found = self._journalled(sender, meant, body)
        items = [incoming for one in found for incoming in self._incoming(one)]
        if not items:
            raise Denied("Neither the sender nor a recipient has an archive here.")
        new = [item for item in items if not self._target.knows(SOURCE, item.native_id)]
        receipts = self._target.add(new, {}) if new else []
        stored = sum(receipt.message_is_new for receipt in receipts)
        return Taken(stored, len(items) - stored, tuple(one.problem for one in found if one.problem))

    def _journalled(self, sender: str, meant: Addressed, body: Body) -> list[Journalled]:
        found = unwrap(body) if meant.report else []
        # Who was named beside the address for reports got this very message, whatever is in it.
        if meant.recipients:
            found.append(Journalled(body, sender, tuple(map(Recipient, meant.recipients))))
        elif meant.copy:
            found.append(from_header(body, sender, (*self._settings.copies, *self._settings.reports)))
        return found

    def _incoming(self, item: Journalled) -> Iterator[Incoming]:
        """One for each archive."""
        digest = blake3()
        for chunk in chunks(item.body):
            digest.update(chunk)
        sharing = shared(item, self._people.owner_of, self._people.domains)
        places = [(owned.archive, owned.folder, owned.envelope) for owned in sharing.owned]
        if sharing.unclaimed is not None and self._unassigned is not None:
            places.append((*self._unassigned, sharing.unclaimed))
        for archive, folder, envelope in places:
            key = blake3(digest.digest() + encode(envelope)).hexdigest()
            native_id = f"{key}/{name_key(archive)}"
            yield Incoming(archive, folder, SOURCE, native_id, item.body, self._clock(), envelope=envelope)
