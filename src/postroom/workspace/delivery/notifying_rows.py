"""The rows of subscriptions and of what waits to be posted to their URLs. All inside a unit of the caller."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from postroom.workspace.store.store import Unit

REACHED: Final = "notified"
"""The fact that says up to which change of the log notifications were made."""

_COLUMNS: Final = (
    "id, app, user, kind, mailbox, parent, key, query, immutable, changes, document, expires_ms, after, warned, ended"
)
_ADD: Final = f"INSERT INTO subscription ({_COLUMNS}) VALUES ({', '.join('?' * 15)})"  # noqa: S608  our own names
_SELECT: Final = f"SELECT {_COLUMNS} FROM subscription"  # noqa: S608
_WAKE: Final = """UPDATE outlet SET next_ms = coalesce(next_ms, ?), sequence = sequence + 1
  WHERE subscription = ? AND lifecycle = ?"""
_PUT: Final = """INSERT INTO notification (subscription, lifecycle, content, queued_ms, sequence)
  SELECT subscription, lifecycle, ?, ?, sequence FROM outlet WHERE subscription = ? AND lifecycle = ?"""
_SET_REACHED: Final = "INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)"


@dataclass(frozen=True, slots=True)
class Target:
    """The items that are watched: of a kind in a mailbox; of those in `parent`, or the one with `key`, where given."""

    kind: str
    mailbox: str
    parent: int | None = None
    key: bytes | None = None
    query: str = ""
    """The query string of the resource: `$filter`, `$select`."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """`document` is what was given and never changes, under Graph's names. `user` is empty for an app by itself."""

    id: str
    app: str
    user: str
    target: Target
    immutable: bool
    changes: frozenset[str]
    document: Mapping[str, Any]
    expires_ms: int
    after: int
    warned: bool = False
    ended: str | None = None


@dataclass(frozen=True, slots=True)
class Outlet:
    """A URL that is posted to. `attempts` failed since it last took something."""

    subscription: str
    lifecycle: bool
    url: str
    attempts: int
    next_ms: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """One element of a post."""

    number: int
    content: dict[str, Any]
    queued_ms: int
    sequence: int
    """Which of its URL's it is, from 1."""


def add(unit: Unit, made: Subscription, urls: Sequence[str]) -> None:
    """`urls`: that of changes, and that of the subscription's own fate if there is one."""
    target, document = made.target, msgspec.json.encode(made.document).decode()
    values = (made.id, made.app, made.user, target.kind, target.mailbox, target.parent, target.key, target.query,
              int(made.immutable), ",".join(sorted(made.changes)), document, made.expires_ms, made.after,
              int(made.warned), made.ended)  # fmt: skip
    unit.connection.execute(_ADD, values)
    for lifecycle, url in enumerate(urls):
        unit.connection.execute(
            "INSERT INTO outlet (subscription, lifecycle, url) VALUES (?, ?, ?)", (made.id, lifecycle, url)
        )


def find(unit: Unit, subscription_id: str, *, ended: bool = False) -> Subscription | None:
    """One that has not ended; with `ended` one that has, too."""
    row = unit.connection.execute(f"{_SELECT} WHERE id = ?", (subscription_id,)).fetchone()
    return _read(row) if row and (ended or row["ended"] is None) else None


def of_caller(unit: Unit, app: str, user: str) -> list[Subscription]:
    """Those that an app made, by itself or for a user; oldest first."""
    sql = f"{_SELECT} WHERE app = ? AND user = ? AND ended IS NULL ORDER BY rowid"
    return [_read(row) for row in unit.connection.execute(sql, (app, user))]


def count(unit: Unit, app: str) -> int:
    """How many an app has."""
    sql = "SELECT count(*) FROM subscription WHERE app = ? AND ended IS NULL"
    return int(unit.connection.execute(sql, (app,)).fetchone()[0])


def watching(unit: Unit, mailboxes: Iterable[str]) -> list[Subscription]:
    """Those for changes in these mailboxes."""
    sql = f"{_SELECT} WHERE mailbox IN (SELECT value FROM json_each(?)) AND ended IS NULL ORDER BY rowid"  # noqa: S608
    return [_read(row) for row in unit.connection.execute(sql, (json.dumps(sorted(mailboxes)),))]


def all_alive(unit: Unit) -> list[Subscription]:
    return [_read(row) for row in unit.connection.execute(f"{_SELECT} WHERE ended IS NULL ORDER BY rowid")]


def first_after(unit: Unit) -> int | None:
    """No change up to this number is told to anybody; None when there is no subscription."""
    found: int | None = unit.connection.execute("SELECT min(after) FROM subscription WHERE ended IS NULL").fetchone()[0]
    return found


def ending(unit: Unit, before_ms: int) -> list[Subscription]:
    """Those that end before this time, the first to end first."""
    sql = f"{_SELECT} WHERE expires_ms <= ? AND ended IS NULL ORDER BY expires_ms"
    return [_read(row) for row in unit.connection.execute(sql, (before_ms,))]


def renew(unit: Unit, subscription_id: str, expires_ms: int) -> None:
    sql = "UPDATE subscription SET expires_ms = ?, warned = 0 WHERE id = ?"
    unit.connection.execute(sql, (expires_ms, subscription_id))


def set_warned(unit: Unit, subscription_id: str, *, warned: bool) -> None:
    unit.connection.execute("UPDATE subscription SET warned = ? WHERE id = ?", (int(warned), subscription_id))


