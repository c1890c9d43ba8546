"""Users: what is set can be read back; forwarding, further addresses, renaming, deleting."""

from __future__ import annotations

import pytest
from tests.suites.accounts.world import KEPT, World, add, remove, reset

from postroom.accounts.model import Page, UserChange
from postroom.errors import AlreadyExists, NotFound


@pytest.fixture
def world(directory_world: World) -> World:
    """With one domain."""
    directory_world.domain()
    return directory_world


def forwarding(world: World, address: str = "anna@example.com") -> tuple[str, ...]:
    with world.look() as directory:
        return directory.user_forwarding(address)


def aliases(world: World, address: str = "anna@example.com") -> tuple[str, ...]:
    with world.look() as directory:
        return directory.user_aliases(address)


def rename(world: World, address: str, new: str) -> None:
    with world.change() as directory:
        directory.rename_user(address, new)


def delete(world: World, address: str) -> None:
    with world.change() as directory:
        directory.delete_user(address, KEPT)


def test_a_new_user_gets_mail_in_the_own_mailbox(world: World) -> None:
    anna = world.user()
    assert forwarding(world) == (anna,)
    assert aliases(world) == ()
    with world.look() as directory:
        assert directory.has_user(anna)
        assert directory.count("example.com", "users") == 1


def test_a_new_user_joins_the_groups_that_exist(world: World) -> None:
    world.alias("all@example.com", "x@x.test")
    anna = world.user(groups=("all@example.com", "unknown@example.com"))
    with world.look() as directory:
        assert directory.alias("all@example.com")["members"] == [anna, "x@x.test"]
        assert not directory.taken("unknown@example.com")


def test_a_user_cannot_be_made_twice(world: World) -> None:
    world.user(password_hash="{SSHA}first")
    with pytest.raises(AlreadyExists) as caught:
        world.user(password_hash="{SSHA}second")
    assert (caught.value.kind, caught.value.name) == ("user", "anna@example.com")
    with world.look() as directory:
        assert directory.hashes("anna@example.com", "user") == ("{SSHA}first",)


def test_the_password_can_be_changed(world: World) -> None:
    anna = world.user()
    world.update_user(anna, password_hash="{SSHA}new")
    with world.look() as directory:
        assert directory.hashes(anna, "user") == ("{SSHA}new",)


def test_the_quota_can_be_changed(world: World) -> None:
    anna = world.user(quota_mb=10)
    world.update_user(anna, quota_mb=50)
    with world.look() as directory:
        assert directory.allocated_mb("example.com") == 50


def test_mail_can_be_forwarded_with_and_without_a_copy(world: World) -> None:
    anna = world.user()
    world.update_user(anna, forwarding=add("x@x.test"))
    assert forwarding(world) == (anna, "x@x.test")
    world.update_user(anna, forwarding=reset("y@x.test", "x@x.test"))
    assert forwarding(world) == ("x@x.test", "y@x.test")
    world.update_user(anna, forwarding=remove("y@x.test", "unknown@x.test"))
    assert forwarding(world) == ("x@x.test",)


@pytest.mark.parametrize("cleared", [reset(), remove("x@x.test", "anna@example.com")])
def test_forwarding_that_ends_leaves_the_own_mailbox(world: World, cleared: object) -> None:
    anna = world.user()
    world.update_user(anna, forwarding=reset("x@x.test"))
    world.update_user(anna, forwarding=cleared)
    assert forwarding(world) == (anna,)


def test_further_addresses_are_changed_one_by_one(world: World) -> None:
    anna = world.user(aliases=("b@example.com",))
    world.update_user(anna, aliases=add("c@example.com", "a@example.com"))
    assert aliases(world) == ("a@example.com", "b@example.com", "c@example.com")
    world.update_user(anna, aliases=remove("b@example.com"))
    assert aliases(world) == ("a@example.com", "c@example.com")
    world.update_user(anna, aliases=reset("d@example.com"))
    assert aliases(world) == ("d@example.com",)
    with world.look() as directory:
        assert not directory.taken("a@example.com")


def test_what_is_not_named_in_a_change_stays(world: World) -> None:
    anna = world.user(aliases=("ann@example.com",), quota_mb=7)
    world.update_user(anna, forwarding=reset("x@x.test"))
    world.update_user(anna, name="Other", active=False)
    assert (forwarding(world), aliases(world)) == (("x@x.test",), ("ann@example.com",))
    with world.look() as directory:
        assert directory.allocated_mb("example.com") == 7


