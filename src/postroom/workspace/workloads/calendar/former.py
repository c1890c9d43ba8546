"""Series as they were before they were changed or deleted, for who asks what has gone from a window since."""

from __future__ import annotations

import msgspec

from postroom.workspace.recurrence.series import Series, between
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar.spans import Window

_decode = msgspec.json.Decoder(Series).decode


def remember(unit: Unit, master: Item, change: int) -> None:
    """The series of this row, which the change ended. A row without one is none."""
    text = master.document.get("_series")
    if text:
        unit.connection.execute("INSERT OR IGNORE INTO event_former VALUES (?, ?, ?)", (master.key, change, text))


def remember_all(unit: Unit, calendar: Item) -> None:
    """Those of a calendar that is about to go."""
    unit.connection.execute(
        "INSERT OR IGNORE INTO event_former SELECT key, ?, series FROM event_span"
        " JOIN item ON item.number = event_span.item WHERE calendar = ? AND series IS NOT NULL",
        (unit.changes.last + 1, calendar.number),
    )


def days(unit: Unit, key: bytes, window: Window) -> set[int]:
    """The days that such series had in a window."""
    rows = unit.connection.execute("SELECT series FROM event_former WHERE key = ?", (key,))
    return {day for row in rows for day in days_of(_decode(row["series"]), window)}


def days_of(series: Series, window: Window) -> set[int]:
    begin, end = window.us if series.zone else window.floating_us
    return {day for day, _ in between(series, begin, end)}


def forget(unit: Unit) -> None:
    """What no token can ask for any more: the log does not reach back so far."""
    unit.connection.execute("DELETE FROM event_former WHERE change <= (SELECT value FROM fact WHERE name = 'pruned')")
