"""Standalone admins."""

from __future__ import annotations

import pytest
from tests.suites.accounts.world import World

from postroom.accounts.model import ALL, AdminChange, Page, Standing
from postroom.errors import AlreadyExists, NotFound


def standing(world: World, address: str) -> Standing | None:
    with world.look() as directory:
        return directory.standing(address)


def update(world: World, address: str, change: AdminChange) -> None:
    with world.change() as directory:
        directory.update_admin(address, change)


def test_a_global_admin_can_become_a_normal_one(directory_world: World) -> None:
    root = directory_world.admin(global_admin=True)
    found = standing(directory_world, root)
    assert found is not None
    assert (found.global_admin, found.active) == (True, True)
    update(directory_world, root, AdminChange(global_admin=False))
    found = standing(directory_world, root)
    assert found is not None
    assert (found.global_admin, found.is_admin) == (False, True)


def test_a_disabled_admin_is_not_active(directory_world: World) -> None:
    root = directory_world.admin(active=False)
    found = standing(directory_world, root)
    assert found is not None
    assert not found.is_admin
    update(directory_world, root, AdminChange(active=True))
    found = standing(directory_world, root)
    assert found is not None
    assert found.is_admin


def test_the_password_can_be_changed(directory_world: World) -> None:
    root = directory_world.admin()
    update(directory_world, root, AdminChange(password_hash="{SSHA}new"))
    with directory_world.look() as directory:
        assert directory.hashes(root, "admin") == ("{SSHA}new",)


def test_one_limit_is_changed_and_the_others_stay(directory_world: World) -> None:
    root = directory_world.admin(create_domains=True, max_domains=3, max_users=5, hide_mail_log=True)
    update(directory_world, root, AdminChange(max_domains=0, max_aliases=9))
    found = standing(directory_world, root)
    assert found is not None
    assert found.creator is not None
    assert (found.creator.domains, found.creator.users, found.creator.aliases) == (0, 5, 9)
    update(directory_world, root, AdminChange(create_domains=False))
    found = standing(directory_world, root)
    assert found is not None
    assert found.creator is None


def test_an_admin_cannot_be_made_twice(directory_world: World) -> None:
    directory_world.admin()
    with pytest.raises(AlreadyExists) as caught:
        directory_world.admin()
    assert (caught.value.kind, caught.value.name) == ("admin", "root@admins.test")


def test_a_deleted_admin_manages_nothing(directory_world: World) -> None:
    directory_world.domain()
    root = directory_world.admin(global_admin=True)
    directory_world.manage("example.com", root)
    with directory_world.change() as directory:
        directory.delete_admin(root)
        assert directory.standing(root) is None
        assert directory.domain_admins("example.com") == ()
        assert directory.created_by(root) == ()
        assert not directory.taken(root)


def test_deleting_an_admin_leaves_a_user_alone(directory_world: World) -> None:
    directory_world.domain()
    anna = directory_world.user()
    directory_world.manage("example.com", anna)
    with directory_world.change() as directory:
        directory.delete_admin(anna)
    found = standing(directory_world, anna)
    assert found is not None
    assert found.is_admin


def test_admins_are_listed_by_address(directory_world: World) -> None:
    for name in ("carl", "anna", "bob"):
        directory_world.admin(f"{name}@admins.test")
    with directory_world.look() as directory:
        assert [row.name for row in directory.admins(ALL)] == [
            "anna@admins.test", "bob@admins.test", "carl@admins.test",
        ]  # fmt: skip
        page = Page(search="A", after="anna@admins.test", limit=1)
        assert [row.name for row in directory.admins(page)] == ["bob@admins.test"]


def test_what_takes_an_admin_says_that_there_is_none(directory_world: World) -> None:
    directory_world.domain()
    anna = directory_world.user()
    with directory_world.change() as directory:
        for call in (
            lambda: directory.admin(anna),
            lambda: directory.update_admin(anna, AdminChange(name="x")),
            lambda: directory.hashes(anna, "admin"),
        ):
            with pytest.raises(NotFound) as caught:
                call()
            assert (caught.value.kind, caught.value.name) == ("admin", anna)
