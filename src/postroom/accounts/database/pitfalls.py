"""Rows that are allowed by the tables but do harm, each with what it does; found in installations of all ages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, exists, func, literal_column, not_, select

from postroom.accounts.database.tables import iredapd, vmail


class Pitfall(NamedTuple):
    """`rows` counts them; `text` is what they do, after "n rows: "."""

    needs: frozenset[str]
    table: str
    rows: Select[int]
    text: str


def _count(source: FromClause, *conditions: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(source).where(*conditions)


def _own_row() -> ColumnElement[bool]:
    name = vmail.mailbox.c.username
    row = vmail.forwardings.c
    # With a forwarding and without a row of its own, a mailbox wants no copy: that is no mistake.
    return exists(select(literal_column("1")).where(and_(row.address == name, row.is_forwarding == 1)))


_DOUBLE: Final = (
    select(iredapd.throttle.c.account)
    .group_by(iredapd.throttle.c.account, iredapd.throttle.c.kind)
    .having(func.count() > 1)
    .subquery()
)

PITFALLS: Final = (
    Pitfall(
        frozenset({"mailbox"}),
        "mailbox",
        _count(vmail.mailbox, vmail.mailbox.c.allow_nets == ""),
        "`allow_nets` is empty instead of NULL, so Dovecot lets these users in from nowhere.",
    ),
    Pitfall(
        frozenset({"mailbox", "forwardings"}),
        "mailbox",
        _count(vmail.mailbox, not_(_own_row())),
        "no row of `forwardings` leads to the mailbox, so a catch-all address of the domain takes its mail.",
    ),
    Pitfall(
        frozenset({"mailbox"}),
        "mailbox",
        _count(vmail.mailbox, vmail.mailbox.c.username != func.lower(vmail.mailbox.c.username)),
        "`username` has capital letters, so Postfix does not find it.",
    ),
    Pitfall(
        frozenset({"domain"}),
        "domain",
        _count(vmail.domain, vmail.domain.c.domain != func.lower(vmail.domain.c.domain)),
        "`domain` has capital letters, so Postfix does not find it.",
    ),
    Pitfall(
        frozenset({"throttle"}),
        "throttle",
        _count(_DOUBLE),
        "there is more than one setting for an account and kind; which of them counts is left to chance.",
    ),
)


def found(connection: Connection, tables: set[str]) -> Iterator[tuple[str, str]]:
    """Table and sentence of each pitfall; `tables` are those of the database that are as expected."""
    for pitfall in PITFALLS:
        if pitfall.needs <= tables and (count := connection.execute(pitfall.rows).scalar_one()):
            yield pitfall.table, f"{count} {'row' if count == 1 else 'rows'}: {pitfall.text}"
