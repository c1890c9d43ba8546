"""What changes write into columns, for Postfix, Dovecot and other readers of the tables."""

from __future__ import annotations

from typing import Any

import pytest
from tests.accounts.backends.sql.rows import alter, row, rows
from tests.suites.accounts.world import CREATED, KEPT, World, add, remove, reset

from postroom.accounts.backends.sql import services
from postroom.accounts.database.tables.vmail import (
    admin,
    alias,
    alias_domain,
    domain,
    domain_admins,
    mailbox,
    recipient_bcc_domain,
    sender_bcc_domain,
    sender_bcc_user,
    sender_relayhost,
)
from postroom.accounts.maildir import Place
from postroom.accounts.model import AdminChange, DomainChange

MADE = "2026-01-31 12:00:05"
NEVER = "9999-12-31 00:00:00"


@pytest.fixture
def world(sql_world: World) -> World:
    """With one domain."""
    sql_world.domain()
    return sql_world


def test_a_user_is_made_with_all_services_and_no_networks(world: World) -> None:
    world.user(place=Place("/srv/mail", "n1", "example.com/a/"), quota_mb=5, transport="lmtp:x")
    found = row(world, mailbox)
    assert found["allow_nets"] is None
    assert {found[name] for name in found if name.startswith("enable")} == {1, "y"}
    assert [found[name] for name in ("storagebasedirectory", "storagenode", "maildir")] == [
        "/srv/mail", "n1", "example.com/a/",
    ]  # fmt: skip
    assert (found["quota"], found["transport"], found["domain"]) == (5, "lmtp:x", "example.com")
    assert [found[name] for name in ("created", "modified", "passwordlastchange", "expired")] == [MADE] * 3 + [NEVER]
    assert (found["isadmin"], found["isglobaladmin"], found["rank"], found["settings"]) == (0, 0, "normal", "")


def test_each_field_of_a_user_has_its_column(world: World) -> None:
    anna = world.user()
    before = row(world, mailbox)
    fields: dict[str, tuple[str, Any]] = {
        "name": ("name", "Anna"),
        "given_name": ("first_name", "A."),
        "surname": ("last_name", "Nna"),
        "quota_mb": ("quota", 1 << 40),
        "language": ("language", "fr_FR"),
        "employee_id": ("employeeid", "4711"),
        "transport": ("transport", "smtp:[192.0.2.1]"),
        "mailbox_format": ("mailboxformat", "mdbox"),
        "mailbox_folder": ("mailboxfolder", "Mail Box"),
    }
    for field, (_, value) in fields.items():
        world.update_user(anna, **{field: value})
    after = row(world, mailbox)
    assert {name: value for name, value in after.items() if value != before[name] and name != "modified"} == dict(
        fields.values()
    )
    assert after["modified"] > MADE


def test_a_new_password_says_when_it_was_changed(world: World) -> None:
    anna = world.user()
    world.update_user(anna, name="x")
    assert row(world, mailbox)["passwordlastchange"] == MADE
    world.update_user(anna, password_hash="{SSHA}x")
    assert row(world, mailbox)["passwordlastchange"] > MADE
    root = world.admin()
    with world.change() as directory:
        directory.update_admin(root, AdminChange(name="x"))
    assert row(world, admin)["passwordlastchange"] == MADE
    with world.change() as directory:
        directory.update_admin(root, AdminChange(password_hash="{SSHA}x"))
    assert row(world, admin)["passwordlastchange"] > MADE


def test_restricted_networks_stay(world: World) -> None:
    anna = world.user()
    alter(world, mailbox, {"username": anna}, allow_nets="192.0.2.0/24")
    world.update_user(anna, name="x", active=False)
    assert row(world, mailbox)["allow_nets"] == "192.0.2.0/24"


def switched(world: World) -> set[str]:
    return {name for name, value in row(world, mailbox).items() if name.startswith("enable") and value in (0, "n")}


def test_services_are_switched_off_one_by_one(world: World) -> None:
    anna = world.user(services_off=("imap", "smtptls", "unknown"))
    assert switched(world) == {"enableimap"}
    world.update_user(anna, services=add("imap"))
    assert switched(world) == set()
    world.update_user(anna, services=remove("sogowebmail", "quota-status"))
    assert switched(world) == {"enablesogowebmail", "enablequota-status"}


def test_managesieve_and_deliver_switch_what_dovecot_asks_for(world: World) -> None:
    anna = world.user()
    for name, off in {
        "managesieve": {"enablemanagesieve", "enablesieve"},
        "managesievesecured": {"enablemanagesievesecured", "enablesievesecured"},
        "managesievetls": {"enablesievetls"},
        "deliver": {"enabledeliver", "enablelda", "enablelmtp"},
    }.items():
        world.update_user(anna, services=remove(name))
        assert switched(world) == off
        world.update_user(anna, services=add(name))
        assert switched(world) == set()


