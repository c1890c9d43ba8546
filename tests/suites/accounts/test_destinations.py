"""Where mail for an address goes, on each back end."""

from __future__ import annotations

import pytest
from tests.suites.accounts.world import World, reset


@pytest.fixture
def world(directory_world: World) -> World:
    """With one domain and a user."""
    directory_world.domain()
    directory_world.user()
    return directory_world


def to(world: World, name: str) -> tuple[str, ...]:
    with world.look() as directory:
        return directory.destinations(name)


def test_a_user_gets_the_own_mail(world: World) -> None:
    assert to(world, "anna@example.com") == ("anna@example.com",)


def test_nobody_gets_the_mail_of_nobody(world: World) -> None:
    assert to(world, "nobody@example.com") == ()
    assert to(world, "example.com") == ()


def test_mail_of_a_user_goes_where_it_is_forwarded(world: World) -> None:
    world.update_user("anna@example.com", forwarding=reset("x@x.test", "anna@example.com"))
    assert to(world, "anna@example.com") == ("anna@example.com", "x@x.test")
    world.update_user("anna@example.com", forwarding=reset("x@x.test"))
    assert to(world, "anna@example.com") == ("x@x.test",)


def test_a_further_address_leads_to_its_user(world: World) -> None:
    world.update_user("anna@example.com", aliases=reset("a@example.com"), forwarding=reset("x@x.test"))
    assert to(world, "a@example.com") == ("anna@example.com",)


def test_an_alias_leads_to_its_members(world: World) -> None:
    world.alias("sales@example.com", "x@x.test", "anna@example.com")
    assert to(world, "sales@example.com") == ("anna@example.com", "x@x.test")


def test_a_catch_all_is_asked_for_by_its_domain(world: World) -> None:
    world.update_domain("example.com", catchall=("anna@example.com",))
    assert to(world, "example.com") == ("anna@example.com",)


def test_accounts_that_are_off_lead_nowhere(world: World) -> None:
    world.alias("sales@example.com", "x@x.test")
    world.update_user("anna@example.com", active=False)
    world.update_alias("sales@example.com", active=False)
    assert to(world, "anna@example.com") == ()
    assert to(world, "sales@example.com") == ()
