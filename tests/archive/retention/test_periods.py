"""Periods of the calendar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.archive.retention.room import DAY_MS, ms

from postroom.archive.instance.periods import FIRST_MS, LAST_MS, MOST, UNITS, Unit, later_ms, moment, newest_over_ms

TIMES = st.integers(ms(1900, 1, 1), ms(2400, 1, 1))
UNIT = st.sampled_from(UNITS)
COUNTS = st.integers(1, 1_300)


@pytest.mark.parametrize(
    ("start", "count", "unit", "end"),
    [
        ((2026, 3, 1, 12), 10, "year", (2036, 3, 1, 12)),
        ((2024, 2, 29, 12), 1, "year", (2025, 3, 1)),
        ((2024, 2, 29, 12), 4, "year", (2028, 2, 29, 12)),
        ((2026, 1, 31, 23), 1, "month", (2026, 3, 1)),
        ((2026, 1, 31, 23), 2, "month", (2026, 3, 31, 23)),
        ((2026, 11, 30, 5), 3, "month", (2027, 3, 1)),
        ((2026, 12, 15), 12, "month", (2027, 12, 15)),
        ((2026, 3, 28, 12), 180, "day", (2026, 9, 24, 12)),
    ],
)
def test_a_period_ends_on_the_same_day_and_else_when_its_month_is_over(
    start: tuple[int, ...], count: int, unit: Unit, end: tuple[int, ...]
) -> None:
    assert later_ms(ms(*start), count, unit) == ms(*end)


def test_a_period_from_the_end_of_the_year_begins_with_the_next_one() -> None:
    for day in ((2026, 1, 1), (2026, 12, 31, 23, 59)):
        assert later_ms(ms(*day), 10, "year", year_end=True) == ms(2037, 1, 1)
    assert later_ms(ms(2026, 6, 1), 1, "day", year_end=True) == ms(2027, 1, 2)


def test_what_ends_after_the_calendar_ends_with_it() -> None:
    assert later_ms(ms(9500, 1, 1), 1000, "year") == LAST_MS
    assert later_ms(LAST_MS * 2, 1, "day") == LAST_MS
    assert later_ms(ms(9999, 12, 31, 5), 1, "month", year_end=True) == LAST_MS


@given(TIMES, TIMES, COUNTS, UNIT, st.booleans())
def test_what_began_later_never_ends_earlier(one: int, other: int, count: int, unit: Unit, year_end: bool) -> None:
    first, second = sorted((one, other))
    assert later_ms(first, count, unit, year_end=year_end) <= later_ms(second, count, unit, year_end=year_end)


@given(TIMES, st.integers(1, 500), UNIT, st.booleans())
def test_a_period_is_never_shorter_than_it_says(start: int, count: int, unit: Unit, year_end: bool) -> None:
    least = {"day": 1, "month": 28, "year": 365}[unit]
    assert later_ms(start, count, unit, year_end=year_end) - start >= count * least * DAY_MS
    begun, ended = moment(start), moment(later_ms(start, count, unit))
    if unit != "day":
        months = (ended.year - begun.year) * 12 + ended.month - begun.month
        assert months >= count * (12 if unit == "year" else 1)


@given(TIMES, TIMES, COUNTS, UNIT, st.booleans())
def test_comparing_with_the_newest_start_that_is_over_is_the_same_as_asking_for_the_end(
    start: int, now: int, count: int, unit: Unit, year_end: bool
) -> None:
    newest = newest_over_ms(now, count, unit, year_end=year_end)
    assert (start <= newest) == (later_ms(start, count, unit, year_end=year_end) <= now)
    assert later_ms(newest + 1, count, unit, year_end=year_end) > now
    assert newest < FIRST_MS or later_ms(newest, count, unit, year_end=year_end) <= now


@pytest.mark.parametrize("unit", UNITS)
def test_the_longest_period_of_each_unit_is_about_a_thousand_years(unit: Unit) -> None:
    assert moment(later_ms(ms(2026, 1, 1), MOST[unit], unit)).year in (3026, 3028)
