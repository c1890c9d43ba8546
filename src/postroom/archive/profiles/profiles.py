"""The profiles of an instance: what a run of theirs does, as whom, and when. Changes are logged in the audit log."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import msgspec

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.identifiers import checked_text, name_key
from postroom.archive.instance.secrets import Secrets
from postroom.archive.profiles import connectors
from postroom.archive.profiles.common import CHOICE, DELETE, check_delete
from postroom.archive.profiles.connector import Connector, Exporter
from postroom.archive.profiles.details import SECRET_KINDS, Details, Key, check_kept, checked
from postroom.archive.profiles.windows import checked_windows
from postroom.errors import Invalid, NotFound, WrongState
from postroom.sqlite import Database

MAX_NAME_CHARS: Final = 255
MOST_PAUSE_S: Final = 366 * 86_400

_PROFILES: Final = """
SELECT profile.*, user.name AS user FROM profile LEFT JOIN user ON user.id = profile.owner_id
"""


@dataclass(frozen=True, slots=True)
class Execution:
    """When the server runs a profile by itself: seconds between two runs, and when it must not (`windows`)."""

    automatic: bool = False
    pause_s: int | None = None
    windows: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A profile as somebody describes it: `details` should be an object, by keys of its connector, in clear."""

    name: str
    owner: str
    type: str
    connector: str
    details: object = field(repr=False)
    execution: Execution = Execution()


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile; id 0: it is run once and not kept. `details` are checked; with secrets only where it says so."""

    id: int
    version: int
    name: str
    owner: str
    orphaned: bool
    type: str
    connector: str
    details: Details = field(repr=False)
    execution: Execution
    due_ms: int | None = None
    completed_ms: int | None = None

    @property
    def archives(self) -> bool:
        """Whether mail comes in; else it goes out."""
        return self.type == connectors.ARCHIVING


def connector_of(of_type: str, name: str) -> Connector | Exporter:
    """Raises Invalid("connector")."""
    return connectors.archiving(name) if of_type == connectors.ARCHIVING else connectors.export(name)


def keys_of(of_type: str, name: str) -> tuple[Key, ...]:
    """All that `details` of such a profile may hold. Raises Invalid("connector")."""
    keys = connector_of(of_type, name).keys
    return (*keys, *CHOICE) if of_type == connectors.EXPORT else keys


def checked_profile(given: Given) -> Profile:
    """What is described, checked as far as it can be without its source. Raises Invalid naming the key."""
    name = checked_text("name", given.name, MAX_NAME_CHARS)
    if name is None:
        raise Invalid("name", "a name")
    of_type = connectors.checked_type(given.type)
    connector = connector_of(of_type, given.connector)
    details = checked(keys_of(of_type, connector.name), given.details)
    if DELETE.name in details:
        check_delete(details)
    connector.check(details)
    execution = checked_execution(given.execution)
    return Profile(0, 1, name, given.owner, False, of_type, connector.name, details, execution)


def checked_execution(given: Execution) -> Execution:
    """Raises Invalid naming the key of the API."""
    if not given.automatic:
        return Execution()
    if given.pause_s is None or not 1 <= given.pause_s <= MOST_PAUSE_S:
        raise Invalid("automaticPauseBetweenExecutions", f"seconds between two runs, from 1 to {MOST_PAUSE_S}")
    return replace(given, windows=checked_windows(given.windows))


class ProfileStore:
    """The table of profiles. `by`: who changes it. Methods raise NotFound for a profile that is not there."""

    def __init__(self, database: Database, audit: Audit, secrets: Secrets, clock: Callable[[], int]) -> None:
        self._database, self._audit, self._secrets, self._clock = database, audit, secrets, clock

    def all(self) -> list[Profile]:
        """By id, without secrets."""
        with self._database.read() as connection:
            rows = connection.execute(_PROFILES + "ORDER BY profile.id").fetchall()
        return [_profile(row, lambda _key, _sealed: None) for row in rows]

    def get(self, profile_id: int) -> Profile:
        """Without secrets."""
        return _profile(self._row(profile_id), lambda _key, _sealed: None)

    def opened(self, profile_id: int) -> Profile:
        """With its secrets in clear, to be run. Raises Damaged when they cannot be read."""
        return _profile(self._row(profile_id), lambda key, sealed: self._open(profile_id, key, sealed))

    def create(self, given: Given, by: Actor) -> int:
        """The number of the new profile. Raises Invalid naming the key."""
        profile = checked_profile(given)
        with self._database.write() as connection:
            owner = _owner(connection, profile.owner)
            inserted = connection.execute(
                "INSERT INTO profile (version, name, owner, owner_id, type, connector, details) VALUES (1, ?, ?, ?, ?, "
                "?, '{}')",
                (profile.name, owner["name"], owner["id"], profile.type, profile.connector),
            )
            number = inserted.lastrowid or 0
            self._write_details(connection, number, profile)
            _write_execution(connection, number, profile.execution, self._clock())
            self._log(connection, events.PROFILE_CREATE, by, number, profile, owner=owner["name"])
        return number

    def change(self, profile_id: int, changes: Mapping[str, object], execution: Execution | None, by: Actor) -> None:
        """Replace what is given (`name`, `owner`, `details`, `version`); in `details` what is not given stays, and a
        secret given as null, as long as it is sent to the same server. `execution` None stays too. Raises Invalid, and
        WrongState when `version` is not that of now."""
        row = self._row(profile_id)
        renewed = _renewed(changes.get("details"))
        old = _profile(row, lambda key, sealed: None if key.lower() in renewed else self._open(profile_id, key, sealed))
        given = Given(
            name=_text(changes, "name", old.name),
            owner=_text(changes, "owner", old.owner),
            type=_text(changes, "type", old.type),
            connector=_text(changes, "connector", old.connector),
            details=_merged(old, changes.get("details")),
            execution=execution or old.execution,
        )
        new = checked_profile(given)
        if (new.type, new.connector) != (old.type, old.connector):
            raise Invalid("connector", f"{old.connector}, of type {old.type}; make another profile for another source")
        check_kept(old.details, new.details, _kept(old, new, changes.get("details")), "details")
        with self._database.write() as connection:
            owner = _owner(connection, new.owner)
            self._check_version(connection, old, changes.get("version"))
            connection.execute(
                "UPDATE profile SET version = version + 1, name = ?, owner = ?, owner_id = ? WHERE id = ?",
                (new.name, owner["name"], owner["id"], profile_id),
            )
            self._write_details(connection, profile_id, new)
            if execution is not None:
                _write_execution(connection, profile_id, new.execution, self._clock())
            changed = [key for key in new.details if new.details[key] != old.details.get(key)]
            self._log(connection, events.PROFILE_UPDATE, by, profile_id, new, owner=owner["name"], changed=changed)

    def set_execution(self, profile_id: int, execution: Execution, by: Actor) -> None:
        """Raises Invalid."""
        execution = checked_execution(execution)
        with self._database.write() as connection:
            old = _profile(_get(connection, profile_id), lambda _key, _sealed: None)
            connection.execute("UPDATE profile SET version = version + 1 WHERE id = ?", (profile_id,))
            _write_execution(connection, profile_id, execution, self._clock())
            facts = {"automatic": execution.automatic, "pause_s": execution.pause_s, "windows": execution.windows}
            self._log(connection, events.PROFILE_UPDATE, by, profile_id, old, **facts)

    def delete(self, profile_id: int, by: Actor) -> None:
        """Results of its runs stay, and what its sources still owe."""
        with self._database.write() as connection:
            old = _profile(_get(connection, profile_id), lambda _key, _sealed: None)
            connection.execute("DELETE FROM profile WHERE id = ?", (profile_id,))
            self._log(connection, events.PROFILE_DELETE, by, profile_id, old)

    @staticmethod
    def using_credential(connection: sqlite3.Connection, number: int) -> Iterator[str]:
        """The profiles whose details have this `credentialID`."""
        for row in connection.execute("SELECT name, details FROM profile ORDER BY id"):
            if msgspec.json.decode(row["details"]).get("credentialID") == number:
                yield f"the profile {row['name']!r}"

    def ran(self, profile_id: int, now_ms: int, *, completed: bool) -> None:
        """Note the end of a run: the next is due a pause later."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE profile SET due_ms = iif(automatic, ? + pause_s * 1000, NULL), "
                "completed_ms = iif(?, ?, completed_ms) WHERE id = ?",
                (now_ms, completed, now_ms, profile_id),
            )

    def _row(self, profile_id: int) -> sqlite3.Row:
        with self._database.read() as connection:
            return _get(connection, profile_id)

    def _check_version(self, connection: sqlite3.Connection, old: Profile, wanted: object) -> None:
        now = _get(connection, old.id)["version"]
        if now != old.version or (wanted is not None and wanted != now):
            raise WrongState(f"The profile {old.name!r} was changed meanwhile: its version is {now}. Read it again.")

    def _write_details(self, connection: sqlite3.Connection, number: int, profile: Profile) -> None:
        secret = secret_names(keys_of(profile.type, profile.connector))
        kept: dict[str, object] = dict(profile.details)
        for key in secret & kept.keys():
            if value := profile.details.text(key):
                kept[key] = self._secrets.seal(_place(number), key, value)
        connection.execute("UPDATE profile SET details = ? WHERE id = ?", (msgspec.json.encode(kept).decode(), number))

    def _open(self, number: int, key: str, sealed: str) -> str:
        return self._secrets.open(_place(number), key, sealed)

    def _log(
        self, connection: sqlite3.Connection, kind: events.Kind, by: Actor, number: int, profile: Profile, **more: Any
    ) -> None:
        facts = {"id": number, "type": profile.type, "connector": profile.connector, **more}
        self._audit.record_in(connection, kind, by, target=profile.name, **facts)


