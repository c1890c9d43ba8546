"""Domains."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from postroom.accounts.addresses import addresses
from postroom.accounts.model import ListChange
from postroom.accounts.ownership import Ownership
from postroom.faces.iredadmin import changes
from postroom.faces.iredadmin.call import Call, Names, Rows
from postroom.faces.iredadmin.dispatch import implements
from postroom.faces.iredadmin.errors import ArgumentInvalid, Unproved
from postroom.faces.iredadmin.given import Given, asked_limit, page


@implements("domains.list")
def domains(call: Call, given: Given) -> Rows | Names:
    disabled_only, part = bool(given.get("disabled_only")), page(given)
    if given.get("name_only"):
        found = call.accounts.domains.names(call.by, disabled_only=disabled_only, page=part)
        return Names(found, asked_limit(given))
    rows = call.accounts.domains.all(call.by, disabled_only=disabled_only, page=part)
    return Rows(rows, call.keyed, asked_limit(given))


@implements("domains.get")
def domain(call: Call, domain: str) -> dict[str, Any]:
    return call.accounts.domains.get(call.by, domain)


@implements("domains.create")
def create(call: Call, domain: str, given: Given) -> None:
    call.accounts.domains.create(call.by, domain, changes.of_domain(given, new=True))


@implements("domains.update")
def update(call: Call, domain: str, given: Given) -> None:
    call.accounts.domains.update(call.by, domain, changes.of_domain(given))


@implements("domains.delete")
def delete(call: Call, domain: str) -> None:
    call.accounts.domains.delete(call.by, domain)


@implements("domains.delete_keeping")
def delete_keeping(call: Call, domain: str, days: int) -> None:
    call.accounts.domains.delete(call.by, domain, days)


@implements("domains.admins")
def admins(call: Call, domain: str, given: Given) -> None:
    reset = () if "removeAllAdmins" in given else None
    add, remove = (addresses(given.get(name, ())) for name in ("addAdmin", "removeAdmin"))  # type: ignore[arg-type]
    if not (reset is not None or add or remove):
        raise ArgumentInvalid("NO_ADMINS", "addAdmin", "addAdmin, removeAdmin or removeAllAdmins")
    call.accounts.domains.change_admins(call.by, domain, ListChange(reset, add, remove))


@implements("domains.ownership")
def ownership(call: Call, domain: str) -> list[dict[str, Any]]:
    return [_asked(one) for one in call.accounts.domains.unproved(call.by, domain)]


@implements("domains.verify")
def verify(call: Call, domain: str) -> None:
    left = call.accounts.domains.verify(call.by, domain)
    if left:
        raise Unproved(left[0].message)


def _asked(one: Ownership) -> dict[str, Any]:
    expires = datetime.fromtimestamp(one.expires_s, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return {"name": one.name, "admin": one.admin, "code": one.code, "message": one.message, "expires": expires}


@implements("domains.get_services")
def services(call: Call, domain: str) -> list[str]:
    return call.accounts.domains.services(call.by, domain)


@implements("domains.set_services")
def set_services(call: Call, domain: str, given: Given) -> None:
    call.accounts.domains.change_services(call.by, domain, changes.of_domain(given))
