"""Who may do what: every check of the archive, in one place.

Each rule is a `refusal_*` that answers why not, or None; `may_*` and `check_*` are made from it.
Sources: the Administration API's functions on users; what the product does with privileges, retention, legal hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Final, Literal

from postroom.archive.instance.identifiers import name_key
from postroom.archive.instance.periods import later_ms
from postroom.errors import Denied, Invalid

PRIVILEGES: Final = (
    "admin", "login", "changePassword", "archive", "modifyArchiveProfiles", "export", "modifyExportProfiles", "delete",
)  # fmt: skip
LOGIN_PRIVILEGES: Final = ("windows", "web", "outlook", "windowsCmd", "imap", "api")
FOLDER_PRIVILEGES: Final = ("read", "write", "delete")


class All(Enum):
    """Type of ALL, the set of every archive there is or will be."""

    ALL = "all"


ALL: Final = All.ALL


@dataclass(frozen=True, slots=True)
class Rules:
    """The part of the compliance configuration that decides about access. `retention_years` 0: none."""

    admin_may_read: bool = False
    legal_hold: bool = False
    retention_years: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """A user as the checks see it. `folders`: rights by archive, under its `name_key`."""

    name: str
    privileges: frozenset[str] = frozenset()
    login_privileges: frozenset[str] = frozenset(LOGIN_PRIVILEGES)
    folders: Mapping[str, frozenset[str]] = field(default_factory=dict)
    default_password: bool = False
    """The password is empty or the one every installation starts with."""

    @property
    def is_admin(self) -> bool:
        return "admin" in self.privileges

    def may(self, privilege: str) -> bool:
        """Whether the global privilege is there; administrators have all."""
        return self.is_admin or privilege in self.privileges

    def check(self, privilege: str) -> None:
        if not self.may(privilege):
            raise Denied(f"The user {self.name!r} needs the privilege {privilege!r}.")

    def may_login(self, client: str) -> bool:
        """Whether this user may come through this door (one of LOGIN_PRIVILEGES)."""
        return self.may("login") and client in self.login_privileges

    def may_read(self, archive: str, rules: Rules) -> bool:
        return self._refusal_to_read(archive, rules) is None

    def may_write(self, archive: str) -> bool:
        """Put messages in and move folders. Administrators may everywhere: it shows nobody's mail."""
        return self.is_admin or self._has("write", archive)

    def may_export(self, archive: str, rules: Rules) -> bool:
        return self.may("export") and self.may_read(archive, rules)

    def may_delete(self, archive: str, rules: Rules, archived_ms: int, now_ms: int) -> bool:
        return self._refusal_to_delete(archive, rules, archived_ms, now_ms) is None

    def check_read(self, archive: str, rules: Rules) -> None:
        _deny(self._refusal_to_read(archive, rules))

    def check_write(self, archive: str) -> None:
        if not self.may_write(archive):
            raise Denied(f"The user {self.name!r} may not write to the archive {archive!r}.")

    def check_export(self, archive: str, rules: Rules) -> None:
        self.check("export")
        self.check_read(archive, rules)

    def check_delete(self, archive: str, rules: Rules, archived_ms: int, now_ms: int) -> None:
        """May a message go that was archived at `archived_ms`? Raises Denied with the rule that forbids it."""
        _deny(self._refusal_to_delete(archive, rules, archived_ms, now_ms))

    def readable_archives(self, rules: Rules) -> frozenset[str] | Literal[All.ALL]:
        """Keys (`name_key`) of the archives whose messages this user may see."""
        if self.is_admin:
            return ALL if rules.admin_may_read else frozenset({name_key(self.name)})
        return frozenset(key for key, rights in self.folders.items() if "read" in rights)

    def _has(self, right: str, archive: str) -> bool:
        return right in self.folders.get(name_key(archive), frozenset())

    def _refusal_to_read(self, archive: str, rules: Rules) -> str | None:
        readable = self.readable_archives(rules)
        if readable is ALL or name_key(archive) in readable:
            return None
        # Also with an entry of their own: they could write it themselves.
        if self.is_admin:
            return "Administrators may not read archives of others while adminEmailPreviewEnabled is off."
        return f"The user {self.name!r} may not read the archive {archive!r}."

    def _refusal_to_delete(self, archive: str, rules: Rules, archived_ms: int, now_ms: int) -> str | None:
        if not self.may("delete"):
            return f"The user {self.name!r} needs the privilege 'delete'."
        if self.is_admin and (refusal := self._refusal_to_read(archive, rules)):
            return refusal
        if not self.is_admin and not self._has("delete", archive):
            return f"The user {self.name!r} may not delete in the archive {archive!r}."
        return refusal_by_rules(rules, archived_ms, now_ms)


def refusal_by_rules(rules: Rules, archived_ms: int, now_ms: int) -> str | None:
    """Why nobody at all may delete a message archived then, or None."""
    if rules.legal_hold:
        return "Nothing can be deleted while the legal hold is on."
    free_ms = retained_until_ms(archived_ms, rules.retention_years)
    if rules.retention_years and now_ms < free_ms:
        day = datetime.fromtimestamp(free_ms / 1000, UTC).date()
        return f"The message must be kept until {day} ({rules.retention_years} years from its archiving)."
    return None


def retained_until_ms(archived_ms: int, years: int) -> int:
    """The same day `years` later in UTC; a 29 February becomes a 1 March where there is none."""
    return later_ms(archived_ms, years, "year")


def checked_privileges(names: Iterable[str]) -> frozenset[str]:
    """A set of global privileges: 'none' or 'admin' alone, or any of the others. Raises Invalid."""
    chosen = _checked("privileges", names, PRIVILEGES)
    if "admin" in chosen and len(chosen) > 1:
        raise Invalid("privileges", "'admin' alone: it contains all others")
    return chosen


def checked_login_privileges(names: Iterable[str]) -> frozenset[str]:
    return _checked("login privileges", names, LOGIN_PRIVILEGES)


def checked_folder_privileges(names: Iterable[str]) -> frozenset[str]:
    return _checked("folder privileges", names, FOLDER_PRIVILEGES)


def in_order(privileges: Collection[str], names: tuple[str, ...]) -> tuple[str, ...]:
    """The privileges in the order of the table, for people and for the database."""
    return tuple(name for name in names if name in privileges)


def _checked(what: str, names: Iterable[str], allowed: tuple[str, ...]) -> frozenset[str]:
    chosen = frozenset(names)
    if chosen == {"none"}:
        return frozenset()
    if not chosen or not chosen <= set(allowed):
        raise Invalid(what, f"'none' alone, or some of {', '.join(allowed)}")
    return chosen


def _deny(refusal: str | None) -> None:
    if refusal:
        raise Denied(refusal)
