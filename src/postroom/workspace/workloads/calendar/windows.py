"""Windows of time: `calendarView`, `instances`, and what changed in a window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from postroom.workspace.query.literals import day, instant
from postroom.workspace.query.page import Page
from postroom.workspace.store import ids
from postroom.workspace.store.changes import Change, Delta
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.reading import ANY
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import former, instants, places, refs, spans, views
from postroom.workspace.workloads.calendar.core import Core
from postroom.workspace.workloads.calendar.errors import BadTimes, NoSeries, NoWindow, WindowTooLarge
from postroom.workspace.workloads.calendar.events import place
from postroom.workspace.workloads.calendar.kinds import EVENT
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.calendar.showing import showing
from postroom.workspace.workloads.calendar.spans import Window
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish

DELTA_PAGE: Final = 10
BEGIN: Final = "startDateTime"
END: Final = "endDateTime"
_LONGEST: Final = timedelta(days=spans.MOST_DAYS)


def window(begin: str | None, end: str | None, zone: tzinfo = UTC) -> Window:
    """As a caller gives it; instants without an offset are of UTC. Raises NoWindow, BadTimes, WindowTooLarge."""
    if not begin or not end:
        raise NoWindow
    found = Window(_instant(begin, BEGIN), _instant(end, END), zone)
    if found.end < found.begin:
        raise BadTimes(END, "the begin of the window or later")
    if found.end - found.begin > _LONGEST:
        raise WindowTooLarge(END, f"a window of no more than {spans.MOST_DAYS} days")
    return found


def _instant(text: str, name: str) -> datetime:
    found = instant(text)
    if found is None and (date := day(text)) is not None:
        found = datetime(date.year, date.month, date.day, tzinfo=UTC)
    if found is None or not 1601 <= found.year < 9999:
        raise BadTimes(name, "a date and time like 2024-01-31T10:00:00Z")
    return found


class Windows:
    """`calendar` as in `Events`."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def view(self, mailbox: str, calendar: str | None, asked: Window, wish: Wish = PLAIN) -> Page:
        """Occurrences, exceptions and single events that overlap the window, by their beginning."""
        places.prepare(self._core, mailbox)
        with self._core.store.read() as unit:
            found = self._between(unit, mailbox, asked, place(unit, mailbox, calendar))
            return instants.page(unit, found, wish, showing(self._core, unit, mailbox, wish))

    def instances(self, mailbox: str, event_id: str, asked: Window, wish: Wish = PLAIN) -> Page:
        """Those of one series. Raises NoSeries."""
        with self._core.store.read() as unit:
            ref = refs.found(unit, mailbox, event_id)
            if ref.series is None or ref.day is not None:
                raise NoSeries
            found = self._between(unit, mailbox, asked, ref.item)
            return instants.page(unit, found, wish, showing(self._core, unit, mailbox, wish))

    def delta(
        self, mailbox: str, calendar: str | None, asked: Mapping[str, str | None], wish: Wish = PLAIN
    ) -> tuple[list[Document], Delta]:
        """What changed of a window, what is gone among it. The first call says which window: `BEGIN`, `END`."""
        places.prepare(self._core, mailbox)
        token = wish.options.delta or wish.options.cursor
        if token is None:
            window(asked[BEGIN], asked[END])
        carried = {name: asked[name] for name in (BEGIN, END)}
        with self._core.store.read() as unit:
            above = place(unit, mailbox, calendar) or ANY
            listing = Listing(mailbox, (EVENT,), above, options=wish.options, default_page=DELTA_PAGE, zone=wish.zone)
            found = unit.changes.since(listing, token, carried=carried)
            first = window(found.carried.get(BEGIN), found.carried.get(END), wish.zone)
            shown = replace(wish, options=found.options)
            rows = [row for item in found.items for row in self._changed(unit, item, found, first, shown)]
            return rows + list(self._gone(unit, found.removed, first, wish)), found

    def _between(self, unit: Unit, mailbox: str, asked: Window, within: Item | None) -> list[spans.Found]:
        return spans.between(unit, mailbox, asked, self._core.settings.calendar_occurrences, within=within)

    def _changed(self, unit: Unit, item: Item, delta: Delta, asked: Window, wish: Wish) -> Iterable[Document]:
        """A series is told in full, with its occurrences in the window compact."""
        found = refs.all_of(unit, [one.place for one in self._between(unit, item.mailbox, asked, item)])
        created = item.number in delta.created
        if item.document.get("type") != "seriesMaster":
            if found:
                yield views.shown(unit, found[0], wish)
            elif not created:
                yield _removed(Ref(item).id(wish))
        elif found:
            yield views.shown(unit, Ref(item), wish)
        for ref in found:
            if ref.exception is not None:
                yield views.shown(unit, ref, wish)
            elif ref.day is not None:
                yield views.compact(ref, wish)
        if not created:
            there = {ref.day for ref in found}
            gone = former.days(unit, item.key, asked) | set(refs.cancelled_days(unit, item))
            if (series := refs.series_of(item)) is not None:
                gone |= former.days_of(series, asked)  # an exception may have left the window
            yield from (_removed(refs.occurrence_id(item, day)) for day in sorted(gone - there))

    def _gone(self, unit: Unit, removed: Iterable[Change], asked: Window, wish: Wish) -> Iterable[Document]:
        for change in removed:
            yield _removed(ids.immutable(change) if wish.immutable else ids.ordinary(change))
            for one in sorted(former.days(unit, change.key, asked)):
                yield _removed(refs.occurrence_id(change, one))


def _removed(event_id: str) -> Document:
    return {"@odata.type": "#microsoft.graph.event", "id": event_id, "@removed": {"reason": "deleted"}}
