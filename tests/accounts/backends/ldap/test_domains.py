"""Domains as entries, and what follows from them on every account."""

from __future__ import annotations

import pytest
from tests.accounts.backends.ldap.ldap_world import LdapWorld
from tests.suites.accounts.world import CREATED, KEPT, add, remove, reset

from postroom.accounts.backends.ldap.account_settings import UNFINISHED
from postroom.accounts.backends.ldap.names import UNITS
from postroom.accounts.backends.ldap.store import put
from postroom.accounts.database.tables import iredadmin
from postroom.accounts.model import ALL, DomainChange
from postroom.errors import AlreadyExists, Invalid, NotFound


def status(world: LdapWorld) -> dict[str, str]:
    """What each account says of its domain."""
    tree = world.ldap.tree
    nodes = {
        "user": tree.user("anna@example.com"),
        "alias": tree.alias("all@example.com"),
        "list": tree.maillist("list@example.com"),
        "outsiders": tree.externals("list@example.com"),
        "catch-all": tree.catchall("example.com"),
    }
    return {name: world.entry(node).first("domainStatus") for name, node in nodes.items()}


def populate(world: LdapWorld) -> None:
    world.user()
    world.alias("all@example.com", "anna@example.com")
    world.maillist("list@example.com", "anna@example.com", "x@x.test")
    world.update_domain("example.com", catchall=("anna@example.com",))


def further(world: LdapWorld) -> dict[str, set[str]]:
    tree = world.ldap.tree
    nodes = (tree.user("anna@example.com"), tree.alias("all@example.com"), tree.maillist("list@example.com"))
    return {node.name: set(world.entry(node).all("shadowAddress")) for node in nodes}


def test_a_new_domain_has_its_four_units_and_one_service(world: LdapWorld) -> None:
    world.domain(name="Example", quota_mb=1000, max_users=-1, disabled_user_profiles=add("bcc", "wblist"))
    entry = world.domain_entry()
    assert entry.all("enabledService") == ("mail",)
    assert (entry.first("cn"), entry.first("mtaTransport"), entry.first("accountStatus")) == (
        "Example", "dovecot", "active",
    )  # fmt: skip
    assert set(entry.all("accountSetting")) == {
        "domainQuota:1000:MB", "numberOfUsers:-1", "disabledUserProfile:bcc", "disabledUserProfile:wblist",
    }  # fmt: skip
    for unit in UNITS:
        assert world.ldap.store.exists(world.ldap.tree.unit("example.com", unit))


def test_a_profile_is_lists_of_texts_and_settings_an_object(world: LdapWorld) -> None:
    world.domain(default_quota_mb=50, disabled_user_profiles=add("bcc"))
    world.update_domain("example.com", catchall=("x@x.test",))
    with world.look() as directory:
        profile = directory.domain("example.com")
    assert profile["domainName"] == ["example.com"]
    assert profile["accountSetting"] == {"defaultQuota": 50, "disabledUserProfile": ["bcc"]}
    assert profile["catchall"] == ["x@x.test"]


def test_a_domain_that_is_not_finished_is_not_there(world: LdapWorld) -> None:
    world.domain()
    world.ldap.store.modify(world.ldap.tree.domain("example.com"), put("accountSetting", UNFINISHED))
    with world.look() as directory:
        assert not directory.hosted("example.com")
        assert directory.domain_names(among=None, disabled_only=False, page=ALL) == []
        with pytest.raises(NotFound):
            directory.facts("example.com")


def test_everything_in_a_disabled_domain_says_so(world: LdapWorld) -> None:
    world.domain()
    populate(world)
    assert set(status(world).values()) == {""}
    world.update_domain("example.com", active=False)
    assert set(status(world).values()) == {"disabled"}
    world.user("bert@example.com")
    assert world.user_entry("bert@example.com").first("domainStatus") == "disabled"
    world.update_domain("example.com", active=True)
    assert set(status(world).values()) == {""}


def test_each_account_has_its_addresses_at_the_further_names(world: LdapWorld) -> None:
    world.domain()
    populate(world)
    world.update_user("anna@example.com", aliases=add("a@example.com"))
    world.update_domain("example.com", alias_domains=add("a.test", "b.test"))
    assert further(world) == {
        "anna@example.com": {"a@example.com", "anna@a.test", "a@a.test", "anna@b.test", "a@b.test"},
        "all@example.com": {"all@a.test", "all@b.test"},
        "list@example.com": {"list@a.test", "list@b.test"},
    }
    assert set(world.domain_entry().all("domainAliasName")) == {"a.test", "b.test"}
    assert "domainalias" in world.domain_entry().all("enabledService")
    with world.look() as directory:
        assert directory.user_aliases("anna@example.com") == ("a@example.com",)
        assert directory.taken("all@b.test")
        assert directory.target("a.test") == "example.com"

    world.update_domain("example.com", alias_domains=remove("a.test"))
    assert further(world)["anna@example.com"] == {"a@example.com", "anna@b.test", "a@b.test"}
    world.user("new@example.com")
    assert world.user_entry("new@example.com").all("shadowAddress") == ("new@b.test",)
    world.update_domain("example.com", alias_domains=reset())
    assert further(world)["all@example.com"] == set()
    assert not world.domain_entry().all("domainAliasName")
    assert "domainalias" not in world.domain_entry().all("enabledService")


