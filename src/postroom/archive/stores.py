"""The stores of an instance: which there are, which is current, and one view over all that are open."""

from __future__ import annotations

import datetime
import logging
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

from postroom.archive.foreign import check_foreign
from postroom.archive.instance import events
from postroom.archive.instance.audit import SYSTEM, Actor
from postroom.archive.instance.identifiers import checked_name, name_key
from postroom.archive.instance.instance import REQUESTED_STATES, Instance, StoreRow
from postroom.archive.instance.secrets import KEY_FILE
from postroom.archive.mount import Mount
from postroom.archive.storage import replay
from postroom.archive.storage.catalogue import Catalogue, Totals, native_key
from postroom.archive.storage.packs import Codec
from postroom.archive.storage.reader import read_identity
from postroom.archive.storage.replay import Fault
from postroom.archive.storage.store import MAX_NAME_BYTES, MAX_PATH_BYTES, Store, create_store
from postroom.archive.storage.writer import Clock, Incoming, Receipt, now_ms
from postroom.archive.transfer import Coming, added, settle
from postroom.errors import AlreadyExists, Damaged, Invalid, NotFound, PostroomError, Unavailable, WrongState
from postroom.settings import Archive as ArchiveSettings

log = logging.getLogger(__name__)

MONTHS: Final = {"monthly": 1, "quarterly": 3, "yearly": 12}
INSTANCE_FILE: Final = "instance.db"
TRY_AGAIN_MS: Final = 60_000
"""After so long it is tried again to make a store that could not be made by itself."""


class Met(NamedTuple):
    """An item of a source as a store has it; `received_ms`: when the source got it, UTC."""

    mount: Mount
    number: int
    received_ms: int | None
    deleted: bool


