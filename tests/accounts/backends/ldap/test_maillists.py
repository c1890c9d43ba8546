"""Unsubscribable lists: members are inside or outside the list's domain, and nobody who asks sees a difference."""

from __future__ import annotations

import pytest
from tests.accounts.backends.ldap.ldap_world import LdapWorld
from tests.suites.accounts.world import CREATED, add, remove, reset

from postroom.accounts.directory import Directory
from postroom.accounts.model import AliasChange
from postroom.errors import AlreadyExists, NotFound


@pytest.fixture(autouse=True)
def _domain(world: LdapWorld) -> None:
    world.domain()
    world.user()
    world.domain("other.test")
    world.user("otto@other.test")


def members(world: LdapWorld, address: str = "list@example.com") -> list[str]:
    with world.look() as directory:
        found: list[str] = directory.maillist(address)["members"]
        return found


def test_members_are_where_postfix_looks_for_them(world: LdapWorld) -> None:
    world.alias("all@example.com", "x@x.test")
    world.maillist("list@example.com", "anna@example.com", "all@example.com", "otto@other.test", "x@x.test")
    assert members(world) == ["all@example.com", "anna@example.com", "otto@other.test", "x@x.test"]
    tree = world.ldap.tree
    assert world.user_entry().all("memberOfGroup") == ("list@example.com",)
    assert world.entry(tree.alias("all@example.com")).all("memberOfGroup") == ("list@example.com",)
    assert not world.user_entry("otto@other.test").all("memberOfGroup")
    outside = world.entry(tree.externals("list@example.com"))
    assert set(outside.all("mail")) == {"otto@other.test", "x@x.test"}
    assert {"mail", "deliver"} <= set(outside.all("enabledService"))
    assert outside.first("accountStatus") == "active"


def test_a_list_has_the_attributes_that_readers_look_at(world: LdapWorld) -> None:
    world.maillist("list@example.com", name="All of us", access_policy="membersonly")
    with world.look() as directory:
        profile = directory.maillist("list@example.com")
    assert profile["mail"] == ["list@example.com"]
    assert profile["cn"] == ["All of us"]
    assert profile["accessPolicy"] == ["membersonly"]
    assert profile["accountStatus"] == ["active"]
    assert set(profile["enabledService"]) == {"mail", "deliver"}
    assert world.domain_entry().first("domainCurrentListNumber") == "1"


def test_members_are_changed_one_by_one_or_all_at_once(world: LdapWorld) -> None:
    world.maillist("list@example.com", "anna@example.com", "x@x.test")
    for change, expected in (
        (add("y@x.test", "anna@example.com"), ["anna@example.com", "x@x.test", "y@x.test"]),
        (remove("anna@example.com", "x@x.test"), ["y@x.test"]),
        (reset("anna@example.com", "z@x.test"), ["anna@example.com", "z@x.test"]),
        (reset(), []),
    ):
        with world.change() as directory:
            directory.update_maillist("list@example.com", AliasChange(members=change))
        assert members(world) == expected


def test_an_outsider_who_gets_an_account_can_still_be_removed(world: LdapWorld) -> None:
    world.maillist("list@example.com", "new@example.com")
    world.user("new@example.com")
    assert members(world) == ["new@example.com"]
    with world.change() as directory:
        directory.update_maillist("list@example.com", AliasChange(members=remove("new@example.com")))
    assert members(world) == []


def test_a_new_user_can_join_lists_at_once(world: LdapWorld) -> None:
    world.maillist("list@example.com")
    world.maillist("far@other.test")
    world.user("new@example.com", groups=("list@example.com", "far@other.test", "unknown@example.com"))
    assert members(world) == ["new@example.com"]
    assert members(world, "far@other.test") == ["new@example.com"]


def test_name_policy_and_status_can_be_changed(world: LdapWorld) -> None:
    world.maillist("list@example.com", "x@x.test", name="x", access_policy="public")
    with world.change() as directory:
        directory.update_maillist("list@example.com", AliasChange(name="", access_policy="domain", active=False))
        profile = directory.maillist("list@example.com")
    assert "cn" not in profile
    assert (profile["accessPolicy"], profile["accountStatus"]) == (["domain"], ["disabled"])
    assert world.entry(world.ldap.tree.externals("list@example.com")).first("accountStatus") == "disabled"


def test_a_deleted_list_is_nowhere(world: LdapWorld) -> None:
    world.maillist("list@example.com", "anna@example.com", "x@x.test")
    world.alias("all@example.com", "list@example.com")
    with world.change() as directory:
        directory.delete_maillist("list@example.com")
        directory.delete_maillist("list@example.com")
    assert world.names_anywhere("list@example.com") == []
    assert world.domain_entry().first("domainCurrentListNumber") == "0"


def test_an_address_that_somebody_has_cannot_become_a_list(world: LdapWorld) -> None:
    world.alias("all@example.com")
    before = world.snapshot()
    for taken in ("anna@example.com", "all@example.com"):
        with pytest.raises(AlreadyExists), world.change() as directory:
            directory.create_maillist(taken, AliasChange(members=add("anna@example.com")), CREATED)
    assert world.snapshot() == before


def test_what_takes_a_list_says_that_there_is_none(world: LdapWorld) -> None:
    def shown(directory: Directory) -> None:
        directory.maillist("no@example.com")

    def changed(directory: Directory) -> None:
        directory.update_maillist("no@example.com", AliasChange(name="x"))

    for call in (shown, changed):
        with pytest.raises(NotFound) as caught, world.change() as directory:
            call(directory)
        assert (caught.value.kind, caught.value.name) == ("mailing list", "no@example.com")
