"""Alias accounts."""

from __future__ import annotations

import pytest
from tests.suites.accounts.world import World, add, remove, reset

from postroom.accounts.model import AliasChange, Page
from postroom.errors import AlreadyExists, NotFound


@pytest.fixture
def world(directory_world: World) -> World:
    """With one domain."""
    directory_world.domain()
    return directory_world


def members(world: World, address: str = "sales@example.com") -> list[str]:
    with world.look() as directory:
        found: list[str] = directory.alias(address)["members"]
        return found


def test_an_alias_may_have_no_members(world: World) -> None:
    world.alias()
    assert members(world) == []
    with world.look() as directory:
        assert directory.count("example.com", "aliases") == 1


def test_members_are_changed_one_by_one(world: World) -> None:
    sales = world.alias("sales@example.com", "b@x.test")
    world.update_alias(sales, members=add("c@x.test", "a@x.test", "b@x.test"))
    assert members(world) == ["a@x.test", "b@x.test", "c@x.test"]
    world.update_alias(sales, members=remove("b@x.test", "unknown@x.test"))
    assert members(world) == ["a@x.test", "c@x.test"]
    world.update_alias(sales, name="Sales", access_policy="domain")
    assert members(world) == ["a@x.test", "c@x.test"]
    world.update_alias(sales, members=reset())
    assert members(world) == []


def test_a_disabled_alias_is_listed_as_such_and_keeps_its_members(world: World) -> None:
    sales, _ = world.alias("sales@example.com", "b@x.test"), world.alias("all@example.com")
    world.update_alias(sales, active=False)
    with world.look() as directory:
        assert directory.alias_addresses("example.com", disabled_only=True, page=Page()) == [sales]
    world.update_alias(sales, active=True)
    assert members(world) == ["b@x.test"]


def test_a_renamed_alias_keeps_its_members_and_memberships(world: World) -> None:
    world.domain("example.net")
    sales, anna = world.alias("sales@example.com", "b@x.test"), world.user()
    world.alias("all@example.com", sales)
    world.update_user(anna, forwarding=reset(sales))
    with world.change() as directory:
        directory.rename_alias(sales, "shop@example.net")
        assert not directory.taken(sales)
        assert directory.alias("shop@example.net")["members"] == ["b@x.test"]
        assert directory.alias("all@example.com")["members"] == ["shop@example.net"]
        assert directory.user_forwarding(anna) == ("shop@example.net",)
        assert [directory.count(name, "aliases") for name in ("example.com", "example.net")] == [1, 1]
        with pytest.raises(AlreadyExists):
            directory.rename_alias("shop@example.net", anna)


def test_a_deleted_alias_is_nowhere(world: World) -> None:
    sales, anna = world.alias("sales@example.com", "b@x.test"), world.user()
    world.alias("all@example.com", sales, "b@x.test")
    world.update_user(anna, forwarding=reset(sales))
    with world.change() as directory:
        directory.delete_alias(sales)
        assert not directory.taken(sales)
        assert directory.alias("all@example.com")["members"] == ["b@x.test"]
        assert directory.user_forwarding(anna) == (anna,)


def test_deleting_an_alias_leaves_a_user_alone(world: World) -> None:
    anna = world.user()
    with world.change() as directory:
        directory.delete_alias(anna)
        assert directory.has_user(anna)
        assert directory.user_forwarding(anna) == (anna,)


def test_an_alias_cannot_be_made_twice(world: World) -> None:
    world.alias("sales@example.com", "b@x.test")
    with pytest.raises(AlreadyExists) as caught:
        world.alias("sales@example.com")
    assert (caught.value.kind, caught.value.name) == ("alias", "sales@example.com")
    assert members(world) == ["b@x.test"]


def test_what_takes_an_alias_says_that_there_is_none(world: World) -> None:
    anna = world.user()
    with world.change() as directory:
        for call in (
            lambda: directory.alias(anna),
            lambda: directory.update_alias(anna, AliasChange(name="x")),
            lambda: directory.rename_alias(anna, "new@example.com"),
        ):
            with pytest.raises(NotFound) as caught:
                call()
            assert (caught.value.kind, caught.value.name) == ("alias", anna)
