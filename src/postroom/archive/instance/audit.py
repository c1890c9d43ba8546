"""The audit log: append-only, in instance.db, each transaction's events a Merkle batch, the batches chained.

What `record` logs is durable when it returns, if the event is one that must always be logged; everything else is
queued for a moment, so that sign-ins share their fsync. A crash can lose what was queued, nothing more.
Cutting off the newest batches cannot be seen from the log alone: compare `head` with one noted elsewhere.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from postroom.archive.instance.events import DEFAULT_SELECTION, EVENTS, Kind
from postroom.archive.storage import ledger
from postroom.errors import Damaged, Invalid, PostroomError
from postroom.sqlite import Database

log = logging.getLogger(__name__)

MAX_QUEUED = 10_000
MAX_TEXT_CHARS = 1000
RETRY_S = 1.0
_SECRET = re.compile("password|passphrase|secret|token|encryption_?key|private_?key", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: user name, the door they came through (`api`, `web`, `cli`), and from which address."""

    name: str
    client: str = ""
    address: str | None = None


SYSTEM = Actor("$system")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as logged; `time_ms` since 1970 UTC. `details` holds what this kind of event has to tell."""

    number: int
    time_ms: int
    event: str
    ok: bool
    user: str
    client: str
    address: str | None
    target: str | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries; empty means all. Times: from `since_ms` up to, not including, `until_ms`."""

    events: Collection[str] = ()
    user: str | None = None
    ok: bool | None = None
    since_ms: int | None = None
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The state of the log: how much it holds, and the chain value that stands for all of it."""

    events: int
    batches: int
    chain: bytes


class Audit:
    """`selection` gives the names of the events whose success is logged though it need not be."""

    def __init__(self, database: Database, clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> None:
        self._database, self._clock = database, clock
        self.selection: Callable[[], Collection[str]] = lambda: DEFAULT_SELECTION
        self._queue: list[str] = []
        self._changed = threading.Condition()
        self._flushing = threading.Lock()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    def record(self, kind: Kind, by: Actor, *, ok: bool = True, target: str | None = None, **details: object) -> None:
        """Log an event. `target` is what it was done to. Secrets in `details` are starred out by their name."""
        self._record(kind, by, ok, target, details)

    def _record(self, kind: Kind, by: Actor, ok: bool, target: str | None, details: Mapping[str, object]) -> None:
        if not self._wanted(kind, ok):
            return
        data = self._data(kind, by, ok, target, details)
        if kind.always:
            with self._database.write() as connection:
                self._batch(connection, [data])
            return
        with self._changed:
            self._queue.append(data)
            self._changed.notify()
            full = len(self._queue) >= MAX_QUEUED
        if full:
            self.flush()

    @contextmanager
    def recording(
        self, kind: Kind, by: Actor, target: str | None = None, **details: object
    ) -> Iterator[dict[str, object]]:
        """Log the end of the block with what it put into the dict; if it raises, as a failure with the reason."""
        facts: dict[str, object] = dict(details)
        try:
            yield facts
        except BaseException as error:
            reason = str(error) if isinstance(error, PostroomError) else type(error).__name__
            self._record(kind, by, False, target, facts | {"reason": reason})
            raise
        self._record(kind, by, True, target, facts)

    def record_in(
        self, connection: sqlite3.Connection, kind: Kind, by: Actor, *, target: str | None = None, **details: object
    ) -> None:
        """Log a change within the transaction that makes it: both are there, or neither."""
        if self._wanted(kind, ok=True):
            self._batch(connection, [self._data(kind, by, True, target, details)])

    def flush(self) -> None:
        """Make durable what is queued. Raises NoSpace, Unavailable; then it stays queued."""
        with self._flushing:
            with self._changed:
                events = self._queue[:]
            if events:
                with self._database.write() as connection:
                    self._batch(connection, events)
                with self._changed:
                    del self._queue[: len(events)]

    def close(self) -> None:
        """Flush and stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        self.flush()

    def entries(self, wanted: Filter = Filter(), *, before: int | None = None, limit: int = 100) -> list[Entry]:
        """Newest first. The next page: `before` = number of the last one. Raises Invalid."""
        if not 1 <= limit <= 1000:
            raise Invalid("limit", "a number from 1 to 1000")
        where, values = _conditions(wanted, before)
        # Queued sign-ins are part of what happened; whoever asks sees them.
        self.flush()
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT number, data FROM audit_event WHERE {where} ORDER BY number DESC LIMIT ?",  # noqa: S608
                (*values, limit),
            )
            return [_entry(row["number"], row["data"]) for row in rows]

    def head(self) -> Head:
        with self._database.read() as connection:
            last = _last_batch(connection)
            return Head(last.end - 1, last.number, last.chain)

    def verify(self, noted: Head | None = None) -> Head:
        """Check every event and the chain; with a head noted earlier, also that the log still contains it.

        Raises Damaged, naming the first entry that is not as it was written.
        """
        self.flush()
        with self._database.read() as connection:
            last, seen = _Last(0, 0, 1, ledger.GENESIS), noted is None or noted.batches == 0
            for last in _verified(connection):
                seen = seen or (noted is not None and noted.batches == last.number and noted.chain == last.chain)
        if not seen:
            raise Damaged(
                "The audit log does not contain the state that was noted earlier: its end was cut or rewritten."
            )
        return Head(last.end - 1, last.number, last.chain)

    def _wanted(self, kind: Kind, ok: bool) -> bool:
        return kind.always or not ok or kind.name in self.selection()

    def _data(self, kind: Kind, by: Actor, ok: bool, target: str | None, details: Mapping[str, object]) -> str:
        document = {
            "t": self._clock(), "event": kind.name, "ok": ok, "user": by.name, "client": by.client,
            "address": by.address, "target": target, "details": details,
        }  # fmt: skip
        return json.dumps(_clean(document), sort_keys=True, separators=(",", ":"))

    def _batch(self, connection: sqlite3.Connection, events: list[str]) -> None:
        last = _last_batch(connection)
        number = last.number + 1
        # The chain must not run backwards when somebody sets the clock back.
        time_ms = max(self._clock(), last.time_ms)
        leaves = [ledger.leaf_hash(data.encode()) for data in events]
        root = ledger.root(leaves)
        chain = ledger.chain(last.chain, root, number, time_ms, len(leaves))
        connection.execute(
            "INSERT INTO audit_batch VALUES (?, ?, ?, ?, ?, ?)", (number, time_ms, last.end, len(leaves), root, chain)
        )
        connection.executemany(
            "INSERT INTO audit_event (number, batch, leaf, data) VALUES (?, ?, ?, ?)",
            [(last.end + i, number, leaf, data) for i, (leaf, data) in enumerate(zip(leaves, events, strict=True))],
        )

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closing)
                if self._closing:
                    return
            try:
                self.flush()
            except (PostroomError, sqlite3.Error):
                log.exception("Audit events wait to be written")
                with self._changed:
                    self._changed.wait_for(lambda: self._closing, RETRY_S)