class Stores:
    """Opens every store the instance remembers; safe from any thread. Also the target of imports."""

    def __init__(self, instance: Instance, directory: Path, settings: ArchiveSettings, clock: Clock = now_ms) -> None:
        self._instance, self._directory, self._settings, self._clock = instance, directory, settings, clock
        self.quota: tuple[int | None, int | None] = (None, None)
        """Most messages and most bytes of all open stores together; None is no limit."""
        self.others: Callable[[], Iterable[Path]] = tuple
        """Folders of other instances, in which nothing of this one may lie."""
        self._lock = threading.RLock()
        self._mounts: dict[int, Mount] = {}
        self._next_try_ms = 0
        settle(instance, directory)
        for row in instance.stores.all():
            self._mount(row)
        if not self._mounts:
            self.create(None, None, "current", SYSTEM)

    def _mount(self, row: StoreRow) -> Mount:
        indexing = self._instance.indexing
        mount = Mount(row, self._full(row.path), self._settings, self._clock, lambda: indexing.get().wanted)
        mount.open()
        self._mounts[row.id] = mount
        return mount

    def close(self) -> None:
        """Close all stores; running commits end first."""
        with self._lock:
            for mount in self._mounts.values():
                mount.close()

    # Which there are

    def all(self) -> list[Mount]:
        """By id."""
        with self._lock:
            return [self._mounts[number] for number in sorted(self._mounts)]

    def open_mounts(self) -> list[Mount]:
        """Those that can be read, newest first."""
        return [mount for mount in reversed(self.all()) if mount.is_open]

    def faulty(self) -> list[Mount]:
        """Those that should be open and could not be opened; `error` of each tells why."""
        return [mount for mount in self.all() if mount.state == "error"]

    def get(self, number: int) -> Mount:
        """Raises NotFound."""
        with self._lock:
            if number not in self._mounts:
                raise NotFound("store", number)
            return self._mounts[number]

    def current(self) -> Mount:
        """The store that takes new mail. Raises WrongState."""
        for mount in self.all():
            if mount.row.requested_state == "current":
                return mount
        raise WrongState("No store is current. Set one to 'current' or create one.")

    # What happens to them

    def create(self, name: str | None, path: str | None, state: str, by: Actor) -> Mount:
        """Make a new store and open it. Name and folder are chosen when not given. Raises AlreadyExists, WrongState."""
        with self._lock:
            name = checked_name("store name", name) if name else self._free_name()
            directory = self._checked_place(path) if path else self._free_directory()
            self._check_free(name, directory)
            if state not in REQUESTED_STATES:
                raise Invalid("requested state", f"one of {', '.join(REQUESTED_STATES)}")
            is_new = not directory.exists()
            create_store(directory, clock=self._clock)
            if is_new:
                # Outside of the home nothing else keeps others out: the index and text.db hold the words of all mail.
                directory.chmod(0o700)
            mount = self._add(name, directory, state, by)
            if mount.is_open and mount.store.writable:
                mount.store.rename(name, by.name)
            return mount

    def attach(self, name: str, path: str, state: str, by: Actor) -> Mount:
        """Take an existing store folder into this instance. Raises NotFound, AlreadyExists, Damaged."""
        with self._lock:
            name, directory = checked_name("store name", name), self._checked_place(path)
            identity = read_identity(directory)
            check_foreign(directory)
            self._check_free(name, directory)
            for mount in self._mounts.values():
                if _identity(mount) == identity:
                    raise AlreadyExists("store with the identity", str(identity))
            return self._add(name, directory, state, by, attached=True)

    def _add(self, name: str, directory: Path, state: str, by: Actor, *, attached: bool = False) -> Mount:
        row = self._instance.stores.add(name, self._short(directory), state, by, attached=attached)
        self._refresh()
        return self._mount(row)

    def detach(self, number: int, by: Actor) -> None:
        """Forget a store; its files stay."""
        mount = self.get(number)
        with mount.alone("it is being detached"), self._lock:
            mount.close()
            self._instance.stores.remove(number, by)
            del self._mounts[number]

    def take(self, coming: Coming, by: Actor) -> Mount:
        """Open a store that another instance handed over."""
        with self._lock:
            return self._mount(added(self._instance, self._directory, coming, by))

    def forget(self, number: int, by: Actor) -> None:
        """A store whose folder is another instance's now."""
        with self._lock:
            self._instance.stores.remove(number, by)
            del self._mounts[number]

    def identities(self) -> set[str]:
        """Of all stores that can be told, closed ones too."""
        return {str(identity) for mount in self.all() if (identity := _identity(mount))}

    def rename(self, number: int, name: str, by: Actor) -> None:
        """Give a store another name."""
        mount = self.get(number)
        with self._lock:
            self._instance.stores.rename(number, name, by)
            self._refresh()
        if mount.is_open and mount.store.writable:
            mount.store.rename(mount.row.name, by.name)

    def set_state(self, number: int, state: str, by: Actor) -> None:
        """Change what a store is for; `current` makes the former current store `normal`."""
        mount = self.get(number)
        with mount.alone("its state is being changed"), self._lock:
            before = mount.row.requested_state
            self._instance.stores.set_requested_state(number, state, by)
            self._refresh()
            if before != state and {"writeProtected", "disabled"} & {before, state}:
                mount.close()
            mount.open()

    def set_path(self, number: int, path: str, by: Actor) -> None:
        """Say where a store is now; nothing is moved. Raises NotFound when no store is there."""
        mount = self.get(number)
        directory = self._checked_place(path, but=number)
        read_identity(directory)
        check_foreign(directory)
        with mount.alone("its place is being changed"), self._lock:
            mount.close()
            try:
                self._instance.stores.set_path(number, self._short(directory), by)
                mount.row, mount.directory = self._instance.stores.get(number), directory
            finally:
                mount.open()

    def retry_open(self) -> None:
        """Open again what failed to open, or is read-only because of a fault."""
        for mount in self.all():
            if mount.error:
                with mount.alone("it is being opened"):
                    mount.close()
                    mount.open()

    def recover(
        self,
        number: int,
        *,
        restore_deleted: bool,
        by: Actor,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> list[Fault]:
        """Make the catalogue again from the packs alone; what is damaged is told and left out.

        The old catalogue is kept beside it as `catalog.db.old`. `progress` is told bytes done and in all; what it
        raises leaves the old one in place. Raises WrongState unless the store is disabled or in error.
        """
        mount = self.get(number)
        with mount.alone("it is being recovered"):
            if mount.state not in ("disabled", "error") and not mount.error:
                raise WrongState("The store must be disabled, or in error, before it can be recovered.")
            mount.close()
            try:
                faults = rebuild_catalogue(mount.directory, progress)
                if restore_deleted:
                    self._restore_deleted(mount.directory, by)
            finally:
                mount.open()
        return faults

    def _restore_deleted(self, directory: Path, by: Actor) -> None:
        with Store(directory, clock=self._clock) as store:
            rows = store.catalogue.rows("SELECT number FROM message WHERE deleted_ms IS NOT NULL ORDER BY number")
            if numbers := [row[0] for row in rows]:
                store.restore(numbers, by.name)

    def _refresh(self) -> None:
        for row in self._instance.stores.all():
            if row.id in self._mounts:
                self._mounts[row.id].row = row

    # Mail in

    def add(self, items: Sequence[Incoming], cursors: Mapping[str, str]) -> list[Receipt]:
        """Store in the current store, after making a new one when the rules for that say so. Durable at return.

        Raises Unavailable when a quota is used up: what filled it may be removed.
        """
        self._check_quota()
        return self._writable().add(items, cursors)

    def check_writable(self) -> None:
        """Whether mail could be stored just now. Raises WrongState, Unavailable, which say why not."""
        self._check_quota()
        mount = self.current()
        if mount.error or not mount.store.writable:
            raise WrongState(f"The store {mount.row.name!r} (id {mount.row.id}) takes no mail: {mount.error}")

    def _check_quota(self) -> None:
        if self.quota == (None, None):
            return
        totals = self.totals()
        messages, size = sum(row.messages for row in totals), sum(row.bytes for row in totals)
        for most, used, what in zip(self.quota, (messages, size), ("messages", "bytes"), strict=True):
            if most is not None and used >= most:
                raise Unavailable(f"The quota of {most} {what} is used up: there are {used}. Raise it or make room.")

    def _writable(self) -> Store:
        with self._lock:
            mount = self.current()
            if mount.is_open and self._clock() >= self._next_try_ms and self._is_full(mount):
                mount = self._followed(mount)
            return mount.store

    def _followed(self, full: Mount) -> Mount:
        """The new current store; the full one while none can be made, for mail that waits for a folder is lost mail."""
        try:
            return self.create(None, None, "current", SYSTEM)
        except (PostroomError, OSError) as error:
            self._next_try_ms = self._clock() + TRY_AGAIN_MS
            log.warning("new store not made", extra={"reason": str(error)})
            self._instance.audit.record(events.STORE_CREATE, SYSTEM, ok=False, reason=str(error))
            return full

    def _is_full(self, mount: Mount) -> bool:
        rules = self._instance.store_auto_create.get()
        if not rules.enabled:
            return False
        totals = mount.store.catalogue.totals()
        messages, size = sum(row.messages for row in totals), sum(row.bytes for row in totals)
        if not messages:
            return False
        if rules.messages_threshold and messages >= rules.messages_threshold:
            return True
        if rules.size_threshold_mb and size >= rules.size_threshold_mb << 20:
            return True
        months = MONTHS.get(rules.interval)
        first = next(mount.store.batches(), None)
        return bool(months and first and _month(self._clock()) // months > _month(first.time_ms) // months)

    def knows(self, source: str, native_id: str) -> bool:
        """True when some open store has this item of this source, or its message was deleted."""
        stored = any(mount.store.catalogue.knows(source, native_id) for mount in self.open_mounts())
        return stored or self.deleted(source, native_id)

    def deleted(self, source: str, native_id: str) -> bool:
        """True when the message that this item of this source was may be gone for good: somebody deleted it."""
        return self._instance.deleted_items.has(source, native_key(native_id))

    def delete(self, mount: Mount, numbers: Sequence[int], by: str, reason: str) -> None:
        """Remove messages from their archives; where they came from, they are not fetched again."""
        self._instance.deleted_items.note(mount.store.catalogue.items_of(numbers))
        mount.store.delete(numbers, by, reason)

    def met_as(self, source: str, native_id: str) -> Met | None:
        """What this item of this source is; None when it never came. One that is there goes before a deleted one."""
        found: Met | None = None
        for mount in self.open_mounts():
            if row := mount.store.catalogue.met_as(source, native_id):
                deleted = mount.store.catalogue.messages([row[0]])[0].deleted_ms is not None
                if found is None or not deleted:
                    found = Met(mount, *row, deleted)
        return found

    def cursor(self, source: str) -> str | None:
        """How far a source was read: the newest store that knows."""
        found = (mount.store.catalogue.cursor(source) for mount in self.open_mounts())
        return next((cursor for cursor in found if cursor is not None), None)

    # One view

    def totals(self) -> list[Totals]:
        """Exact messages and bytes per archive, over all open stores."""
        sums: dict[str, list[int]] = {}
        for mount in self.open_mounts():
            for row in mount.store.catalogue.totals():
                entry = sums.setdefault(row.archive, [0, 0])
                entry[0] += row.messages
                entry[1] += row.bytes
        return [Totals(name, *sums[name]) for name in sorted(sums)]

    def not_counted(self) -> list[str]:
        """A sentence for each store that is not open, and so is in no sum: who reads one must know."""
        shut = (mount for mount in self.all() if not mount.is_open)
        return [f"Store {mount.row.id} is not counted: {mount.error or 'it is disabled'}" for mount in shut]

    def holding(self, folder: str) -> Iterator[Mount]:
        """The open stores that have this folder."""
        return (mount for mount in self.open_mounts() if mount.store.catalogue.folder(folder) is not None)

    # Names and places

    def _check_free(self, name: str, directory: Path) -> None:
        """Before anything is made: neither the name nor the place is another store's."""
        for mount in self._mounts.values():
            if name_key(mount.row.name) == name_key(name):
                raise AlreadyExists("store with the name", name)
            if mount.directory.resolve() == directory:
                raise AlreadyExists("store with the path", str(directory))

    def _free_name(self) -> str:
        """`YYYY-MM`, with a running number when that is taken (reference §6.1)."""
        stem = datetime.datetime.fromtimestamp(self._clock() / 1000, datetime.UTC).strftime("%Y-%m")
        taken = {mount.row.name for mount in self._mounts.values()}
        names = (stem if number == 1 else f"{stem} ({number})" for number in range(1, len(taken) + 2))
        return next(name for name in names if name not in taken)

    def _free_directory(self) -> Path:
        base = self._instance.store_auto_create.get().base_directory
        parent = self.checked_base(base) if base else self._directory / "stores"
        return next(p for n in range(1, 1_000_000) if not (p := parent / str(n)).exists())

    def checked_path(self, path: str, field: str = "path") -> Path:
        """The place a caller named. Raises Invalid unless it is in the home or in an allowed place."""
        names = path.split("/")
        if (
            path.startswith("~")
            or ".." in names
            or "\\" in path
            or any(unicodedata.category(char) in ("Cc", "Cs") for char in path)
        ):
            raise Invalid(field, "a path of this server, with '/' between names and no '..'")
        if any(len(name.encode()) > MAX_NAME_BYTES for name in names) or len(path.encode()) > MAX_PATH_BYTES:
            raise Invalid(field, f"names of at most {MAX_NAME_BYTES} bytes and {MAX_PATH_BYTES} in all")
        try:
            full = self._full(path).resolve()
        except (OSError, RuntimeError) as error:  # the latter for links in a circle
            raise Invalid(field, f"a path that can be followed, not {path!r}") from error
        own = self._directory.resolve()
        allowed = (Path(root).resolve() for root in self._settings.allowed_paths)
        if full == own or not any(full.is_relative_to(root) for root in (own, *allowed)):
            raise Invalid(
                field, f"a path in {self._directory} or in one of the setting archive.allowed_paths, not {path!r}"
            )
        if any(full.is_relative_to(other) for other in self.others()):
            raise Invalid(field, f"a path that is not in the folder of another instance, not {path!r}")
        return full

    def checked_base(self, path: str, field: str = "base_directory") -> Path:
        """As `checked_path`, for a folder in which stores shall be made. Raises Invalid within a store."""
        full = self.checked_path(path, field)
        if any(full.is_relative_to(mount.directory.resolve()) for mount in self.all()):
            raise Invalid(field, f"a folder that is not within a store, not {path!r}")
        return full

    def exchange_path(self, path: str, field: str = "path") -> Path:
        """As `checked_path`, for mail and copies on their way in or out: not in what the archive itself keeps."""
        full = self.checked_path(path, field)
        own = [self._directory / "stores", *(mount.directory for mount in self.all())]
        if full.parent == self._directory.resolve() and full.name.startswith((INSTANCE_FILE, KEY_FILE)):
            raise Invalid(field, f"another place than the archive's own {full.name}")
        self._check_apart(full, own, field)
        return full

    def _checked_place(self, path: str, *, but: int | None = None) -> Path:
        """Where a store may be: not within another, nor around it."""
        full = self.checked_path(path)
        if full.exists() and not full.is_dir():
            raise Invalid("path", f"a folder; {path!r} is a file")
        if full.parent == self._directory.resolve() and full.name in ("stores", "index", KEY_FILE):
            raise Invalid("path", f"a folder for this store alone, like 'stores/name', not {path!r}")
        others = [mount.directory for mount in self._mounts.values() if mount.row.id != but]
        self._check_apart(full, [directory for directory in others if directory.resolve() != full], "path")
        return full

    def _check_apart(self, full: Path, places: Iterable[Path], field: str) -> None:
        for place in places:
            resolved = place.resolve()
            if full.is_relative_to(resolved) or resolved.is_relative_to(full):
                raise Invalid(field, f"a path apart from the archive's own folder {place}")

    def _full(self, path: str) -> Path:
        return self._directory / path

    def _short(self, directory: Path) -> str:
        """Relative when inside the instance, so that a home can be moved."""
        return str(directory.relative_to(self._directory) if directory.is_relative_to(self._directory) else directory)


def _identity(mount: Mount) -> UUID | None:
    """Of a store that may be closed, moved or damaged."""
    try:
        return read_identity(mount.directory)
    except (NotFound, Damaged):
        return None


def rebuild_catalogue(
    directory: Path, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> list[Fault]:
    """Replace the catalogue of a store that is not open by one made from its packs; what could not be read."""
    read_identity(directory)
    fresh = directory / "catalog.db.new"
    for leftover in directory.glob("catalog.db.new*"):
        leftover.unlink()
    catalogue = Catalogue(fresh)
    faults: list[Fault] = []
    try:
        replay.replay(catalogue, directory / "packs", Codec(), faults=faults, progress=progress)
        catalogue.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        catalogue.close()
    for suffix in ("-wal", "-shm"):
        (directory / f"catalog.db{suffix}").unlink(missing_ok=True)
    if (directory / "catalog.db").exists():
        (directory / "catalog.db").replace(directory / "catalog.db.old")
    fresh.replace(directory / "catalog.db")
    return faults


def _month(time_ms: int) -> int:
    at = datetime.datetime.fromtimestamp(time_ms / 1000, datetime.UTC)
    return at.year * 12 + at.month - 1
