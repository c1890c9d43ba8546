"""Who somebody is, and which names are taken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.suites.accounts.world import HASH, World, add, remove

from postroom.accounts.model import CreatorLimits, Standing
from postroom.errors import NotFound


def standing(world: World, address: str) -> Standing | None:
    with world.look() as directory:
        return directory.standing(address)


def is_taken(world: World, address: str) -> bool:
    with world.look() as directory:
        return directory.taken(address)


def test_nobody_has_no_standing(directory_world: World) -> None:
    assert standing(directory_world, "anna@example.com") is None


def test_a_user_who_manages_nothing_is_no_admin(directory_world: World) -> None:
    directory_world.domain()
    anna = standing(directory_world, directory_world.user(language="de_DE"))
    assert anna == Standing("anna@example.com", "user", True, False, frozenset(), None, "de_DE")
    assert not anna.is_admin


def test_a_user_manages_the_domains_they_were_given(directory_world: World) -> None:
    for name in ("example.com", "example.net", "example.org"):
        directory_world.domain(name)
    anna = directory_world.user()
    directory_world.manage("example.com", anna)
    directory_world.manage("example.net", anna)
    found = standing(directory_world, anna)
    assert found is not None
    assert found.domains == {"example.com", "example.net"}
    assert found.is_admin
    assert not found.global_admin


def test_who_manages_no_domain_any_more_is_no_admin(directory_world: World) -> None:
    for name in ("example.com", "example.net"):
        directory_world.domain(name)
    directory_world.user()
    for name in ("example.com", "example.net"):
        directory_world.manage(name, "anna@example.com")
    for name, left in (("example.com", {"example.net"}), ("example.net", set())):
        with directory_world.change() as directory:
            directory.change_domain_admins(name, remove("anna@example.com"))
        found = standing(directory_world, "anna@example.com")
        assert found is not None
        assert found.domains == left
        assert found.is_admin == bool(left)


def test_a_disabled_user_is_not_active(directory_world: World) -> None:
    directory_world.domain()
    anna = directory_world.user(active=False)
    found = standing(directory_world, anna)
    assert found is not None
    assert not found.active


def test_a_user_of_a_disabled_domain_is_not_active(directory_world: World) -> None:
    directory_world.domain()
    anna = directory_world.user()
    directory_world.update_domain("example.com", active=False)
    found = standing(directory_world, anna)
    assert found is not None
    assert not found.active
    directory_world.update_domain("example.com", active=True)
    assert standing(directory_world, anna) == replace(found, active=True)


def test_a_global_admin_may_be_a_user(directory_world: World) -> None:
    directory_world.domain()
    anna = directory_world.user()
    directory_world.update_user(anna, global_admin=True)
    found = standing(directory_world, anna)
    assert found is not None
    assert found.global_admin
    assert found.is_admin
    directory_world.update_user(anna, global_admin=False)
    found = standing(directory_world, anna)
    assert found is not None
    assert not found.is_admin


def test_a_global_admin_keeps_managing_domains_when_no_longer_global(directory_world: World) -> None:
    directory_world.domain()
    anna = directory_world.user()
    directory_world.manage("example.com", anna)
    directory_world.update_user(anna, global_admin=True)
    directory_world.update_user(anna, global_admin=False)
    found = standing(directory_world, anna)
    assert found is not None
    assert found.domains == {"example.com"}
    assert not found.global_admin


def test_a_standalone_admin_has_limits_of_their_own(directory_world: World) -> None:
    root = directory_world.admin(
        create_domains=True, max_domains=3, max_quota=2, quota_unit="GB", max_users=5, max_aliases=-1, max_lists=7
    )
    found = standing(directory_world, root)
    assert found is not None
    assert found.kind == "admin"
    assert not found.global_admin
    assert found.creator == CreatorLimits(domains=3, quota_mb=2048, users=5, aliases=-1, lists=7)


def test_an_admin_who_may_not_create_domains_is_no_creator(directory_world: World) -> None:
    root = directory_world.admin(max_domains=3)
    found = standing(directory_world, root)
    assert found is not None
    assert found.creator is None


def test_passwords_are_those_of_the_kind_asked_for(directory_world: World) -> None:
    directory_world.domain()
    anna = directory_world.user(password_hash="{SSHA}one")
    root = directory_world.admin()
    with directory_world.look() as directory:
        assert directory.hashes(anna, "user") == ("{SSHA}one",)
        assert directory.hashes(root, "admin") == (HASH,)
        with pytest.raises(NotFound):
            directory.hashes(anna, "admin")
        with pytest.raises(NotFound):
            directory.hashes(root, "user")


def test_domains_and_their_further_names_are_hosted(directory_world: World) -> None:
    directory_world.domain(alias_domains=add("example.net"))
    with directory_world.look() as directory:
        assert directory.hosted("example.com")
        assert directory.hosted("example.net")
        assert not directory.hosted("example.org")
        assert directory.target("example.net") == "example.com"
        assert directory.target("example.com") is None


def test_addresses_of_every_kind_of_account_are_taken(directory_world: World) -> None:
    directory_world.domain(catchall=("anna@example.com",))
    directory_world.user(aliases=("ann@example.com",))
    directory_world.alias("sales@example.com")
    directory_world.admin("root@admins.test")
    names = ("anna@example.com", "ann@example.com", "sales@example.com", "root@admins.test", "free@example.com")
    assert [is_taken(directory_world, name) for name in names] == [True, True, True, True, False]


def test_odd_names_are_nobodys(directory_world: World) -> None:
    directory_world.domain()
    directory_world.user()
    directory_world.admin()
    with directory_world.look() as directory:
        for text in (
            "' OR 1=1 --",
            "%",
            "_nna@example.com",
            "anna@example.com'",
            '"',
            "a\\",
            "*",
            "ünna@x.de",
            ")(mail=*",
        ):
            assert directory.standing(text) is None
            assert not directory.taken(text)
            assert not directory.hosted(text)
            assert directory.target(text) is None