@dataclass(frozen=True, slots=True)
class _Last:
    number: int
    time_ms: int
    end: int
    """Number of the first event after this batch."""
    chain: bytes


def _last_batch(connection: sqlite3.Connection) -> _Last:
    row = connection.execute("SELECT * FROM audit_batch ORDER BY number DESC LIMIT 1").fetchone()
    if row is None:
        return _Last(0, 0, 1, ledger.GENESIS)
    return _Last(row["number"], row["time_ms"], row["first"] + row["leaves"], row["chain"])


def _verified(connection: sqlite3.Connection) -> Iterator[_Last]:
    """Each batch, after it was found to be sound."""
    events = groupby(
        connection.execute("SELECT number, batch, leaf, data FROM audit_event ORDER BY number"),
        key=lambda row: int(row["batch"]),
    )
    last = _Last(0, 0, 1, ledger.GENESIS)
    for batch in connection.execute("SELECT * FROM audit_batch ORDER BY number"):
        of, rows = next(events, (0, iter(())))
        if batch["number"] != last.number + 1 or of != batch["number"]:
            raise Damaged(f"Audit batch {last.number + 1} is missing, or its events are (from entry {last.end}).")
        leaves = [_sound_leaf(row, last.end + i) for i, row in enumerate(rows)]
        chain = ledger.chain(last.chain, ledger.root(leaves), of, batch["time_ms"], len(leaves))
        if (chain, len(leaves), last.end) != (batch["chain"], batch["leaves"], batch["first"]):
            raise Damaged(f"Audit batch {of} (from entry {last.end}) is not the one that was chained.")
        last = _Last(of, batch["time_ms"], last.end + len(leaves), chain)
        yield last
    stray = next(events, None)
    if stray:
        raise Damaged(f"Audit entry {last.end} belongs to batch {stray[0]}, which does not exist.")


def _sound_leaf(row: sqlite3.Row, expected: int) -> bytes:
    if row["number"] != expected:
        raise Damaged(f"Audit entry {expected} is missing.")
    leaf = ledger.leaf_hash(row["data"].encode())
    if leaf != row["leaf"]:
        raise Damaged(f"Audit entry {expected} was changed after it was written.")
    return leaf


def _conditions(wanted: Filter, before: int | None) -> tuple[str, list[object]]:
    unknown = sorted(set(wanted.events) - EVENTS.keys())
    if unknown:
        raise Invalid("events", f"names of audit events, not {unknown[0]!r}")
    parts: list[tuple[str, list[object]]] = [("1", [])]
    if wanted.events:
        parts.append((f"event IN ({','.join('?' * len(wanted.events))})", [*wanted.events]))
    simple = {"user = ?": wanted.user, "ok = ?": wanted.ok, "time_ms >= ?": wanted.since_ms}
    simple |= {"time_ms < ?": wanted.until_ms, "number < ?": before}
    parts += [(sql, [value]) for sql, value in simple.items() if value is not None]
    return " AND ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]


def _entry(number: int, data: str) -> Entry:
    document = json.loads(data)
    return Entry(number, document.pop("t"), **document)


def _clean(value: object, key: str = "") -> object:
    """The value as JSON, secrets starred, texts cut: a log is no place for either."""
    if value is not None and _SECRET.search(key) and not isinstance(value, bool):
        return "***"
    if isinstance(value, Mapping):
        return {str(name): _clean(item, str(name)) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(str(item) for item in value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = str(value)
    return text if len(text) <= MAX_TEXT_CHARS else text[:MAX_TEXT_CHARS] + "…"
