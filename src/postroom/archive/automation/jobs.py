"""The jobs of an instance: a call of the API as text, its owner, its schedule. Changes are logged in the audit log."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import msgspec

from postroom.archive.automation.calendar import Schedule
from postroom.archive.automation.zones import zone_of
from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.identifiers import checked_text, name_key
from postroom.errors import Invalid, NotFound
from postroom.sqlite import Database

MAX_NAME_CHARS = 255

_JOBS = """
SELECT job.*, user.name AS user FROM job LEFT JOIN user ON user.id = job.owner_id
"""


@dataclass(frozen=True, slots=True)
class Job:
    """`owner` is a user's name, `orphaned` says that there is no such user any more; `due_ms`: None = not by itself."""

    id: int
    name: str
    action: str
    owner: str
    orphaned: bool
    enabled: bool
    zone: str
    schedule: Schedule
    due_ms: int | None

    @property
    def zone_info(self) -> ZoneInfo:
        """Raises Invalid when the machine does not know the zone any more."""
        return zone_of(self.zone)


@dataclass(frozen=True, slots=True)
class NewJob:
    """What a job is made of; all but its name was checked."""

    name: str
    action: str
    owner: str
    zone: str
    schedule: Schedule
    due_ms: int | None


class JobStore:
    """The table of jobs. `by`: who changes it. Methods raise NotFound for a job that is not there."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database, self._audit = database, audit

    def all(self) -> list[Job]:
        """By id."""
        with self._database.read() as connection:
            return [_job(row) for row in connection.execute(_JOBS + "ORDER BY job.id")]

    def get(self, job_id: int) -> Job:
        with self._database.read() as connection:
            return _get(connection, job_id)

    def create(self, new: NewJob, by: Actor) -> int:
        """The number of the new job. Raises Invalid for its name, NotFound for its owner."""
        name = _checked_name(new.name)
        with self._database.write() as connection:
            owner = _owner(connection, new.owner)
            inserted = connection.execute(
                "INSERT INTO job (name, action, owner, owner_id, zone, schedule, due_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (name, new.action, owner["name"], owner["id"], new.zone, _text(new.schedule), new.due_ms),
            )
            job = _get(connection, inserted.lastrowid or 0)
            facts = {"id": job.id, "action": job.action, "owner": job.owner, **_times(job.zone, job.schedule)}
            self._audit.record_in(connection, events.JOB_CREATE, by, target=job.name, **facts)
            return job.id

    def rename(self, job_id: int, name: str, by: Actor) -> None:
        name = _checked_name(name)
        with self._database.write() as connection:
            old = _get(connection, job_id)
            connection.execute("UPDATE job SET name = ? WHERE id = ?", (name, job_id))
            self._log_update(connection, old, by, new_name=name)

    def set_enabled(self, job_id: int, enabled: bool, due_ms: int | None, by: Actor) -> None:
        with self._database.write() as connection:
            old = _get(connection, job_id)
            connection.execute("UPDATE job SET enabled = ?, due_ms = ? WHERE id = ?", (enabled, due_ms, job_id))
            self._log_update(connection, old, by, enabled=enabled)

    def set_schedule(self, job_id: int, zone: str, schedule: Schedule, due_ms: int | None, by: Actor) -> None:
        """`due_ms` counts when the job is enabled."""
        with self._database.write() as connection:
            old = _get(connection, job_id)
            connection.execute(
                "UPDATE job SET zone = ?, schedule = ?, due_ms = iif(enabled, ?, NULL) WHERE id = ?",
                (zone, _text(schedule), due_ms, job_id),
            )
            self._log_update(connection, old, by, **_times(zone, schedule))

    def delete(self, job_id: int, by: Actor) -> None:
        """Results of its runs stay."""
        with self._database.write() as connection:
            old = _get(connection, job_id)
            connection.execute("DELETE FROM job WHERE id = ?", (job_id,))
            self._audit.record_in(connection, events.JOB_DELETE, by, target=old.name, id=old.id, action=old.action)

    def set_due(self, job: Job, due_ms: int | None) -> None:
        """When it runs next, unless somebody changed that meanwhile."""
        with self._database.write() as connection:
            connection.execute("UPDATE job SET due_ms = ? WHERE id = ? AND due_ms IS ?", (due_ms, job.id, job.due_ms))

    def _log_update(self, connection: sqlite3.Connection, old: Job, by: Actor, **details: object) -> None:
        self._audit.record_in(connection, events.JOB_UPDATE, by, target=old.name, id=old.id, **details)


def _get(connection: sqlite3.Connection, job_id: int) -> Job:
    row = connection.execute(_JOBS + "WHERE job.id = ?", (job_id,)).fetchone()
    if row is None:
        raise NotFound("job", job_id)
    return _job(row)


def _job(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"],
        name=row["name"],
        action=row["action"],
        owner=row["user"] or row["owner"],
        orphaned=row["user"] is None,
        enabled=bool(row["enabled"]),
        zone=row["zone"],
        schedule=msgspec.json.decode(row["schedule"], type=Schedule),
        due_ms=row["due_ms"],
    )


def _owner(connection: sqlite3.Connection, name: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute("SELECT * FROM user WHERE key = ?", (name_key(name),)).fetchone()
    if row is None:
        raise NotFound("user", name)
    return row


def _checked_name(name: str) -> str:
    checked = checked_text("name", name, MAX_NAME_CHARS)
    if checked is None:
        raise Invalid("name", "a name")
    return checked


def _text(schedule: Schedule) -> str:
    return msgspec.json.encode(schedule).decode()


def _times(zone: str, schedule: Schedule) -> dict[str, object]:
    given = {key: value for key, value in msgspec.to_builtins(schedule).items() if value is not None}
    return {"zone": zone, "schedule": given}
