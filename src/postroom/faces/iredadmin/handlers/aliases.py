"""Aliases, and the unsubscribable mailing lists of LDAP."""

from __future__ import annotations

from typing import Any

from postroom.faces.iredadmin import changes
from postroom.faces.iredadmin.call import Call, Names, Rows
from postroom.faces.iredadmin.dispatch import implements
from postroom.faces.iredadmin.given import Given, asked_limit, page


@implements("aliases.list")
def aliases(call: Call, domain: str, given: Given) -> Rows | Names:
    disabled_only, part = bool(given.get("disabled_only")), page(given)
    if given.get("email_only"):
        found = call.accounts.aliases.addresses(call.by, domain, disabled_only=disabled_only, page=part)
        return Names(found, asked_limit(given))
    rows = call.accounts.aliases.all(call.by, domain, disabled_only=disabled_only, page=part)
    return Rows(rows, call.keyed, asked_limit(given))


@implements("aliases.get")
def alias(call: Call, mail: str) -> dict[str, Any]:
    return call.accounts.aliases.get(call.by, mail)


@implements("aliases.create")
def create(call: Call, mail: str, given: Given) -> None:
    call.accounts.aliases.create(call.by, mail, changes.of_alias(given, new=True))


@implements("aliases.update")
def update(call: Call, mail: str, given: Given) -> None:
    call.accounts.aliases.update(call.by, mail, changes.of_alias(given))


@implements("aliases.delete")
def delete(call: Call, mail: str) -> None:
    call.accounts.aliases.delete(call.by, mail)


@implements("aliases.change_email")
def change_email(call: Call, mail: str, new_mail: str) -> None:
    call.accounts.aliases.rename(call.by, mail, new_mail)


@implements("maillists.get")
def maillist(call: Call, mail: str) -> dict[str, Any]:
    return call.accounts.maillists.get(call.by, mail)


@implements("maillists.create")
def create_maillist(call: Call, mail: str, given: Given) -> None:
    call.accounts.maillists.create(call.by, mail, changes.of_alias(given, new=True))


@implements("maillists.update")
def update_maillist(call: Call, mail: str, given: Given) -> None:
    call.accounts.maillists.update(call.by, mail, changes.of_alias(given))


@implements("maillists.delete")
def delete_maillist(call: Call, mail: str, given: Given) -> None:  # noqa: ARG001  `archive` is for mlmmj's lists
    call.accounts.maillists.delete(call.by, mail)