def test_a_new_list_of_services_switches_the_others_off_but_not_inner_ones(world: World) -> None:
    anna = world.user()
    world.update_user(anna, services=reset("imap", "imaptls", "deliver", "unknown"))
    on = {name for name, value in row(world, mailbox).items() if name.startswith("enable") and value in (1, "y")}
    assert on == {
        "enableimap", "enableimaptls", "enabledeliver", "enablelda", "enablelmtp", "enableinternal", "enabledoveadm",
        "enablelib-storage", "enablequota-status", "enableindexer-worker", "enabledsync",
    }  # fmt: skip
    world.update_user(anna, services=reset())
    assert switched(world) >= {"enableimap", "enabledeliver", "enablelmtp", "enablesogo", "enablesogocalendar"}
    world.update_user(anna, services=reset(*services.SWITCHED))
    assert switched(world) == set()


def test_a_new_domain_has_the_usual_transport(world: World) -> None:
    found = row(world, domain)
    assert (found["transport"], found["backupmx"], found["active"]) == ("dovecot", 0, 1)
    assert (found["created"], found["modified"], found["expired"]) == (MADE, MADE, NEVER)


def test_each_field_of_a_domain_has_its_column(world: World) -> None:
    world.update_domain(
        "example.com", name="Example", quota_mb=9, max_users=1, max_aliases=2, max_lists=-1, transport="lmtp:x",
        active=False, default_quota_mb=3, max_user_quota_mb=4, min_password=10, max_password=0, language="de_DE",
        services=add("self-service", "mail", "domainalias"), disabled_user_preferences=add("wblist"),
        disabled_domain_profiles=add("bcc"), disabled_user_profiles=add("relay", "bcc"),
    )  # fmt: skip
    found = row(world, domain)
    assert [found[name] for name in ("description", "maxquota", "mailboxes", "aliases", "maillists", "quota")] == [
        "Example", 9, 1, 2, -1, 0,
    ]  # fmt: skip
    assert (found["transport"], found["active"]) == ("lmtp:x", 0)
    assert found["settings"] == (
        "default_user_quota:3;max_user_quota:4;min_passwd_length:10;default_language:de_DE;"
        "enabled_services:self-service;disabled_domain_profiles:bcc;disabled_user_profiles:relay,bcc;"
        "disabled_user_preferences:wblist;"
    )
    assert found["modified"] > MADE


def test_an_empty_transport_is_the_usual_one(world: World) -> None:
    world.update_domain("example.com", transport="lmtp:x")
    world.update_domain("example.com", transport="")
    assert row(world, domain)["transport"] == "dovecot"


def test_settings_that_we_do_not_know_stay(world: World) -> None:
    alter(world, domain, {"domain": "example.com"}, settings="odd:a:b;max_user_quota:7;default_groups:all@example.com;")
    world.update_domain("example.com", default_quota_mb=3, max_user_quota_mb=0)
    assert row(world, domain)["settings"] == "odd:a:b;default_groups:all@example.com;default_user_quota:3;"
    with world.look() as directory:
        assert directory.facts("example.com").default_groups == ("all@example.com",)
    alter(world, domain, {"domain": "example.com"}, settings="disabled_mail_services:pop3,imap;")
    with world.look() as directory:
        assert directory.facts("example.com").disabled_mail_services == ("pop3", "imap")


@pytest.mark.parametrize(
    ("primary", "transport"),
    [
        ("mx.example.net", "relay:mx.example.net"),
        ("[mx.example.net]:2525", "relay:[mx.example.net]:2525"),
        ("192.0.2.1", "relay:[192.0.2.1]"),
        ("2001:db8::1", "relay:[ipv6:2001:db8::1]"),
        ("", "relay:"),
        (None, "relay:"),
    ],
)
def test_a_backup_mx_relays_to_the_primary(world: World, primary: str | None, transport: str) -> None:
    fields = {} if primary is None else {"primary_mx": primary}
    world.update_domain("example.com", backup_mx=True, **fields)
    found = row(world, domain)
    assert (found["backupmx"], found["transport"]) == (1, transport)
    world.update_domain("example.com", backup_mx=False)
    found = row(world, domain)
    assert (found["backupmx"], found["transport"]) == (0, "dovecot")


def test_a_domain_that_was_no_backup_mx_keeps_its_transport(world: World) -> None:
    world.update_domain("example.com", transport="lmtp:x")
    world.update_domain("example.com", backup_mx=False)
    assert row(world, domain)["transport"] == "lmtp:x"
    world.update_domain("example.com", primary_mx="mx.example.net")
    assert row(world, domain)["transport"] == "lmtp:x"


def test_a_primary_mx_can_be_changed_alone(world: World) -> None:
    world.update_domain("example.com", backup_mx=True, primary_mx="mx1.example.net")
    world.update_domain("example.com", primary_mx="mx2.example.net")
    found = row(world, domain)
    assert (found["backupmx"], found["transport"]) == (1, "relay:mx2.example.net")


