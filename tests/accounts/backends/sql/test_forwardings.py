"""Rows of `forwardings`, as the maps of Postfix read them."""

from __future__ import annotations

import pytest
from tests.accounts.backends.sql.rows import alter, put, row, rows
from tests.suites.accounts.world import KEPT, World, add, reset

from postroom.accounts.database.tables.vmail import forwardings
from postroom.accounts.model import UserChange

OFF = {"is_maillist": 0, "is_list": 0, "is_forwarding": 0, "is_alias": 0}


@pytest.fixture
def world(sql_world: World) -> World:
    """With two domains."""
    sql_world.domain()
    sql_world.domain("example.net")
    return sql_world


def link(world: World, address: str, to: str) -> dict[str, object]:
    found = row(world, forwardings, address=address, forwarding=to)
    del found["id"]
    return found


def active(world: World) -> dict[tuple[str, str], int]:
    return {(found["address"], found["forwarding"]): found["active"] for found in rows(world, forwardings)}


def test_a_user_has_a_row_of_the_own(world: World) -> None:
    world.user()
    assert link(world, "anna@example.com", "anna@example.com") == {
        **OFF, "address": "anna@example.com", "forwarding": "anna@example.com", "domain": "example.com",
        "dest_domain": "example.com", "is_forwarding": 1, "active": 1,
    }  # fmt: skip


def test_a_forwarding_tells_both_domains(world: World) -> None:
    world.user()
    world.update_user("anna@example.com", forwarding=reset("x@x.test"))
    (found,) = rows(world, forwardings)
    assert (found["domain"], found["dest_domain"], found["is_forwarding"]) == ("example.com", "x.test", 1)


def test_a_further_address_leads_to_the_user(world: World) -> None:
    world.user(aliases=("ann@example.net",))
    assert link(world, "ann@example.net", "anna@example.com") == {
        **OFF, "address": "ann@example.net", "forwarding": "anna@example.com", "domain": "example.net",
        "dest_domain": "example.com", "is_alias": 1, "active": 1,
    }  # fmt: skip


def test_a_member_of_an_alias_has_the_mark_of_a_list(world: World) -> None:
    world.alias("sales@example.com", "x@x.test")
    assert link(world, "sales@example.com", "x@x.test") == {
        **OFF, "address": "sales@example.com", "forwarding": "x@x.test", "domain": "example.com",
        "dest_domain": "x.test", "is_list": 1, "active": 1,
    }  # fmt: skip


def test_the_catchall_is_the_bare_domain_without_marks(world: World) -> None:
    world.update_domain("example.com", catchall=("x@x.test",))
    assert link(world, "example.com", "x@x.test") == {
        **OFF, "address": "example.com", "forwarding": "x@x.test", "domain": "example.com",
        "dest_domain": "x.test", "active": 1,
    }  # fmt: skip


def test_disabling_a_user_switches_off_the_rows_at_both_ends(world: World) -> None:
    anna = world.user(aliases=("ann@example.com",))
    world.alias("sales@example.com", anna, "x@x.test")
    world.update_user(anna, forwarding=add("x@x.test"), active=False)
    assert active(world) == {
        (anna, anna): 0, (anna, "x@x.test"): 0, ("ann@example.com", anna): 0, ("sales@example.com", anna): 0,
        ("sales@example.com", "x@x.test"): 1,
    }  # fmt: skip
    world.update_user(anna, active=True)
    assert set(active(world).values()) == {1}


def test_enabling_leaves_rows_off_whose_other_end_is_disabled(world: World) -> None:
    anna, bob = world.user(), world.user("bob@example.com")
    sales = world.alias("sales@example.com", anna, bob)
    world.update_user(anna, forwarding=add(bob))
    world.update_user(bob, active=False)
    world.update_user(anna, active=False)
    world.update_alias(sales, active=False)
    world.update_user(anna, active=True)
    assert active(world) == {(anna, anna): 1, (anna, bob): 0, (bob, bob): 0, (sales, anna): 0, (sales, bob): 0}
    world.update_alias(sales, active=True)
    assert active(world) == {(anna, anna): 1, (anna, bob): 0, (bob, bob): 0, (sales, anna): 1, (sales, bob): 0}
    world.update_user(bob, active=True)
    assert set(active(world).values()) == {1}


