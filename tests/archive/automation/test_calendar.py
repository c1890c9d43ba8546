"""When schedules are due: against a clock that is watched minute by minute, and on days when clocks change."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from postroom.archive.automation.calendar import (
    DAYS,
    INTERVALS,
    LAST,
    MINUTE,
    WEEKDAYS,
    Schedule,
    local_text,
    moment_of,
    next_after,
    schedule_of,
    still_due,
    to_ms,
    wall_time,
)
from postroom.archive.automation.zones import checked_zone, zone_of
from postroom.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
# A change at midnight, by half an hour, by more than a day, and offsets with quarters of hours.
ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe",
    "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca",
)  # fmt: skip
WATCHED = timedelta(days=3)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def moments(schedule: Schedule, zone: ZoneInfo, after: str, count: int) -> list[str]:
    """The next moments as clocks in the zone show them, with the offset."""
    found, moment = [], at(after)
    for _ in range(count):
        following = next_after(schedule, zone, moment)
        assert following is not None
        assert following > moment
        moment = following
        found.append(moment.astimezone(zone).strftime("%d %H:%M %z"))
    return found


# Against brute force


def fits(schedule: Schedule, day: datetime) -> bool:
    """Whether a schedule with days means this one."""
    weekday = schedule.day_of_week is None or list(WEEKDAYS).index(schedule.day_of_week) == (day.weekday() + 1) % 7
    last = calendar.monthrange(day.year, day.month)[1]
    wanted = last if schedule.day_of_month == LAST else int(schedule.day_of_month or day.day)
    return weekday and wanted == day.day


def watched(schedule: Schedule, zone: ZoneInfo, after: datetime) -> datetime | None:
    """The next moment found by looking at the clock each minute: the first at which it shows the time, or more, of a
    day that fits."""
    begin = after - WATCHED
    shown = [
        (moment, moment.astimezone(zone).replace(tzinfo=None, fold=0)) for moment in minutes(begin, after + WATCHED)
    ]
    first = shown[0][1].date() + timedelta(days=2)
    found = []
    for number in range((shown[-1][1].date() - first).days):
        day = datetime.combine(first + timedelta(days=number), datetime.min.time())
        if fits(schedule, day):
            hour, minute = map(int, (schedule.time or "").split(":"))
            wall = day.replace(hour=hour, minute=minute)
            found.append(next(moment for moment, seen in shown if seen >= wall))
    return min((moment for moment in found if moment > after), default=None)


def minutes(begin: datetime, end: datetime) -> Iterator[datetime]:
    while begin < end:
        yield begin
        begin += MINUTE


def changes(zone: str) -> list[datetime]:
    """Moments near those at which the clocks of a zone changed."""
    info, day = ZoneInfo(zone), datetime(2010, 1, 1, tzinfo=UTC)
    days = [day + timedelta(days=number) for number in range(17 * 365)]
    offsets = [moment.astimezone(info).utcoffset() for moment in days]
    return [days[i] for i in range(1, len(days)) if offsets[i] != offsets[i - 1]] or days[:1]


CHANGES = {zone: changes(zone) for zone in ZONES}


@st.composite
def cases(draw: st.DrawFn) -> tuple[Schedule, str, datetime]:
    zone = draw(st.sampled_from(ZONES))
    near = draw(st.sampled_from(CHANGES[zone])) + draw(st.integers(-48 * 60, 48 * 60)) * MINUTE
    clock = f"{draw(st.integers(0, 23)):02}:{draw(st.sampled_from((0, 1, 15, 30, 45, 59))):02}"
    schedule = schedule_of(
        ZoneInfo(zone),
        time=clock,
        day_of_week=draw(st.none() | st.sampled_from([*WEEKDAYS])),
        day_of_month=draw(st.none() | st.sampled_from([*DAYS])),
    )
    return schedule, zone, near


@given(cases())
def test_the_next_moment_is_the_one_that_a_watched_clock_shows(case: tuple[Schedule, str, datetime]) -> None:
    schedule, zone, after = case
    expected, found = watched(schedule, ZoneInfo(zone), after), next_after(schedule, ZoneInfo(zone), after)
    assert found is not None
    if expected is None:
        assert found > after + WATCHED - timedelta(days=2)
    else:
        assert found == expected


@given(cases(), st.integers(0, 400))
def test_no_moment_lies_between_one_and_the_next(case: tuple[Schedule, str, datetime], hours: int) -> None:
    schedule, zone, after = case
    found = next_after(schedule, ZoneInfo(zone), after)
    assert found is not None
    between = after + timedelta(hours=hours)
    assume(between < found)
    assert next_after(schedule, ZoneInfo(zone), between) == found


@given(st.sampled_from(INTERVALS), st.sampled_from(ZONES), st.datetimes(datetime(2011, 1, 1), datetime(2040, 1, 1)))
def test_intervals_are_of_one_length_whatever_clocks_do(interval: int, zone: str, moment: datetime) -> None:
    schedule, after = schedule_of(ZoneInfo(zone), interval=interval), moment.replace(tzinfo=UTC)
    first = next_after(schedule, ZoneInfo(zone), after)
    assert first is not None
    assert timedelta(0) < first - after <= interval * MINUTE
    assert (first.hour * 60 + first.minute) % interval == first.second == first.microsecond == 0
    assert next_after(schedule, ZoneInfo(zone), first) == first + interval * MINUTE


# Forms


def test_a_date_comes_once() -> None:
    schedule = schedule_of(BERLIN, date="2026-03-08T02:30:00")
    assert next_after(schedule, BERLIN, at("2026-03-01")) == at("2026-03-08T01:30")
    assert next_after(schedule, BERLIN, at("2026-03-08T01:30")) is None


def test_the_last_day_of_the_month_knows_february() -> None:
    schedule = schedule_of(BERLIN, time="23:00", day_of_month="last")
    assert moments(schedule, BERLIN, "2027-12-31T23:30", 4) == [
        "31 23:00 +0100", "29 23:00 +0100", "31 23:00 +0200", "30 23:00 +0200",
    ]  # fmt: skip


def test_a_month_without_the_day_is_passed_over() -> None:
    schedule = schedule_of(BERLIN, time="4:05", day_of_month="31")
    assert schedule.time == "04:05"
    assert moments(schedule, BERLIN, "2026-01-31T12:00", 2) == ["31 04:05 +0200", "31 04:05 +0200"]


def test_a_day_of_the_month_is_narrowed_by_a_day_of_the_week() -> None:
    schedule = schedule_of(BERLIN, time="12:00", day_of_month="13", day_of_week="friday")
    assert next_after(schedule, BERLIN, at("2026-03-14")) == at("2026-11-13T11:00")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "date, interval or time"),
        ({"date": "", "time": ""}, "date, interval or time"),
        ({"interval": 7}, "interval"),
        ({"interval": 0}, "interval"),
        ({"interval": 5, "time": "12:00"}, "time"),
        ({"date": "2026-01-01T00:00:00", "interval": 5}, "interval"),
        ({"day_of_week": "Monday"}, "time"),
        ({"day_of_month": "1", "interval": 5}, "time"),
        ({"time": "24:00"}, "time"),
        ({"time": "noon"}, "time"),
        ({"time": "٠١:٠٠"}, "time"),
        ({"time": "12:00", "day_of_week": "Mo"}, "dayOfWeek"),
        ({"time": "12:00", "day_of_month": "32"}, "dayOfMonth"),
        ({"time": "12:00", "day_of_month": "0"}, "dayOfMonth"),
        ({"date": "tomorrow"}, "date"),
        ({"date": "0001-01-01T00:00:00"}, "date"),
        ({"date": "9999-12-31T23:59:59-12:00"}, "date"),
    ],
)
def test_what_makes_no_schedule_is_named(given: dict[str, object], named: str) -> None:
    with pytest.raises(Invalid) as raised:
        schedule_of(BERLIN, **given)  # type: ignore[arg-type]
    assert raised.value.field == named


def test_the_misprint_of_old_pages_means_240_minutes() -> None:
    assert schedule_of(BERLIN, interval=260).interval == 240


# Days when clocks change


def test_a_time_that_does_not_exist_runs_at_the_first_moment_after() -> None:
    schedule = schedule_of(BERLIN, time="02:30")
    assert moments(schedule, BERLIN, "2026-03-28T00:00", 3) == ["28 02:30 +0100", "29 03:00 +0200", "30 02:30 +0200"]


def test_a_time_that_comes_twice_runs_once() -> None:
    schedule = schedule_of(BERLIN, time="02:30")
    assert moments(schedule, BERLIN, "2026-10-24T00:00", 3) == ["24 02:30 +0200", "25 02:30 +0200", "26 02:30 +0100"]


def test_a_day_that_a_zone_left_out_is_made_up_at_the_start_of_the_next() -> None:
    schedule = schedule_of(UTC, time="02:30")
    assert moments(schedule, ZoneInfo("Pacific/Apia"), "2011-12-29T12:00", 3) == [
        "29 02:30 -1000", "31 00:00 +1400", "31 02:30 +1400",
    ]  # fmt: skip


def test_a_time_with_an_offset_is_read_by_it_and_shown_in_the_zone() -> None:
    assert wall_time("date", "2026-07-01T12:00:00Z", BERLIN) == datetime(2026, 7, 1, 14)
    assert wall_time("date", " 2026-07-01T12:00:00.5\r\n", BERLIN) == datetime(2026, 7, 1, 12)
    assert local_text(to_ms(at("2026-07-01T12:00")), BERLIN) == "2026-07-01T14:00:00"
    assert moment_of(datetime(2026, 7, 1, 14), BERLIN) == at("2026-07-01T12:00")


# A clock that is set


def due(schedule: Schedule, ran: str, now: str) -> datetime:
    """When it is due by the clock's time `now`, after a run at `ran`."""
    thought = next_after(schedule, BERLIN, at(ran))
    assert thought is not None
    return still_due(schedule, BERLIN, thought, at(now))


