"""Proof that a domain which a normal admin added is theirs: table `iredadmin.domain_ownership`.

They put a code into a TXT record or into a web file of the domain. Nothing is fetched here: `verify` is given the texts
that were found, and decides. The name to prove is an alias domain where one is given, else the domain.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, or_, select, update

from postroom.accounts.database.connect import Unit
from postroom.accounts.database.tables import iredadmin
from postroom.errors import NotFound

PREFIX: Final = "domain-verification-"
DAY_S: Final = 86_400

_COLUMNS: Final = iredadmin.domain_ownership.c
_SELECT: Final = select(
    _COLUMNS.id, _COLUMNS.admin, _COLUMNS.domain, _COLUMNS.alias_domain, _COLUMNS.verify_code, _COLUMNS.verified,
    _COLUMNS.message, _COLUMNS.last_verify, _COLUMNS.expire,
)  # fmt: skip
_ONE: Final = _SELECT.where(
    _COLUMNS.admin == bindparam("admin"),
    _COLUMNS.domain == bindparam("domain"),
    _COLUMNS.alias_domain == bindparam("alias_domain"),
)
_INSERT: Final = insert(iredadmin.domain_ownership)
_UPDATE: Final = update(iredadmin.domain_ownership).where(_COLUMNS.id == bindparam("row"))
_FORGET: Final = delete(iredadmin.domain_ownership).where(
    or_(_COLUMNS.domain == bindparam("name"), _COLUMNS.alias_domain == bindparam("name"))
)


@dataclass(frozen=True, slots=True)
class Ownership:
    """What an admin has to prove, or has proved.

    `expires_s`: seconds since 1970. `checked`: UTC, `YYYY-MM-DD HH:MM:SS`, None before the first try; `message` tells
    how that went.
    """

    id: int
    admin: str
    domain: str
    alias_domain: str
    code: str
    verified: bool
    message: str
    checked: str | None
    expires_s: int

    @property
    def name(self) -> str:
        """The domain in whose DNS or web site the code must be."""
        return self.alias_domain or self.domain

    def expired(self, now_s: float) -> bool:
        """Too late for a proof. One that was given does not expire."""
        return not self.verified and now_s >= self.expires_s

    def proved_by(self, texts: Iterable[str]) -> bool:
        """Whether the code is one of the TXT strings or the whole of one of the web files."""
        return self.code in map(_bare, texts)


def entries(
    unit: Unit, *, admin: str | None = None, domain: str | None = None, verified: bool | None = None
) -> list[Ownership]:
    """All that fit, by domain, alias domain and admin."""
    query = _SELECT
    for column, wanted in ((_COLUMNS.admin, admin), (_COLUMNS.domain, domain), (_COLUMNS.verified, verified)):
        if wanted is not None:
            query = query.where(column == wanted)
    found = [_ownership(row) for row in unit.iredadmin.execute(query)]
    return sorted(found, key=lambda each: (each.domain, each.alias_domain, each.admin))


def create(
    unit: Unit, domain: str, admin: str, *, days: int, now_s: float, alias_domain: str = "", prefix: str = PREFIX
) -> Ownership:
    """Ask the admin for a proof within `days`.

    Asking again changes nothing, so that a code already published stays good; after the time is over it starts anew.
    """
    found = _find(unit, domain, admin, alias_domain)
    values = {"verify_code": prefix + secrets.token_hex(16), "expire": int(now_s) + days * DAY_S, "message": ""}
    if found is None:
        key = {"domain": domain, "admin": admin, "alias_domain": alias_domain}
        unit.iredadmin.execute(_INSERT, {**key, **values})
    elif found.expired(now_s):
        _change(unit, found, values)
    return _get(unit, domain, admin, alias_domain)


def verify(unit: Unit, asked: Ownership, texts: Iterable[str], *, now_s: float) -> Ownership:
    """Decide by what was found at `Ownership.name`, and note how it went."""
    if asked.expired(now_s):
        message, proved = "The time for the proof is over. Add the domain again.", False
    else:
        proved = asked.proved_by(texts)
        message = "" if proved else f"The code was not found at {asked.name}."
    checked = datetime.fromtimestamp(now_s, UTC)
    _change(unit, asked, {"verified": int(proved), "message": message, "last_verify": checked})
    return _get(unit, asked.domain, asked.admin, asked.alias_domain)


def take_for_proved(unit: Unit, domain: str) -> None:
    """A global admin has switched the domain on, and answers for it."""
    for asked in entries(unit, domain=domain, verified=False):
        if not asked.alias_domain:
            _change(unit, asked, {"verified": 1, "message": ""})


def forget(unit: Unit, domain: str) -> None:
    """Everything about a domain that is deleted, or about an alias domain that is taken away."""
    unit.iredadmin.execute(_FORGET, {"name": domain})


def _find(unit: Unit, domain: str, admin: str, alias_domain: str) -> Ownership | None:
    key = {"domain": domain, "admin": admin, "alias_domain": alias_domain}
    row = unit.iredadmin.execute(_ONE, key).one_or_none()
    return None if row is None else _ownership(row)


def _get(unit: Unit, domain: str, admin: str, alias_domain: str) -> Ownership:
    found = _find(unit, domain, admin, alias_domain)
    if found is None:
        raise NotFound("request for proof of ownership of", alias_domain or domain)
    return found


def _change(unit: Unit, found: Ownership, values: dict[str, Any]) -> None:
    unit.iredadmin.execute(_UPDATE.values(**values), {"row": found.id})


def _ownership(row: Any) -> Ownership:
    return replace(Ownership(*row), verified=bool(row.verified))


def _bare(text: str) -> str:
    """Without the quotes that DNS tools print around a TXT string, and without the line end of a file."""
    return text.strip().strip('"')
