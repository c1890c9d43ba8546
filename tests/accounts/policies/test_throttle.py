"""Throttle settings and their counters, on each engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text

from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import iredapd
from postroom.accounts.policies import throttle
from postroom.accounts.policies.throttle import Limits
from postroom.errors import Invalid

ANNA = "anna@example.com"
TENTH = Limits(period=60, max_msgs=10)


def put(databases: Databases, limits: Limits, account: str = ANNA, kind: throttle.Kind = "outbound") -> None:
    with databases.write() as unit:
        throttle.put(unit, account, kind, limits)


def get(databases: Databases, account: str = ANNA, kind: throttle.Kind = "outbound") -> dict[str, object]:
    with databases.read() as unit:
        return throttle.get(unit, account, kind)


def count_a_message(databases: Databases, account: str = ANNA, who: str = ANNA) -> None:
    """As the enforcement does."""
    with databases.write() as unit:
        setting = unit.iredapd.execute(
            select(iredapd.throttle.c.id).where(iredapd.throttle.c.account == account)
        ).scalar_one()
        row = {"tid": setting, "account": who, "period": 60, "cur_msgs": 7, "cur_quota": 700, "init_time": 1}
        unit.iredapd.execute(insert(iredapd.throttle_tracking), row)


def counters(databases: Databases) -> int:
    with databases.read() as unit:
        return unit.iredapd.execute(select(func.count()).select_from(iredapd.throttle_tracking)).scalar_one()


def rows(databases: Databases) -> int:
    with databases.read() as unit:
        return unit.iredapd.execute(select(func.count()).select_from(iredapd.throttle)).scalar_one()


def test_where_nothing_is_set_nothing_is_told(databases: Databases) -> None:
    assert get(databases) == {}


def test_what_is_set_is_read_back_with_the_priority_of_the_account(databases: Databases) -> None:
    limits = Limits(period=3600, msg_size=0, max_msgs=100, max_quota=2**40, max_rcpts=50)
    for account, priority in [("@.", 0), ("@example.com", 60), (ANNA, 100)]:
        put(databases, limits, account, "inbound")
        assert get(databases, account, "inbound") == {
            "account": account,
            "kind": "inbound",
            "priority": priority,
            "period": 3600,
            "msg_size": 0,
            "max_msgs": 100,
            "max_quota": 2**40,
            "max_rcpts": 50,
        }
        assert get(databases, account, "outbound") == {}


LIMIT = st.integers(min_value=-1, max_value=2**63 - 1)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    limits=st.builds(
        Limits,
        period=st.integers(min_value=1, max_value=2**31 - 1),
        msg_size=LIMIT,
        max_msgs=LIMIT,
        max_quota=LIMIT,
        max_rcpts=LIMIT,
    )
)
def test_every_setting_in_range_is_read_back_equal(databases: Databases, limits: Limits) -> None:
    put(databases, limits)
    found = get(databases)
    names = ("period", "msg_size", "max_msgs", "max_quota", "max_rcpts")
    expected = {} if limits.inherits else {name: getattr(limits, name) for name in names}
    assert {name: found[name] for name in names if found} == expected


def test_a_new_setting_replaces_all_of_the_old_one(databases: Databases) -> None:
    put(databases, Limits(period=60, max_msgs=10, max_quota=1000))
    put(databases, Limits(period=60, msg_size=5))
    assert get(databases) | {"max_msgs": -1, "max_quota": -1, "msg_size": 5} == get(databases)
    assert rows(databases) == 1


def test_counters_stay_when_only_limits_change(databases: Databases) -> None:
    put(databases, TENTH)
    count_a_message(databases)
    put(databases, Limits(period=60, max_msgs=3, max_quota=9))
    assert counters(databases) == 1


def test_counters_start_again_when_the_period_changes(databases: Databases) -> None:
    put(databases, TENTH)
    count_a_message(databases)
    put(databases, Limits(period=61, max_msgs=10))
    assert counters(databases) == 0
    assert get(databases)["period"] == 61


@pytest.mark.parametrize("how", ["removed", "all limits inherit"])
def test_a_setting_goes_together_with_its_counters(databases: Databases, how: str) -> None:
    put(databases, TENTH)
    put(databases, TENTH, "@example.com")
    count_a_message(databases, ANNA)
    count_a_message(databases, "@example.com")
    with databases.write() as unit:
        if how == "removed":
            throttle.remove(unit, ANNA, "outbound")
        else:
            throttle.put(unit, ANNA, "outbound", Limits(period=60))
    assert get(databases) == {}
    assert get(databases, "@example.com") != {}
    assert counters(databases) == 1


def test_removing_what_is_not_there_does_nothing(databases: Databases) -> None:
    with databases.write() as unit:
        throttle.remove(unit, ANNA, "outbound")
        throttle.put(unit, ANNA, "outbound", Limits(period=60))
    assert rows(databases) == 0


WRONG = [
    ("period", Limits(period=0)),
    ("period", Limits(period=2**31, max_msgs=1)),
    ("msg_size", Limits(period=1, msg_size=-2)),
    ("max_msgs", Limits(period=1, max_msgs=2**63)),
    ("max_quota", Limits(period=1, max_quota=-5)),
    ("max_rcpts", Limits(period=1, max_rcpts=10**30)),
]


def test_what_is_out_of_range_is_named_and_changes_nothing(databases: Databases) -> None:
    put(databases, TENTH)
    before = get(databases)
    for field, limits in WRONG:
        with pytest.raises(Invalid) as error:
            put(databases, limits)
        assert error.value.field == field
    assert get(databases) == before


def test_a_wrong_priority_in_the_table_is_told_right_and_set_right_by_a_change(databases: Databases) -> None:
    wrong = {"account": ANNA, "kind": "outbound", "priority": 3, "period": 60, "max_msgs": 1}
    with databases.write() as unit:
        unit.iredapd.execute(insert(iredapd.throttle), wrong)
    assert get(databases)["priority"] == 100
    put(databases, TENTH)
    with databases.read() as unit:
        assert unit.iredapd.execute(select(iredapd.throttle.c.priority)).scalar_one() == 100


def test_a_change_that_fails_later_in_the_unit_leaves_the_old_setting(databases: Databases) -> None:
    put(databases, TENTH)
    count_a_message(databases)

    def fail() -> None:
        with databases.write() as unit:
            throttle.put(unit, ANNA, "outbound", Limits(period=5, max_msgs=5))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert get(databases)["period"] == 60
    assert counters(databases) == 1


def test_two_who_set_the_same_at_once_leave_one_whole_setting(databases: Databases) -> None:
    choices = [Limits(period=10 + number, max_msgs=number) for number in range(6)]
    with ThreadPoolExecutor(len(choices)) as threads:
        for done in [threads.submit(put, databases, limits) for limits in choices]:
            done.result()
    assert rows(databases) == 1
    found = get(databases)
    assert Limits(period=int(str(found["period"])), max_msgs=int(str(found["max_msgs"]))) in choices


def drop_key(databases: Databases) -> None:
    with databases.write() as unit:
        name = unit.iredapd.execute(
            text("SELECT conname FROM pg_constraint WHERE conrelid = 'throttle'::regclass AND contype = 'u'")
        ).scalar_one()
        unit.iredapd.execute(text(f"ALTER TABLE throttle DROP CONSTRAINT {name}"))


@pytest.mark.parametrize("own_database_settings", ["postgresql"], indirect=True)
def test_a_setting_that_is_there_twice_is_one_after_the_next_change(own_databases: Databases) -> None:
    """PostgreSQL's tables of iRedMail have no unique key here, unlike MariaDB's and ours."""
    drop_key(own_databases)
    with own_databases.write() as unit:
        row = {"account": ANNA, "kind": "outbound", "period": 60, "max_msgs": 1}
        unit.iredapd.execute(insert(iredapd.throttle), [row, {**row, "max_msgs": 2}])
    assert get(own_databases)["max_msgs"] == 1
    put(own_databases, TENTH)
    assert rows(own_databases) == 1
    assert get(own_databases)["max_msgs"] == 10


@pytest.mark.parametrize("own_database_settings", ["postgresql"], indirect=True)
def test_a_first_setting_needs_no_unique_key(own_databases: Databases) -> None:
    drop_key(own_databases)
    put(own_databases, TENTH)
    put(own_databases, Limits(period=60, max_msgs=11))
    assert rows(own_databases) == 1
    assert get(own_databases)["max_msgs"] == 11
