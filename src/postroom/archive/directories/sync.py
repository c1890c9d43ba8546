"""One synchronisation: what a directory tells becomes what the instance has, in one transaction."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from postroom.archive.directories.bounded import patiently
from postroom.archive.directories.difference import DIRECTORY, Change, Difference, Member, difference
from postroom.archive.directories.model import MOST_PEOPLE, Configuration, Directory, Ignored, Person, Told
from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.identifiers import name_key
from postroom.archive.instance.instance import Instance
from postroom.errors import Unavailable
from postroom.work import Process

SAID_EACH: Final = 1000
MOST_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of it; with `dry`, what would have."""

    dry: bool
    created: tuple[str, ...]
    changed: tuple[Change, ...]
    deleted: tuple[str, ...]
    ignored: tuple[Ignored, ...]

    @property
    def renamed(self) -> Iterator[Change]:
        return (change for change in self.changed if change.renames)


@dataclass(frozen=True, slots=True)
class Sync:
    """`most_percent` as in `difference`."""

    instance: Instance
    configuration: Configuration
    directory: Directory
    most_percent: int

    def run(self, by: Actor, process: Process, *, dry: bool) -> Synced:
        """Raises what the directory raises, and Cancelled; then nothing has changed."""
        process.log(f"Reading the directory ({self.configuration.type})...")
        people = patiently(lambda: self._people(process), process.check_cancelled, MOST_S)
        process.log(f"{len(people)} entries were read.")
        process.check_cancelled()
        synced = _synced(self._difference(people, by), dry=True) if dry else self._applied(people, by, process)
        for line in _lines(synced):
            process.log(line)
        return synced

    def _people(self, process: Process) -> list[Person]:
        people: list[Person] = []
        for person in self.directory.people(Told(process.log, process.check_cancelled)):
            people.append(person.shortened())
            if len(people) > MOST_PEOPLE:
                raise Unavailable(f"The directory has more than {MOST_PEOPLE} entries, or its list does not end.")
            if len(people) % SAID_EACH == 0:
                process.say(f"{len(people)} entries")
                process.check_cancelled()
        return people

    def _difference(self, people: Sequence[Person], by: Actor) -> Difference:
        return difference(people, self._members(), self.configuration, self.most_percent, by.name)

    def _members(self) -> list[Member]:
        query = (
            "SELECT user.name, entry FROM directory_user JOIN user ON user.id = directory_user.user WHERE source = ?"
        )
        with self.instance.database.read() as connection:
            keys = dict(tuple(row) for row in connection.execute(query, (self.configuration.type,)))
        return [Member(user, keys.get(user.name)) for user in self.instance.users.all()]

    def _applied(self, people: Sequence[Person], by: Actor, process: Process) -> Synced:
        # Whoever changes users waits: what was compared is what is changed.
        with self.instance.database.write() as connection:
            found = self._difference(people, by)
            _Applying(self.instance, self.configuration, by, connection).all(found)
            process.check_cancelled()
            synced = _synced(found, dry=False)
            self.instance.audit.record_in(
                connection, events.DIRECTORY_SYNC, by, target=self.configuration.type, entries=len(people),
                created=len(synced.created), updated=len(synced.changed), deleted=len(synced.deleted),
                ignored=len(synced.ignored),
            )  # fmt: skip
        return synced


class _Applying:
    """Makes the changes of a difference by what administrators call; all of it is part of the caller's transaction."""

    def __init__(
        self, instance: Instance, configuration: Configuration, by: Actor, connection: sqlite3.Connection
    ) -> None:
        self._users, self._configuration, self._by = instance.users, configuration, by
        self._connection = connection

    def all(self, found: Difference) -> None:
        """In an order in which names and addresses are free when they are given."""
        for name in found.deleted:
            self._users.delete(name, self._by)
        for old, new in in_turn((change.old_name, change.person.name) for change in found.changed):
            self._users.rename(old, new, self._by)
        for change in found.changed:
            if change.staying is not None:  # somebody else may get the others
                self._users.set_addresses(change.person.name, change.staying, self._by)
        for change in found.changed:
            self._update(change)
        for person in found.created:
            self._create(person)

    def _update(self, change: Change) -> None:
        person = change.person
        if "fullName" in change.changes:
            self._users.set_full_name(person.name, person.full_name, self._by)
        if "distinguishedName" in change.changes:
            self._users.set_distinguished_name(person.name, person.distinguished_name, self._by)
        if "emailAddresses" in change.changes:
            self._users.set_addresses(person.name, person.addresses, self._by)
        self._link(person)

    def _create(self, person: Person) -> None:
        self._users.create(
            person.name, self._configuration.privileges, self._by, full_name=person.full_name,
            distinguished_name=person.distinguished_name, authentication=DIRECTORY,
        )  # fmt: skip
        self._users.set_addresses(person.name, person.addresses, self._by)
        self._link(person)

    def _link(self, person: Person) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO directory_user (user, source, entry) SELECT id, ?, ? FROM user WHERE key = ?",
            (self._configuration.type, person.key, name_key(person.name)),
        )


def in_turn(renames: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Renames in an order in which each new name is free; where names go round, one goes by way of a spare name."""
    pending = [(old, new) for old, new in renames if old != new]
    while pending:
        held = {name_key(old) for old, _ in pending}
        now = [(old, new) for old, new in pending if name_key(new) not in held or name_key(new) == name_key(old)]
        if now:
            yield from now
            pending = [pair for pair in pending if pair not in now]
        else:
            old, new = pending[0]
            spare = f"{old[:200]}-{secrets.token_hex(8)}"
            yield old, spare
            pending[0] = spare, new


def _synced(found: Difference, *, dry: bool) -> Synced:
    created = tuple(person.name for person in found.created)
    return Synced(dry, created, found.changed, found.deleted, found.ignored)


def _lines(synced: Synced) -> Iterator[str]:
    for name in synced.created:
        yield f"Created: {name}"
    for change in synced.changed:
        if change.renames:
            yield f"Renamed: {change.old_name} to {change.person.name}; an archive keeps its name"
        if others := [name for name in change.changes if name != "userName"]:
            yield f"Updated: {change.person.name} ({', '.join(others)})"
        if change.linked:
            yield f"Another entry of the directory than before: {change.person.name}"
    yield from (f"Deleted: {name}; the archive stays" for name in synced.deleted)
    yield from (f"Ignored: {row.name}: {row.reason}" for row in synced.ignored)
    counts = f"{len(synced.created)} created, {len(synced.changed)} updated, {len(synced.deleted)} deleted"
    dry = ", and nothing was changed: a dry run" if synced.dry else ""
    yield f"Finished{dry}. {counts}, {len(synced.ignored)} ignored."