def test_a_domain_can_be_made_as_backup_mx(world: World) -> None:
    world.domain("example.net", backup_mx=True, primary_mx="mx.example.org")
    found = row(world, domain, domain="example.net")
    assert (found["backupmx"], found["transport"]) == (1, "relay:mx.example.org")


def test_bcc_and_relay_of_a_domain_are_set_changed_and_removed(world: World) -> None:
    world.update_domain("example.com", sender_bcc="s@x.test", recipient_bcc="r@x.test", relay="smtp:[192.0.2.1]:25")
    world.update_domain("example.com", sender_bcc="t@x.test")
    found = row(world, sender_bcc_domain)
    assert (found["domain"], found["bcc_address"], found["active"]) == ("example.com", "t@x.test", 1)
    assert row(world, recipient_bcc_domain)["bcc_address"] == "r@x.test"
    assert row(world, sender_relayhost)["account"] == "@example.com"
    world.update_domain("example.com", sender_bcc="", recipient_bcc="", relay="")
    assert [*rows(world, sender_bcc_domain), *rows(world, recipient_bcc_domain), *rows(world, sender_relayhost)] == []


def test_bcc_of_a_user_is_switched_on_again_when_set(world: World) -> None:
    anna = world.user()
    world.update_user(anna, sender_bcc="s@x.test")
    made = row(world, sender_bcc_user)
    assert (made["username"], made["domain"], made["active"]) == (anna, "example.com", 1)
    alter(world, sender_bcc_user, {"username": anna}, active=0, created="2020-01-01 00:00:00")
    world.update_user(anna, sender_bcc="t@x.test")
    found = row(world, sender_bcc_user)
    assert (found["bcc_address"], found["active"], found["created"]) == ("t@x.test", 1, "2020-01-01 00:00:00")


def test_an_alias_has_its_columns(world: World) -> None:
    world.alias("sales@example.com", name="Sales", access_policy="domain", active=False)
    found = row(world, alias)
    assert [found[name] for name in ("address", "name", "accesspolicy", "domain", "active")] == [
        "sales@example.com", "Sales", "domain", "example.com", 0,
    ]  # fmt: skip
    assert (found["created"], found["modified"]) == (MADE, MADE)
    world.update_alias("sales@example.com", access_policy="")
    assert row(world, alias)["accesspolicy"] == ""


def test_a_further_name_of_a_domain_is_active(world: World) -> None:
    world.update_domain("example.com", alias_domains=add("example.net"))
    found = row(world, alias_domain)
    assert [found[name] for name in ("alias_domain", "target_domain", "active")] == ["example.net", "example.com", 1]


def test_limits_of_an_admin_are_settings(world: World) -> None:
    world.admin(
        create_domains=True, max_domains=1, max_quota=2, quota_unit="TB", max_users=3, max_aliases=4, max_lists=5,
        hide_mail_log=True, hide_quarantine=True, language="it_IT", name="Root",
    )  # fmt: skip
    found = row(world, admin)
    assert found["settings"] == (
        "create_new_domains:yes;create_max_domains:1;create_max_quota:2;create_quota_unit:TB;create_max_users:3;"
        "create_max_aliases:4;create_max_lists:5;disable_viewing_mail_log:yes;disable_managing_quarantined_mails:yes;"
    )
    assert (found["name"], found["language"]) == ("Root", "it_IT")
    assert rows(world, domain_admins) == []
    with world.change() as directory:
        directory.update_admin("root@admins.test", AdminChange(hide_mail_log=False, global_admin=True))
    assert "disable_viewing_mail_log" not in row(world, admin)["settings"]
    assert row(world, domain_admins)["domain"] == "ALL"


def test_a_user_who_manages_something_carries_the_marks(world: World) -> None:
    anna = world.user()
    steps: list[tuple[dict[str, Any], tuple[int, int]]] = [
        ({"manage": add(anna)}, (1, 0)),
        ({"global_admin": True}, (1, 1)),
        ({"manage": remove(anna)}, (1, 1)),
        ({"global_admin": False}, (0, 0)),
    ]
    for step, marks in steps:
        with world.change() as directory:
            if "manage" in step:
                directory.change_domain_admins("example.com", step["manage"])
        if "global_admin" in step:
            world.update_user(anna, **step)
        found = row(world, mailbox)
        assert (found["isadmin"], found["isglobaladmin"]) == marks


def test_the_marks_go_with_the_domain(world: World) -> None:
    world.domain("example.net")
    anna = world.user()
    world.manage("example.net", anna)
    with world.change() as directory:
        directory.create_domain("third.test", DomainChange(), admin=anna, created=CREATED)
    for name, mark in (("example.net", 1), ("third.test", 0)):
        with world.change() as directory:
            directory.delete_domain(name, KEPT)
        assert row(world, mailbox)["isadmin"] == mark
