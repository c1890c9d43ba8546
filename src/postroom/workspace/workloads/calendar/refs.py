"""What an id of an event leads to: a single event, the master of a series, or an occurrence that is nowhere stored."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

import msgspec
from msgspec.structs import replace

from postroom.errors import NotFound
from postroom.workspace.recurrence.days import LAST, is_day
from postroom.workspace.recurrence.series import Series, start_us
from postroom.workspace.store.ids import KEY_BYTES, Keyed
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import times
from postroom.workspace.workloads.calendar.kinds import EVENT, EXCEPTION
from postroom.workspace.workloads.items.wish import Document, Wish

_MARK: Final = b"o"
_DAY_BYTES: Final = 4
_OF_SERIES: Final = frozenset({"recurrence", "_series", "transactionId"})
"""What an occurrence does not have of its master."""
_decode = lru_cache(maxsize=1024)(msgspec.json.Decoder(Series).decode)
"""Kept: the occurrences of a page are of few series."""


@dataclass(frozen=True, slots=True)
class Ref:
    """`day` is None but for occurrences, whose `item` is the master; `exception` is there when one was changed."""

    item: Item
    day: int | None = None
    exception: Item | None = None

    @property
    def mailbox(self) -> str:
        return self.item.mailbox

    @property
    def series(self) -> Series | None:
        return series_of(self.item)

    @property
    def changed(self) -> Item:
        """The row that the last change was written to."""
        return self.exception or self.item

    @property
    def document(self) -> Document:
        """As stored; that of an occurrence is put together."""
        if self.day is None:
            return self.item.document
        found = {name: value for name, value in self.item.document.items() if name not in _OF_SERIES}
        begin = start_us(self._series, self.day)
        found |= {
            "start": times.stored_us(begin),
            "end": times.stored_us(begin + self._series.length_us),
            "type": "exception" if self.exception else "occurrence",
            "recurrence": None,
        }
        return found | self.exception.document if self.exception else found

    @property
    def as_item(self) -> Item:
        """The row of the last change with the whole document."""
        return replace(self.changed, document=self.document)

    @property
    def is_all_day(self) -> bool:
        return bool(self.document.get("isAllDay"))

    @property
    def begin(self) -> datetime:
        """UTC; of whole days the midnight in UTC."""
        return times.instant_of(self.document["start"])

    @property
    def end(self) -> datetime:
        return times.instant_of(self.document["end"])

    @property
    def original(self) -> datetime:
        """When an occurrence would begin if nobody had changed it."""
        assert self.day is not None
        return times.EPOCH + timedelta(microseconds=start_us(self._series, self.day))

    @property
    def _series(self) -> Series:
        found = self.series
        assert found is not None
        return found

    def id(self, wish: Wish) -> str:
        """The same in either form, for an occurrence."""
        return wish.id_of(self.item) if self.day is None else occurrence_id(self.item, self.day)


def series_of(item: Item) -> Series | None:
    text = item.document.get("_series")
    return _decode(text) if text else None


def occurrence_id(master: Keyed, day: int) -> str:
    """The id of an occurrence, changed or not."""
    raw = _MARK + master.key + day.to_bytes(_DAY_BYTES, "big")
    return base64.urlsafe_b64encode(raw).decode()


def parsed(text: str) -> tuple[bytes, int] | None:
    """Key of the master and day, of an id of an occurrence."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if raw[:1] != _MARK or len(raw) != 1 + KEY_BYTES + _DAY_BYTES:
        return None
    return raw[1 : 1 + KEY_BYTES], int.from_bytes(raw[1 + KEY_BYTES :], "big")


def found(unit: Unit, mailbox: str, event_id: str) -> Ref:
    """Raises NotFound, Invalid."""
    occurrence = parsed(event_id)
    if occurrence is None:
        item = unit.items.get(mailbox, event_id, EVENT, EXCEPTION)
        return Ref(item) if item.kind == EVENT else of_exception(unit, item)
    key, day = occurrence
    master = unit.items.find(key)
    ref = at(unit, master, day) if master and master.kind == EVENT and master.mailbox == mailbox else None
    if ref is None:
        raise NotFound(EVENT, event_id)
    return ref


def again(unit: Unit, ref: Ref) -> Ref:
    """The same as it is now, when a hook may have written to it."""
    numbers = [ref.item.number, *([ref.exception.number] if ref.exception else [])]
    item, *exception = unit.items.at(numbers)
    return Ref(item, ref.day, exception[0] if exception else None)


def at(unit: Unit, master: Item, day: int) -> Ref | None:
    """The occurrence of a day; None where there is none, or it was cancelled."""
    series = series_of(master)
    if series is None or not 0 < day <= LAST or not is_day(series.rule, day):
        return None
    row = unit.connection.execute(
        "SELECT item FROM event_occurrence WHERE master = ? AND day = ?", (master.number, day)
    ).fetchone()
    if row is None:
        return Ref(master, day)
    return Ref(master, day, next(unit.items.at([row["item"]]))) if row["item"] else None


def of_exception(unit: Unit, item: Item) -> Ref:
    """The occurrence that an exception is."""
    row = unit.connection.execute("SELECT master, day FROM event_occurrence WHERE item = ?", (item.number,)).fetchone()
    return Ref(next(unit.items.at([row["master"]])), row["day"], item)


def by_uid(unit: Unit, mailbox: str, ical_uid: str, day: int | None = None) -> Ref | None:
    """The event with this `iCalUId`, or the occurrence of a day of that series."""
    item = unit.items.first(mailbox, EVENT, where={"ical_uid": ical_uid})
    if item is None:
        return None
    return Ref(item) if day is None else at(unit, item, day)


def all_of(unit: Unit, places: Iterable[tuple[int, int, int]]) -> list[Ref]:
    """Those at these places: number of the event, day (0: none), number of the exception (0: none), in this order."""
    wanted = list(places)
    numbers = {number for event, _, exception in wanted for number in (event, exception) if number}
    items: dict[int, Item] = {item.number: item for item in unit.items.at(sorted(numbers))}
    return [Ref(items[event], day or None, items.get(exception)) for event, day, exception in wanted]


def exceptions_of(unit: Unit, master: Item) -> list[Ref]:
    """All changed occurrences of a series, by their days."""
    rows = unit.connection.execute(
        "SELECT day, item FROM event_occurrence WHERE master = ? AND item IS NOT NULL ORDER BY day", (master.number,)
    )
    return all_of(unit, [(master.number, row["day"], row["item"]) for row in rows])


def cancelled_days(unit: Unit, master: Item) -> list[int]:
    rows = unit.connection.execute(
        "SELECT day FROM event_occurrence WHERE master = ? AND item IS NULL ORDER BY day", (master.number,)
    )
    return [row["day"] for row in rows]
