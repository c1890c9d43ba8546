"""The source of a target as a run reads it: with its archive in its name, and what it still owes asked for first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from postroom.archive.instance.identifiers import name_key
from postroom.archive.profiles.connector import Asked, Target
from postroom.archive.sources import Arrival, Item, Known, Problem, names

Refusal = Callable[[str], str | None]
"""Why mail may not be put into an archive, or None."""


def scoped_name(target: Target) -> str:
    """Identity of a source and the archive it goes to: read into another archive, all of it is new there."""
    if not target.archive:
        return target.source.name
    return names.native(target.source.name, "archive", name_key(target.archive))


class Scoped:
    """A Source. `reported` are the items that it said are problems, `arrived` those owed that came."""

    def __init__(self, target: Target, owed: Sequence[str], refusal: Refusal, stop: Callable[[], None]) -> None:
        self.name = scoped_name(target)
        self.reported: set[str] = set()
        self.arrived: set[str] = set()
        self._source, self._refusal, self._stop = target.source, refusal, stop
        self._owed = dict.fromkeys(owed)

    def progress(self) -> tuple[int, int]:
        return self._source.progress()

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        if self._owed and isinstance(self._source, Asked):
            # Their cursor, if they have one, stands before that of now.
            asked = self._source.again(list(self._owed))
            yield from self._watched(
                replace(item, cursor=None) if isinstance(item, Arrival) else item for item in asked
            )
        elif self._owed:
            # What it owes lies anywhere: it is read from the beginning, what is stored is known.
            cursor = None
        yield from self._watched(self._source.arrivals(cursor, known))

    def _watched(self, items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            self._stop()
            refused = next(filter(None, map(self._refusal, getattr(item, "archives", ()))), None)
            if refused is not None:
                item = Problem(item.folder, item.native_id, refused)
            if isinstance(item, Problem):
                self.reported.add(item.native_id)
            elif item.native_id in self._owed:
                self.arrived.add(item.native_id)
            yield item
