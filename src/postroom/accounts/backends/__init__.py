"""Where accounts are kept: `sql` (SQLite, PostgreSQL, MariaDB) and `ldap`, both behind `accounts.directory`."""

from __future__ import annotations

from postroom.accounts.backends.ldap.backend import LdapBackend
from postroom.accounts.backends.sql.backend import SqlBackend
from postroom.accounts.database.connect import Databases
from postroom.accounts.directory import Backend
from postroom.settings import Accounts


def open_backend(accounts: Accounts, databases: Databases) -> Backend:
    """The back end that the settings name; connects when first used. Raises Invalid."""
    if databases.backend == "ldap":
        return LdapBackend(accounts)
    return SqlBackend(databases, accounts.mta_transport)
