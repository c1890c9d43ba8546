"""What became of the runs of jobs, kept for a time with what they printed."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import msgspec

from postroom.archive.automation.jobs import Job
from postroom.sqlite import Database
from postroom.work import Process

Result = Literal["running", "succeeded", "completedWithErrors", "failed", "cancelled"]
"""completedWithErrors: the function was called and failed; failed: it could not be called, or nobody knows its end."""

MOST_OUTPUT: Final = 1 << 20
"""Characters; the middle of what is longer is left out."""

INTERRUPTED: Final = "Interrupted: the server ended while this ran.\r\n"


@dataclass(frozen=True, slots=True)
class Run:
    """One run; `name` is that of the job then. `output` has lines ended by CR LF."""

    id: int
    job: int
    name: str
    started_ms: int
    ended_ms: int | None
    result: str
    output: str


class Tally(NamedTuple):
    """How many runs of a job had one result; `last_ms`: when the latest of them began. `name`: of the job then."""

    job: int
    name: str
    result: str
    runs: int
    last_ms: int


class Results:
    """The table of runs: begun before the function is called, so that a run is known whatever becomes of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, job: Job, now_ms: int, due_ms: int | None) -> int:
        """The number of a run that begins; in the same transaction the job gets the moment of its next."""
        with self._database.write() as connection:
            if due_ms != job.due_ms:
                connection.execute(
                    "UPDATE job SET due_ms = ? WHERE id = ? AND due_ms IS ?", (due_ms, job.id, job.due_ms)
                )
            inserted = connection.execute(
                "INSERT INTO job_run (job, name, started_ms, result, output) VALUES (?, ?, ?, 'running', '')",
                (job.id, job.name, now_ms),
            )
            return inserted.lastrowid or 0

    def end(self, run: int, result: Result, output: str, now_ms: int) -> None:
        """Note the end, and what was printed."""
        with self._database.write() as connection:
            # Where the clock was set back meanwhile, an end before the start would be nonsense.
            connection.execute(
                "UPDATE job_run SET ended_ms = max(started_ms, ?), result = ?, output = ? WHERE id = ?",
                (now_ms, result, output, run),
            )

    def interrupt(self, now_ms: int) -> int:
        """End what a server before this one left running; how many."""
        with self._database.write() as connection:
            return connection.execute(
                "UPDATE job_run SET ended_ms = max(started_ms, ?), result = 'failed', output = output || ? "
                "WHERE ended_ms IS NULL",
                (now_ms, INTERRUPTED),
            ).rowcount

    def between(self, since_ms: int, until_ms: int, job: int | None = None) -> list[Run]:
        """Runs that began from `since_ms` up to, not including, `until_ms`; of one job when it is given."""
        query = "SELECT * FROM job_run WHERE started_ms >= ? AND started_ms < ? AND (? IS NULL OR job = ?) "
        with self._database.read() as connection:
            rows = connection.execute(query + "ORDER BY started_ms, id", (since_ms, until_ms, job, job))
            return [_run(row) for row in rows]

    def tallies(self, since_ms: int, until_ms: int) -> list[Tally]:
        """Runs that began in this time, counted by job and result."""
        # SQLite takes `name` from the row with the greatest start.
        query = (
            "SELECT job, name, result, count(*), max(started_ms) FROM job_run WHERE started_ms >= ? AND started_ms < ? "
            "GROUP BY job, result ORDER BY job, result"
        )
        with self._database.read() as connection:
            return [Tally(*row) for row in connection.execute(query, (since_ms, until_ms))]

    def expire(self, before_ms: int) -> None:
        """Forget runs that ended before this."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM job_run WHERE ended_ms < ?", (before_ms,))


def output_of(process: Process) -> str:
    """What the command line would print: the log, then why it failed or the result as JSON."""
    state = process.state
    lines = process.log_since(0)
    if state.failure:
        lines.append(state.failure.message)
    if state.result is not None:
        lines.append(msgspec.json.encode(state.result).decode())
    return shortened("".join(f"{line}\r\n" for line in lines))


def shortened(text: str) -> str:
    if len(text) <= MOST_OUTPUT:
        return text
    half = MOST_OUTPUT // 2
    return f"{text[:half]}\r\n({len(text) - 2 * half} characters of this output were not kept)\r\n{text[-half:]}"


def _run(row: sqlite3.Row) -> Run:
    names = ("id", "job", "name", "started_ms", "ended_ms", "result", "output")
    return Run(*(row[name] for name in names))
