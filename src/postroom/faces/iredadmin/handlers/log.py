"""The admin log."""

from __future__ import annotations

from dataclasses import asdict

from postroom.accounts.model import Row
from postroom.faces.iredadmin.call import Call, Rows
from postroom.faces.iredadmin.dispatch import implements
from postroom.faces.iredadmin.given import Given, asked_limit, page


@implements("log.list")
def log(call: Call, given: Given) -> Rows:
    filters = {name: str(given.get(name, "")).lower() for name in ("domain", "admin", "event")}
    found = call.accounts.log(call.by, **filters, page=page(given))
    return Rows([Row(str(entry.id), asdict(entry)) for entry in found], keyed=False, limit=asked_limit(given))
