"""A change that was cut anywhere, and is made again, ends as one that was not cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from tests.accounts.backends.ldap.ldap_world import LdapWorld, Snapshot
from tests.suites.accounts.world import CREATED, KEPT, add, new_user, remove, reset

from postroom.accounts.backends.ldap.account_settings import RENAMING
from postroom.accounts.directory import Directory
from postroom.accounts.model import AliasChange, DomainChange, UserChange
from postroom.errors import AlreadyExists, NotFound, PostroomError, Unavailable

MOST_WRITES = 60


def prepare(world: LdapWorld) -> None:
    """Two domains that point at each other wherever one can."""
    world.domain("example.com")
    world.domain("other.test")
    for address in ("anna@example.com", "bert@example.com", "otto@other.test"):
        world.user(address)
    world.admin("root@admins.test")
    world.update_domain("example.com", alias_domains=add("example.net"), sender_bcc="otto@other.test")
    world.update_domain("other.test", catchall=("anna@example.com", "x@x.test"), sender_bcc="anna@example.com")
    world.update_user("anna@example.com", aliases=add("info@example.com"), forwarding=add("x@x.test"))
    world.update_user("otto@other.test", forwarding=add("anna@example.com"), recipient_bcc="anna@example.com")
    world.alias("all@example.com", "anna@example.com", "bert@example.com")
    world.alias("far@other.test", "anna@example.com")
    world.maillist("list@example.com", "anna@example.com", "x@x.test")
    world.maillist("far-list@other.test", "anna@example.com")
    world.manage("example.com", "anna@example.com", "root@admins.test")
    world.manage("other.test", "anna@example.com")


@dataclass(frozen=True)
class Act:
    """A change; `free` is what a service asks before, and which must still be so when it is made again."""

    do: Callable[[Directory], None]
    free: Callable[[Directory], bool] = lambda directory: True


ACTS = {
    "create a domain": Act(
        lambda directory: directory.create_domain(
            "new.test", DomainChange(quota_mb=10, sender_bcc="x@x.test"), admin="bert@example.com", created=CREATED
        ),
        lambda directory: not directory.hosted("new.test"),
    ),
    "disable a domain": Act(lambda directory: directory.update_domain("example.com", DomainChange(active=False))),
    "give a domain further names": Act(
        lambda directory: directory.update_domain(
            "example.com", DomainChange(alias_domains=add("a.test", "b.test"), catchall=("x@x.test",))
        )
    ),
    "take a further name away": Act(
        lambda directory: directory.update_domain("example.com", DomainChange(alias_domains=remove("example.net")))
    ),
    "leave no further name": Act(
        lambda directory: directory.update_domain("example.com", DomainChange(alias_domains=reset()))
    ),
    "delete a domain": Act(lambda directory: directory.delete_domain("example.com", KEPT)),
    "change who manages": Act(
        lambda directory: directory.change_domain_admins("example.com", reset("bert@example.com", "root@admins.test"))
    ),
    "delete an admin": Act(lambda directory: directory.delete_admin("root@admins.test")),
    "create a user": Act(
        lambda directory: directory.create_user(
            new_user("new@example.com", aliases=("n@example.com",), groups=("all@example.com", "far@other.test"))
        ),
        lambda directory: not directory.taken("new@example.com"),
    ),
    "update a user": Act(
        lambda directory: directory.update_user(
            "anna@example.com",
            UserChange(aliases=reset("a@example.com"), forwarding=reset("y@x.test"), global_admin=True),
        )
    ),
    "update all users": Act(
        lambda directory: directory.update_users("example.com", UserChange(active=False, language="de_DE"))
    ),
    "rename a user": Act(
        lambda directory: directory.rename_user("anna@example.com", "ann@example.com"),
        lambda directory: not directory.taken("ann@example.com"),
    ),
    "move a user to another domain": Act(
        lambda directory: directory.rename_user("anna@example.com", "ann@other.test"),
        lambda directory: not directory.taken("ann@other.test"),
    ),
    "rename an alias": Act(
        lambda directory: directory.rename_alias("all@example.com", "everybody@example.com"),
        lambda directory: not directory.taken("everybody@example.com"),
    ),
    "delete a user": Act(lambda directory: directory.delete_user("anna@example.com", KEPT)),
    "delete an alias": Act(lambda directory: directory.delete_alias("all@example.com")),
    "create a list": Act(
        lambda directory: directory.create_maillist(
            "new@example.com", AliasChange(members=reset("anna@example.com", "y@x.test", "otto@other.test")), CREATED
        ),
        lambda directory: not directory.taken("new@example.com"),
    ),
    "change the members of a list": Act(
        lambda directory: directory.update_maillist(
            "list@example.com", AliasChange(members=reset("bert@example.com", "y@x.test"))
        )
    ),
    "delete a list": Act(lambda directory: directory.delete_maillist("list@example.com")),
}


def settled(snapshot: Snapshot) -> Snapshot:
    """Without what may be off after a crash: numbers for people, and the mark of an account that has arrived."""
    for attributes in snapshot.values():
        for counter in ("domainCurrentUserNumber", "domainCurrentAliasNumber", "domainCurrentListNumber"):
            attributes.pop(counter, None)
        settings = attributes.pop("accountSetting", [])
        attributes["accountSetting"] = [value for value in settings if not value.startswith(RENAMING)]
        further = attributes.pop("shadowAddress", [])
        attributes["shadowAddress"] = [value for value in further if value not in attributes.get("mail", [])]
        attributes.pop("shadowLastChange", None)
    return snapshot


def cut(world: LdapWorld, act: Act, after: int) -> bool:
    """Whether it was cut."""
    try:
        with world.cut(after) as directory:
            act.do(directory)
    except Unavailable:
        return True
    return False


def again(world: LdapWorld, act: Act) -> None:
    try:
        with world.change() as directory:
            assert act.free(directory) or after_the_point(world, act)
            act.do(directory)
    except (AlreadyExists, NotFound):  # cut after the point from which it counts as done
        pass


def after_the_point(world: LdapWorld, act: Act) -> bool:
    """Whether the change is refused as one that was made already."""
    try:
        with world.trying() as directory:
            act.do(directory)
    except (AlreadyExists, NotFound):
        return True
    except PostroomError:
        return False
    return False


@pytest.mark.parametrize("name", ACTS)
def test_what_was_cut_is_completed_by_a_repeat(world: LdapWorld, name: str) -> None:
    act = ACTS[name]
    prepare(world)
    before = world.entries()
    with world.change() as directory:
        act.do(directory)
    expected = settled(world.snapshot())

    for after in range(MOST_WRITES):
        world.put_back(before)
        if not cut(world, act, after):
            assert after > 0
            return
        again(world, act)
        assert settled(world.snapshot()) == expected, f"cut before write {after}"
    pytest.fail("It never ends.")
