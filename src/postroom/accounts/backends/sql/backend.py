"""The back end of SQL: which engine it is, and directories over units."""

from __future__ import annotations

from sqlalchemy import select

from postroom.accounts.backends.sql.directory import SqlDirectory
from postroom.accounts.database.connect import Databases, Unit
from postroom.accounts.directory import Kind
from postroom.accounts.enforce.sql import SqlDirectory as SqlPolicyDirectory

_ASK = select(1)


class SqlBackend:
    """`transport` is what new domains get that name none."""

    def __init__(self, databases: Databases, transport: str = "dovecot") -> None:
        self.kind: Kind = databases.backend
        self._databases, self._transport = databases, transport

    def directory(self, unit: Unit, *, dry_run: bool = False) -> SqlDirectory:  # noqa: ARG002
        """A dry run is undone with its unit."""
        return SqlDirectory(unit, self._transport)

    def enforcing(self, unit: Unit) -> SqlPolicyDirectory:
        """What the policy service asks; for the length of one question."""
        return SqlPolicyDirectory(unit)

    def check(self) -> None:
        """Raises Unavailable when the database does not answer."""
        with self._databases.read() as unit:
            unit.vmail.execute(_ASK)

    def close(self) -> None:
        """The databases stay open: others use them too."""
