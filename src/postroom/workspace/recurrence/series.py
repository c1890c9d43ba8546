"""A rule with the time of day and the zone of its occurrences: from days to instants.

Instants are microseconds since 1970, UTC. A series of whole days lies in no zone: its midnights are written as if they
were those of UTC, and whoever asks for a window gives that in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

import msgspec

from postroom.workspace.query.zones import zone
from postroom.workspace.recurrence.days import LAST, days, previous
from postroom.workspace.recurrence.rule import Rule

DAY_US: Final = 86_400_000_000
_EPOCH: Final = date(1970, 1, 1).toordinal()
_EPOCH_TIME: Final = datetime(1970, 1, 1)
_MICROSECOND: Final = timedelta(microseconds=1)


class Series(msgspec.Struct, frozen=True, array_like=True):
    """`zone` is a name that `query.zones` knows, empty for whole days. It is stored as a JSON array, as its rule."""

    rule: Rule
    zone: str
    clock_us: int
    """Since midnight, as clocks in the zone show it."""
    length_us: int


def start_us(series: Series, day: int) -> int:
    """When the occurrence of a day begins.

    The hour that a change of clocks leaves out is passed as if clocks had gone on; of an hour that comes twice it is
    the first.
    """
    return _instant(series, day, _zone(series))


def between(series: Series, begin_us: int, end_us: int) -> Iterator[tuple[int, int]]:
    """Days and beginnings of those that begin before the window's end and end after its begin."""
    found = _zone(series)
    # A day more on both sides: zones are up to fourteen hours away from UTC.
    first = (begin_us - series.length_us) // DAY_US + _EPOCH - 1
    last = end_us // DAY_US + _EPOCH + 1
    for day in days(series.rule, min(max(first, 0), LAST)):
        if day > last:
            return
        at = _instant(series, day, found)
        if at < end_us and at + series.length_us > begin_us:
            yield day, at


def span_us(series: Series) -> tuple[int, int | None]:
    """When the first occurrence begins and the last one ends; None is never."""
    first = next(days(series.rule))
    if series.rule.until is None:
        return start_us(series, first), None
    last = previous(series.rule, series.rule.until.toordinal() + 1) or first
    return start_us(series, first), start_us(series, last) + series.length_us


def _instant(series: Series, day: int, where: tzinfo | None) -> int:
    wall = (day - _EPOCH) * DAY_US + series.clock_us
    if where is None:
        return wall
    offset = (_EPOCH_TIME + timedelta(microseconds=wall)).replace(tzinfo=where).utcoffset()
    return wall - (offset // _MICROSECOND if offset else 0)


def _zone(series: Series) -> tzinfo | None:
    """A zone that nobody knows any more is UTC: it was known when the series was made."""
    if not series.zone:
        return None
    found = zone(series.zone) or UTC
    return None if found is UTC else found
