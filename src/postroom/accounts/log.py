"""The admins' log, table `iredadmin.log`: who changed what, from where. Messages name what changed and tell no secrets:
that is for those who write them to keep."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Select, func, select

from postroom.accounts.database.connect import Unit
from postroom.accounts.database.statements import check_fits, insert_row
from postroom.accounts.database.tables import iredadmin
from postroom.accounts.model import ALL, Page
from postroom.errors import Invalid

Event = Literal["login", "create", "update", "delete", "active", "disable", "rename"]

API: Final = "[API] "
"""What begins the messages of changes that came through the API."""
PAGE_ROWS: Final = 1000
"""What a page holds whose limit is not said: the log grows for years."""
_MOST_CHARS: Final = 10_000
"""Of a message. A TEXT of MariaDB has 65,535 bytes, and some characters have four."""

_log = iredadmin.log
_NEWEST: Final[Select[Any]] = select(_log).order_by(_log.c.id.desc())
# PostgreSQL takes no NUL, and a line break would make one entry look like two wherever it is printed.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a change, and the IP address they make it from. `api`: through the API."""

    admin: str
    ip: str = ""
    api: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the log. `time` is UTC, `YYYY-MM-DD HH:MM:SS`."""

    id: int
    time: str
    admin: str
    ip: str
    domain: str
    username: str
    event: str
    level: str
    message: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries: those that fit everything that is given. `domains`: about one of these."""

    admin: str = ""
    domain: str = ""
    username: str = ""
    event: str = ""
    domains: Collection[str] | None = None


EVERYTHING: Final = Filters()


def record(unit: Unit, by: Author, event: Event, message: str, *, domain: str = "", username: str = "") -> None:
    """Note one change, in the transaction that makes it."""
    named = {"admin": by.admin, "ip": by.ip, "domain": domain, "username": username, "event": event}
    row = {name: _printable(value) for name, value in named.items()}
    row["ip"] = row["ip"][:40]  # the scope of an IPv6 address may be long, and no change shall fail for it
    check_fits(_log, row)
    row["msg"] = _printable(API + message if by.api else message)[:_MOST_CHARS]
    insert_row(unit.iredadmin, _log, row)


def entries(unit: Unit, filters: Filters = EVERYTHING, page: Page = ALL) -> list[Entry]:
    """The newest first. `page.after` is the id of the last entry of the page before, `page.search` a part of a message.

    Raises Invalid for an `after` that is no id.
    """
    query = _NEWEST.limit(PAGE_ROWS if page.limit is None else page.limit)
    return [Entry(*row) for row in unit.iredadmin.execute(_paged(_filtered(query, filters), page))]


def _filtered(query: Select[Any], filters: Filters) -> Select[Any]:
    for name in ("admin", "domain", "username", "event"):
        if wanted := getattr(filters, name):
            query = query.where(_log.c[name] == _printable(wanted))
    if filters.domains is not None:
        query = query.where(_log.c.domain.in_(sorted(filters.domains)))
    return query


def _paged(query: Select[Any], page: Page) -> Select[Any]:
    if page.after:
        query = query.where(_log.c.id < _id(page.after))
    if page.search:
        # The engines do not agree on case in LIKE.
        part = _printable(page.search).lower()
        query = query.where(func.lower(_log.c.msg).contains(part, autoescape=True))
    return query


def _id(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise Invalid("after", "the id of an entry")
    return int(text)


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text)
