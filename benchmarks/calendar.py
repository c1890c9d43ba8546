"""How long a week of a calendar with 10,000 series takes: the first page of its `calendarView`.

The baseline is python-dateutil's own expansion of the same rules in the same week, in their zone and with nothing
around it: no rows, no documents, no order. It has its rules parsed already, and must count each from its beginning;
ours begins with the week, and reads rules and documents from the store.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule

from benchmarks.bench import Bench
from benchmarks.claim import Bound, Claim, Rounds
from postroom.settings import Graph
from postroom.workspace.people import Person
from postroom.workspace.query.options import Options
from postroom.workspace.store.store import Store
from postroom.workspace.workloads.calendar import places, writing
from postroom.workspace.workloads.calendar.calendar import Calendar
from postroom.workspace.workloads.calendar.kinds import KINDS
from postroom.workspace.workloads.calendar.spans import Window
from postroom.workspace.workloads.items.kinds import KINDS as ITEM_KINDS
from postroom.workspace.workloads.items.uploads import Uploads
from postroom.workspace.workloads.items.wish import Wish

SERIES: Final = 10_000
FEW: Final = 500
FEW_MAIL: Final = 2_000
OVER: Final = 0.5
"""So many of them, as a part, were over before the week."""
ZONE: Final = "Europe/Berlin"
FIRST: Final = date(2020, 1, 1)
WEEK: Final = Window(datetime(2024, 3, 4, tzinfo=UTC), datetime(2024, 3, 11, tzinfo=UTC))
PAGE: Final = Wish(Options(top=100, count=True))
ANNA: Final = Person("0d4ac6a7-5b0c-4b0e-9b1e-000000000001", "anna@example.com", "Anna")
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass
class OnlyAnna:
    """The directory of this benchmark."""

    def find(self, name: str) -> Person | None:
        return ANNA if name in (ANNA.id, ANNA.address) else None

    def all(self) -> Iterator[Person]:
        yield ANNA

    def authenticate(self, address: str, password: str) -> Person | None:  # noqa: ARG002
        return None

    def recipients(self, address: str) -> None:  # noqa: ARG002
        return None


def measure(bench: Bench) -> Claim:
    """Milliseconds of the first page; half of the series were over long ago."""
    count = SERIES if bench.mail.messages >= FEW_MAIL else FEW
    with Store(bench.scratch / "calendar", (*ITEM_KINDS, *KINDS)) as store:
        calendar = Calendar(store, OnlyAnna(), Graph(), Uploads(store))
        start = time.perf_counter()
        _fill(calendar, count)
        filled_s = time.perf_counter() - start
        page = calendar.windows.view(ANNA.id, None, WEEK, PAGE)
        rules = [_told(number, count) for number in range(count)]
        rounds = Rounds.of(bench.repeat, lambda: _dateutil(rules)[1], lambda: _ours(calendar))
        expected = _dateutil(rules)[0]
    return Claim(
        "calendar_view",
        min(rounds.ours_s) * 1000,
        "ms",
        1 / rounds.ratio(),
        Bound("ratio", "at most", 0.2, 0.05),
        {"series": count, "occurrences": page.count, "made per second": count / filled_s, **rounds.detail("dateutil")},
        {
            "as many as dateutil has": page.count == len(expected),
            "the first hundred begin when dateutil's do": _begins(page.rows) == expected[:100],
        },
    )


def _fill(calendar: Calendar, count: int) -> None:
    core = calendar.core
    places.prepare(core, ANNA.id)
    for some in range(0, count, 500):
        with core.store.write() as unit:
            above = places.calendar(unit, ANNA.id, None)
            for number in range(some, min(some + 500, count)):
                writing.create(core, unit, ANNA, above, _event(number, count))


def _start(number: int) -> datetime:
    return datetime.combine(FIRST, datetime.min.time()) + timedelta(days=number % 365, hours=8 + number % 10)


def _end(number: int, count: int) -> date | None:
    """The first part of them had a year and a half."""
    return _start(number).date() + timedelta(days=540) if number < count * OVER else None


def _event(number: int, count: int) -> dict[str, Any]:
    start, end = _start(number), _end(number, count)
    pattern = [
        {"type": "weekly", "interval": 1 + number % 3, "daysOfWeek": [DAYS[number % 5]], "firstDayOfWeek": "monday"},
        {"type": "daily", "interval": 2},
        {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 1 + number % 28},
        {"type": "relativeMonthly", "interval": 1, "daysOfWeek": [DAYS[number % 5]], "index": "first"},
    ][number % 4]
    range_ = {"type": "endDate", "endDate": end.isoformat()} if end else {"type": "noEnd"}
    return {
        "subject": f"Meeting {number} about the work that is to be done this week",
        "body": {"contentType": "text", "content": "Dear all, we meet as every week. " * 4},
        "start": {"dateTime": start.isoformat(), "timeZone": ZONE},
        "end": {"dateTime": (start + timedelta(minutes=45)).isoformat(), "timeZone": ZONE},
        "location": {"displayName": f"Room {number % 20}"},
        "recurrence": {"pattern": pattern, "range": range_},
    }


def _told(number: int, count: int) -> rrule:
    """The same rule as dateutil has it."""
    end = _end(number, count)
    options: dict[str, Any] = [
        {"freq": 2, "interval": 1 + number % 3, "byweekday": number % 5, "wkst": 0},
        {"freq": 3, "interval": 2},
        {"freq": 1, "bymonthday": 1 + number % 28},
        {"freq": 1, "byweekday": number % 5, "bysetpos": 1},
    ][number % 4]
    until = datetime.combine(end, datetime.max.time()) if end else None
    return rrule(dtstart=_start(number), until=until, **options)


def _dateutil(rules: list[rrule]) -> tuple[list[datetime], float]:
    """Begins in the week, sorted, and the seconds that it took to know them."""
    begin, end = (one.replace(tzinfo=None) for one in (WEEK.begin, WEEK.end))
    zone, day = ZoneInfo(ZONE), timedelta(days=1)
    start = time.perf_counter()
    walls = [wall for rule in rules for wall in rule.between(begin - day, end + day, inc=True)]
    found = [at for wall in walls if WEEK.begin <= (at := wall.replace(tzinfo=zone).astimezone(UTC)) < WEEK.end]
    took = time.perf_counter() - start
    return sorted(found), took


def _ours(calendar: Calendar) -> float:
    start = time.perf_counter()
    calendar.windows.view(ANNA.id, None, WEEK, PAGE)
    return time.perf_counter() - start


def _begins(rows: list[dict[str, Any]]) -> list[datetime]:
    return [datetime.fromisoformat(row["start"]["dateTime"][:19]).replace(tzinfo=UTC) for row in rows]
