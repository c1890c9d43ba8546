"""Documents of settings that an instance keeps: compliance, and when stores are created by themselves (`smtp`: mail).

Each is a frozen dataclass; a change names some of its fields, is checked, and keeps the others.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import Field, asdict, dataclass, fields, replace
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.identifiers import checked_text
from postroom.archive.instance.privileges import Rules
from postroom.errors import Invalid
from postroom.sqlite import Database

INTERVALS: Final = ("none", "monthly", "quarterly", "yearly")
MAX_YEARS = 1000
MAX_NUMBER = 2**53 - 1  # what every JSON reader keeps exact


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


T = TypeVar("T", bound=_Dataclass)
Check = Callable[[str, object], object]


@dataclass(frozen=True, slots=True)
class Compliance:
    """`retention_years`: how long nobody may delete a message, 0 = no such rule.

    `admin_may_read`: administrators may read archives of others. `logged_successes`: names of audit events.
    """

    retention_years: int = 0
    admin_may_read: bool = False
    legal_hold: bool = False
    logged_successes: tuple[str, ...] = tuple(sorted(events.DEFAULT_SELECTION))

    @property
    def rules(self) -> Rules:
        """As `privileges` needs it."""
        return Rules(self.admin_may_read, self.legal_hold, self.retention_years)


@dataclass(frozen=True, slots=True)
class StoreAutoCreate:
    """When a new current store is made: after a time (INTERVALS) or when the current one is full; None = no limit.

    Defaults from the Python tutorial of the product. `base_directory` None: beside the others.
    """

    enabled: bool = True
    interval: str = "none"
    size_threshold_mb: int | None = None
    messages_threshold: int | None = 500_000
    base_directory: str | None = None


def _flag(field: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise Invalid(field, "true or false")
    return value


def _years(field: str, value: object) -> int:
    if type(value) is not int or not 0 <= value <= MAX_YEARS:
        raise Invalid(field, f"a whole number of years from 0 to {MAX_YEARS}")
    return value


def _threshold(field: str, value: object) -> int | None:
    if value is not None and (type(value) is not int or not 1 <= value <= MAX_NUMBER):
        raise Invalid(field, "a whole number from 1, or null")
    return value


def _events(field: str, value: object) -> tuple[str, ...]:
    """A list of event names, or one text with commas."""
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise Invalid(field, "a list of audit events")
    chosen = {name.strip() for name in names} - {""}
    if unknown := sorted(chosen - events.EVENTS.keys()):
        raise Invalid(field, f"names of audit events, not {unknown[0][:80]!r}")
    return tuple(sorted(chosen))


def _interval(field: str, value: object) -> str:
    if value not in INTERVALS:
        raise Invalid(field, f"one of {', '.join(INTERVALS)}")
    return str(value)


def _directory(field: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Invalid(field, "the path of a folder, or null")
    return checked_text(field, value, 4096)


COMPLIANCE_CHECKS: Final[Mapping[str, Check]] = {
    "retention_years": _years,
    "admin_may_read": _flag,
    "legal_hold": _flag,
    "logged_successes": _events,
}
AUTO_CREATE_CHECKS: Final[Mapping[str, Check]] = {
    "enabled": _flag,
    "interval": _interval,
    "size_threshold_mb": _threshold,
    "messages_threshold": _threshold,
    "base_directory": _directory,
}


class Document(Generic[T]):
    """One such dataclass kept under a key. `get` is cheap; `update` is durable and logged when it returns."""

    def __init__(
        self,
        database: Database,
        audit: Audit,
        key: str,
        default: T,
        checks: Mapping[str, Check],
        kind: events.Kind,
        lock: threading.RLock | None = None,
    ) -> None:
        """`lock` is held while it changes."""
        self._database, self._audit = database, audit
        self._key, self._checks, self._kind = key, checks, kind
        self._lock = lock or threading.RLock()
        self._value = self._read(default)

    def get(self) -> T:
        return self._value

    def update(self, changes: Mapping[str, object], by: Actor) -> T:
        """Change the fields named, keep the others. Raises Invalid naming the field; then nothing changed."""
        with self._lock:
            value = self._changed(changes)
            old, new = asdict(self._value), asdict(value)
            differing = {field: {"before": old[field], "now": new[field]} for field in new if new[field] != old[field]}
            if differing:
                self._write(new, by, differing)
                self._value = value
            return self._value

    def _changed(self, changes: Mapping[str, object]) -> T:
        """What it would be with these changes."""
        checked = {field: self._check(field)(field, value) for field, value in changes.items()}
        return replace(self._value, **checked)

    def _check(self, field: str) -> Check:
        check = self._checks.get(field)
        if check is None:
            raise Invalid(field, f"one of the settings {', '.join(self._checks)}")
        return check

    def _write(self, document: dict[str, Any], by: Actor, differing: Mapping[str, object]) -> None:
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO document VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                (self._key, json.dumps(document)),
            )
            self._audit.record_in(connection, self._kind, by, target=self._key, **differing)

    def _read(self, default: T) -> T:
        with self._database.read() as connection:
            row = connection.execute("SELECT value FROM document WHERE key = ?", (self._key,)).fetchone()
        kept = json.loads(row["value"]) if row else {}
        # Fields may come and go with versions: what is missing has its default, what is unknown is left.
        known = {field.name for field in fields(default)} & kept.keys()
        checked = {field: self._checks[field](field, kept[field]) for field in known}
        return replace(default, **checked)
