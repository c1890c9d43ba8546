"""Standalone admins."""

from __future__ import annotations

from typing import Any

from postroom.faces.iredadmin import changes, wire
from postroom.faces.iredadmin.call import Call, Names, Rows
from postroom.faces.iredadmin.dispatch import implements
from postroom.faces.iredadmin.errors import wrong_credentials
from postroom.faces.iredadmin.given import Given, asked_limit, page


@implements("admins.list")
def admins(call: Call, given: Given) -> Rows | Names:
    rows = call.accounts.admins.all(call.by, page(given))
    if given.get("email_only"):
        return Names([row.name for row in rows], asked_limit(given))
    return Rows(rows, call.keyed, asked_limit(given), call.hidden_of_admins)


@implements("admins.get")
def admin(call: Call, mail: str) -> dict[str, Any]:
    return wire.visible(call.accounts.admins.get(call.by, mail), call.hidden_of_admins)


@implements("admins.create")
def create(call: Call, mail: str, given: Given) -> None:
    call.accounts.admins.create(call.by, mail, changes.of_admin(given))


@implements("admins.update")
def update(call: Call, mail: str, given: Given) -> None:
    call.accounts.admins.update(call.by, mail, changes.of_admin(given))


@implements("admins.delete")
def delete(call: Call, mail: str) -> None:
    call.accounts.admins.delete(call.by, mail)


@implements("admins.verify_password")
def verify_password(call: Call, mail: str, given: Given) -> None:
    if not call.accounts.admins.verify_password(call.by, mail, str(given["password"])):
        raise wrong_credentials()
