"""Maintenance windows of the week."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.profiles.windows import DAY_MINUTES, DAYS, WEEK_MINUTES, checked_windows, open_again, windows
from postroom.errors import Invalid

MONDAY = datetime(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "at", "minutes"),
    [
        ("22:00-06:00", "Tue 21:59", None),
        ("22:00-06:00", "Tue 22:00", 480),
        ("22:00-06:00", "Mon 05:59", 1),
        ("22:00-06:00", "Mon 06:00", None),
        ("Mon-Fri 08:00-18:00", "Fri 12:00", 360),
        ("Mon-Fri 08:00-18:00", "Sat 12:00", None),
        ("monday - friday 8:00 - 18:00; SUN 20:00-24:00", "Sun 23:00", 60),
        ("Sun 22:00-02:00", "Mon 01:00", 60),
        ("Sat-Mon 10:00-11:00", "Sun 10:30", 30),
        ("Sat-Mon 10:00-11:00", "Tue 10:30", None),
        ("08:00-10:00, 10:00-12:00", "Wed 09:00", 180),
        ("00:00-24:00", "Wed 09:00", WEEK_MINUTES),
        ("Wed 00:00-00:00", "Wed 09:00", 15 * 60),
        ("", "Wed 09:00", None),
    ],
)
def test_a_window_holds_until_it_ends(text: str, at: str, minutes: int | None) -> None:
    day, time = at.split()
    hour, minute = map(int, time.split(":"))
    now = MONDAY + timedelta(days=DAYS.index(day.lower()), hours=hour, minutes=minute)
    assert open_again(text, now) == minutes


@pytest.mark.parametrize("text", ["noon", "25:00-26:00", "24:01-01:00", "10:60-11:00", "Xyz 10:00-11:00", "10:00",
                                  "Mon-Xyz 10:00-11:00", "10:00-11:00 Mon", "x" * 2_000])  # fmt: skip
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="automaticMaintenanceWindows"):
        checked_windows(text)


def test_no_window_is_kept_as_none() -> None:
    assert [checked_windows(text) for text in (None, "", "  ", " 22:00-06:00 ")] == [None, None, None, "22:00-06:00"]


DAY = st.sampled_from(DAYS)
TIME = st.integers(0, DAY_MINUTES - 1).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
WINDOW = st.builds(lambda first, last, start, end: f"{first}-{last} {start}-{end}", DAY, DAY, TIME, TIME)


@given(st.lists(WINDOW, max_size=4).map(", ".join), st.integers(0, WEEK_MINUTES - 1))
def test_the_end_told_is_the_first_minute_in_which_no_window_holds(text: str, minute: int) -> None:
    def shut(at: int) -> bool:
        weeks = (at % WEEK_MINUTES, at % WEEK_MINUTES + WEEK_MINUTES)
        return any(one.start <= place < one.end for one in windows(text) for place in weeks)

    told = open_again(text, MONDAY + timedelta(minutes=minute)) or 0
    assert all(shut(minute + step) for step in range(min(told, 3_000)))
    assert told == WEEK_MINUTES or not shut(minute + told)