def test_an_address_at_a_further_name_alone_can_be_given_too(world: LdapWorld) -> None:
    world.domain(alias_domains=add("a.test"))
    anna = world.user()
    world.update_user(anna, aliases=add("only@a.test"))
    with world.look() as directory:
        assert directory.user_aliases(anna) == ("only@a.test",)
    world.update_domain("example.com", alias_domains=reset())
    assert not world.user_entry().all("shadowAddress")


def test_a_bcc_comes_with_its_service(world: LdapWorld) -> None:
    world.domain(sender_bcc="s@x.test")
    world.update_domain("example.com", recipient_bcc="r@x.test")
    entry = world.domain_entry()
    assert (entry.first("domainSenderBccAddress"), entry.first("domainRecipientBccAddress")) == ("s@x.test", "r@x.test")
    assert set(entry.all("enabledService")) == {"mail", "senderbcc", "recipientbcc"}
    world.update_domain("example.com", sender_bcc="", recipient_bcc="")
    assert world.domain_entry().all("enabledService") == ("mail",)
    assert not world.domain_entry().all("domainSenderBccAddress")


def test_services_of_a_domain_are_changed_one_by_one_or_all_at_once(world: LdapWorld) -> None:
    world.domain()
    world.update_domain("example.com", services=add("self-service"))
    with world.look() as directory:
        assert directory.domain_services("example.com") == ("mail", "self-service")
    world.update_domain("example.com", services=reset())
    with world.look() as directory:
        assert directory.domain_services("example.com") == ()


def test_a_backup_mx_hands_mail_on(world: LdapWorld) -> None:
    world.domain(relay="smtp:[192.0.2.1]:25")
    world.update_domain("example.com", backup_mx=True, primary_mx="mx.test")
    entry = world.domain_entry()
    assert (entry.first("domainBackupMX"), entry.first("mtaTransport")) == ("yes", "relay:mx.test")
    assert entry.first("senderRelayHost") == "smtp:[192.0.2.1]:25"
    world.update_domain("example.com", backup_mx=False, relay="")
    entry = world.domain_entry()
    assert (entry.first("domainBackupMX"), entry.first("mtaTransport")) == ("no", "dovecot")
    assert not entry.all("senderRelayHost")


def test_the_catchall_is_an_entry_that_is_no_user(world: LdapWorld) -> None:
    world.domain()
    world.update_domain("example.com", catchall=("x@x.test", "y@x.test"))
    entry = world.entry(world.ldap.tree.catchall("example.com"))
    assert set(entry.all("mailForwardingAddress")) == {"x@x.test", "y@x.test"}
    assert {"mail", "deliver"} <= set(entry.all("enabledService"))
    with world.look() as directory:
        assert directory.count("example.com", "users") == 0
        assert directory.user_addresses("example.com", disabled_only=False, page=ALL) == []


def test_who_manages_is_said_by_the_domain_and_marked_on_users(world: LdapWorld) -> None:
    world.domain()
    anna = world.user()
    world.manage("example.com", anna)
    assert world.domain_entry().all("domainAdmin") == (anna,)
    assert "domainadmin" in world.user_entry().all("enabledService")
    with world.change() as directory:
        directory.change_domain_admins("example.com", reset())
    assert "domainadmin" not in world.user_entry().all("enabledService")


def test_what_other_domains_say_of_a_deleted_one_goes_with_it(world: LdapWorld) -> None:
    world.domain(alias_domains=add("a.test"))
    populate(world)
    world.domain("other.test", sender_bcc="anna@a.test", catchall=("x@x.test", "anna@example.com"))
    world.user(
        "otto@other.test",
    )
    world.update_user("otto@other.test", forwarding=add("anna@example.com"), sender_bcc="anna@example.com")
    world.maillist("far@other.test", "anna@example.com", "otto@other.test")
    world.manage("other.test", "anna@example.com")
    world.manage("example.com", "otto@other.test")
    with world.change() as directory:
        directory.delete_domain("example.com", KEPT)
        directory.delete_domain("example.com", KEPT)
    assert world.names_anywhere("example.com") == []
    assert world.names_anywhere("a.test") == []
    assert "domainadmin" not in world.user_entry("otto@other.test").all("enabledService")
    with world.unit() as unit:
        rows = unit.iredadmin.execute(iredadmin.deleted_mailboxes.select()).all()
    assert [row.username for row in rows] == ["anna@example.com"]


def test_a_name_that_became_a_further_one_meanwhile_is_not_made_a_domain(world: LdapWorld) -> None:
    world.domain(alias_domains=add("a.test"))
    with pytest.raises(AlreadyExists), world.change() as directory:
        directory.create_domain("a.test", DomainChange(), admin=None, created=CREATED)
    with world.look() as directory:
        assert directory.target("a.test") == "example.com"
    assert not world.ldap.store.exists(world.ldap.tree.domain("a.test"))


def test_a_value_that_the_server_cannot_keep_is_named(world: LdapWorld) -> None:
    world.domain()
    before = world.snapshot()
    with pytest.raises(Invalid) as caught, world.change() as directory:
        directory.update_domain("example.com", DomainChange(transport="ünicode", name="x"))
    assert caught.value.field == "mtaTransport"
    assert world.snapshot() == before
