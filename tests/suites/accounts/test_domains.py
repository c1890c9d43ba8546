"""Domains: what is set can be read back, and what a deleted domain leaves."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from tests.suites.accounts.world import CREATED, KEPT, World, add, remove, reset

from postroom.accounts.model import DomainChange, DomainFacts
from postroom.errors import AlreadyExists, NotFound

SETTINGS: dict[str, Any] = {
    "active": False,
    "quota_mb": 5_000,
    "default_quota_mb": 100,
    "max_user_quota_mb": 1_000,
    "max_users": 10,
    "max_aliases": -1,
    "max_lists": 3,
    "language": "de_DE",
    "min_password": 12,
    "max_password": 64,
}
"""Fields that `facts` tells under the same name."""


def facts(world: World, name: str = "example.com") -> DomainFacts:
    with world.look() as directory:
        return directory.facts(name)


def test_a_new_domain_has_no_limits_and_no_accounts(directory_world: World) -> None:
    directory_world.domain()
    with directory_world.look() as directory:
        found = directory.facts("example.com")
        assert [directory.count("example.com", what) for what in ("users", "aliases", "lists")] == [0, 0, 0]
        assert directory.allocated_mb("example.com") == 0
        assert directory.domain_admins("example.com") == ()
        assert directory.domain("example.com")["catchall"] == []
    assert found == DomainFacts(
        name="example.com", active=True, backup_mx=False, quota_mb=0, default_quota_mb=0, max_user_quota_mb=0,
        max_users=0, max_aliases=0, max_lists=0, min_password=0, max_password=0, language="",
        disabled_domain_profiles=frozenset(), disabled_user_profiles=frozenset(), disabled_mail_services=(),
        default_groups=(),
    )  # fmt: skip


def test_what_a_domain_is_made_with_can_be_read_back(directory_world: World) -> None:
    directory_world.domain(**SETTINGS)
    assert {name: asdict(facts(directory_world))[name] for name in SETTINGS} == SETTINGS


def test_each_setting_can_be_changed_alone_and_taken_back(directory_world: World) -> None:
    directory_world.domain()
    before = asdict(facts(directory_world))
    with directory_world.change() as directory:
        for name, value in SETTINGS.items():
            directory.update_domain("example.com", DomainChange(**{name: value}))
            assert asdict(directory.facts("example.com")) == {**before, name: value}
            directory.update_domain("example.com", DomainChange(**{name: before[name]}))
            assert asdict(directory.facts("example.com")) == before


@pytest.mark.parametrize("field", ["disabled_domain_profiles", "disabled_user_profiles"])
def test_profiles_are_switched_off_one_by_one(directory_world: World, field: str) -> None:
    directory_world.domain()
    directory_world.update_domain("example.com", **{field: add("bcc", "relay")})
    directory_world.update_domain("example.com", **{field: add("throttle", "bcc")})
    directory_world.update_domain("example.com", **{field: remove("relay")})
    assert getattr(facts(directory_world), field) == {"bcc", "throttle"}
    directory_world.update_domain("example.com", **{field: reset()})
    assert getattr(facts(directory_world), field) == frozenset()


def test_self_service_can_be_switched(directory_world: World) -> None:
    directory_world.domain()
    for change, then in ((add("self-service"), True), (remove("self-service"), False)):
        directory_world.update_domain("example.com", services=change)
        with directory_world.look() as directory:
            assert ("self-service" in directory.domain_services("example.com")) == then


NAMES = ("a.test", "b.test", "c.test", "d.test", "example.com", "free.test", "further.test", "other.test")


def further(directory_world: World, domain: str = "example.com") -> tuple[str, ...]:
    """Those of NAMES that are further names of a domain."""
    with directory_world.look() as directory:
        return tuple(name for name in NAMES if directory.target(name) == domain)


def test_further_names_are_changed_one_by_one(directory_world: World) -> None:
    directory_world.domain(alias_domains=add("b.test"))
    directory_world.update_domain("example.com", alias_domains=add("c.test", "a.test"))
    assert further(directory_world) == ("a.test", "b.test", "c.test")
    directory_world.update_domain("example.com", alias_domains=remove("b.test", "unknown.test"))
    assert further(directory_world) == ("a.test", "c.test")
    directory_world.update_domain("example.com", alias_domains=reset("d.test"))
    assert further(directory_world) == ("d.test",)


def test_a_further_name_that_is_hosted_already_is_skipped(directory_world: World) -> None:
    directory_world.domain("other.test", alias_domains=add("further.test"))
    directory_world.domain(alias_domains=add("other.test", "further.test", "example.com", "free.test"))
    assert further(directory_world) == ("free.test",)
    assert further(directory_world, "other.test") == ("further.test",)


def test_the_catchall_can_be_set_and_removed(directory_world: World) -> None:
    directory_world.domain()
    for wanted in (("b@x.test", "a@x.test"), ("c@x.test",), ()):
        directory_world.update_domain("example.com", catchall=wanted)
        with directory_world.look() as directory:
            assert directory.domain("example.com")["catchall"] == sorted(wanted)


def test_a_backup_mx_is_one_until_it_is_switched_off(directory_world: World) -> None:
    directory_world.domain()
    directory_world.update_domain("example.com", backup_mx=True, primary_mx="mx.example.net")
    assert facts(directory_world).backup_mx
    directory_world.update_domain("example.com", name="unrelated")
    assert facts(directory_world).backup_mx
    directory_world.update_domain("example.com", backup_mx=False)
    assert not facts(directory_world).backup_mx


def test_quotas_of_users_are_added_up(directory_world: World) -> None:
    directory_world.domain()
    directory_world.domain("example.net")
    directory_world.user(quota_mb=10)
    directory_world.user("bob@example.com", quota_mb=32)
    directory_world.user("carl@example.net", quota_mb=64)
    with directory_world.look() as directory:
        assert directory.allocated_mb("example.com") == 42
        assert directory.allocated_mb("example.com", without="bob@example.com") == 10


def test_the_creator_of_a_domain_manages_it(directory_world: World) -> None:
    directory_world.domain()
    anna, root = directory_world.user(), directory_world.admin()
    with directory_world.change() as directory:
        directory.create_domain("second.test", DomainChange(), admin=anna, created=CREATED)
        directory.create_domain("third.test", DomainChange(), admin=root, created=CREATED)
    with directory_world.look() as directory:
        assert directory.created_by(anna) == ("second.test",)
        assert directory.created_by(root) == ("third.test",)
        found = directory.standing(anna)
    assert found is not None
    assert found.is_admin


def test_a_domain_cannot_be_made_twice(directory_world: World) -> None:
    directory_world.domain(quota_mb=5)
    with pytest.raises(AlreadyExists) as caught:
        directory_world.domain()
    assert (caught.value.kind, caught.value.name) == ("domain", "example.com")
    assert facts(directory_world).quota_mb == 5


def test_admins_are_changed_one_by_one_and_only_those_who_exist(directory_world: World) -> None:
    directory_world.domain()
    anna, bob, root = directory_world.user(), directory_world.user("bob@example.com"), directory_world.admin()
    directory_world.manage("example.com", bob, root, "nobody@example.com")
    directory_world.manage("example.com", anna)
    with directory_world.change() as directory:
        assert directory.domain_admins("example.com") == (anna, bob, root)
        directory.change_domain_admins("example.com", remove(bob))
        assert directory.domain_admins("example.com") == (anna, root)
        directory.change_domain_admins("example.com", reset(bob))
        assert directory.domain_admins("example.com") == (bob,)


def test_a_deleted_domain_takes_everything_with_it(directory_world: World) -> None:
    directory_world.domain(alias_domains=add("further.test"), catchall=("x@x.test",))
    directory_world.domain("other.test", catchall=("anna@example.com",))
    anna = directory_world.user(aliases=("ann@example.com",))
    carl = directory_world.user("carl@other.test")
    directory_world.alias("sales@example.com", anna)
    directory_world.alias("all@other.test", anna, carl)
    directory_world.manage("example.com", carl)
    directory_world.manage("other.test", anna)
    with directory_world.change() as directory:
        directory.delete_domain("example.com", KEPT)
    with directory_world.look() as directory:
        assert not directory.hosted("example.com")
        assert not directory.hosted("further.test")
        assert not any(map(directory.taken, ("anna@example.com", "ann@example.com", "sales@example.com")))
        assert directory.standing(anna) is None
        assert directory.domain_admins("other.test") == ()
        assert directory.alias("all@other.test")["members"] == [carl]
        assert directory.domain("other.test")["catchall"] == []
        found = directory.standing(carl)
    assert found is not None
    assert not found.is_admin


def test_deleting_what_is_not_there_succeeds(directory_world: World) -> None:
    directory_world.domain("other.test")
    with directory_world.change() as directory:
        for _ in range(2):
            directory.delete_domain("example.com", KEPT)
            directory.delete_user("anna@other.test", KEPT)
            directory.delete_alias("sales@other.test")
            directory.delete_admin("root@admins.test")
        assert directory.hosted("other.test")


def test_what_takes_a_domain_says_that_there_is_none(directory_world: World) -> None:
    with directory_world.change() as directory:
        calls = (
            lambda: directory.facts("no.test"),
            lambda: directory.facts("no.test", lock=True),
            lambda: directory.count("no.test", "users"),
            lambda: directory.allocated_mb("no.test"),
            lambda: directory.domain("no.test"),
            lambda: directory.domain_admins("no.test"),
            lambda: directory.domain_services("no.test"),
            lambda: directory.change_domain_admins("no.test", add("root@admins.test")),
            lambda: directory.update_domain("no.test", DomainChange(name="x")),
        )
        for call in calls:
            with pytest.raises(NotFound) as caught:
                call()
            assert (caught.value.kind, caught.value.name) == ("domain", "no.test")
