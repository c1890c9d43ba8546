"""The configuration as an instance keeps it: a document, its secrets sealed."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any, Final

from postroom.archive.directories.checks import check
from postroom.archive.directories.keys import checked_default_privileges, checked_type, keys_of
from postroom.archive.directories.model import Configuration
from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.secrets import Secrets
from postroom.archive.profiles import details
from postroom.archive.profiles.details import Details, Key, Value
from postroom.errors import Invalid
from postroom.sqlite import Database

PLACE: Final = "directory services"
STARS: Final = "***"
GOES_TO: Final = {"password": "serverName"}
"""Where a secret is sent: kept for one server, it is not sent to another."""


class DirectoryServices:
    """Keys are those of the API. Safe from any thread."""

    def __init__(self, database: Database, audit: Audit, secrets: Secrets) -> None:
        self._database, self._audit, self._secrets = database, audit, secrets
        self._lock = threading.RLock()
        self._type, self._kept = self._read()
        self.revision = 0
        """Grows with each change."""

    @property
    def type(self) -> str:
        return self._state()[0]

    def shown(self) -> dict[str, Any]:
        """All keys of the type, secrets null: a template for `update`."""
        type_, kept = self._state()
        values = _values(type_, kept)
        return {"type": type_} | {
            key.name: None if key.kind == "secret" else _plain(values[key.name]) for key in keys_of(type_)
        }

    def get(self) -> Configuration:
        """With the secrets in clear. Raises Damaged when one cannot be read."""
        type_, kept = self._state()
        values = dict(_values(type_, kept))
        for key in _secret(type_):
            sealed = kept.get(key.name)
            values[key.name] = self._secrets.open(PLACE, key.name, sealed) if sealed else None
        return _configuration(type_, Details(values))

    def update(self, given: Mapping[str, object], by: Actor) -> None:
        """Change the keys given, in any case; the others keep their values unless the type changes. A secret of null
        stays, an empty one goes. Durable and logged when it returns. Raises Invalid naming the key; then nothing
        changed."""
        with self._lock:
            spelled = {str(name).lower(): name for name in given}
            type_ = checked_type(given[spelled["type"]]) if "type" in spelled else self._type
            old = self._kept if type_ == self._type else {}
            changes = {name: value for name, value in given.items() if str(name).lower() != "type"}
            new = self._checked(type_, old, changes)
            differing = _differing(self._type, type_, self._kept, new)
            if differing:
                self._write(type_, new, by, differing)

    def _checked(self, type_: str, old: Mapping[str, Any], given: Mapping[str, object]) -> dict[str, Any]:
        """What is to be kept."""
        read = _read_keys(keys_of(type_), given)
        named = {key.name for key in keys_of(type_) for name in given if str(name).lower() == key.name.lower()}
        secret = {key.name for key in _secret(type_)}
        plain = {name: read[name] for name in named - secret}
        before = _values(type_, old)
        values = Details({name: plain.get(name, before[name]) for name in before})
        given_secrets = {name: read.text(name) for name in secret & named if read[name] is not None}
        emptied = {
            name for name in secret for key, value in given.items() if key.lower() == name.lower() and value == ""
        }
        kept = {name: old[name] for name in secret & old.keys() - given_secrets.keys() - emptied}
        checked_default_privileges(values.names("defaultPrivileges"))
        check(type_, values, kept.keys() | given_secrets.keys(), given_secrets)
        _check_kept(before, values, kept)
        sealed = {name: self._secrets.seal(PLACE, name, word) for name, word in given_secrets.items()}
        return {name: _plain(values[name]) for name in values.keys() - secret} | kept | sealed

    def _state(self) -> tuple[str, Mapping[str, Any]]:
        with self._lock:
            return self._type, self._kept

    def _write(self, type_: str, kept: dict[str, Any], by: Actor, differing: Mapping[str, object]) -> None:
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO document VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                (PLACE, json.dumps({"type": type_, "keys": kept})),
            )
            self._audit.record_in(connection, events.CONFIGURATION_UPDATE, by, target=PLACE, **differing)
        self._type, self._kept = type_, kept
        self.revision += 1

    def _read(self) -> tuple[str, Mapping[str, Any]]:
        with self._database.read() as connection:
            row = connection.execute("SELECT value FROM document WHERE key = ?", (PLACE,)).fetchone()
        found: dict[str, Any] = json.loads(row["value"]) if row else {"type": "none", "keys": {}}
        return found["type"], found["keys"]


def _secret(type_: str) -> list[Key]:
    return [key for key in keys_of(type_) if key.kind == "secret"]


def _values(type_: str, kept: Mapping[str, Any]) -> Details:
    """The values without secrets; keys that came with a later version have their default."""
    secret = {key.name for key in _secret(type_)}
    known = {key.name for key in keys_of(type_)} - secret
    return details.checked(keys_of(type_), {name: value for name, value in kept.items() if name in known})


def _read_keys(keys: tuple[Key, ...], given: Mapping[str, object]) -> Details:
    # A text is one name: split at its commas, a distinguished name would be many.
    whole = {
        name: [value] if str(name).lower() == "groupdns" and isinstance(value, str) and value else value
        for name, value in given.items()
    }
    try:
        return details.checked(keys, whole)
    except Invalid as error:
        raise Invalid(error.field.removeprefix("details."), error.expected.replace("connector", "type")) from error


def _check_kept(before: Details, now: Details, kept: Mapping[str, str]) -> None:
    for secret, target in GOES_TO.items():
        if secret in kept and before.text(target).lower() != now.text(target).lower():
            raise Invalid(secret, f"the {secret} once more: {target} is another, and it would be sent there")


def _configuration(type_: str, values: Details) -> Configuration:
    return Configuration(
        type=type_,
        deletes=values.flag("deleteUsersAutomatically"),
        privileges=checked_default_privileges(values.names("defaultPrivileges")),
        by_address=values.text("userNameFormat") == "emailAddress",
        details=values,
    )


def _plain(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value


def _differing(old_type: str, type_: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, object]:
    """For the log: what secrets are is left out."""
    found: dict[str, object] = {} if old_type == type_ else {"type": {"before": old_type, "now": type_}}
    secret = {key.name for key in (*_secret(old_type), *_secret(type_))}
    for name in sorted(old.keys() | new.keys()):
        before, now = old.get(name), new.get(name)
        if before != now:
            stars = name in secret
            found[name] = STARS if stars else {"before": before, "now": now}
    return found