def test_a_clock_set_back_a_little_does_not_repeat_what_ran() -> None:
    schedule = schedule_of(BERLIN, time="03:30")
    assert due(schedule, "2026-06-01T01:30", "2026-06-01T00:40") == at("2026-06-02T01:30")


def test_a_clock_that_ran_a_year_ahead_does_not_stop_a_job_for_a_year() -> None:
    schedule = schedule_of(BERLIN, time="03:30")
    assert due(schedule, "2027-06-01T01:30", "2026-06-01T00:40") == at("2026-06-01T01:30")


def test_what_is_overdue_stays_due() -> None:
    schedule = schedule_of(BERLIN, interval=5)
    assert due(schedule, "2026-06-01T01:30", "2026-06-07T00:00") == at("2026-06-01T01:35")
    once = schedule_of(BERLIN, date="2026-06-01T12:00:00")
    assert still_due(once, BERLIN, at("2026-06-01T10:00"), at("2026-06-05")) == at("2026-06-01T10:00")


def test_a_moment_of_old_rules_of_a_zone_gives_way_to_one_of_the_new() -> None:
    schedule = schedule_of(BERLIN, time="03:30")
    assert still_due(schedule, BERLIN, at("2026-06-02T02:30"), at("2026-06-01T12:00")) == at("2026-06-02T01:30")


# Zones


def test_zones_have_names_of_windows_of_iana_and_of_the_machine() -> None:
    assert zone_of("W. Europe Standard Time").key == "Europe/Berlin"
    assert checked_zone(" europe/berlin ") == "Europe/Berlin"
    assert checked_zone("$LOCAL") == "$Local"
    assert zone_of("$Local").key


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "localtime", "Europe/Berlin\0"])
def test_a_zone_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="timeZoneId"):
        zone_of(name)
