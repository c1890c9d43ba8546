"""Mail users."""

from __future__ import annotations

from typing import Any

from postroom.faces.iredadmin import changes, wire
from postroom.faces.iredadmin.call import Call, Names, Rows
from postroom.faces.iredadmin.dispatch import implements
from postroom.faces.iredadmin.errors import wrong_credentials
from postroom.faces.iredadmin.given import Given, asked_limit, page


@implements("users.list")
def users(call: Call, domain: str, given: Given) -> Rows | Names:
    disabled_only, part = bool(given.get("disabled_only")), page(given)
    if given.get("email_only"):
        found = call.accounts.users.addresses(call.by, domain, disabled_only=disabled_only, page=part)
        return Names(found, asked_limit(given))
    rows = call.accounts.users.all(call.by, domain, disabled_only=disabled_only, page=part)
    return Rows(rows, call.keyed, asked_limit(given), call.hidden_of_users)


@implements("users.get")
def user(call: Call, mail: str) -> dict[str, Any]:
    return wire.visible(call.accounts.users.get(call.by, mail), call.hidden_of_users)


@implements("users.create")
def create(call: Call, mail: str, given: Given) -> None:
    call.accounts.users.create(call.by, mail, changes.of_user(given, changes.NEW_USER))


@implements("users.update")
def update(call: Call, mail: str, given: Given) -> None:
    call.accounts.users.update(call.by, mail, changes.of_user(given))


@implements("users.delete")
def delete(call: Call, mail: str) -> None:
    call.accounts.users.delete(call.by, mail)


@implements("users.delete_keeping")
def delete_keeping(call: Call, mail: str, days: int) -> None:
    call.accounts.users.delete(call.by, mail, days)


@implements("users.change_email")
def change_email(call: Call, mail: str, new_mail: str) -> None:
    call.accounts.users.rename(call.by, mail, new_mail)


@implements("users.update_all")
def update_all(call: Call, domain: str, given: Given) -> None:
    call.accounts.users.update_all(call.by, domain, changes.of_user(given, changes.ALL_USERS))


@implements("users.verify_password")
def verify_password(call: Call, mail: str, given: Given) -> None:
    if not call.accounts.users.verify_password(call.by, mail, str(given["password"])):
        raise wrong_credentials()


@implements("users.set_password")
def set_password(call: Call, mail: str, given: Given) -> None:
    call.accounts.users.update(call.by, mail, changes.of_user(given, changes.PASSWORDS))


@implements("users.set_all_passwords")
def set_all_passwords(call: Call, domain: str, given: Given) -> None:
    call.accounts.users.update_all(call.by, domain, changes.of_user(given, changes.PASSWORDS))
