"""Entries as LDIF."""

from __future__ import annotations

from postroom.faces.iredadmin.call import Call
from postroom.faces.iredadmin.dispatch import implements


@implements("ldif.domain")
def domain(call: Call, domain: str) -> str:
    return call.accounts.ldif(call.by, "domain", domain)


@implements("ldif.catchall")
def catchall(call: Call, domain: str) -> str:
    return call.accounts.ldif(call.by, "catchall", domain)


@implements("ldif.admin")
def admin(call: Call, mail: str) -> str:
    return call.accounts.ldif(call.by, "admin", mail)


@implements("ldif.user")
def user(call: Call, mail: str) -> str:
    return call.accounts.ldif(call.by, "user", mail)


@implements("ldif.maillist")
def maillist(call: Call, mail: str) -> str:
    return call.accounts.ldif(call.by, "maillist", mail)


@implements("ldif.alias")
def alias(call: Call, mail: str) -> str:
    return call.accounts.ldif(call.by, "alias", mail)
