"""What became of the runs of profiles, kept for a time with their logs; and what their sources still owe."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from postroom.archive.automation.results import INTERRUPTED, shortened
from postroom.archive.instance.identifiers import name_key
from postroom.archive.profiles.profiles import Profile
from postroom.archive.sources import Problem
from postroom.errors import NotFound
from postroom.sqlite import Database

Result = Literal[
    "running", "succeeded", "completedWithWarnings", "completedWithErrors", "failed", "cancelled", "interrupted"
]
"""succeeded: no problem at all; completedWithWarnings: all of it arrived, but something was left in the source that
should have been removed; completedWithErrors: something did not arrive; failed: nothing could be read to its end;
interrupted: the server ended meanwhile. In the last three the next run goes on."""

COMPLETED: Final = ("succeeded", "completedWithWarnings", "completedWithErrors")
PAGE_ROWS: Final = 1_000


@dataclass(slots=True)
class Counts:
    """`archived` counts messages per archive (of an export: those written), `skipped` what was there already."""

    archived: int = 0
    failed: int = 0
    skipped: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One run; `profile` 0: it was run once and not kept. `name` and `owner` are those of then."""

    id: int
    profile: int
    name: str
    owner: str
    started_ms: int
    ended_ms: int | None
    result: str
    archived: int
    failed: int
    skipped: int
    removed: int


class Tally(NamedTuple):
    """How many runs of a profile had one result; `last_ms`: when the latest of them began. `name`: of then."""

    profile: int
    name: str
    result: str
    runs: int
    last_ms: int


class Owed(NamedTuple):
    """An item that did not arrive; `times`: in how many runs."""

    source: str
    native_id: str
    folder: str
    reason: str
    first_ms: int
    last_ms: int
    times: int


class Results:
    """The table of runs: begun before anything is done, so that a run is known whatever becomes of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, profile: Profile, now_ms: int) -> int:
        """The number of a run that begins."""
        with self._database.write() as connection:
            inserted = connection.execute(
                "INSERT INTO profile_run (profile, name, owner, started_ms, result, log) "
                "VALUES (?, ?, ?, ?, 'running', '')",
                (profile.id, profile.name, profile.owner, now_ms),
            )
            return inserted.lastrowid or 0

    def count(self, run: int, counts: Counts) -> None:
        """Note how far a run is: a killed one has no other end."""
        with self._database.write() as connection:
            self._count(connection, run, counts)

    def end(self, run: int, result: Result, counts: Counts, log: str, now_ms: int) -> None:
        with self._database.write() as connection:
            self._count(connection, run, counts)
            # Where the clock was set back meanwhile, an end before the start would be nonsense.
            connection.execute(
                "UPDATE profile_run SET ended_ms = max(started_ms, ?), result = ?, log = ? WHERE id = ?",
                (now_ms, result, shortened(log), run),
            )

    def _count(self, connection: sqlite3.Connection, run: int, counts: Counts) -> None:
        connection.execute(
            "UPDATE profile_run SET archived = ?, failed = ?, skipped = ?, removed = ? WHERE id = ?",
            (counts.archived, counts.failed, counts.skipped, counts.removed, run),
        )

    def interrupt(self, now_ms: int) -> int:
        """End what a server before this one left running; how many."""
        with self._database.write() as connection:
            return connection.execute(
                "UPDATE profile_run SET ended_ms = max(started_ms, ?), result = 'interrupted', log = log || ? "
                "WHERE ended_ms IS NULL",
                (now_ms, INTERRUPTED),
            ).rowcount

    def get(self, run: int) -> Run:
        """Raises NotFound."""
        with self._database.read() as connection:
            row = connection.execute("SELECT * FROM profile_run WHERE id = ?", (run,)).fetchone()
        if row is None:
            raise NotFound("run", run)
        return _run(row)

    def log(self, run: int) -> str:
        """What was logged, in lines ended by CR LF; of a run that goes on nothing yet. Raises NotFound."""
        with self._database.read() as connection:
            row = connection.execute("SELECT log FROM profile_run WHERE id = ?", (run,)).fetchone()
        if row is None:
            raise NotFound("run", run)
        return str(row["log"])

    def ended_between(
        self, since_ms: int, until_ms: int, profile: int | None = None, owner: str | None = None
    ) -> Iterator[Run]:
        """Finished runs that began from `since_ms` up to, not including, `until_ms`; however many there are."""
        query = (
            "SELECT * FROM profile_run WHERE ended_ms IS NOT NULL AND started_ms < ? AND (started_ms, id) > (?, ?) "
            "AND (? IS NULL OR profile = ?) ORDER BY started_ms, id LIMIT ?"
        )
        after = since_ms, 0
        while True:
            with self._database.read() as connection:
                given = (until_ms, *after, profile, profile, PAGE_ROWS)
                rows = [_run(row) for row in connection.execute(query, given)]
            yield from (row for row in rows if owner is None or name_key(row.owner) == name_key(owner))
            if len(rows) < PAGE_ROWS:
                return
            after = rows[-1].started_ms, rows[-1].id

    def tallies(self, since_ms: int, until_ms: int) -> list[Tally]:
        """Runs that began in this time, counted by profile and result."""
        # SQLite takes `name` from the row with the greatest start.
        query = (
            "SELECT profile, name, result, count(*), max(started_ms) FROM profile_run "
            "WHERE started_ms >= ? AND started_ms < ? GROUP BY profile, result ORDER BY profile, result"
        )
        with self._database.read() as connection:
            return [Tally(*row) for row in connection.execute(query, (since_ms, until_ms))]

    def expire(self, before_ms: int) -> None:
        """Forget runs that ended before this."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM profile_run WHERE ended_ms < ?", (before_ms,))


