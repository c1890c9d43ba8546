"""What a handler gets beside its arguments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from postroom.accounts.accounts import Accounts
from postroom.accounts.model import Row
from postroom.accounts.services.access import Caller
from postroom.settings import Settings

API_NAME = "iredadmin"


@dataclass(frozen=True, slots=True)
class Call:
    """One request: who calls, the engine, and the settings."""

    accounts: Accounts
    by: Caller
    settings: Settings

    @property
    def keyed(self) -> bool:
        """Whether lists are objects by name, as on LDAP."""
        return self.accounts.core.backend.kind == "ldap"

    @property
    def hidden_of_admins(self) -> frozenset[str]:
        """What answers about admins leave out."""
        return frozenset(self.settings.iredadmin.hidden_admin_profiles)

    @property
    def hidden_of_users(self) -> frozenset[str]:
        return frozenset(self.settings.iredadmin.hidden_user_profiles)


@dataclass(frozen=True, slots=True)
class Rows:
    """A list too long to be held: written as it is read.

    `keyed`: an object by name, as LDAP back ends answer; else an array. `limit`: one row more than asked for was read,
    so that `_next` can say whether there is a rest.
    """

    rows: Iterable[Row]
    keyed: bool
    limit: int | None = None
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Names:
    """A list of names, with the same rule for `limit`."""

    names: list[str]
    limit: int | None = None
