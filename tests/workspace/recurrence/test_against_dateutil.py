"""What follows from a rule is what python-dateutil makes of the same rule in iCalendar's words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from dateutil import rrule
from hypothesis import given
from hypothesis import strategies as st

from postroom.workspace.recurrence.days import backwards, days, is_day, nth, previous, shortest_gap
from postroom.workspace.recurrence.rule import Rule
from postroom.workspace.recurrence.series import DAY_US, Series, between, span_us

DAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)
FREQUENCIES = {
    "daily": rrule.DAILY,
    "weekly": rrule.WEEKLY,
    "absoluteMonthly": rrule.MONTHLY,
    "relativeMonthly": rrule.MONTHLY,
    "absoluteYearly": rrule.YEARLY,
    "relativeYearly": rrule.YEARLY,
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = date(1990, 1, 1), date(2060, 12, 31)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC")


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    kind = draw(st.sampled_from(sorted(FREQUENCIES)))
    start = draw(st.dates(FIRST, LAST))
    until = draw(st.one_of(st.none(), st.integers(0, 4000).map(lambda more: start + timedelta(days=more))))
    wanted = draw(st.sets(st.integers(0, 6), min_size=1)) if "relative" in kind or kind == "weekly" else ()
    return Rule(
        kind,  # type: ignore[arg-type]
        draw(st.integers(1, 13)),
        start,
        until,
        tuple(sorted(wanted)),
        draw(st.integers(0, 6)),
        draw(st.sampled_from((1, 2, 3, 4, -1))) if "relative" in kind else 1,
        draw(st.integers(1, 31)) if "absolute" in kind else 0,
        draw(st.integers(1, 12)) if "Yearly" in kind else 0,
    )


def told(rule: Rule, clock: time = time(0)) -> rrule.rrule:
    """The rule in the words of RFC 5545: a day that a month does not have is the last one of those up to it."""
    options: dict[str, object] = {}
    if rule.days:
        options["byweekday"] = [DAYS[day] for day in rule.days]
    if rule.type.startswith("relative"):
        options["bysetpos"] = rule.position
    if rule.day:
        options |= {"bymonthday": list(range(min(rule.day, 28), rule.day + 1)), "bysetpos": -1}
    if rule.month:
        options["bymonth"] = rule.month
    start, end = datetime.combine(rule.start, clock), rule.until and datetime.combine(rule.until, time.max)
    return rrule.rrule(
        FREQUENCIES[rule.type], dtstart=start, interval=rule.interval,  # type: ignore[arg-type]
        wkst=DAYS[rule.first_day], until=end, **options,  # type: ignore[arg-type]
    )  # fmt: skip


@given(rules())
def test_the_days_of_a_rule_are_those_of_dateutil(rule: Rule) -> None:
    found = [date.fromordinal(day) for day in islice(days(rule), 40)]
    assert found == [one.date() for one in islice(told(rule), 40)]


@given(rules(), st.integers(0, 3000))
def test_any_day_is_a_place_to_begin_from(rule: Rule, later: int) -> None:
    at = rule.start.toordinal() + later
    everything = list(islice(days(rule), 3000))
    before = [day for day in everything if day < at]
    after = [day for day in everything if day >= at]
    assert list(islice(days(rule, at), 5)) == after[:5]
    assert list(islice(backwards(rule, at), 5)) == before[::-1][:5]
    assert previous(rule, at) == (before[-1] if before else None)
    assert is_day(rule, at) == (at in after[:1])
    assert nth(rule, 1) == next(iter(everything), None)
    assert nth(rule, 3) == next(iter(everything[2:]), None)
    gaps = [second - first for first, second in pairwise(everything[:14])]
    assert shortest_gap(rule) == min(gaps) if gaps else shortest_gap(rule) > 3_000_000


@given(rules(), st.sampled_from(ZONES), st.times(), st.integers(0, 60 * 30), st.integers(-10, 900), st.integers(0, 60))
def test_a_window_has_what_overlaps_it_at_the_hour_of_its_zone(
    rule: Rule, zone: str, clock: time, minutes: int, begin: int, length: int
) -> None:
    clock = clock.replace(second=0, microsecond=0, tzinfo=None)
    clock_us = (clock.hour * 60 + clock.minute) * 60_000_000
    series = Series(rule, zone, clock_us, minutes * 60_000_000)
    first = datetime.combine(rule.start, time(), UTC) + timedelta(days=begin)
    last, duration = first + timedelta(days=length), timedelta(minutes=minutes)
    expected = []
    for one in told(rule, clock).between(datetime(1900, 1, 1), last.replace(tzinfo=None) + timedelta(days=2), inc=True):
        at = one.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if at < last and at + duration > first:
            expected.append((one.date(), at))
    window = (us(first), us(last))
    found = [(date.fromordinal(day), EPOCH + timedelta(microseconds=at)) for day, at in between(series, *window)]
    assert found == expected


@given(rules())
def test_the_span_of_a_series_is_from_its_first_begin_to_its_last_end(rule: Rule) -> None:
    found = list(islice(days(rule), 4001))
    if not found:
        return
    midnight = (found[0] - date(1970, 1, 1).toordinal()) * DAY_US
    begin, end = span_us(Series(rule, "", 0, DAY_US))
    assert begin == midnight
    assert end == (None if rule.until is None else midnight + (found[-1] - found[0] + 1) * DAY_US)


def us(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)
