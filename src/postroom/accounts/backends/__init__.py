"""Where accounts are kept: `sql` (SQLite, PostgreSQL, MariaDB) and `ldap`, both behind `accounts.directory`."""

from __future__ import annotations

from postroom.accounts.database.connect import Databases
from postroom.accounts.directory import Backend
from postroom.settings import Accounts


def open_backend(accounts: Accounts, databases: Databases) -> Backend:
    """The back end that the settings name; connects when first used. Raises Invalid."""
    # Imported when it is used: ldap3 takes as long to load as the rest of a command.
    if databases.backend == "ldap":
        from postroom.accounts.backends.ldap.backend import LdapBackend

        return LdapBackend(accounts)
    from postroom.accounts.backends.sql.backend import SqlBackend

    return SqlBackend(databases, accounts.mta_transport)
