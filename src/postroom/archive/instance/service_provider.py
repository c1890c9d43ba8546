"""The service provider's user of an instance, `$archiveadmin`: an administrator while the instance lets it in.

It has no password, so nobody signs in by one. Its row stays when it is shut out, so that jobs it owns know their owner.
"""

from __future__ import annotations

from typing import Final

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.privileges import Account
from postroom.sqlite import Database

NAME: Final = "$archiveadmin"
SHUT_OUT: Final = (
    "The instance {0!r} does not let the service provider in. SetArchiveAdminEnabled lets it in; functions on stores "
    "and search indexes do without."
)
_ROW: Final = """
INSERT INTO user (name, key, full_name, authentication, privileges, login_privileges)
VALUES (?, ?, 'Service provider', 'integrated', ?, 'web,api')
ON CONFLICT (key) DO UPDATE SET privileges = excluded.privileges
"""


class ServiceProvider:
    """Safe from any thread."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database, self._audit = database, audit

    @property
    def enabled(self) -> bool:
        """Whether the instance lets it in."""
        query = "SELECT 1 FROM user WHERE key = ? AND privileges = 'admin'"
        with self._database.read() as connection:
            return connection.execute(query, (NAME,)).fetchone() is not None

    @property
    def account(self) -> Account:
        """As whom its calls are made; one that it may make while it is shut out show nobody's mail."""
        return Account(NAME, frozenset({"admin"}))

    def let_in(self, enabled: bool, by: Actor) -> None:
        """From now on it is let in, or not."""
        with self._database.write() as connection:
            connection.execute(_ROW, (NAME, NAME, "admin" if enabled else ""))
            self._audit.record_in(connection, events.SERVICE_PROVIDER_ACCESS, by, target=NAME, enabled=enabled)
