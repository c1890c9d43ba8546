from __future__ import annotations

from datetime import date
from itertools import islice

import pytest

from postroom.workspace.recurrence.days import days
from postroom.workspace.recurrence.given import BadRecurrence, rule_of, shown
from postroom.workspace.recurrence.rule import Rule
from postroom.workspace.recurrence.series import Series, between, start_us

LEAP = Rule("absoluteYearly", 1, date(2024, 2, 29), None, day=29, month=2)


def first(rule: Rule, count: int) -> list[str]:
    return [date.fromordinal(day).isoformat() for day in islice(days(rule), count)]


def test_a_day_that_a_month_does_not_have_is_its_last_one() -> None:
    assert first(LEAP, 5) == ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]
    assert first(Rule("absoluteMonthly", 1, date(2023, 1, 31), None, day=31), 4) == [
        "2023-01-31", "2023-02-28", "2023-03-31", "2023-04-30",
    ]  # fmt: skip


def test_the_end_of_the_calendar_ends_every_rule() -> None:
    for rule in (
        Rule("daily", 9999, date(9990, 1, 1), None),
        Rule("weekly", 9999, date(9999, 12, 20), None, days=(0, 6)),
        Rule("absoluteMonthly", 9999, date(9999, 12, 31), None, day=31),
        Rule("relativeYearly", 9999, date(9998, 1, 1), None, days=(4,), position=-1, month=12),
    ):
        found = list(days(rule))
        assert found
        assert found[-1] <= date.max.toordinal()
        assert list(days(rule, date.max.toordinal() + 5)) == []


def test_of_an_hour_that_comes_twice_it_is_the_first_and_a_day_that_a_zone_left_out_is_passed() -> None:
    rule = Rule("daily", 1, date(2024, 10, 26), None)
    berlin = Series(rule, "W. Europe Standard Time", int(2.5 * 3600) * 1_000_000, 0)
    two, three = (start_us(berlin, date(2024, 10, day).toordinal()) for day in (26, 27))
    assert (three - two) // 3_600_000_000 == 24
    # Samoa had no 30 December 2011; the occurrence of that day comes with the one of the next.
    apia = Series(Rule("daily", 1, date(2011, 12, 29), None), "Pacific/Apia", 0, 1)
    begin = start_us(apia, date(2011, 12, 29).toordinal())
    assert len(list(between(apia, begin, begin + 3 * 86_400_000_000))) == 4


def test_a_recurrence_is_shown_with_all_its_fields_and_begins_where_the_event_does() -> None:
    given = {
        "pattern": {"type": "relativeMonthly", "interval": 2, "daysOfWeek": ["friday", "monday", "friday"]},
        "range": {"type": "numbered", "numberOfOccurrences": 3, "startDate": "2001-01-01"},
    }
    rule = rule_of(given, date(2024, 1, 2), 1000)
    assert (rule.start, rule.until) == (date(2024, 3, 1), date(2024, 7, 1))
    assert shown(given, rule, "UTC") == {
        "pattern": {
            "type": "relativeMonthly", "interval": 2, "month": 0, "dayOfMonth": 0, "daysOfWeek": ["monday", "friday"],
            "firstDayOfWeek": "sunday", "index": "first",
        },
        "range": {
            "type": "numbered", "startDate": "2024-03-01", "endDate": "0001-01-01", "recurrenceTimeZone": "UTC",
            "numberOfOccurrences": 3,
        },
    }  # fmt: skip
    assert len(list(days(rule))) == 3


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("recurrence/pattern", {"range": {"type": "noEnd"}}),
        ("recurrence/pattern/interval", {"pattern": {"type": "daily", "interval": 10_000}, "range": {"type": "noEnd"}}),
        (
            "recurrence/pattern/month",
            {"pattern": {"type": "absoluteYearly", "dayOfMonth": 1, "month": 13}, "range": {}},
        ),
        (
            "recurrence/range/endDate",
            {"pattern": {"type": "daily"}, "range": {"type": "endDate", "endDate": "0001-01-01"}},
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_name(field: str, given: dict[str, object]) -> None:
    with pytest.raises(BadRecurrence) as refused:
        rule_of(given, date(2024, 1, 1), 1000)
    assert refused.value.field == field
