"""A mailbox of journal reports as a source: each report is taken apart, and its message goes to whom it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from postroom.archive.instance.identifiers import name_key
from postroom.archive.journal.addresses import domain_of
from postroom.archive.journal.journal import Place
from postroom.archive.journal.model import Journalled
from postroom.archive.journal.owners import shared
from postroom.archive.journal.report import unwrap
from postroom.archive.profiles.connector import Context
from postroom.archive.profiles.connectors.mailserver_people import AskedMailbox
from postroom.archive.sources import Arrival, Item, Known, Problem, names

_FURTHER: Final = "|message|"
NOBODY: Final = "neither its sender nor a recipient has an archive, and the profile has no folder for such mail"


class Reports:
    """`unassigned`: where it goes when it is nobody's; None: then it stays a problem."""

    def __init__(self, mailbox: AskedMailbox, context: Context, unassigned: Place | None) -> None:
        self.name = names.native("journal", mailbox.name)
        self._mailbox, self._owner_of, self._unassigned = mailbox, context.owner_of, unassigned
        self._archives, self._note = context.archives, context.note
        self._ours: frozenset[str] | None = None

    def progress(self) -> tuple[int, int]:
        return self._mailbox.progress()

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        return self._unwrapped(self._mailbox.arrivals(cursor, known))

    def again(self, native_ids: Sequence[str]) -> Iterator[Item]:
        reports = dict.fromkeys(native_id.partition(_FURTHER)[0] for native_id in native_ids)
        return self._unwrapped(self._mailbox.again(list(reports)))

    def removable(self, before_ms: int | None) -> Iterator[str]:
        return self._mailbox.removable(before_ms)

    def remove(self, native_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        return self._mailbox.remove(native_ids)

    def _unwrapped(self, items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            if isinstance(item, Problem):
                yield item
                continue
            # The report is known by its first message, which therefore comes last: whoever finds it finds the others.
            for number, one in reversed(list(enumerate(unwrap(item.body)))):
                if one.problem:
                    self._note(f"{item.native_id}: {one.problem} It is archived as it came.")
                yield self._addressed(item, one, f"{item.native_id}{_FURTHER}{number}" if number else "")

    def _addressed(self, report: Arrival, one: Journalled, further: str) -> Item:
        sharing = shared(one, self._owner_of, self._domains)
        places = {owned.archive: (owned.folder, owned.envelope) for owned in sharing.owned}
        if sharing.unclaimed is not None and self._unassigned is not None:
            places.setdefault(self._unassigned.archive, (self._unassigned.folder, sharing.unclaimed))
        native_id = further or report.native_id
        if not places:
            return Problem(report.folder, native_id, NOBODY)
        return Arrival(
            report.folder, native_id, one.body, report.received_ms, None if further else report.cursor, tuple(places),
            {archive: folder for archive, (folder, _) in places.items()},
            {archive: envelope for archive, (_, envelope) in places.items()},
        )  # fmt: skip

    def _domains(self) -> frozenset[str]:
        """As they were when the run first asked."""
        if self._ours is None:
            self._ours = frozenset(name_key(domain_of(one)) for _, has in self._archives() for one in has)
        return self._ours
