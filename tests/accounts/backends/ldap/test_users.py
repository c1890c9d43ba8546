"""Users as entries: the attributes that Postfix, Dovecot and other programs read."""

from __future__ import annotations

import pytest
from tests.accounts.backends.ldap.ldap_world import LdapWorld
from tests.suites.accounts.world import CREATED, HASH, KEPT, add, new_user, remove, reset

from postroom.accounts.backends.ldap.store import put
from postroom.accounts.database.tables import iredadmin
from postroom.accounts.maildir import Place
from postroom.errors import AlreadyExists, NotFound

EVERY_SERVICE = {
    "internal", "doveadm", "lib-storage", "indexer-worker", "dsync", "quota-status", "mail", "smtp", "smtpsecured",
    "smtptls", "pop3", "pop3secured", "pop3tls", "imap", "imapsecured", "imaptls", "managesieve", "managesievesecured",
    "managesievetls", "sieve", "sievesecured", "sievetls", "deliver", "lda", "lmtp", "recipientbcc", "senderbcc",
    "forward", "shadowaddress", "displayedInGlobalAddressBook", "sogo", "sogowebmail", "sogocalendar", "sogoactivesync",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _domain(world: LdapWorld) -> None:
    world.domain()


def services(world: LdapWorld, address: str = "anna@example.com") -> set[str]:
    return set(world.user_entry(address).all("enabledService"))


def test_a_new_user_has_the_attributes_that_readers_look_at(world: LdapWorld) -> None:
    world.user(quota_mb=100, name="Anna Ä", surname="Ärmel", place=Place("/var/vmail", "vmail1", "example.com/anna/"))
    entry = world.user_entry()

    assert set(entry.all("objectClass")) == {"inetOrgPerson", "mailUser", "shadowAccount", "amavisAccount"}
    assert {name: entry.first(name) for name in ("mail", "uid", "cn", "sn", "userPassword", "accountStatus")} == {
        "mail": "anna@example.com",
        "uid": "anna",
        "cn": "Anna Ä",
        "sn": "Ärmel",
        "userPassword": HASH,
        "accountStatus": "active",
    }
    assert entry.first("mailQuota") == str(100 * 1024 * 1024)
    assert entry.first("homeDirectory") == "/var/vmail/vmail1/example.com/anna/"
    assert entry.first("shadowLastChange") == str((CREATED.date() - CREATED.date().replace(1970, 1, 1)).days)
    assert services(world) == EVERY_SERVICE
    assert not entry.all("mailForwardingAddress")
    assert not entry.all("domainStatus")


def test_without_a_name_the_part_before_the_at_is_one(world: LdapWorld) -> None:
    world.user(name="", surname="")
    assert (world.user_entry().first("cn"), world.user_entry().first("sn")) == ("anna", "anna")
    world.update_user("anna@example.com", name="Anna", surname="A", given_name="An")
    world.update_user("anna@example.com", name="", surname="", given_name="")
    assert (world.user_entry().first("cn"), world.user_entry().first("sn")) == ("anna", "anna")
    assert not world.user_entry().all("givenName")


def test_no_limit_is_no_quota(world: LdapWorld) -> None:
    world.user(quota_mb=5)
    world.update_user("anna@example.com", quota_mb=0)
    assert not world.user_entry().all("mailQuota")


def test_services_of_a_new_user_can_be_more_and_fewer(world: LdapWorld) -> None:
    world.user(services_on=("custom",), services_off=("pop3", "managesieve", "sogo"))
    assert services(world) == (EVERY_SERVICE | {"custom"}) - {"pop3", "managesieve", "sieve", "sogo"}


def test_a_service_takes_along_what_belongs_to_it(world: LdapWorld) -> None:
    anna = world.user()
    world.update_user(anna, services=remove("managesievetls", "deliver"))
    assert services(world) == EVERY_SERVICE - {"managesievetls", "sievetls", "deliver", "lda", "lmtp"}
    world.update_user(anna, services=add("deliver"))
    assert {"deliver", "lda", "lmtp"} <= services(world)


def test_a_new_list_of_services_leaves_those_that_an_account_cannot_be_without(world: LdapWorld) -> None:
    anna = world.user()
    world.manage("example.com", anna)
    world.update_user(anna, services=reset("imap", "imaptls"))
    inner = {"internal", "doveadm", "lib-storage", "indexer-worker", "dsync", "quota-status"}
    assert services(world) == {"imap", "imaptls", "mail", "domainadmin"} | inner
    world.update_user(anna, services=remove("mail"))
    assert "mail" not in services(world)


def test_what_is_set_is_switched_on(world: LdapWorld) -> None:
    anna = world.user()
    world.update_user(anna, services=remove("senderbcc", "recipientbcc", "forward", "shadowaddress"))
    world.update_user(
        anna, sender_bcc="s@x.test", recipient_bcc="r@x.test", forwarding=add("f@x.test"), aliases=add("a@example.com")
    )
    assert {"senderbcc", "recipientbcc", "forward", "shadowaddress"} <= services(world)
    entry = world.user_entry()
    assert entry.first("userSenderBccAddress") == "s@x.test"
    assert entry.first("userRecipientBccAddress") == "r@x.test"
    assert set(entry.all("mailForwardingAddress")) == {anna, "f@x.test"}
    world.update_user(anna, sender_bcc="", recipient_bcc="", forwarding=reset(), aliases=reset())
    entry = world.user_entry()
    for attribute in ("userSenderBccAddress", "userRecipientBccAddress", "mailForwardingAddress", "shadowAddress"):
        assert not entry.all(attribute)


def test_numbers_and_place_can_be_changed_and_removed(world: LdapWorld) -> None:
    anna = world.user()
    world.ldap.store.modify(world.ldap.tree.user(anna), put("storageBaseDirectory", "/old"))
    world.update_user(
        anna, telephones=("+1 2", "+3 4"), mobiles=("+5 6",), place=Place("/srv", "mail", "anna/"), employee_id="7"
    )
    entry = world.user_entry()
    assert set(entry.all("telephoneNumber")) == {"+1 2", "+3 4"}
    assert entry.all("mobile") == ("+5 6",)
    assert entry.first("homeDirectory") == "/srv/mail/anna/"
    assert entry.first("employeeNumber") == "7"
    assert not entry.all("storageBaseDirectory")
    world.update_user(anna, telephones=(), mobiles=(), employee_id="")
    for attribute in ("telephoneNumber", "mobile", "employeeNumber"):
        assert not world.user_entry().all(attribute)


def test_a_global_admin_carries_both_marks(world: LdapWorld) -> None:
    anna = world.user()
    world.update_user(anna, global_admin=True)
    assert world.user_entry().first("domainGlobalAdmin") == "yes"
    assert "domainadmin" in services(world)
    world.update_user(anna, global_admin=False)
    assert not world.user_entry().all("domainGlobalAdmin")
    assert "domainadmin" not in services(world)


def test_a_right_that_was_left_behind_gives_a_new_admin_nothing(world: LdapWorld) -> None:
    anna = world.user()
    world.domain("other.test")
    world.ldap.store.modify(world.ldap.tree.domain("other.test"), put("domainAdmin", anna))
    with world.look() as directory:
        standing = directory.standing(anna)
        assert standing is not None
        assert not standing.domains
    world.manage("example.com", anna)
    with world.look() as directory:
        standing = directory.standing(anna)
        assert standing is not None
        assert standing.domains == {"example.com"}


def test_an_address_may_hold_what_names_of_entries_escape(world: LdapWorld) -> None:
    for local in ("a+b=c", "#a", "a{b}|c", "o'neil", "a&b", "!x", "a/b", "*", "a*b", "x#", "=x", "~`^$%?"):
        address = f"{local}@example.com"
        world.user(address, surname="s")
        with world.change() as directory:
            assert directory.user(address)["mail"] == [address]
            directory.rename_user(address, f"new{address}")
            directory.rename_user(f"new{address}", address)
            assert directory.user(address)["uid"] == [local]
            directory.delete_user(address, KEPT)
            assert not directory.has_user(address)
    assert world.domain_entry().first("domainCurrentUserNumber") == "0"


def test_a_profile_is_lists_of_texts_and_what_belongs_to_the_user(world: LdapWorld) -> None:
    anna = world.user()
    world.alias("all@example.com", anna)
    world.maillist("list@example.com", anna)
    world.manage("example.com", anna)
    with world.unit() as unit:
        row = {"username": anna, "domain": "example.com"}
        unit.iredadmin.execute(iredadmin.used_quota.insert().values(**row, bytes=12, messages=3))
        unit.iredadmin.execute(iredadmin.last_login.insert().values(**row, imap=86_400, pop3=5, lda=10**9))
    with world.look() as directory:
        profile = directory.user(anna)
    assert profile["managed_domains"] == ["example.com"]
    assert profile["mailing_aliases"] == ["all@example.com"]
    assert profile["mailing_lists"] == ["list@example.com"]
    assert (profile["stored_bytes"], profile["stored_messages"]) == (12, 3)
    assert profile["last_login"] == "1970-01-02 00:00:00"
    assert profile["accountSetting"] == {}
    assert profile["userPassword"] == [HASH]
    assert profile["memberOfGroup"] == ["list@example.com"]


def test_bytes_that_are_no_text_can_be_shown_and_survive_a_change(world: LdapWorld) -> None:
    anna = world.user()
    world.ldap.store.modify(world.ldap.tree.user(anna), put("jpegPhoto", "\udcff\udcd8"))
    world.update_user(anna, name="Anna")
    with world.look() as directory:
        assert directory.user(anna)["jpegPhoto"] == ["\\xff\\xd8"]
    assert world.user_entry().first("jpegPhoto") == "\udcff\udcd8"


def test_a_deleted_user_is_nowhere_and_the_mailbox_is_noted_once(world: LdapWorld) -> None:
    anna = world.user(place=Place("/var/vmail", "vmail1", "example.com/Anna/"))
    world.domain("other.test", sender_bcc=anna, catchall=(anna,))
    world.alias("all@example.com", anna)
    world.maillist("list@example.com", anna)
    world.maillist("far@other.test", anna)
    world.manage("other.test", anna)
    with world.change() as directory:
        directory.delete_user(anna, KEPT)
        directory.delete_user(anna, KEPT)
    assert world.names_anywhere(anna) == []
    assert world.domain_entry().first("domainCurrentUserNumber") == "0"
    with world.unit() as unit:
        (row,) = unit.iredadmin.execute(iredadmin.deleted_mailboxes.select())
    assert row.maildir == "/var/vmail/vmail1/example.com/anna/"
    assert (row.username, row.domain, row.admin, row.delete_date) == (
        anna, "example.com", "root@admins.test", "2026-03-01",
    )  # fmt: skip


def test_a_user_who_moves_to_another_domain_stays_in_the_lists(world: LdapWorld) -> None:
    anna = world.user()
    world.domain("other.test", alias_domains=add("other.net"))
    world.maillist("list@example.com", anna)
    world.maillist("far@other.test", anna)
    with world.change() as directory:
        directory.rename_user(anna, "ann@other.test")
    with world.look() as directory:
        assert directory.maillist("list@example.com")["members"] == ["ann@other.test"]
        assert directory.maillist("far@other.test")["members"] == ["ann@other.test"]
    entry = world.user_entry("ann@other.test")
    assert entry.all("shadowAddress") == ("ann@other.net",)
    assert not entry.all("accountSetting")
    assert world.names_anywhere(anna) == []
    assert world.domain_entry().first("domainCurrentUserNumber") == "0"
    assert world.domain_entry("other.test").first("domainCurrentUserNumber") == "1"


def test_an_address_that_somebody_has_cannot_be_renamed_to(world: LdapWorld) -> None:
    anna = world.user(aliases=("a@example.com",))
    world.user("bert@example.com")
    world.alias("all@example.com", anna)
    before = world.snapshot()
    for taken in ("bert@example.com", "all@example.com", "a@example.com"):
        with pytest.raises(AlreadyExists), world.change() as directory:
            directory.rename_user(anna, taken)
    with pytest.raises(NotFound), world.change() as directory:
        directory.rename_user(anna, "anna@unknown.test")
    assert world.snapshot() == before


def test_a_user_in_no_domain_is_refused(world: LdapWorld) -> None:
    with pytest.raises(NotFound) as caught, world.change() as directory:
        directory.create_user(new_user("anna@unknown.test"))
    assert (caught.value.kind, caught.value.name) == ("domain", "unknown.test")
