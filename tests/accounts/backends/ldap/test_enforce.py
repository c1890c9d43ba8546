"""What the policy service asks of the tree."""

from __future__ import annotations

import pytest
from tests.accounts.backends.ldap.ldap_world import LdapWorld
from tests.suites.accounts.world import add

from postroom.accounts.backends.ldap.enforce import LdapPolicyDirectory
from postroom.accounts.backends.ldap.store import put
from postroom.accounts.enforce.directory import AliasPolicy


@pytest.fixture
def asked(world: LdapWorld) -> LdapPolicyDirectory:
    world.domain(alias_domains=add("a.test"))
    world.user()
    return LdapPolicyDirectory(world.ldap)


def test_domains_and_their_further_names_are_local(asked: LdapPolicyDirectory) -> None:
    assert asked.is_local_domain("example.com")
    assert asked.is_local_domain("a.test")
    assert not asked.is_local_domain("x.test")
    assert not asked.is_local_domain("")
    assert not asked.is_local_domain("*")
    assert asked.target_domain("a.test") == "example.com"
    assert asked.target_domain("example.com") is None
    assert asked.target_domain("x.test") is None


def test_a_disabled_domain_takes_no_mail(world: LdapWorld, asked: LdapPolicyDirectory) -> None:
    world.update_domain("example.com", active=False)
    assert not asked.is_local_domain("example.com")
    assert asked.target_domain("a.test") is None


def test_an_alias_says_who_may_write_to_it(world: LdapWorld, asked: LdapPolicyDirectory) -> None:
    world.alias("all@example.com", "anna@example.com", access_policy="membersandmoderatorsonly")
    world.ldap.store.modify(world.ldap.tree.alias("all@example.com"), put("listModerator", "mod@x.test"))
    assert asked.alias("all@example.com") == AliasPolicy(
        "membersandmoderatorsonly", frozenset({"anna@example.com"}), frozenset({"mod@x.test"})
    )
    world.update_alias("all@example.com", access_policy="domain")
    assert asked.alias("all@example.com") == AliasPolicy("domain", frozenset(), frozenset({"mod@x.test"}))
    world.update_alias("all@example.com", active=False)
    assert asked.alias("all@example.com") is None


def test_a_list_says_its_members(world: LdapWorld, asked: LdapPolicyDirectory) -> None:
    world.maillist("list@example.com", "anna@example.com", "x@x.test", access_policy="membersonly")
    assert asked.alias("list@example.com") == AliasPolicy("membersonly", frozenset({"anna@example.com", "x@x.test"}))


def test_a_list_of_mlmmj_is_left_to_mlmmj(world: LdapWorld, asked: LdapPolicyDirectory) -> None:
    world.maillist("list@example.com", access_policy="membersonly")
    node = world.ldap.tree.maillist("list@example.com")
    world.ldap.store.modify(node, [*put("enabledService", "mail", "mlmmj"), *put("listOwner", "own@x.test")])
    assert asked.alias("list@example.com") == AliasPolicy("", is_list=True)
    world.ldap.store.modify(node, put("accessPolicy", "domain"))
    assert asked.alias("list@example.com") == AliasPolicy("domain", frozenset(), frozenset({"own@x.test"}), True)


def test_what_is_no_alias_has_no_policy(asked: LdapPolicyDirectory) -> None:
    for address in ("anna@example.com", "no@example.com", "no@x.test", "*@example.com", "nobody", "", "ü@ü"):
        assert asked.alias(address) is None
