"""What deleting and renaming leave in the tables that Dovecot and other programs write."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Table
from tests.accounts.backends.sql.rows import put, row, rows
from tests.suites.accounts.world import KEPT, World

from postroom.accounts.database.tables import vmail
from postroom.accounts.maildir import Place
from postroom.accounts.model import Kept

ANNA, BOB = "anna@example.com", "bob@example.net"

ROWS: list[tuple[Table, dict[str, Any]]] = [
    (vmail.used_quota, {"username": ANNA, "bytes": 3_000_000_000, "messages": 42, "domain": "example.com"}),
    (vmail.last_login, {"username": ANNA, "domain": "example.com", "imap": 1_700_000_000}),
    (vmail.share_folder, {"from_user": ANNA, "to_user": BOB}),
    (vmail.share_folder, {"from_user": BOB, "to_user": ANNA}),
    (vmail.anyone_shares, {"from_user": ANNA}),
    (vmail.sender_relayhost, {"account": ANNA, "relayhost": "[192.0.2.1]"}),
    (vmail.sender_bcc_user, {"username": ANNA, "bcc_address": "x@x.test", "domain": "example.com"}),
    (vmail.sender_bcc_user, {"username": BOB, "bcc_address": ANNA, "domain": "example.net"}),
    (vmail.recipient_bcc_user, {"username": BOB, "bcc_address": ANNA, "domain": "example.net"}),
    (vmail.sender_bcc_domain, {"domain": "example.net", "bcc_address": ANNA}),
    (vmail.recipient_bcc_domain, {"domain": "example.net", "bcc_address": ANNA}),
    (
        vmail.moderators,
        {"address": "all@example.net", "moderator": ANNA, "domain": "example.net", "dest_domain": "example.com"},
    ),
    (
        vmail.maillist_owners,
        {"address": "list@example.net", "owner": ANNA, "domain": "example.net", "dest_domain": "example.com"},
    ),
    (vmail.domain_admins, {"username": ANNA, "domain": "example.net"}),
]
"""Rows that name anna, in every table that may."""


@pytest.fixture
def world(sql_world: World) -> World:
    """Two users in two domains, one named in every table."""
    for name in ("example.com", "example.net"):
        sql_world.domain(name)
    sql_world.user(ANNA, place=Place("/var/vmail", "vmail1", "Example.com/anna/"))
    sql_world.user(BOB)
    sql_world.alias("all@example.net", ANNA)
    for table, values in ROWS:
        put(sql_world, table, **values)
    return sql_world


def mentions(world: World, text: str) -> list[str]:
    """The columns in which it stands, but for the record of deleted mailboxes."""
    found = []
    for name, table in vmail.METADATA.tables.items():
        if name != "deleted_mailboxes":
            found += [
                f"{name}.{column}" for row in rows(world, table) for column, value in row.items() if value == text
            ]
    return sorted(set(found))


def test_every_table_with_addresses_is_tried(world: World) -> None:
    assert {table.name for table, _ in ROWS} >= {
        name
        for name, table in vmail.METADATA.tables.items()
        if {"username", "account", "from_user", "bcc_address", "moderator", "owner"} & set(table.columns.keys())
    } - {"mailbox", "admin", "deleted_mailboxes"}


def test_a_deleted_user_stands_nowhere(world: World) -> None:
    with world.change() as directory:
        directory.delete_user(ANNA, KEPT)
    assert mentions(world, ANNA) == []
    assert [found["username"] for found in rows(world, vmail.mailbox)] == [BOB]


def test_a_deleted_domain_stands_nowhere(world: World) -> None:
    with world.change() as directory:
        directory.delete_domain("example.com", KEPT)
    assert mentions(world, ANNA) == []
    assert mentions(world, "example.com") == []


def test_a_renamed_user_stands_nowhere_and_the_new_name_everywhere(world: World) -> None:
    before = mentions(world, ANNA)
    maildir = row(world, vmail.mailbox, username=ANNA)["maildir"]
    with world.change() as directory:
        directory.rename_user(ANNA, "anne@example.net")
    assert mentions(world, ANNA) == []
    assert mentions(world, "anne@example.net") == before
    assert row(world, vmail.mailbox, username="anne@example.net")["maildir"] == maildir
    assert row(world, vmail.used_quota)["bytes"] == 3_000_000_000
    assert mentions(world, "example.com") == ["domain.domain"]


def test_rows_that_were_left_under_the_new_name_are_in_nobodys_way(world: World) -> None:
    anne = "anne@example.com"
    for table, values in ROWS:
        if "bcc_address" not in values:  # one row for each account, whatever its address
            put(world, table, **{name: anne if value == ANNA else value for name, value in values.items()})
    with world.change() as directory:
        directory.rename_user(ANNA, anne)
    assert mentions(world, ANNA) == []
    assert row(world, vmail.used_quota)["bytes"] == 3_000_000_000
    assert len(rows(world, vmail.moderators)) == len(rows(world, vmail.maillist_owners)) == 1
    assert len(rows(world, vmail.share_folder)) == 2


def test_a_deleted_mailbox_is_recorded_with_its_path_and_size(world: World) -> None:
    with world.change() as directory:
        directory.delete_user(ANNA, KEPT)
        directory.delete_domain("example.net", Kept("root@admins.test", None))
    anna, bob = rows(world, vmail.deleted_mailboxes, username=ANNA), rows(world, vmail.deleted_mailboxes, username=BOB)
    shown = ("username", "domain", "maildir", "bytes", "messages", "admin", "delete_date")
    assert [tuple(found[name] for name in shown) for found in (*anna, *bob)] == [
        (ANNA, "example.com", "/var/vmail/vmail1/example.com/anna/", 3_000_000_000, 42, KEPT.admin, "2026-03-01"),
        (BOB, "example.net", "/var/vmail/vmail1/example.net/bob/", 0, 0, "root@admins.test", None),
    ]
    assert anna[0]["timestamp"] > "2026-01-01 00:00:00"


def test_a_repeated_delete_records_nothing_twice(world: World) -> None:
    with world.change() as directory:
        for _ in range(2):
            directory.delete_user(ANNA, KEPT)
            directory.delete_domain("example.net", KEPT)
    assert len(rows(world, vmail.deleted_mailboxes)) == 2


def test_a_domain_whose_name_ends_alike_is_left_alone(world: World) -> None:
    world.domain("my-example.com")
    world.user("carl@my-example.com")
    put(world, vmail.anyone_shares, from_user="carl@my-example.com")
    put(world, vmail.sender_relayhost, account="@my-example.com", relayhost="[192.0.2.1]")
    with world.change() as directory:
        directory.delete_domain("example.com", KEPT)
    assert mentions(world, "carl@my-example.com") == [
        "anyone_shares.from_user", "forwardings.address", "forwardings.forwarding", "mailbox.username",
    ]  # fmt: skip
    assert mentions(world, "@my-example.com") == ["sender_relayhost.account"]


def test_deleting_an_alias_removes_its_moderators(world: World) -> None:
    with world.change() as directory:
        directory.delete_alias("all@example.net")
    assert rows(world, vmail.moderators) == []
    assert mentions(world, "all@example.net") == []
