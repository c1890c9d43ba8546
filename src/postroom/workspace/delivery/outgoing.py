"""The rows of what waits to be sent: put in by the unit that sends, taken out by the one that knows the end."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from postroom.workspace.clock import to_ms
from postroom.workspace.store.blobs import Blob
from postroom.workspace.store.store import Unit

_DEFERRED: Final = "deferred"
_ADD = """INSERT INTO outgoing (mailbox, sender, recipient, holder, queued_ms, next_ms, expires_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?)"""
_DUE = "SELECT * FROM outgoing WHERE next_ms <= ? ORDER BY next_ms, number LIMIT ?"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message for one recipient. `sender` empty is the null sender: nothing is reported about it."""

    number: int
    mailbox: str
    sender: str
    recipient: str
    holder: str
    queued_ms: int
    next_ms: int
    expires_ms: int
    attempts: int
    error: str

    @property
    def deferred(self) -> bytes | None:
        """The key of the item that waits with it, until its time has come."""
        kind, key, _ = f"{self.holder} ".split(" ", 2)
        return bytes.fromhex(key) if kind == _DEFERRED else None


class Deferred(NamedTuple):
    """When a message is to be sent, and the key of the item that waits for that."""

    at: datetime
    key: bytes


def add(
    unit: Unit,
    mailbox: str,
    sender: str,
    recipients: Sequence[str],
    blob: Blob,
    *,
    life_s: float,
    deferred: Deferred | None = None,
) -> None:
    """Have a message sent; it is when this unit is committed."""
    if not recipients:
        return
    holder, now_ms = _holder(deferred.key if deferred else None), to_ms(unit.now)
    next_ms = max(now_ms, to_ms(deferred.at)) if deferred else now_ms
    unit.items.hold(holder, blob)
    rows = [
        (mailbox, sender, recipient, holder, now_ms, next_ms, next_ms + int(life_s * 1000)) for recipient in recipients
    ]
    unit.connection.executemany(_ADD, rows)


def begin(unit: Unit, rows: Sequence[Waiting]) -> list[Waiting]:
    """The rows of one deferred message whose time has come: from now on nothing but sending is left."""
    blob = unit.items.held(rows[0].holder)
    if blob is None:
        return []
    holder = _holder()
    unit.items.hold(holder, blob)
    unit.connection.executemany(
        "UPDATE outgoing SET holder = ? WHERE number = ?", [(holder, row.number) for row in rows]
    )
    unit.items.release(rows[0].holder)
    return [replace(row, holder=holder) for row in rows]


def due(unit: Unit, limit: int) -> list[Waiting]:
    """What is to be tried now, the longest due first."""
    return [Waiting(**dict(row)) for row in unit.connection.execute(_DUE, (to_ms(unit.now), limit))]


def next_ms(unit: Unit) -> int | None:
    """When the next is due; None when nothing waits."""
    found: int | None = unit.connection.execute("SELECT min(next_ms) FROM outgoing").fetchone()[0]
    return found


def end(unit: Unit, rows: Iterable[Waiting]) -> None:
    """They were sent, or never will be; the bytes go with the last of their message."""
    for row in rows:
        unit.connection.execute("DELETE FROM outgoing WHERE number = ?", (row.number,))
        others = unit.connection.execute("SELECT EXISTS (SELECT 1 FROM outgoing WHERE holder = ?)", (row.holder,))
        if not others.fetchone()[0]:
            unit.items.release(row.holder)


def postpone(unit: Unit, row: Waiting, next_ms: int, error: str) -> None:
    """Try again at that time."""
    unit.connection.execute(
        "UPDATE outgoing SET attempts = attempts + 1, next_ms = ?, error = ? WHERE number = ?",
        (next_ms, error[:1000], row.number),
    )


def _holder(key: bytes | None = None) -> str:
    unique = secrets.token_hex(16)
    return f"outgoing {unique}" if key is None else f"{_DEFERRED} {key.hex()} {unique}"


def count(unit: Unit) -> int:
    """How many recipients wait."""
    return int(unit.connection.execute("SELECT count(*) FROM outgoing").fetchone()[0])


def oldest_ms(unit: Unit) -> int | None:
    """Since when the oldest waits that is or was due; None when none does."""
    row = unit.connection.execute("SELECT min(queued_ms) FROM outgoing WHERE holder NOT LIKE 'deferred %'").fetchone()
    return None if row[0] is None else int(row[0])
