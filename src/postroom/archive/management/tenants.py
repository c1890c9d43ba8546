"""The instances that run: at most so many are open at once, those that are idle are closed, due jobs open theirs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from postroom.archive.archive import Archive
from postroom.archive.instance.identifiers import name_key
from postroom.archive.management.due import next_due_ms
from postroom.archive.management.instances import InstanceRow, Instances
from postroom.archive.management.tenant import Tenant
from postroom.archive.storage.writer import Clock, now_ms
from postroom.errors import NotFound, PostroomError, Unavailable
from postroom.settings import Settings
from postroom.work import Process

logger = logging.getLogger(__name__)
PATIENCE_S: Final = 5.0
LOOK_AGAIN_S: Final = 0.05
"""How long, and how often, room is waited for when as many instances as may be are open."""
LOOK_S: Final = 5.0
"""How often idle instances and due jobs are looked for."""


class Tenants:
    """Runs the instances of a management database. `on_open` is given each archive before anybody uses it.

    At the start of the server those of the start mode `automatic` run; no archive is opened for that.
    """

    def __init__(self, instances: Instances, settings: Settings, clock: Clock = now_ms) -> None:
        self.on_open: Callable[[InstanceRow, Archive], object] = lambda _row, _archive: None
        self._instances, self._clock = instances, clock
        self._spe = settings.spe
        # One process reads the mail of one instance: many of them index at once.
        workers = settings.archive.extract_workers or 1
        self._settings = replace(settings, archive=replace(settings.archive, extract_workers=workers))
        self._tenants: dict[str, Tenant] = {}
        self._lock = threading.RLock()
        self._reserving = threading.Lock()
        self._opening: set[str] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="tenants", daemon=True)
        for row in instances.all():
            self.add(row, running=row.start_mode == "automatic")

    # Which there are

    def add(self, row: InstanceRow, *, running: bool = False) -> Tenant:
        """One that was created."""
        tenant = Tenant(row, self._open, "running" if running else "stopped")
        with self._lock:
            return self._tenants.setdefault(row.key, tenant)

    def forget(self, name: str) -> None:
        """One that was deleted."""
        with self._lock:
            self._tenants.pop(name_key(name), None)

    def get(self, name: str) -> Tenant:
        """Raises NotFound."""
        with self._lock:
            tenant = self._tenants.get(name_key(name))
        if tenant is None:
            raise NotFound("instance", name)
        return tenant

    def all(self) -> list[Tenant]:
        with self._lock:
            return [self._tenants[key] for key in sorted(self._tenants)]

    def open_ones(self) -> list[Tenant]:
        return [tenant for tenant in self.all() if tenant.is_open]

    # Use

    @contextmanager
    def use(self, name: str, process: Process | None = None) -> Iterator[Archive]:
        """The archive of an instance, open while the block runs. Raises NotFound, WrongState, Unavailable."""
        with self.get(name).use(process, self._room) as archive:
            yield archive

    @contextmanager
    def visit(self, name: str) -> Iterator[Archive]:
        """As `use`, for people: an instance may be called by its alias too."""
        alias = name_key(name)
        known = {name_key(tenant.row.alias): tenant.row.name for tenant in self.all() if tenant.row.alias}
        with self.use(known.get(alias, name)) as archive:
            yield archive

    def start_one(self, name: str) -> None:
        """Raises as `Tenant.start`."""
        self.get(name).start(self._room)

    @contextmanager
    def _room(self, tenant: Tenant) -> Iterator[None]:
        """The right to open one more while the block runs. Raises Unavailable when as many as may be are in use."""
        end = time.monotonic() + PATIENCE_S
        while not self._reserve(tenant):
            if time.monotonic() > end:
                raise Unavailable(f"{self._spe.open} instances are in use, which is the setting spe.open. Try later.")
            self._stopping.wait(LOOK_AGAIN_S)
        try:
            yield
        finally:
            with self._reserving:
                self._opening.discard(tenant.row.key)

    def _reserve(self, tenant: Tenant) -> bool:
        """Close the one that was unused longest when so many are open."""
        # Not the lock of `get`: closing may take a while.
        with self._reserving:
            opened = sorted(self.open_ones(), key=lambda other: other.used_s)
            keys = {other.row.key for other in opened} | self._opening
            excess = len(keys) - self._spe.open + 1
            for other in opened:
                if excess > 0 and other.close_idle(0.0, indexed=False):
                    excess -= 1
            if excess > 0:
                return False
            self._opening.add(tenant.row.key)
            return True

    def _open(self, row: InstanceRow) -> Archive:
        try:
            archive = Archive(row.directory, self._settings, clock=self._clock)
        except OSError as error:
            raise Unavailable(f"The folder {row.directory} cannot be used: {error.strerror}.") from error
        archive.stores.quota = row.quota
        archive.stores.others = lambda: self._places_but(row)
        try:
            self.on_open(row, archive)
        except BaseException:
            archive.close()
            raise
        return archive

    def _places_but(self, row: InstanceRow) -> list[Path]:
        """Folders in which this instance has no business."""
        return [tenant.row.directory for tenant in self.all() if tenant.row.key != row.key]

    # The thread

    def start(self) -> None:
        """Begin to close what is idle, and to open what has something due."""
        self._thread.start()

    def stop(self) -> None:
        """No more of that."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def close(self) -> None:
        """Close all, when the calls have ended."""
        self.stop()
        for tenant in self.all():
            tenant.close()

    def _keep(self) -> None:
        self._each(self.read_due)
        while not self._stopping.wait(min(LOOK_S, max(0.05, self._spe.idle_s / 4))):
            self._each(self._look)

    def _each(self, function: Callable[[Tenant], object]) -> None:
        for tenant in self.all():
            if self._stopping.is_set():
                return
            try:
                function(tenant)
            except PostroomError as error:
                logger.warning("The instance %s could not be looked at: %s", tenant.row.name, error)
            except Exception:
                # One instance that is not as foreseen must not keep the others from what is due.
                logger.exception("Looking at the instance %s failed.", tenant.row.name)

    def read_due(self, tenant: Tenant) -> None:
        """When one that is not open has something to do by itself, asked of its database."""
        if not tenant.is_open:
            tenant.due_ms = next_due_ms(tenant.row.directory)

    def _look(self, tenant: Tenant) -> None:
        if tenant.is_open:
            tenant.close_idle(self._spe.idle_s)
        elif tenant.state == "running" and tenant.due_ms is not None and tenant.due_ms <= self._clock():
            # Its scheduler, which begins with it, does the rest.
            with tenant.use(room=self._room):
                pass
