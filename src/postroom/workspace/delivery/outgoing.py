"""The rows of what waits to be sent: put in by the unit that sends, taken out by the one that knows the end."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from postroom.workspace.clock import to_ms
from postroom.workspace.store.blobs import Blob
from postroom.workspace.store.store import Unit

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


def add(
    unit: Unit,
    mailbox: str,
    sender: str,
    recipients: Sequence[str],
    blob: Blob,
    *,
    life_s: float,
    not_before: datetime | None = None,
) -> None:
    """Have a message sent; it is when this unit is committed."""
    if not recipients:
        return
    holder, now_ms = f"outgoing {secrets.token_hex(16)}", to_ms(unit.now)
    next_ms = max(now_ms, to_ms(not_before)) if not_before else now_ms
    unit.items.hold(holder, blob)
    rows = [
        (mailbox, sender, recipient, holder, now_ms, next_ms, next_ms + int(life_s * 1000)) for recipient in recipients
    ]
    unit.connection.executemany(_ADD, rows)


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


def count(unit: Unit) -> int:
    """How many recipients wait."""
    return int(unit.connection.execute("SELECT count(*) FROM outgoing").fetchone()[0])
