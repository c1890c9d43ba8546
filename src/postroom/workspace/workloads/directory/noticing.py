"""Changes of accounts are made elsewhere: they are noticed when somebody asks for changes, and every hour.

Who there is is compared with who there was. What became of each user is one row of the log, so that delta and
subscriptions know them as they know everything else.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from typing import Final

import msgspec

from postroom.errors import Invalid
from postroom.workspace.people import People, Person
from postroom.workspace.query.tree import Compare, In, Literal, Node, Or, Path
from postroom.workspace.store.items import What
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.directory.kinds import OWNER, USER, key_of

AT_ONCE: Final = 1_000
"""Changes in one unit: nobody waits long."""


class Noticing:
    def __init__(self, store: Store, people: People) -> None:
        self._store, self._people = store, people
        # Whoever has an older list of people must not write after whoever has a newer one.
        self._lock = threading.Lock()

    def notice(self) -> int:
        """How many users were made, changed or removed since the last time. Raises Unavailable."""
        with self._lock:
            there = {_key(person): _hash(person) for person in self._people.all()}
            with self._store.read() as unit:
                known = {row["key"]: row["hash"] for row in unit.connection.execute("SELECT * FROM known_person")}
            changes = list(_differences(known, there))
            for some in _parts(changes):
                with self._store.write() as unit:
                    for key, what in some:
                        _note(unit, key, what, there.get(key))
            return len(changes)


def ids_in(condition: Node | None) -> list[str] | None:
    """The ids that a `$filter` of changes names; None without one. Raises Invalid for anything else."""
    if condition is None:
        return None
    parts = condition.parts if isinstance(condition, Or) else (condition,)
    return [name for part in parts for name in _ids(part)]


def _ids(part: Node) -> list[str]:
    values: tuple[Node, ...] = ()
    match part:
        case Compare(operator="eq", left=Path(names=(name,)), right=right) if name.lower() == "id":
            values = (right,)
        case In(left=Path(names=(name,)), values=given) if name.lower() == "id":
            values = given
    texts = [one.value.lower() for one in values if isinstance(one, Literal) and isinstance(one.value, str)]
    if not texts or len(texts) < len(values):
        raise Invalid("$filter", "ids of users: id eq '…' or id eq '…'")
    return texts


def _parts(changes: list[tuple[bytes, What]]) -> Iterator[list[tuple[bytes, What]]]:
    for begin in range(0, len(changes), AT_ONCE):
        yield changes[begin : begin + AT_ONCE]


def _differences(known: dict[bytes, bytes], there: dict[bytes, bytes]) -> Iterator[tuple[bytes, What]]:
    for key, hashed in there.items():
        if key not in known:
            yield key, "created"
        elif known[key] != hashed:
            yield key, "updated"
    yield from ((key, "deleted") for key in known.keys() - there.keys())


def _note(unit: Unit, key: bytes, what: What, hashed: bytes | None) -> None:
    item = unit.items.find(key)
    # Of who is gone the item stays: should accounts have been out of sight only, nothing is lost.
    if item is not None:
        unit.items.touch(item, what)
    elif what != "deleted":
        unit.items.add(OWNER, USER, None, {}, key=key)
    if hashed is None:
        unit.connection.execute("DELETE FROM known_person WHERE key = ?", (key,))
    else:
        unit.connection.execute("INSERT OR REPLACE INTO known_person VALUES (?, ?)", (key, hashed))


def _key(person: Person) -> bytes:
    key = key_of(person.id)
    assert key is not None, "People gives UUIDs"
    return key


def _hash(person: Person) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(person), digest_size=16).digest()
