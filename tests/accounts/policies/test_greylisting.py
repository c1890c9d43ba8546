"""Greylisting settings and whitelists, on each engine."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import iredapd
from postroom.accounts.model import ListChange
from postroom.accounts.policies import greylisting
from postroom.errors import Invalid

ANNA = "anna@example.com"
ROW = {"account": ANNA, "priority": 100, "sender": "@.", "sender_priority": 0, "comment": "", "active": 1}


def put(databases: Databases, account: str, *, active: bool) -> None:
    with databases.write() as unit:
        greylisting.put(unit, account, active=active)


def get(databases: Databases, account: str) -> dict[str, object]:
    with databases.read() as unit:
        return greylisting.get(unit, account)


def whitelist(databases: Databases, account: str = ANNA) -> list[str]:
    with databases.read() as unit:
        return greylisting.whitelist(unit, account)


def change(databases: Databases, change: ListChange, account: str = ANNA) -> list[str]:
    with databases.write() as unit:
        greylisting.change_whitelist(unit, account, change)
    return whitelist(databases, account)


def test_where_nothing_is_set_nothing_is_told(databases: Databases) -> None:
    assert get(databases, ANNA) == {}


def test_switching_writes_one_row_about_all_senders(databases: Databases) -> None:
    for account, priority in [("@.", 0), ("@example.com", 60), (ANNA, 100)]:
        put(databases, account, active=True)
        expected = {**ROW, "account": account, "priority": priority}
        assert get(databases, account) == expected
        put(databases, account, active=False)
        assert get(databases, account) == {**expected, "active": 0}


def test_every_setting_is_listed_in_the_order_in_which_it_is_asked(databases: Databases) -> None:
    put(databases, "@.", active=False)
    put(databases, "@example.com", active=True)
    put(databases, ANNA, active=True)
    with databases.write() as unit:
        row = {"account": ANNA, "priority": 1, "sender": "@example.org", "sender_priority": 1, "active": 0}
        unit.iredapd.execute(insert(iredapd.greylisting), row)
    with databases.read() as unit:
        found = [(row["account"], row["sender"], row["sender_priority"]) for row in greylisting.every(unit)]
    assert found == [(ANNA, "@example.org", 60), (ANNA, "@.", 0), ("@example.com", "@.", 0), ("@.", "@.", 0)]


def test_a_row_of_an_unknown_form_is_listed_last(databases: Databases) -> None:
    with databases.write() as unit:
        unit.iredapd.execute(insert(iredapd.greylisting), {"account": "who knows", "sender": "@.", "priority": 99})
    with databases.read() as unit:
        assert greylisting.every(unit)[-1] | {"account": "who knows", "priority": 0} == greylisting.every(unit)[-1]


def test_removing_takes_this_row_only(databases: Databases) -> None:
    put(databases, ANNA, active=True)
    put(databases, "@example.com", active=True)
    change(databases, ListChange(add=("@example.org",)))
    with databases.write() as unit:
        row = {"account": ANNA, "sender": "@example.org", "active": 0}
        unit.iredapd.execute(insert(iredapd.greylisting), row)
        greylisting.remove(unit, ANNA)
        greylisting.remove(unit, ANNA)
    assert get(databases, ANNA) == {}
    assert get(databases, "@example.com") != {}
    assert whitelist(databases) == ["@example.org"]
    with databases.read() as unit:
        assert len(greylisting.every(unit)) == 3  # that of everybody, of a fresh installation, too


def test_senders_are_normalised_kept_once_and_sorted(databases: Databases) -> None:
    given = ("Bob@Example.ORG", "192.0.2.7/24", "@.example.net", "bob@example.org", "2001:DB8::1", "@Bücher.example")
    assert change(databases, ListChange(reset=given)) == [
        "192.0.2.0/24",
        "2001:db8::1",
        "@.example.net",
        "@xn--bcher-kva.example",
        "bob@example.org",
    ]


def test_lists_are_changed_by_adding_and_removing(databases: Databases) -> None:
    change(databases, ListChange(reset=("@a.example", "@b.example")))
    assert change(databases, ListChange(add=("@c.example", "@b.example"), remove=("@A.example", "@no.example"))) == [
        "@b.example",
        "@c.example",
    ]
    assert change(databases, ListChange(reset=())) == []


def test_rows_that_stay_keep_their_comments(databases: Databases) -> None:
    with databases.write() as unit:
        row = {"account": ANNA, "sender": "@a.example", "comment": "asked for by the boss"}
        unit.iredapd.execute(insert(iredapd.greylisting_whitelists), row)
    change(databases, ListChange(reset=("@a.example", "@b.example")))
    with databases.read() as unit:
        query = select(iredapd.greylisting_whitelists.c.comment).order_by(iredapd.greylisting_whitelists.c.sender)
        assert unit.iredapd.execute(query).scalars().all() == ["asked for by the boss", ""]


def test_whitelists_of_others_are_left_alone(databases: Databases) -> None:
    change(databases, ListChange(add=("@a.example",)), "@.")
    change(databases, ListChange(add=("@a.example",)))
    assert change(databases, ListChange(reset=())) == []
    assert whitelist(databases, "@.") == ["@a.example"]


def test_what_is_no_sender_is_dropped_from_a_list(databases: Databases) -> None:
    wrong = ("@.", "nobody", "a b@example.com", "'; DROP TABLE throttle; --", "%", "", "@ip", "192.0.2.*", "\x00")
    assert change(databases, ListChange(add=(*wrong, "@a.example"))) == ["@a.example"]
    assert change(databases, ListChange(add=wrong)) == ["@a.example"]
    assert change(databases, ListChange(reset=("@b.example", *wrong))) == ["@b.example"]


def test_a_list_is_not_emptied_by_senders_of_whom_none_is_usable(databases: Databases) -> None:
    change(databases, ListChange(add=("@a.example",)))
    with pytest.raises(Invalid) as error:
        change(databases, ListChange(reset=("@.", "nobody")))
    assert error.value.field == "senders"
    assert whitelist(databases) == ["@a.example"]


def test_domains_whitelisted_by_spf_are_changed_as_lists_are(databases: Databases) -> None:
    def change(change: ListChange) -> list[str]:
        with databases.write() as unit:
            greylisting.change_spf_domains(unit, change)
        with databases.read() as unit:
            return greylisting.spf_domains(unit)

    assert change(ListChange(reset=("Example.com", "bücher.example", "no domain"))) == [
        "example.com",
        "xn--bcher-kva.example",
    ]
    assert change(ListChange(add=("example.net",), remove=("example.com",))) == ["example.net", "xn--bcher-kva.example"]
    with pytest.raises(Invalid) as error:
        change(ListChange(reset=("@example.com",)))
    assert error.value.field == "domains"
    assert change(ListChange(reset=())) == []
