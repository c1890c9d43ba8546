"""White- and blacklists, on each engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain, product

import pytest
from sqlalchemy import func, insert, select

from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import amavisd
from postroom.accounts.policies import wblist

ANNA = "anna@example.com"
LISTS: list[tuple[wblist.Direction, wblist.List]] = [
    (direction, which) for direction, which in product(wblist.PAIRS, wblist.MARKS)
]


def add(databases: Databases, account: str = ANNA, direction: wblist.Direction = "inbound", **lists: list[str]) -> None:
    with databases.write() as unit:
        wblist.add(unit, account, direction, **lists)


def lists(databases: Databases, account: str = ANNA) -> dict[tuple[str, str], list[str]]:
    """The lists that have something."""
    with databases.read() as unit:
        found = {(way, which): wblist.get(unit, account, way, which) for way, which in LISTS}
    return {key: value for key, value in found.items() if value}


@pytest.mark.parametrize("account", ["@.", "@example.com", ANNA])
def test_an_address_is_on_the_one_list_it_was_put_on(databases: Databases, account: str) -> None:
    for direction, which in LISTS:
        side = "white" if which == "whitelist" else "black"
        add(databases, account, direction, **{side: [f"{direction}-{which}@example.org"]})
    assert lists(databases, account) == {(way, which): [f"{way}-{which}@example.org"] for way, which in LISTS}
    assert lists(databases, "other@example.com") == {}


def test_addresses_of_every_form_are_taken_normalised_and_sorted(databases: Databases) -> None:
    given = [
        "Bob@Example.org",
        "@.",
        "@example.NET",
        "@.example.net",
        "192.0.2.1",
        "192.0.2.9/28",
        "2001:db8::/32",
        "x",
    ]
    add(databases, white=given)
    assert lists(databases)["inbound", "whitelist"] == [
        "192.0.2.0/28",
        "192.0.2.1",
        "2001:db8::/32",
        "@.",
        "@.example.net",
        "@example.net",
        "bob@example.org",
    ]


def test_rows_have_the_priorities_of_amavisd(databases: Databases) -> None:
    add(databases, "@example.com", white=["bob@example.org", "192.0.2.1", "@.net", "@."])
    with databases.read() as unit:
        rows = unit.amavisd.execute(select(amavisd.mailaddr.c.email, amavisd.mailaddr.c.priority))
        others = {row.email: row.priority for row in rows}
        account = unit.amavisd.execute(
            select(amavisd.users.c.priority, amavisd.users.c.policy_id).where(amavisd.users.c.email == "@example.com")
        ).one()
    assert others == {"bob@example.org": 10, "192.0.2.1": 9, "@.net": 2, "@.": 0}
    assert tuple(account) == (5, amavisd.NO_POLICY)


def test_a_wrong_priority_is_set_right(databases: Databases) -> None:
    with databases.write() as unit:
        unit.amavisd.execute(insert(amavisd.mailaddr), {"email": "bob@example.org", "priority": 7})
    add(databases, white=["bob@example.org"])
    with databases.read() as unit:
        assert unit.amavisd.execute(select(amavisd.mailaddr.c.priority)).scalars().all() == [10]


def test_an_address_given_for_both_lists_is_whitelisted(databases: Databases) -> None:
    add(databases, white=["bob@example.org"], black=["BOB@example.org", "eve@example.org"])
    assert lists(databases) == {
        ("inbound", "whitelist"): ["bob@example.org"],
        ("inbound", "blacklist"): ["eve@example.org"],
    }


def test_an_address_changes_over_to_the_list_it_is_added_to_last(databases: Databases) -> None:
    add(databases, white=["bob@example.org"])
    add(databases, black=["bob@example.org"])
    assert lists(databases) == {("inbound", "blacklist"): ["bob@example.org"]}


def test_adding_twice_is_adding_once(databases: Databases) -> None:
    for _ in range(2):
        add(databases, white=["bob@example.org", "bob@example.org"])
    assert lists(databases) == {("inbound", "whitelist"): ["bob@example.org"]}


def test_where_nothing_given_is_an_address_nothing_is_written(databases: Databases) -> None:
    add(databases, white=["nobody", "' OR 1=1 --", "", "\x00"])
    assert lists(databases) == {}
    with databases.read() as unit:
        assert unit.amavisd.execute(select(func.count()).select_from(amavisd.mailaddr)).scalar_one() == 0
        emails = unit.amavisd.execute(select(amavisd.users.c.email)).scalars().all()
    assert emails == ["@."]  # of a fresh installation


@pytest.mark.parametrize("direction", wblist.PAIRS)
def test_removing_takes_addresses_off_one_list_only(databases: Databases, direction: wblist.Direction) -> None:
    add(databases, ANNA, direction, white=["a@example.org", "b@example.org"], black=["c@example.org"])
    add(databases, "@.", direction, white=["a@example.org"])
    with databases.write() as unit:
        wblist.remove(
            unit, ANNA, direction, "whitelist", ["A@example.org", "c@example.org", "unknown@example.org", "x"]
        )
    assert lists(databases) == {
        (direction, "whitelist"): ["b@example.org"],
        (direction, "blacklist"): ["c@example.org"],
    }
    assert lists(databases, "@.") == {(direction, "whitelist"): ["a@example.org"]}


def test_clearing_empties_one_list_only(databases: Databases) -> None:
    for way, _ in LISTS:
        add(databases, ANNA, way, white=["a@example.org"], black=["b@example.org"])
    with databases.write() as unit:
        wblist.clear(unit, ANNA, "outbound", "blacklist")
        wblist.clear(unit, ANNA, "outbound", "blacklist")
    assert lists(databases) == {
        ("inbound", "whitelist"): ["a@example.org"],
        ("inbound", "blacklist"): ["b@example.org"],
        ("outbound", "whitelist"): ["a@example.org"],
    }


def test_an_account_without_lists_can_be_cleared(databases: Databases) -> None:
    with databases.write() as unit:
        wblist.clear(unit, "nobody@example.com", "inbound", "whitelist")
        wblist.remove(unit, "nobody@example.com", "inbound", "whitelist", ["bob@example.org"])
    assert lists(databases, "nobody@example.com") == {}


def test_a_list_may_be_long(databases: Databases) -> None:
    many = [f"user{number:04}@example.org" for number in range(1200)]
    add(databases, white=many)
    assert lists(databases)["inbound", "whitelist"] == many
    with databases.write() as unit:
        wblist.remove(unit, ANNA, "inbound", "whitelist", many[1:])
    assert lists(databases)["inbound", "whitelist"] == many[:1]


def test_two_who_add_at_once_lose_nothing(databases: Databases) -> None:
    shared = [f"s{number}@example.org" for number in range(10)]
    own = [[f"own{who}@example.org"] for who in range(4)]
    orders = [shared + own[0], own[1] + shared[::-1], shared[5:] + own[2] + shared[:5], own[3] + shared]
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(add, databases, white=order) for order in orders]:
            done.result()
    assert lists(databases) == {("inbound", "whitelist"): sorted([*shared, *chain(*own)])}