def secret_names(keys: tuple[Key, ...]) -> set[str]:
    return {key.name for key in keys if key.kind in SECRET_KINDS}


def _place(number: int) -> str:
    return f"profile {number}"


def _get(connection: sqlite3.Connection, profile_id: int) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(_PROFILES + "WHERE profile.id = ?", (profile_id,)).fetchone()
    if row is None:
        raise NotFound("profile", profile_id)
    return row


def _profile(row: sqlite3.Row, secret: Callable[[str, str], str | None]) -> Profile:
    """`secret` opens a sealed value, or hides it."""
    return Profile(
        id=row["id"],
        version=row["version"],
        name=row["name"],
        owner=row["user"] or row["owner"],
        orphaned=row["user"] is None,
        type=row["type"],
        connector=row["connector"],
        details=_details(row, secret),
        execution=Execution(bool(row["automatic"]), row["pause_s"], row["windows"]),
        due_ms=row["due_ms"],
        completed_ms=row["completed_ms"],
    )


def _details(row: sqlite3.Row, secret: Callable[[str, str], str | None]) -> Details:
    """What was kept. A key that the connector got since has its default."""
    keys = keys_of(row["type"], row["connector"])
    kept = msgspec.json.decode(row["details"])
    values: dict[str, Any] = {}
    for key in keys:
        value = kept.get(key.name, () if key.kind == "list" and key.default is None else key.default)
        if key.kind in SECRET_KINDS and value:
            value = secret(key.name, value)
        values[key.name] = tuple(value) if isinstance(value, list) else value
    return Details(values)


