"""GetAuditLog, a function of our own: what happened, newest first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from postroom.archive.instance.audit import Entry, Filter
from postroom.archive.instance.users import Users
from postroom.errors import Invalid, NotFound
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements


@implements("GetAuditLog")
def get_audit_log(
    call: Call,
    fromIncluding: str | None = None,
    toExcluding: str | None = None,
    userName: str | None = None,
    event: str | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    """Times are UTC unless they name an offset; `next` is null on the last page."""
    instance, limit = call.archive.instance, limit or 100
    wanted = Filter(
        events=(event,) if event else (),
        user=_as_logged(instance.users, userName) if userName else None,
        since_ms=_milliseconds("fromIncluding", fromIncluding),
        until_ms=_milliseconds("toExcluding", toExcluding),
    )
    page = instance.audit.entries(wanted, before=_number(after), limit=limit)
    more = len(page) == limit and instance.audit.entries(wanted, before=page[-1].number, limit=1)
    return {"items": [_shown(entry) for entry in page], "next": str(page[-1].number) if more else None}


def _shown(entry: Entry) -> dict[str, Any]:
    time = datetime.fromtimestamp(entry.time_ms / 1000, UTC).replace(tzinfo=None)
    return {
        "number": entry.number,
        "time": time.isoformat(timespec="milliseconds"),
        "event": entry.event,
        "ok": entry.ok,
        "userName": entry.user,
        "client": entry.client,
        "address": entry.address,
        "target": entry.target,
        "details": dict(entry.details),
    }


def _as_logged(users: Users, name: str) -> str:
    try:
        return users.get(name).name
    except NotFound:
        # Deleted users and names nobody ever had are in the log too.
        return name


def _milliseconds(field: str, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise Invalid(field, "a time like 2026-01-31T12:00:00") from error


def _number(after: str | None) -> int | None:
    if after is None:
        return None
    if not (after.isascii() and after.isdigit() and len(after) < 19):
        raise Invalid("after", "the value of `next` of the answer before")
    return int(after)
