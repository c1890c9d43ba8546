"""From an event's times and its recurrence to the series that is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from postroom.workspace.recurrence.days import shortest_gap
from postroom.workspace.recurrence.given import BadRecurrence, rule_of, shown
from postroom.workspace.recurrence.series import DAY_US, Series, start_us
from postroom.workspace.store.kinds import to_us
from postroom.workspace.workloads.calendar.times import Times, stored_us, zone_of
from postroom.workspace.workloads.items.wish import Document


def compiled(recurrence: Mapping[str, Any], times: Times, most: int) -> tuple[Series, Document]:
    """The series, and what the document of its master has then: times of the first occurrence, the recurrence whole.

    Raises BadRecurrence, UnknownZone.
    """
    range_ = recurrence.get("range")
    named = range_.get("recurrenceTimeZone") if isinstance(range_, Mapping) else None
    zone_name = str(named or times.start.zone)
    wall = _wall(times, zone_name)
    rule = rule_of(recurrence, wall.date(), most)
    series = Series(
        rule,
        "" if times.is_all_day else zone_name,
        to_us(wall.replace(tzinfo=UTC)) % DAY_US,
        to_us(times.finish) - to_us(times.begin),
    )
    _check_length(series)
    begin = start_us(series, rule.start.toordinal())
    return series, {
        **times.document(),
        "start": stored_us(begin),
        "end": stored_us(begin + series.length_us),
        "recurrence": shown(recurrence, rule, zone_name),
        "type": "seriesMaster",
        "_series": msgspec.json.encode(series).decode(),
    }


def single(times: Times) -> Document:
    """What the document of an event has that does not recur."""
    return {**times.document(), "recurrence": None, "type": "singleInstance"}


def _wall(times: Times, zone_name: str) -> datetime:
    """The start as clocks in the zone of the series show it."""
    if times.is_all_day or zone_name == times.start.zone:
        return times.start.wall
    return times.begin.astimezone(zone_of(zone_name)).replace(tzinfo=None, fold=0)


def _check_length(series: Series) -> None:
    if series.length_us > shortest_gap(series.rule) * DAY_US:
        raise BadRecurrence("recurrence/pattern", "a pattern whose occurrences end before the next one begins")