class Problems:
    """The table of what did not arrive, by source."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, source: str, profile: int, problems: Sequence[Problem], now_ms: int) -> None:
        """Keep those that can be asked for by a native id; durable at return."""
        query = (
            "INSERT INTO profile_problem (source, native_id, profile, folder, reason, first_ms, last_ms) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, native_id) DO UPDATE SET profile = excluded.profile, "
            "folder = excluded.folder, reason = excluded.reason, last_ms = excluded.last_ms, times = times + 1"
        )
        rows = [(source, p.native_id, profile, p.folder, p.reason, now_ms, now_ms) for p in problems if p.native_id]
        if rows:
            with self._database.write() as connection:
                connection.executemany(query, rows)

    def ids(self, source: str) -> list[str]:
        """Native ids of what a source still owes."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT native_id FROM profile_problem WHERE source = ? ORDER BY native_id", (source,)
            )
            return [row["native_id"] for row in rows]

    def owed_by(self, source: str) -> list[Owed]:
        """What a source still owes, by native id."""
        return self._rows("source", source)

    def settle(self, source: str, native_ids: Collection[str]) -> None:
        """These arrived, or the source has them no more."""
        if not native_ids:
            return
        with self._database.write() as connection:
            connection.executemany(
                "DELETE FROM profile_problem WHERE source = ? AND native_id = ?", [(source, one) for one in native_ids]
            )

    def of(self, profile: int) -> list[Owed]:
        """What the sources of a profile still owe, by source and native id."""
        return self._rows("profile", profile)

    def _rows(self, column: str, value: str | int) -> list[Owed]:
        columns = "source, native_id, folder, reason, first_ms, last_ms, times"
        query = f"SELECT {columns} FROM profile_problem WHERE {column} = ? ORDER BY source, native_id"  # noqa: S608
        with self._database.read() as connection:
            return [Owed(*row) for row in connection.execute(query, (value,))]


def _run(row: sqlite3.Row) -> Run:
    counts = (row[name] for name in ("archived", "failed", "skipped", "removed"))
    times = row["started_ms"], row["ended_ms"]
    return Run(row["id"], row["profile"], row["name"], row["owner"], *times, row["result"], *counts)
