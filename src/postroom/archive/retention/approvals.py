"""Four eyes: a run that deletes was approved by another administrator than the one who starts it.

An approval is for one run, for the policies and holds as they were, and for a day.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Final

import msgspec

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.retention.evaluate import Rules
from postroom.archive.storage.writer import Clock
from postroom.errors import Denied
from postroom.sqlite import Database

VALID_MS: Final = 86_400_000


class Approvals:
    """Safe from any thread."""

    def __init__(self, database: Database, audit: Audit, rules: Callable[[], Rules], clock: Clock) -> None:
        self._database, self._audit, self._rules, self._clock = database, audit, rules, clock

    def give(self, by: Actor) -> None:
        """Approve the next run of somebody else, with the rules of now."""
        rules, now_ms = self._fingerprint(), self._clock()
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO retention_approval VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
                " SET approved_ms = excluded.approved_ms, rules = excluded.rules",
                (by.name, now_ms, rules),
            )
            self._audit.record_in(connection, events.RETENTION_APPROVE, by, rules=rules)

    def use(self, by: Actor) -> str:
        """Who approved it; the approval is used up. Raises Denied when nobody else did."""
        rules, since_ms = self._fingerprint(), self._clock() - VALID_MS
        with self._database.write() as connection:
            connection.execute("DELETE FROM retention_approval WHERE approved_ms < ?", (since_ms,))
            row = connection.execute(
                "SELECT approved_by FROM retention_approval WHERE approved_by <> ? AND rules = ?"
                " ORDER BY approved_ms LIMIT 1",
                (by.name, rules),
            ).fetchone()
            if row is not None:
                connection.execute("DELETE FROM retention_approval WHERE approved_by = ?", (row["approved_by"],))
        if row is None:
            raise Denied(
                "Another administrator has to approve the run first (archive.retention_four_eyes). An approval is for"
                " one run within a day, and for the policies and holds as they were then."
            )
        return str(row["approved_by"])

    def _fingerprint(self) -> str:
        """Another one whenever a rule is."""
        return sha256(msgspec.json.encode(self._rules())).hexdigest()
