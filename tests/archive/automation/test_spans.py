"""Spans of reports: whole days of a zone, whatever its clocks do, and nothing that is not over."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.automation.calendar import local_text, to_ms
from postroom.archive.automation.spans import span_of
from postroom.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
NOW = to_ms(datetime(2026, 11, 26, 0, 30, tzinfo=BERLIN))  # a Thursday; in UTC it is Wednesday


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        ("today", "2026-11-26T00:00:00", "2026-11-26T00:30:00"),
        ("yesterday", "2026-11-25T00:00:00", "2026-11-26T00:00:00"),
        ("thisweek", "2026-11-23T00:00:00", "2026-11-26T00:30:00"),
        ("lastweek", "2026-11-16T00:00:00", "2026-11-23T00:00:00"),
        ("thismonth", "2026-11-01T00:00:00", "2026-11-26T00:30:00"),
        ("lastmonth", "2026-10-01T00:00:00", "2026-11-01T00:00:00"),
    ],
)
def test_days_are_those_of_the_zone(name: str, since: str, until: str) -> None:
    span = span_of(name, BERLIN, NOW)
    assert (local_text(span.since_ms, BERLIN), local_text(span.until_ms, BERLIN)) == (since, until)


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 29, 23), (10, 25, 25), (11, 25, 24)])
def test_a_day_on_which_clocks_change_is_longer_or_shorter(month: int, day: int, hours: int) -> None:
    span = span_of("yesterday", BERLIN, to_ms(datetime(2026, month, day + 1, 12, tzinfo=BERLIN)))
    assert span.until_ms - span.since_ms == hours * 3_600_000


def test_months_and_weeks_reach_over_the_year() -> None:
    new_year = to_ms(datetime(2027, 1, 1, 12, tzinfo=BERLIN))
    assert local_text(span_of("lastmonth", BERLIN, new_year).since_ms, BERLIN) == "2026-12-01T00:00:00"
    assert local_text(span_of("thisweek", BERLIN, new_year).since_ms, BERLIN) == "2026-12-28T00:00:00"


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia", "America/Santiago", "Asia/Kathmandu"]),
    st.sampled_from(["day", "week", "month"]),
)
def test_what_is_over_ends_where_the_next_begins(now: datetime, zone_name: str, unit: str) -> None:
    zone = ZoneInfo(zone_name)
    now_ms = to_ms(now.replace(tzinfo=zone))
    before, this = ("yesterday", "today") if unit == "day" else (f"last{unit}", f"this{unit}")
    last, present = span_of(before, zone, now_ms), span_of(this, zone, now_ms)
    assert last.since_ms <= last.until_ms == present.since_ms <= present.until_ms == now_ms


def test_another_name_is_refused() -> None:
    with pytest.raises(Invalid, match="timespan: expected one of today"):
        span_of("tomorrow", BERLIN, NOW)
