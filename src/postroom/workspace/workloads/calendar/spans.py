"""When events are: the rows by which a window finds them, and the occurrences in a window.

Rows are in microseconds since 1970, whole days as if their midnights were those of UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final, NamedTuple

import msgspec

from postroom.workspace.recurrence import series as recurring
from postroom.workspace.recurrence.series import Series, span_us
from postroom.workspace.store.kinds import to_us
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import times
from postroom.workspace.workloads.calendar.errors import WindowTooLarge
from postroom.workspace.workloads.calendar.kinds import CALENDAR

ENDLESS: Final = 2**62
MOST_DAYS: Final = 1825
"""Of a window."""
_MAILBOX: Final = "mailbox = (SELECT number FROM mailbox WHERE uuid = ?)"
_SPANS: Final = """SELECT item, first_us, last_us, is_all_day, series FROM event_span
  WHERE {} AND last_us > ? AND first_us < ?"""
_OTHERS: Final = """SELECT master, day, item, first_us, last_us, is_all_day FROM event_occurrence
  WHERE master IN (SELECT item FROM event_span WHERE {} AND last_us > ? AND first_us < ? AND series IS NOT NULL)"""
_KEEP: Final = """INSERT INTO event_span (item, mailbox, calendar, first_us, last_us, is_all_day, series)
  SELECT number, mailbox, parent, ?, ?, ?, ? FROM item WHERE number = ?
  ON CONFLICT (item) DO UPDATE SET first_us = excluded.first_us, last_us = excluded.last_us,
    is_all_day = excluded.is_all_day, series = excluded.series"""
_WIDEN: Final = "UPDATE event_span SET first_us = min(first_us, ?), last_us = max(last_us, ?) WHERE item = ?"
_OCCURRENCE: Final = """INSERT INTO event_occurrence (master, day, item, first_us, last_us, is_all_day)
  VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (master, day) DO UPDATE SET item = excluded.item,
    first_us = excluded.first_us, last_us = excluded.last_us, is_all_day = excluded.is_all_day"""
_decode = msgspec.json.Decoder(Series).decode


@dataclass(frozen=True, slots=True)
class Window:
    """From `begin` to before `end`, both aware. `zone` is where whole days begin and end for whoever asks."""

    begin: datetime
    end: datetime
    zone: tzinfo = UTC

    @property
    def us(self) -> tuple[int, int]:
        return to_us(self.begin), to_us(self.end)

    @property
    def floating_us(self) -> tuple[int, int]:
        """As the clocks of the zone show it, written as if they were those of UTC."""
        begin, end = (_shifted(one, self.zone) for one in (self.begin, self.end))
        return to_us(begin), to_us(end)


def _shifted(moment: datetime, zone: tzinfo) -> datetime:
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    return moment.astimezone(UTC) + offset


class Found(NamedTuple):
    """An occurrence, or a single event, in a window; it sorts by its begin. See `refs.all_of`."""

    begin_us: int
    event: int
    day: int
    exception: int
    end_us: int

    @property
    def place(self) -> tuple[int, int, int]:
        return self.event, self.day, self.exception


def keep(unit: Unit, item: Item, series: Series | None) -> None:
    """The row of an event, from its document."""
    first, last = times.us_of(item.document["start"]), times.us_of(item.document["end"])
    text = None
    if series is not None:
        first, end = span_us(series)
        last, text = ENDLESS if end is None else end, item.document["_series"]
    unit.connection.execute(_KEEP, (first, last, bool(item.document.get("isAllDay")), text, item.number))


def keep_exception(unit: Unit, master: Item, day: int, exception: Item, document: Mapping[str, Any]) -> None:
    """The row of a changed occurrence, from its whole document."""
    first, last = times.us_of(document["start"]), times.us_of(document["end"])
    values = (master.number, day, exception.number, first, last, bool(document.get("isAllDay")))
    unit.connection.execute(_OCCURRENCE, values)
    unit.connection.execute(_WIDEN, (first, last, master.number))


def cancel(unit: Unit, master: Item, day: int) -> None:
    """There is no occurrence on this day."""
    unit.connection.execute(_OCCURRENCE, (master.number, day, None, None, None, None))


def forget(unit: Unit, master: Item) -> None:
    """Every day is again as the rule says; what exceptions there are, the caller removes."""
    unit.connection.execute("DELETE FROM event_occurrence WHERE master = ?", (master.number,))


def between(unit: Unit, mailbox: str, window: Window, most: int, *, within: Item | None = None) -> list[Found]:
    """Every occurrence that overlaps the window, sorted: of a mailbox, or `within` a calendar or a series.

    Raises WindowTooLarge when there are more than `most`.
    """
    condition, scope = _MAILBOX, mailbox
    if within is not None:
        condition, scope = ("calendar = ?" if within.kind == CALENDAR else "item = ?"), within.number  # type: ignore[assignment]
    us, floating = window.us, window.floating_us
    values = (scope, min(us[0], floating[0]), max(us[1], floating[1]))
    others: dict[int, list[Any]] = {}
    for row in unit.connection.execute(_OTHERS.format(condition), values):
        others.setdefault(row[0], []).append(row)
    found: list[Found] = []
    for row in unit.connection.execute(_SPANS.format(condition), values):
        found += _of(row, others.get(row[0], ()), us, floating, most - len(found))
        if len(found) > most:
            raise WindowTooLarge("endDateTime", f"a window with no more than {most} occurrences")
    return sorted(found)


def _of(row: Any, others: Sequence[Any], us: tuple[int, int], floating: tuple[int, int], most: int) -> Iterator[Found]:
    """Those of one event, one more than `most` at the most."""
    number, first, last, is_all_day, text = row
    begin, end = floating if is_all_day else us
    if text is None:
        if last > begin and first < end:
            yield Found(first, number, 0, 0, last)
        return
    series = _decode(text)
    changed = {other[1] for other in others}
    for day, at in recurring.between(series, begin, end):
        if day not in changed:
            most -= 1
            yield Found(at, number, day, 0, at + series.length_us)
            if most < 0:
                return
    for _, day, exception, first, last, whole in others:
        begin, end = floating if whole else us
        if exception is not None and last > begin and first < end:
            yield Found(first, number, day, exception, last)