def _write_execution(connection: sqlite3.Connection, number: int, execution: Execution, now_ms: int) -> None:
    """From now on; what is switched on is due at once."""
    due = now_ms if execution.automatic else None
    connection.execute(
        "UPDATE profile SET automatic = ?, pause_s = ?, windows = ?, due_ms = ?, completed_ms = ? WHERE id = ?",
        (execution.automatic, execution.pause_s, execution.windows, due, due, number),
    )


def _owner(connection: sqlite3.Connection, name: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute("SELECT * FROM user WHERE key = ?", (name_key(name),)).fetchone()
    if row is None:
        raise Invalid("owner", "the name of a user, as whom the profile runs")
    return row


def _text(changes: Mapping[str, object], key: str, old: str) -> str:
    value = changes.get(key, old)
    if not isinstance(value, str):
        raise Invalid(key, "a text")
    return value


def _renewed(details: object) -> set[str]:
    """What is given anew: an old secret that cannot be read any more is not needed then."""
    return {str(name).lower() for name, value in details.items() if value} if isinstance(details, dict) else set()


def _kept(old: Profile, new: Profile, given: object) -> set[str]:
    """Secrets that are not given anew."""
    keys, renewed = keys_of(old.type, old.connector), _renewed(given)
    fresh = {key.name for key in keys if renewed & {name.lower() for name in (key.name, *key.also)}}
    return {name for name in secret_names(keys) - fresh if new.details.text(name)}


def _merged(old: Profile, given: object) -> dict[str, object]:
    """The old details with what is given; a secret of null is not given."""
    given = {} if given is None else given
    if not isinstance(given, dict):
        raise Invalid("details", "an object")
    keys = keys_of(old.type, old.connector)
    proper = {name.lower(): key for key in keys for name in (key.name, *key.also)}
    changes: dict[str, object] = {}
    for name, value in given.items():
        key = proper.get(str(name).lower())
        if key is None or not (key.kind in SECRET_KINDS and value is None):
            changes[key.name if key else str(name)] = value
    merged = {**old.details, **changes}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in merged.items()}
