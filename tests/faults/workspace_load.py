"""What the child process does to a store of the workspace, and what must be true of it whatever ended it."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.workspace.store.mailboxes import ANNA, KINDS

from postroom.errors import NoSpace, Unavailable
from postroom.workspace.query.options import Options
from postroom.workspace.store import ids
from postroom.workspace.store.changes import Change
from postroom.workspace.store.contents import SMALL_BYTES
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.rows import Body, Item
from postroom.workspace.store.store import Store, Unit

DELIVERIES = 6

Tell = Callable[..., None]


def mime(number: int) -> bytes:
    """Every third message is the same as the one before; some are files, the others rows."""
    number -= number % 3 == 2
    return random.Random(number).randbytes(3_000 if number % 2 else SMALL_BYTES) + b"\r\n"


def key(number: int) -> bytes:
    return hashlib.sha256(b"%d" % number).digest()[:16]


def work(directory: Path, tell: Tell) -> None:
    """Deliver, change, move, remove, sweep; each promise is told as soon as the store has made it."""
    with Store(directory, KINDS) as store:
        for act in acts(tell):
            act(store)


def stubborn(directory: Path, tell: Tell) -> None:
    """The same on a disk that fails now and then: each act is repeated until it comes through."""
    store: Store | None = None
    for act in acts(tell):
        for _ in range(10):
            try:
                store = store or Store(directory, KINDS)
                act(store)
            except (NoSpace, Unavailable):
                continue
            break
        else:
            raise AssertionError("it never came through")
    assert store
    store.close()


def acts(tell: Tell) -> list[Callable[[Store], None]]:
    """Each can be repeated, whether or not it was done."""
    deliveries = [lambda store, n=number: deliver(store, n, tell) for number in range(DELIVERIES)]
    changes = [
        lambda store: change(store, 0, tell),
        lambda store: move(store, 1, tell),
        lambda store: remove(store, 2, tell),
        lambda store: store.sweep(older_than_s=-1) and None,
        lambda store: deliver(store, DELIVERIES, tell),
    ]
    return [*deliveries, *changes]


def deliver(store: Store, number: int, tell: Tell) -> None:
    """A message with its file and its words, in a folder that is made when it is missing."""
    with store.write() as unit:
        if unit.items.find(key(number)) is None:
            document = {
                "subject": f"Message {number}",
                "isRead": False,
                "receivedDateTime": f"2026-01-01T00:0{number}:00Z",
            }
            made = unit.items.add(
                ANNA, "message", _folder(unit, "Inbox"), document, body=Body("text", "x" * 3_000), key=key(number)
            )
            unit.items.attach(made, "mime", unit.blobs.put(mime(number)))
            unit.texts.set(made, {"subject": f"Message {number}", "body": f"word{number}"})
    tell(delivered=number)


def change(store: Store, number: int, tell: Tell) -> None:
    with store.write() as unit:
        item = unit.items.find(key(number))
        assert item
        unit.items.update(item, item.document | {"isRead": True}, Body("html", "changed"))
    tell(changed=number)


def move(store: Store, number: int, tell: Tell) -> None:
    with store.write() as unit:
        item = unit.items.find(key(number))
        assert item
        if not item.generation:
            unit.items.move(item, _folder(unit, "Archive"))
    tell(moved=number)


def remove(store: Store, number: int, tell: Tell) -> None:
    with store.write() as unit:
        if item := unit.items.find(key(number)):
            tell(removing=number)
            unit.items.remove(item)
    tell(removed=number)


def _folder(unit: Unit, name: str) -> Item:
    found = unit.items.first(ANNA, "mailFolder", parent=None, where={"name": name})
    return found or unit.items.add(ANNA, "mailFolder", None, {"displayName": name})


@dataclass(slots=True)
class Promises:
    """What was told, by what was done, as numbers of messages."""

    told: dict[str, set[int]] = field(default_factory=dict)

    @classmethod
    def read(cls, raw: bytes) -> Promises:
        """From the lines that the child wrote; one that a kill cut off was not told."""
        promises = cls()
        for line in raw.split(b"\n")[:-1]:
            for what, number in json.loads(line).items():
                promises.told.setdefault(what, set()).add(number)
        return promises

    def of(self, what: str) -> set[int]:
        return self.told.get(what, set())


def check(directory: Path, promises: Promises) -> None:
    """Every promise is kept, nothing is there by half, and work goes on."""
    with Store(directory, KINDS) as store:
        with store.read() as unit:
            kept(unit, promises)
            whole(unit)
        for number in range(DELIVERIES + 1):
            deliver(store, number, lambda **_row: None)
        store.sweep(older_than_s=-1)
        with store.read() as unit:
            whole(unit)
            assert _unneeded(unit) == []
            assert unit.items.count(Listing(ANNA, ("message",))) == DELIVERIES + 1


def kept(unit: Unit, promises: Promises) -> None:
    for number in promises.of("delivered") - promises.of("removing"):
        item = unit.items.find(key(number))
        assert item, number
        if number in promises.of("changed"):
            assert item.document["isRead"] is True
            assert unit.items.body(item) == Body("html", "changed")
        if number in promises.of("moved"):
            assert item.generation == 1
    for number in promises.of("removed"):
        assert unit.items.find(key(number)) is None


def whole(unit: Unit) -> None:
    """Each message has its file, columns, words, and its row in the log; and SQLite has no complaint."""
    assert unit.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert unit.connection.execute("PRAGMA foreign_key_check").fetchall() == []
    unit.connection.execute("SELECT count(*) FROM text_index WHERE text_index MATCH 'message'")
    log = _log(unit)
    messages = unit.items.page(Listing(ANNA, ("message",), options=Options(top=1000))).rows
    assert messages == list(unit.items.all(ANNA, "message"))
    for item in messages:
        number = int(item.document["subject"].split()[1])
        blob = unit.items.blob(item, "mime")
        assert blob
        assert unit.blobs.read(blob.hash) == mime(number)
        assert unit.items.body(item)
        found = unit.connection.execute("SELECT rowid FROM text_index WHERE text_index MATCH ?", (f"word{number}",))
        assert [row[0] for row in found] == [item.number]
        last = log[item.key]
        assert (last.number, last.generation) == (item.change, item.generation)
        assert unit.items.get(ANNA, ids.ordinary(item)) == item


def _unneeded(unit: Unit) -> list[str]:
    """The contents in the database that no row names."""
    found = unit.connection.execute("SELECT hash FROM content EXCEPT SELECT hash FROM blob")
    return [row["hash"] for row in found]


def _log(unit: Unit) -> dict[bytes, Change]:
    """The last row of each key."""
    changes = unit.changes.after(0)
    assert [change.number for change in changes] == sorted({change.number for change in changes})
    return {change.key: change for change in changes}
