"""The retention policies as `instance.db` keeps them."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import msgspec

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.identifiers import name_key
from postroom.archive.retention.criteria import Criteria
from postroom.archive.retention.policies import Policy
from postroom.errors import Invalid
from postroom.sqlite import Database

MOST_POLICIES: Final = 1_000


class PolicyList:
    """Safe from any thread. `lock` is held while the list changes."""

    def __init__(self, database: Database, audit: Audit, lock: threading.RLock) -> None:
        self._database, self._audit, self._lock = database, audit, lock

    def all(self) -> tuple[Policy, ...]:
        """In their order."""
        with self._database.read() as connection:
            return _read(connection)

    def replace(self, policies: Sequence[Policy], by: Actor) -> tuple[Policy, ...]:
        """Instead of all that are there. One with the id of one that is there stays that policy, others get a new id.
        Raises Invalid naming the field; then nothing changed."""
        _check(policies)
        with self._lock, self._database.write() as connection:
            before = _read(connection)
            known = {policy.id for policy in before}
            connection.execute("DELETE FROM retention_policy")
            for position, policy in enumerate(policies):
                connection.execute(_INSERT, _row(position, replace(policy, id=policy.id if policy.id in known else 0)))
            now = _read(connection)
            self._audit.record_in(
                connection, events.RETENTION_UPDATE, by, target=None, before=_told(before), now=_told(now)
            )
        return now


_INSERT: Final = "INSERT INTO retention_policy VALUES (nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def _check(policies: Sequence[Policy]) -> None:
    if len(policies) > MOST_POLICIES:
        raise Invalid("policies", f"at most {MOST_POLICIES}")
    for policy in policies:
        policy.check()
    names = [name_key(policy.name) for policy in policies]
    if twice := [policy.name for policy, name in zip(policies, names, strict=True) if names.count(name) > 1]:
        raise Invalid("name", f"a name of its own for each policy, not {twice[0]!r} twice")
    ids = [policy.id for policy in policies if policy.id]
    if len(ids) != len(set(ids)):
        raise Invalid("id", "each id once; null for a new policy")


def _row(position: int, policy: Policy) -> tuple[object, ...]:
    criteria = None if policy.criteria is None else msgspec.json.encode(policy.criteria).decode()
    return (
        policy.id, position, policy.name, policy.enabled, policy.period, policy.unit, policy.reference, policy.year_end,
        policy.deletes, criteria,
    )  # fmt: skip


def _read(connection: sqlite3.Connection) -> tuple[Policy, ...]:
    rows = connection.execute("SELECT * FROM retention_policy ORDER BY position")
    return tuple(_policy(row) for row in rows)


def _policy(row: sqlite3.Row) -> Policy:
    return Policy(
        name=row["name"],
        period=row["period"],
        unit=row["unit"],
        reference=row["reference"],
        deletes=bool(row["deletes"]),
        criteria=None if row["criteria"] is None else msgspec.json.decode(row["criteria"], type=Criteria),
        enabled=bool(row["enabled"]),
        year_end=bool(row["year_end"]),
        id=row["id"],
    )


def _told(policies: Sequence[Policy]) -> object:
    return msgspec.to_builtins(policies)
