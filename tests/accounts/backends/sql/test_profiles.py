"""Profiles: every column and what belongs to it, the same bytes from every engine."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from tests.accounts.backends.sql.rows import alter, put
from tests.accounts.services.fixtures import ENGINES, fresh
from tests.suites.accounts.world import CREATED, World, add, new_user, reset

from postroom.accounts.backends.sql.backend import SqlBackend
from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import vmail
from postroom.accounts.model import ALL, AdminChange, DomainChange, UserChange

ANNA = "anna@example.com"


def fill(world: World) -> None:
    """Accounts with something in every part of their profiles."""
    world.domain(
        name="Zoë 漢字 🙂", quota_mb=1 << 40, max_users=-1, default_quota_mb=5, language="de_DE", sender_bcc="s@x.test",
        relay="smtp:[192.0.2.1]:25", catchall=("b@x.test", "a@x.test"), alias_domains=add("z.test", "b.test"),
        disabled_domain_profiles=add("relay", "bcc"),
    )  # fmt: skip
    for name in ("bob", "anna", "a_b"):
        world.user(f"{name}@example.com", quota_mb=10, aliases=(f"{name}2@example.com", f"{name}1@example.com"))
    for name in ("sales", "all"):
        world.alias(f"{name}@example.com", ANNA, "x@x.test", "_@x.test", name="Größe")
    world.admin(create_domains=True, max_quota=1, quota_unit="TB", global_admin=True)
    world.manage("example.com", "bob@example.com", "root@admins.test")
    world.update_user(ANNA, forwarding=add("y@x.test"), recipient_bcc="r@x.test", global_admin=True, surname="O'Neil")
    put(world, vmail.used_quota, username=ANNA, bytes=1 << 40, messages=7, domain="example.com")
    put(world, vmail.last_login, username=ANNA, domain="example.com", imap=1_700_000_000, lda=1_800_000_000)
    put(world, vmail.moderators, address="all@example.com", moderator=ANNA, domain="example.com")
    for table in (vmail.mailbox, vmail.domain, vmail.alias, vmail.admin):
        alter(world, table, {}, modified="2026-02-01 00:00:00")


def everything(world: World) -> dict[str, Any]:
    with world.look() as directory:
        return {
            "domain": directory.domain("example.com"),
            "users": [directory.user(f"{name}@example.com") for name in ("anna", "bob", "a_b")],
            "aliases": [directory.alias(f"{name}@example.com") for name in ("all", "sales")],
            "admin": directory.admin("root@admins.test"),
            "lists": [
                [dict(row.profile) for row in rows]
                for rows in (
                    directory.domains(among=None, disabled_only=False, page=ALL),
                    directory.users("example.com", disabled_only=False, page=ALL),
                    directory.aliases("example.com", disabled_only=False, page=ALL),
                    directory.admins(ALL),
                )
            ],
        }


def test_all_engines_give_the_same_bytes(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    texts = {}
    for engine in ENGINES:
        databases = Databases.open(fresh(engine, request, tmp_path), tmp_path)
        world = World(SqlBackend(databases), databases)
        fill(world)
        texts[engine] = json.dumps(everything(world), ensure_ascii=False, indent=1)
        databases.close()
    assert texts["postgresql"] == texts["sqlite"]
    assert texts["mariadb"] == texts["sqlite"]


def test_a_domain_shows_its_columns_and_what_belongs_to_it(sql_world: World) -> None:
    fill(sql_world)
    with sql_world.look() as directory:
        profile = directory.domain("example.com")
    assert list(profile)[: len(vmail.domain.columns)] == list(vmail.domain.columns.keys())
    assert {name: profile[name] for name in list(profile)[len(vmail.domain.columns) :]} == {
        "num_existing_users": 3,
        "num_existing_aliases": 2,
        "num_existing_maillists": 0,
        "catchall": ["a@x.test", "b@x.test"],
        "allocated_quota": 30,
        "alias_domains": ["b.test", "z.test"],
        "admins": ["bob@example.com", "root@admins.test"],
        "sender_bcc": "s@x.test",
        "recipient_bcc": "",
        "outbound_relay": "smtp:[192.0.2.1]:25",
        "account_settings": {
            "default_user_quota": 5,
            "default_language": "de_DE",
            "disabled_domain_profiles": ["relay", "bcc"],
        },
    }
    assert (profile["description"], profile["maxquota"], profile["mailboxes"]) == ("Zoë 漢字 🙂", 1 << 40, -1)


def test_a_user_shows_columns_and_what_belongs_to_it(sql_world: World) -> None:
    fill(sql_world)
    with sql_world.look() as directory:
        profile = directory.user(ANNA)
    assert list(profile)[: len(vmail.mailbox.columns)] == list(vmail.mailbox.columns.keys())
    assert {name: profile[name] for name in list(profile)[len(vmail.mailbox.columns) :]} == {
        "stored_bytes": 1 << 40,
        "stored_messages": 7,
        "forwardings": [ANNA, "y@x.test"],
        "managed_domains": ["ALL"],
        "mailing_aliases": ["all@example.com", "sales@example.com"],
        "mailing_lists": [],
        "last_login": "2023-11-14 22:13:20",
        "aliases": ["anna1@example.com", "anna2@example.com"],
        "sender_bcc": "",
        "recipient_bcc": "r@x.test",
        "account_settings": {},
    }
    assert (profile["created"], profile["birthday"], profile["expired"]) == (
        "2026-01-31 12:00:05", "0001-01-01", "9999-12-31 00:00:00",
    )  # fmt: skip
    assert profile["allow_nets"] is None
    assert type(profile["active"]) is type(profile["quota"]) is int


def test_a_user_who_never_read_mail_has_no_last_login(sql_world: World) -> None:
    sql_world.domain()
    sql_world.user()
    put(sql_world, vmail.last_login, username=ANNA, domain="example.com", lda=1_800_000_000)
    with sql_world.look() as directory:
        profile = directory.user(ANNA)
    assert (profile["last_login"], profile["stored_bytes"], profile["stored_messages"]) == ("", 0, 0)


def test_an_alias_and_an_admin_show_what_belongs_to_them(sql_world: World) -> None:
    fill(sql_world)
    with sql_world.look() as directory:
        alias, admin = directory.alias("all@example.com"), directory.admin("root@admins.test")
    assert list(alias) == [*vmail.alias.columns.keys(), "members", "moderators"]
    assert (alias["members"], alias["moderators"]) == (["_@x.test", ANNA, "x@x.test"], [ANNA])
    assert list(admin) == [*vmail.admin.columns.keys(), "managed_domains", "account_settings"]
    assert admin["managed_domains"] == ["ALL", "example.com"]
    assert admin["account_settings"] == {
        "create_new_domains": "yes", "create_max_quota": 1, "create_quota_unit": "TB",
    }  # fmt: skip


def test_everything_that_a_user_can_be_given_can_be_read_back(sql_world: World) -> None:
    sql_world.domain()
    sql_world.user()
    sql_world.update_user(
        ANNA, name="Anna", given_name="A", surname="B", quota_mb=7, active=False, language="it_IT", transport="lmtp:x",
        employee_id="9", forwarding=reset("x@x.test"), sender_bcc="s@x.test", recipient_bcc="r@x.test",
        aliases=reset("ann@example.com"), services=reset("imap"), mailbox_format="mdbox", mailbox_folder="Box",
    )  # fmt: skip
    with sql_world.look() as directory:
        profile = directory.user(ANNA)
    expected = {
        "name": "Anna", "first_name": "A", "last_name": "B", "quota": 7, "active": 0, "language": "it_IT",
        "transport": "lmtp:x", "employeeid": "9", "forwardings": ["x@x.test"], "sender_bcc": "s@x.test",
        "recipient_bcc": "r@x.test", "aliases": ["ann@example.com"], "enableimap": 1, "enablepop3": 0,
        "enablesogowebmail": "n", "mailboxformat": "mdbox", "mailboxfolder": "Box",
    }  # fmt: skip
    assert {name: profile[name] for name in expected} == expected


def test_a_long_list_needs_no_more_memory_than_a_short_one(sql_world: World) -> None:
    sql_world.domain()
    row = {"password": "x" * 100, "domain": "example.com", "name": "y" * 200}
    with sql_world.unit() as unit:
        rows = [{"username": f"u{number:06}@example.com", **row} for number in range(12_000)]
        unit.vmail.execute(insert(vmail.mailbox), rows)
    del rows
    with sql_world.look() as directory:
        found = directory.users("example.com", disabled_only=False, page=ALL)
        next(found)
        tracemalloc.start()
        try:
            number = 1 + sum(1 for _ in found)
            _, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert number == 12_000
    assert peak_bytes < 12_000_000


def test_changes_are_seen_in_the_same_unit(sql_world: World) -> None:
    with sql_world.change() as directory:
        directory.create_domain("example.com", DomainChange(), admin=None, created=CREATED)
        directory.create_user(new_user(ANNA))
        directory.update_user(ANNA, UserChange(name="Anna"))
        directory.create_admin("root@admins.test", AdminChange(name="Root"), CREATED)
        assert directory.user(ANNA)["name"] == "Anna"
        assert directory.admin("root@admins.test")["name"] == "Root"