def test_a_renamed_user_keeps_everything(world: World) -> None:
    world.domain("example.net")
    anna, bob = world.user(aliases=("ann@example.com",), quota_mb=7), world.user("bob@example.com")
    world.alias("all@example.com", anna, bob)
    world.update_user(anna, forwarding=add("x@x.test"))
    world.update_user(bob, forwarding=reset(anna))
    world.update_domain("example.com", catchall=(anna,))
    world.manage("example.com", anna)
    rename(world, anna, "anne@example.net")
    with world.look() as directory:
        assert directory.standing(anna) is None
        assert not directory.has_user(anna)
        found = directory.standing("anne@example.net")
        assert found is not None
        assert found.domains == {"example.com"}
        assert directory.user_forwarding("anne@example.net") == ("anne@example.net", "x@x.test")
        assert directory.user_aliases("anne@example.net") == ("ann@example.com",)
        assert directory.user_forwarding(bob) == ("anne@example.net",)
        assert directory.alias("all@example.com")["members"] == ["anne@example.net", bob]
        assert directory.domain("example.com")["catchall"] == ["anne@example.net"]
        assert directory.domain_admins("example.com") == ("anne@example.net",)
        assert directory.allocated_mb("example.net") == 7
        assert [directory.count(name, "users") for name in ("example.com", "example.net")] == [1, 1]


def test_who_forwarded_to_the_old_and_the_new_address_forwards_once(world: World) -> None:
    anna, bob = world.user(), world.user("bob@example.com")
    world.update_user(bob, forwarding=reset(anna, "anne@example.com"))
    rename(world, anna, "anne@example.com")
    assert forwarding(world, bob) == ("anne@example.com",)


@pytest.mark.parametrize("new", ["bob@example.com", "sales@example.com", "ann@example.com", "root@admins.test"])
def test_a_user_cannot_take_the_address_of_somebody_else(world: World, new: str) -> None:
    anna = world.user(aliases=("ann@example.com",))
    world.user("bob@example.com")
    world.alias("sales@example.com")
    world.admin("root@admins.test")
    with pytest.raises(AlreadyExists):
        rename(world, anna, new)
    assert forwarding(world) == (anna,)


def test_a_rename_to_the_same_address_changes_nothing(world: World) -> None:
    anna = world.user()
    rename(world, anna, anna)
    assert forwarding(world) == (anna,)


def test_a_deleted_user_is_nowhere(world: World) -> None:
    anna, bob = world.user(aliases=("ann@example.com",)), world.user("bob@example.com")
    world.alias("all@example.com", anna, bob)
    world.update_domain("example.com", catchall=(anna, "x@x.test"))
    world.manage("example.com", anna)
    delete(world, anna)
    with world.look() as directory:
        assert directory.standing(anna) is None
        assert not directory.taken(anna)
        assert not directory.taken("ann@example.com")
        assert directory.alias("all@example.com")["members"] == [bob]
        assert directory.domain("example.com")["catchall"] == ["x@x.test"]
        assert directory.domain_admins("example.com") == ()
        assert directory.count("example.com", "users") == 1


def test_who_forwarded_to_a_deleted_user_only_gets_mail_again(world: World) -> None:
    anna, bob = world.user(), world.user("bob@example.com")
    world.update_user(bob, forwarding=reset(anna))
    delete(world, anna)
    assert forwarding(world, bob) == (bob,)


def test_who_forwarded_elsewhere_too_does_not_get_the_own_mailbox_back(world: World) -> None:
    anna, bob = world.user(), world.user("bob@example.com")
    world.update_user(bob, forwarding=reset(anna, "x@x.test"))
    delete(world, anna)
    assert forwarding(world, bob) == ("x@x.test",)


def test_an_address_is_free_again_after_its_user_was_deleted(world: World) -> None:
    anna = world.user()
    world.manage("example.com", anna)
    world.update_user(anna, forwarding=reset("x@x.test"))
    delete(world, anna)
    world.user()
    with world.look() as directory:
        found = directory.standing(anna)
    assert found is not None
    assert not found.is_admin
    assert forwarding(world) == (anna,)


def test_all_users_of_a_domain_are_changed_at_once(world: World) -> None:
    world.domain("example.net")
    anna, bob, carl = world.user(), world.user("bob@example.com"), world.user("carl@example.net")
    with world.change() as directory:
        directory.update_users("example.com", UserChange(active=False, password_hash="{SSHA}all", language="fr_FR"))
    with world.look() as directory:
        for address in (anna, bob):
            found = directory.standing(address)
            assert found is not None
            assert (found.active, found.language) == (False, "fr_FR")
            assert directory.hashes(address, "user") == ("{SSHA}all",)
        found = directory.standing(carl)
        assert found is not None
        assert (found.active, found.language) == (True, "en_US")
        assert directory.user_addresses("example.com", disabled_only=True, page=Page()) == [anna, bob]


def test_what_takes_a_user_says_that_there_is_none(world: World) -> None:
    sales = world.alias("sales@example.com")
    with world.change() as directory:
        for call in (
            lambda: directory.user(sales),
            lambda: directory.user_aliases(sales),
            lambda: directory.user_forwarding(sales),
            lambda: directory.update_user(sales, UserChange(name="x")),
            lambda: directory.rename_user(sales, "new@example.com"),
            lambda: directory.hashes(sales, "user"),
        ):
            with pytest.raises(NotFound) as caught:
                call()
            assert (caught.value.kind, caught.value.name) == ("user", sales)
        assert not directory.has_user(sales)
