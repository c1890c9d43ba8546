"""Sources made of others: one whose folders are put below another folder, one that could not be opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from postroom.archive.profiles.connector import Emptied
from postroom.archive.sources import Item, Known, Problem, Source


class Below:
    """As `source`, with `folder` before the folder of each item; '' changes nothing."""

    def __init__(self, source: Source, folder: str) -> None:
        self.name, self._source, self._folder = source.name, source, folder

    def progress(self) -> tuple[int, int]:
        return self._source.progress()

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        for item in self._source.arrivals(cursor, known):
            if self._folder:
                item = replace(item, folder="/".join(filter(None, (self._folder, item.folder))))
            yield item


class BelowEmptied(Below):
    """One that mail may be removed from."""

    def __init__(self, source: EmptiedSource, folder: str) -> None:
        super().__init__(source, folder)
        self._emptied = source

    def removable(self, before_ms: int | None) -> Iterator[str]:
        return self._emptied.removable(before_ms)

    def remove(self, native_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        return self._emptied.remove(native_ids)


class EmptiedSource(Source, Emptied, Protocol):
    """A source that mail may be removed from."""


class Shut:
    """A mailbox of a batch that could not be opened: it gives nothing but the reason."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self._reason = name, reason

    def progress(self) -> tuple[int, int]:
        return 0, 0

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:  # noqa: ARG002  the protocol's names
        yield Problem("", "", self._reason)
