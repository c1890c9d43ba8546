"""A store goes from one instance to another.

Two databases have no common transaction, so the store's folder decides: it gets another name by one rename. Before
that, the one instance notes that the store leaves and the other that it comes; after it, both write what is now so.
Whoever is killed in between leaves these notes, and at its next start each instance looks where the folder is. So the
store is in exactly one of them, whatever the moment.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from postroom.archive.foreign import check_foreign
from postroom.archive.instance import events
from postroom.archive.instance.audit import SYSTEM, Actor
from postroom.archive.instance.identifiers import name_key
from postroom.archive.instance.instance import Instance, StoreRow
from postroom.archive.mount import Mount
from postroom.archive.storage.packs import sync_directory
from postroom.archive.storage.reader import read_identity
from postroom.errors import AlreadyExists, Damaged, Denied, Invalid, NotFound, PostroomError, Unavailable, WrongState
from postroom.work import Process

if TYPE_CHECKING:
    from postroom.archive.archive import Archive

DOING: Final = "it is being handed to another instance"


@dataclass(frozen=True, slots=True)
class Coming:
    """A store that an instance takes; `path` is where it will be, `source` where it was, both absolute."""

    identity: str
    path: Path
    name: str
    requested_state: str
    source: Path


def transfer(
    source: Archive, target: Archive, numbers: Sequence[int], by: Actor, process: Process | None = None
) -> list[int]:
    """Hand stores of one open archive to another; their numbers there. What is refused is refused before the first one
    goes. Raises NotFound, AlreadyExists, Invalid, Denied, WrongState, Unavailable."""
    if source.directory.resolve() == target.directory.resolve():
        raise Invalid("targetInstanceID", "another instance than the one that has the stores")
    mounts = [source.stores.get(number) for number in dict.fromkeys(numbers)]
    for mount in mounts:
        _check(source, target, mount)
    return [_hand(source, target, mount, by, process) for mount in mounts]


def _hand(source: Archive, target: Archive, mount: Mount, by: Actor, process: Process | None) -> int:
    if process is not None:
        process.check_cancelled()
        process.log(f"Transferring store #{mount.row.id} {mount.row.name}...")
    with mount.alone(DOING), source.instance.deleting:
        coming = _check(source, target, mount)
        _announce(source.instance, target.instance, mount, coming)
        mount.close()
        try:
            _rename(coming.source, coming.path)
            number = _take_or_return(target, coming, by)
        except BaseException:
            _recall(source.instance, target.instance, mount, coming)
            mount.open()
            raise
        source.stores.forget(mount.row.id, by)
        source.instance.audit.record(events.STORE_TRANSFER, by, target=mount.row.name, id=mount.row.id, to=number)
    return number


def _check(source: Archive, target: Archive, mount: Mount) -> Coming:
    """What would be done. Raises what speaks against it."""
    row = mount.row
    if row.requested_state == "current":
        raise WrongState(f"The store {row.name!r} takes the new mail. Make another one current first.")
    if source.retention.rules().legal_hold or source.retention.holds.in_force():
        raise Denied("No store leaves an instance with a legal hold: what it covers would be free elsewhere.")
    with source.instance.database.read() as connection:
        if connection.execute("SELECT 1 FROM retention_unerased WHERE store = ?", (row.id,)).fetchone():
            raise WrongState(f"Messages removed from {row.name!r} are not erased yet: run ProcessRetentionPolicies.")
    identity = str(read_identity(mount.directory))
    if identity in target.stores.identities():
        raise AlreadyExists("store with the identity", identity)
    check_foreign(mount.directory)
    path = _place(source, target, mount.directory.resolve(), identity)
    return Coming(identity, path, row.name, row.requested_state, mount.directory.resolve())


def _place(source: Archive, target: Archive, directory: Path, identity: str) -> Path:
    """Within the target when it was within the source, else beside where it is. The name is nobody else's."""
    if not directory.is_relative_to(source.directory.resolve()):
        path = directory.with_name(f"{directory.name[:200]}-{identity[:8]}")
        target.stores.checked_path(str(path))
        return path
    parent = target.directory.resolve() / "stores"
    parent.mkdir(mode=0o700, exist_ok=True)
    if parent.stat().st_dev != directory.stat().st_dev:
        raise WrongState(
            f"The store in {directory} and the other instance are on different disks. Detach it, move its folder, "
            "and attach it there."
        )
    return parent / identity


