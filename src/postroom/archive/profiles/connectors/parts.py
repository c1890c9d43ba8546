"""Sources made of others: one whose folders are put below another folder, one that could not be opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

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


class Shut:
    """A mailbox of a batch that could not be opened: it gives nothing but the reason."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self._reason = name, reason

    def progress(self) -> tuple[int, int]:
        return 0, 0

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:  # noqa: ARG002  the protocol's names
        yield Problem("", "", self._reason)
