"""A connector whose mailboxes do what a test says, and an archive that runs it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.profiles import connectors
from postroom.archive.profiles.common import DELETE
from postroom.archive.profiles.connector import Context, Target
from postroom.archive.profiles.details import Details, Key
from postroom.archive.profiles.profiles import Given
from postroom.archive.profiles.results import Run
from postroom.archive.sources import Arrival, Item, Known, Problem
from postroom.work import Process

DAY_MS = 86_400_000


def mail(number: int) -> bytes:
    return f"From: a@example.org\nTo: b@example.org\nSubject: letter {number}\n\nText {number}.\n".encode()


@dataclass
class Mailbox:
    """A source whose cursor is its last item: items are growing numbers, `bad` ones give a problem. `step` is called
    before each."""

    name: str = "scripted:box"
    items: list[str] = field(default_factory=list)
    bad: dict[str, str] = field(default_factory=dict)
    archives: Callable[[str], tuple[str, ...]] = lambda _item: ()
    step: Callable[[str], None] = lambda _item: None
    asked: list[list[str]] = field(default_factory=list)
    cursors: list[str | None] = field(default_factory=list)

    def progress(self) -> tuple[int, int]:
        return 0, 0

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        self.cursors.append(cursor)
        for one in [*self.items]:
            if int(one) > int(cursor or 0) and not known(one):
                yield self._item(one, one)

    def _item(self, one: str, cursor: str | None) -> Item:
        self.step(one)
        if one in self.bad:
            return Problem("Inbox", one, self.bad[one])
        return Arrival("Inbox", one, mail(int(one)), int(one) * DAY_MS, cursor, self.archives(one))


class AskedMailbox(Mailbox):
    """One that can be asked for single items."""

    def again(self, native_ids: Sequence[str]) -> Iterator[Item]:
        self.asked.append(list(native_ids))
        for one in native_ids:
            if one in self.items:
                yield self._item(one, None)


@dataclass
class EmptiedMailbox(Mailbox):
    """One that mail may be removed from; `firm` items cannot be."""

    firm: dict[str, str] = field(default_factory=dict)
    before: list[int | None] = field(default_factory=list)

    def removable(self, before_ms: int | None) -> Iterator[str]:
        self.before.append(before_ms)
        yield from [one for one in self.items if before_ms is None or int(one) * DAY_MS < before_ms]

    def remove(self, native_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        for one in native_ids:
            if one in self.firm:
                yield one, self.firm[one]
            else:
                self.items.remove(one)


@dataclass
class Scripted:
    """The connector. `targets` are those of the next run; `opening` may raise."""

    targets: list[Target] = field(default_factory=list)
    opening: Callable[[Details, Context], None] = lambda _details, _context: None
    name: str = "Scripted"
    keys: tuple[Key, ...] = (Key("host", "", required=True), Key("password", "", kind="secret"), DELETE)

    def check(self, details: Details) -> None:
        pass

    @contextmanager
    def open(self, details: Details, context: Context) -> Iterator[list[Target]]:
        self.opening(details, context)
        yield self.targets


def registered(monkeypatch: pytest.MonkeyPatch, **more: Any) -> Scripted:
    """A connector of this name that profiles can have."""
    scripted = Scripted(**more)
    module = ModuleType("scripted")
    module.SCRIPTED = scripted  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "postroom.archive.profiles.connectors.scripted", module)
    row = connectors.Row(connectors.ARCHIVING, scripted.name, "connectors.scripted", "SCRIPTED")
    monkeypatch.setattr(connectors, "ALL", (*connectors.ALL, row))
    return scripted


def given(**details: object) -> Given:
    return Given("scripted", "admin", "I", "Scripted", {"host": "mail.example.org", **details})


def process() -> Process:
    return Process("RunProfile", "admin")


def ran(archive: Archive, profile: int) -> Run:
    """A run that came to its end, however."""
    return archive.profiles.run(profile, SYSTEM, process())


def log(archive: Archive, run: Run) -> str:
    return archive.profiles.report(run.id)


def totals(archive: Archive) -> dict[str, int]:
    return {row.archive: row.messages for row in archive.stores.totals()}