def test_disabling_all_users_of_a_domain_leaves_other_domains_alone(world: World) -> None:
    anna, carl = world.user(), world.user("carl@example.net")
    world.alias("sales@example.com", anna, carl)
    for on in (False, True):
        with world.change() as directory:
            directory.update_users("example.com", UserChange(active=on))
        assert active(world) == {
            (anna, anna): on, (carl, carl): 1, ("sales@example.com", anna): on, ("sales@example.com", carl): 1,
        }  # fmt: skip


def test_what_is_added_for_a_disabled_account_is_off(world: World) -> None:
    anna, bob = world.user(active=False, aliases=("ann@example.com",)), world.user("bob@example.com")
    world.update_user(anna, forwarding=add("x@x.test"))
    world.update_user(bob, forwarding=add(anna))
    world.update_domain("example.com", catchall=(anna,))
    world.alias("sales@example.com", anna, bob, active=False)
    world.alias("all@example.com", bob)
    dora = world.user("dora@example.com", groups=("sales@example.com", "all@example.com"))
    assert active(world) == {
        (anna, anna): 0, ("ann@example.com", anna): 0, (anna, "x@x.test"): 0, (bob, bob): 1, (bob, anna): 0,
        ("example.com", anna): 0, ("sales@example.com", anna): 0, ("sales@example.com", bob): 0,
        ("all@example.com", bob): 1, (dora, dora): 1, ("sales@example.com", dora): 0, ("all@example.com", dora): 1,
    }  # fmt: skip


def test_rows_that_named_the_address_before_are_off_when_a_disabled_user_takes_it(world: World) -> None:
    world.update_domain("example.com", catchall=("anna@example.com",))
    world.alias("sales@example.com", "anne@example.com")
    world.user(active=False)
    assert active(world)["example.com", "anna@example.com"] == 0
    with world.change() as directory:
        directory.rename_user("anna@example.com", "anne@example.com")
    assert active(world) == {
        ("anne@example.com", "anne@example.com"): 0, ("example.com", "anne@example.com"): 0,
        ("sales@example.com", "anne@example.com"): 0,
    }  # fmt: skip


def test_a_status_that_is_set_again_changes_nothing(world: World) -> None:
    anna = world.user()
    before = rows(world, forwardings)
    world.update_user(anna, active=True)
    assert rows(world, forwardings) == before


def test_a_disabled_user_keeps_rows_off_when_renamed(world: World) -> None:
    anna = world.user(active=False)
    with world.change() as directory:
        directory.rename_user(anna, "anne@example.net")
    assert active(world) == {("anne@example.net", "anne@example.net"): 0}
    assert row(world, forwardings)["dest_domain"] == "example.net"


def test_the_own_row_that_comes_back_has_the_status_of_the_user(world: World) -> None:
    anna, bob = world.user(), world.user("bob@example.com")
    world.update_user(bob, forwarding=reset(anna), active=False)
    with world.change() as directory:
        directory.delete_user(anna, KEPT)
    assert active(world) == {(bob, bob): 0}


def test_rows_of_subscribable_lists_are_left_alone(world: World) -> None:
    values = {"domain": "example.com", "dest_domain": "example.com", "is_maillist": 1}
    put(world, forwardings, address="list@example.com", forwarding="list@example.com", **values)
    anna = world.user()
    world.update_user(anna, active=False)
    with world.look() as directory:
        assert directory.taken("list@example.com")
    alter(world, forwardings, {"address": anna}, active=1)
    assert link(world, "list@example.com", "list@example.com")["active"] == 1