def set_url(unit: Unit, subscription_id: str, url: str) -> None:
    """What waits goes there at once."""
    unit.connection.execute(
        "UPDATE outlet SET url = ?, attempts = 0, next_ms = CASE WHEN next_ms IS NULL THEN NULL ELSE 0 END"
        " WHERE subscription = ? AND lifecycle = 0",
        (url, subscription_id),
    )


def url(unit: Unit, subscription_id: str) -> str:
    """Where its changes are posted."""
    sql = "SELECT url FROM outlet WHERE subscription = ? AND lifecycle = 0"
    return str(unit.connection.execute(sql, (subscription_id,)).fetchone()["url"])


def remove(unit: Unit, subscription_id: str) -> None:
    """With what still waits."""
    unit.connection.execute("DELETE FROM subscription WHERE id = ?", (subscription_id,))


def end(unit: Unit, subscription_id: str, why: str) -> None:
    """It tells no more changes; the row stays while something waits, see `drop_ended`."""
    unit.connection.execute("UPDATE subscription SET ended = ? WHERE id = ?", (why, subscription_id))


def drop_ended(unit: Unit) -> None:
    """Forget those that are over and have nothing left to say."""
    unit.connection.execute(
        "DELETE FROM subscription WHERE ended IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM notification WHERE subscription = subscription.id)"
    )


def has_lifecycle(unit: Unit, subscription_id: str) -> bool:
    sql = "SELECT EXISTS (SELECT 1 FROM outlet WHERE subscription = ? AND lifecycle = 1)"
    return bool(unit.connection.execute(sql, (subscription_id,)).fetchone()[0])


def put(unit: Unit, subscription_id: str, content: Mapping[str, Any], now_ms: int, *, lifecycle: bool = False) -> None:
    """Have this posted, after all that waits already."""
    text = msgspec.json.encode(content).decode()
    unit.connection.execute(_WAKE, (now_ms, subscription_id, int(lifecycle)))
    unit.connection.execute(_PUT, (text, now_ms, subscription_id, int(lifecycle)))


def due(unit: Unit, now_ms: int) -> list[Outlet]:
    """URLs that are to be posted to now, the longest due first."""
    rows = unit.connection.execute("SELECT * FROM outlet WHERE next_ms <= ? ORDER BY next_ms", (now_ms,))
    return [
        Outlet(row["subscription"], bool(row["lifecycle"]), row["url"], row["attempts"], row["next_ms"]) for row in rows
    ]


def next_ms(unit: Unit) -> int | None:
    """When the next post is due."""
    found: int | None = unit.connection.execute("SELECT min(next_ms) FROM outlet WHERE next_ms IS NOT NULL").fetchone()[
        0
    ]
    return found


def waiting(unit: Unit, outlet: Outlet, limit: int) -> list[Waiting]:
    """What goes there first."""
    rows = unit.connection.execute(
        "SELECT number, content, queued_ms, sequence FROM notification WHERE subscription = ? AND lifecycle = ?"
        " ORDER BY number LIMIT ?",
        (outlet.subscription, int(outlet.lifecycle), limit),
    )
    return [
        Waiting(row["number"], msgspec.json.decode(row["content"]), row["queued_ms"], row["sequence"]) for row in rows
    ]


def taken(unit: Unit, outlet: Outlet, upto: int, now_ms: int) -> None:
    """All up to this number was taken: it goes on with the rest."""
    _forget(unit, outlet, "number <= ?", upto)
    _go_on(unit, outlet, now_ms, attempts=0)


def failed(unit: Unit, outlet: Outlet, next_try_ms: int, older_ms: int) -> int:
    """Try again at that time; what is older than `older_ms` is given up. How many those are."""
    lost = _forget(unit, outlet, "queued_ms <= ?", older_ms)
    _go_on(unit, outlet, next_try_ms, attempts=outlet.attempts + 1)
    return lost


def _forget(unit: Unit, outlet: Outlet, condition: str, value: int) -> int:
    sql = f"DELETE FROM notification WHERE subscription = ? AND lifecycle = ? AND {condition}"  # noqa: S608
    return unit.connection.execute(sql, (outlet.subscription, int(outlet.lifecycle), value)).rowcount


def _go_on(unit: Unit, outlet: Outlet, at_ms: int, *, attempts: int) -> None:
    which = (outlet.subscription, int(outlet.lifecycle))
    left = "SELECT EXISTS (SELECT 1 FROM notification WHERE subscription = ? AND lifecycle = ?)"
    more = bool(unit.connection.execute(left, which).fetchone()[0])
    unit.connection.execute(
        "UPDATE outlet SET attempts = ?, next_ms = ? WHERE subscription = ? AND lifecycle = ?",
        (attempts if more else 0, at_ms if more else None, *which),
    )


def reached(unit: Unit) -> int:
    """Up to which change of the log notifications were made."""
    row = unit.connection.execute("SELECT value FROM fact WHERE name = ?", (REACHED,)).fetchone()
    return int(row["value"]) if row else 0


def set_reached(unit: Unit, number: int) -> None:
    unit.connection.execute(_SET_REACHED, (REACHED, number))


def _read(row: sqlite3.Row) -> Subscription:
    target = Target(row["kind"], row["mailbox"], row["parent"], row["key"], row["query"])
    changes = frozenset(row["changes"].split(","))
    document = msgspec.json.decode(row["document"], type=dict[str, Any])
    return Subscription(
        row["id"], row["app"], row["user"], target, bool(row["immutable"]), changes, document,
        row["expires_ms"], row["after"], bool(row["warned"]), row["ended"],
    )  # fmt: skip