def _rename(before: Path, after: Path) -> None:
    """The moment at which the store changes hands; durable when it returns."""
    try:
        before.rename(after)
    except OSError as error:
        raise Unavailable(f"The folder {before} cannot be renamed to {after}: {error.strerror}.") from error
    sync_directory(after.parent)
    sync_directory(before.parent)


def _take_or_return(target: Archive, coming: Coming, by: Actor) -> int:
    try:
        return target.stores.take(coming, by).row.id
    except PostroomError:
        _rename(coming.path, coming.source)
        raise


def _announce(source: Instance, target: Instance, mount: Mount, coming: Coming) -> None:
    with target.database.write() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO store_coming VALUES (?, ?, ?, ?, ?)",
            (coming.identity, str(coming.path), coming.name, coming.requested_state, str(coming.source)),
        )
    with source.database.write() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO store_leaving VALUES (?, ?, ?)", (mount.row.id, coming.identity, str(coming.path))
        )


def _recall(source: Instance, target: Instance, mount: Mount, coming: Coming) -> None:
    """The notes of a store that stayed; where it is not clear, they stay too."""
    if _is_there(coming.source, coming.identity):
        with target.database.write() as connection:
            connection.execute("DELETE FROM store_coming WHERE identity = ?", (coming.identity,))
        with source.database.write() as connection:
            connection.execute("DELETE FROM store_leaving WHERE store = ?", (mount.row.id,))


# At the start of an instance, and when it takes a store


def settle(instance: Instance, directory: Path) -> None:
    """Before the stores of an instance in `directory` are opened: end what a crash cut off, seen from here.

    A store that is found at neither place, as when a disk is missing, is looked for again at the next start.
    """
    for row, identity, path in _leaving(instance):
        if _is_there(directory / row.path, identity):
            with instance.database.write() as connection:
                connection.execute("DELETE FROM store_leaving WHERE store = ?", (row.id,))
        elif _is_there(path, identity):
            instance.stores.remove(row.id, SYSTEM)
    for coming in _coming(instance):
        if _is_there(coming.path, coming.identity):
            added(instance, directory, coming, SYSTEM)
        elif _is_there(coming.source, coming.identity):
            with instance.database.write() as connection:
                connection.execute("DELETE FROM store_coming WHERE identity = ?", (coming.identity,))


def added(instance: Instance, directory: Path, coming: Coming, by: Actor) -> StoreRow:
    """The row of a store that came, in place of the note that it would."""
    own = directory.resolve()
    short = coming.path.relative_to(own) if coming.path.is_relative_to(own) else coming.path
    with instance.database.write() as connection:
        name = _free_name(connection, coming.name)
        connection.execute("DELETE FROM store_coming WHERE identity = ?", (coming.identity,))
        row = instance.stores.add_in(connection, name, str(short), coming.requested_state)
        instance.audit.record_in(
            connection, events.STORE_ATTACH, by, target=name, id=row.id, path=row.path, state=row.requested_state,
            was=str(coming.source),
        )  # fmt: skip
    return row


def _leaving(instance: Instance) -> Iterable[tuple[StoreRow, str, Path]]:
    with instance.database.read() as connection:
        rows = connection.execute("SELECT store, identity, target FROM store_leaving").fetchall()
    return [(instance.stores.get(row["store"]), row["identity"], Path(row["target"])) for row in rows]


def _coming(instance: Instance) -> list[Coming]:
    with instance.database.read() as connection:
        return [
            Coming(row["identity"], Path(row["path"]), row["name"], row["requested_state"], Path(row["source"]))
            for row in connection.execute("SELECT * FROM store_coming")
        ]


def _is_there(directory: Path, identity: str) -> bool:
    try:
        return str(read_identity(directory)) == identity
    except (NotFound, Damaged, OSError):
        return False


def _free_name(connection: sqlite3.Connection, name: str) -> str:
    """The name, with a running number when another store has it."""
    taken = {row["key"] for row in connection.execute("SELECT key FROM store")}
    names = (name if number == 1 else f"{name[:240]} ({number})" for number in range(1, len(taken) + 2))
    return next(free for free in names if name_key(free) not in taken)
