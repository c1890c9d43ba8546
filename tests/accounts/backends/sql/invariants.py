"""What must hold for the rows of `vmail` after each unit of work; told as sentences, none when all is well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, select

from postroom.accounts.addresses import domain_of
from postroom.accounts.database.tables import vmail
from postroom.accounts.database.tables.vmail import METADATA

Rows = list[dict[str, Any]]

_DOMAINS = (
    ("mailbox", "username", "domain"),
    ("alias", "address", "domain"),
    ("sender_bcc_user", "username", "domain"),
    ("recipient_bcc_user", "username", "domain"),
    ("moderators", "address", "domain"),
    ("moderators", "moderator", "dest_domain"),
    ("maillist_owners", "address", "domain"),
    ("maillist_owners", "owner", "dest_domain"),
    ("used_quota", "username", "domain"),
    ("last_login", "username", "domain"),
    ("forwardings", "forwarding", "dest_domain"),
)
"""(table, address, its domain)"""

_OF_USERS = (
    ("sender_bcc_user", "username"),
    ("recipient_bcc_user", "username"),
    ("used_quota", "username"),
    ("last_login", "username"),
    ("share_folder", "from_user"),
    ("anyone_shares", "from_user"),
)
"""(table, column whose address must be that of a user)"""

_POINTERS = (
    ("forwardings", "forwarding"),
    ("sender_bcc_domain", "bcc_address"),
    ("recipient_bcc_domain", "bcc_address"),
    ("sender_bcc_user", "bcc_address"),
    ("recipient_bcc_user", "bcc_address"),
    ("moderators", "moderator"),
    ("maillist_owners", "owner"),
    ("share_folder", "to_user"),
)
"""(table, column with addresses of anybody; those of accounts that are gone must not be left)"""


def read(connection: Connection) -> dict[str, Rows]:
    """All tables."""
    return {name: _rows(connection, table) for name, table in METADATA.tables.items()}


def _rows(connection: Connection, table: Table) -> Rows:
    return [dict(row._mapping) for row in connection.execute(select(table))]


def broken(connection: Connection, gone: set[str]) -> list[str]:
    """What does not hold; `gone` are addresses and domains that were renamed or deleted, and not made again."""
    tables = read(connection)
    return [
        *_domains(tables),
        *_mailboxes(tables),
        *_forwardings(tables),
        *_managers(tables),
        *_owners(tables),
        *_gone(tables, gone),
    ]


def _domains(tables: dict[str, Rows]) -> Iterator[str]:
    for table, address, domain in _DOMAINS:
        for row in tables[table]:
            if row[domain] != domain_of(row[address]):
                yield f"{table}.{domain} of {row[address]} is {row[domain]}"
    hosted = {row["domain"] for row in tables["domain"]}
    for table in ("mailbox", "alias"):
        yield from (f"{row} has no domain" for row in tables[table] if row["domain"] not in hosted)
    for row in tables["alias_domain"]:
        if row["target_domain"] not in hosted or row["alias_domain"] in hosted:
            yield f"alias domain {row}"
    for row in tables["domain"]:
        if not row["transport"] or (row["backupmx"] and not row["transport"].startswith("relay:")):
            yield f"transport of {row}"


def _mailboxes(tables: dict[str, Rows]) -> Iterator[str]:
    with_rows = {row["address"] for row in tables["forwardings"] if row["is_forwarding"]}
    for row in tables["mailbox"]:
        if row["username"] not in with_rows:
            yield f"{row['username']} has no row of its own and falls to the catch-all"
        if row["allow_nets"] is not None:
            yield f"allow_nets of {row['username']} is not NULL"


def _forwardings(tables: dict[str, Rows]) -> Iterator[str]:
    kinds = {
        **{row["username"]: "is_forwarding" for row in tables["mailbox"]},
        **{row["address"]: "is_list" for row in tables["alias"]},
        **{row["domain"]: "" for row in tables["domain"]},
    }
    users = {row["username"]: row["active"] for row in tables["mailbox"]}
    aliases = {row["address"]: row["active"] for row in tables["alias"]}
    for row in tables["forwardings"]:
        marks = [mark for mark in ("is_forwarding", "is_list", "is_alias", "is_maillist") if row[mark]]
        expected = kinds.get(row["address"], "is_alias")
        if marks != ([expected] if expected else []):
            yield f"marks {marks} of {row}"
        if expected == "is_alias" and row["forwarding"] not in users:
            yield f"further address of nobody: {row}"
        if row["domain"] != (domain_of(row["address"]) or row["address"]):
            yield f"domain of {row}"
        ends = users.get(row["address"], 1), users.get(row["forwarding"], 1), aliases.get(row["address"], 1)
        if row["active"] != min(ends):
            yield f"active of {row}"


def _managers(tables: dict[str, Rows]) -> Iterator[str]:
    rights: dict[str, set[str]] = {}
    for row in tables["domain_admins"]:
        rights.setdefault(row["username"], set()).add(row["domain"])
    admins, users = ({row["username"] for row in tables[table]} for table in ("admin", "mailbox"))
    hosted = {row["domain"] for row in tables["domain"]} | {"ALL"}
    yield from (f"rights of nobody: {name}" for name in rights.keys() - admins - users)
    yield from (f"{name} manages {names - hosted}" for name, names in rights.items() if names - hosted)
    for row in tables["mailbox"]:
        has = rights.get(row["username"], set())
        if (row["isadmin"], row["isglobaladmin"]) != (int(bool(has)), int("ALL" in has)):
            yield f"marks of {row['username']}, who manages {has}"


def _owners(tables: dict[str, Rows]) -> Iterator[str]:
    users, hosted = {row["username"] for row in tables["mailbox"]}, {row["domain"] for row in tables["domain"]}
    for table, column in _OF_USERS:
        yield from (f"{table} of nobody: {row}" for row in tables[table] if row[column] not in users)
    for table in ("sender_bcc_domain", "recipient_bcc_domain"):
        yield from (f"{table} of no domain: {row}" for row in tables[table] if row["domain"] not in hosted)
    for row in tables["sender_relayhost"]:
        local, _, domain = row["account"].rpartition("@")
        if domain not in hosted or (local and row["account"] not in users):
            yield f"relay of nobody: {row}"


def _gone(tables: dict[str, Rows], gone: set[str]) -> Iterator[str]:
    for table, column in _POINTERS:
        for row in tables[table]:
            if row[column] in gone or domain_of(row[column]) in gone:
                yield f"{table} points to {row[column]}, which is gone"


def kept(connection: Connection) -> Rows:
    """The rows about mailboxes that were deleted."""
    return _rows(connection, vmail.deleted_mailboxes)
