"""One instance as it runs: opened when it is used, closed when nobody uses it, stopped, frozen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final, Literal, Protocol

from postroom.archive.archive import Archive
from postroom.archive.management.instances import InstanceRow
from postroom.errors import Cancelled, PostroomError, Unavailable, WrongState
from postroom.work import Process

State = Literal["stopped", "starting", "running", "stopping", "freezing", "frozen", "failed"]
LOOK_S: Final = 0.2
"""How often a waiting call looks whether it was cancelled."""

_CLOSED: Final[dict[State, State]] = {"stopping": "stopped", "freezing": "frozen"}


class Room(Protocol):
    """The right to open a tenant, while it is entered."""

    def __call__(self, tenant: Tenant, /) -> AbstractContextManager[None]: ...


def _anywhere(_tenant: Tenant) -> AbstractContextManager[None]:
    return nullcontext()


class Tenant:
    """`open_archive` opens what lies in the instance's folder. Safe from any thread.

    `running` is a permission, not a process: the archive is opened by the first use and closed by `close_idle`.
    """

    def __init__(
        self,
        row: InstanceRow,
        open_archive: Callable[[InstanceRow], Archive],
        state: State = "stopped",
    ) -> None:
        self.row, self.state = row, state
        self.error: str | None = None
        """Why it could not be started or stopped, or be opened."""
        self.due_ms: int | None = None
        """When it has to be opened for what it does by itself."""
        self.used_s = self.opened_s = 0.0
        self._open_archive = open_archive
        self._archive: Archive | None = None
        self._uses = 0
        self._calls: set[Process] = set()
        self._changed = threading.Condition(threading.RLock())

    @property
    def is_open(self) -> bool:
        return self._archive is not None

    @property
    def uses(self) -> int:
        return self._uses

    # Use

    @contextmanager
    def use(self, process: Process | None = None, room: Room = _anywhere) -> Iterator[Archive]:
        """The archive, which stays open while the block runs. `process`: the call that uses it, which a stop cancels;
        `room`: entered while it is being opened.

        Raises WrongState when the instance does not run, Unavailable while it is frozen; what opening raises.
        """
        archive = self._enter(process, room)
        try:
            yield archive
        finally:
            self._leave(process)

    def _enter(self, process: Process | None, room: Room) -> Archive:
        with self._changed:
            self._check_running()
            if self._archive is None:
                with room(self):
                    self._open()
            self._uses += 1
            self.used_s = time.monotonic()
            if process is not None:
                self._calls.add(process)
            assert self._archive is not None
            return self._archive

    def _leave(self, process: Process | None) -> None:
        with self._changed:
            self._uses -= 1
            self.used_s = time.monotonic()
            if process is not None:
                self._calls.discard(process)
            self._changed.notify_all()

    def _check_running(self) -> None:
        match self.state:
            case "running":
                return
            case "freezing" | "frozen":
                raise Unavailable(f"The instance {self.row.name!r} is frozen for a snapshot. Thaw it, or try later.")
            case "failed":
                raise WrongState(f"The instance {self.row.name!r} failed: {self.error} Start it again.")
            case _:
                raise WrongState(f"The instance {self.row.name!r} does not run. Start it first.")

    def _open(self) -> None:
        try:
            self._archive = self._open_archive(self.row)
        except PostroomError as error:
            self.error = str(error)
            # A full disk or a lock may go by itself: then the next use tries again.
            if not error.retryable:
                self.state = "failed"
            raise
        self.error, self.opened_s = None, time.monotonic()

    # Start and stop

    def start(self, room: Room = _anywhere) -> None:
        """Let it be used, after opening it once. Raises WrongState, and what opening raises: then it `failed`."""
        with self._changed:
            if self.state == "running":
                return
            if self.state not in ("stopped", "failed"):
                raise WrongState(f"The instance {self.row.name!r} is {self.state}. Thaw it, or wait.")
            if self.row.start_mode == "disabled":
                self.error = "Its start mode is disabled."
                raise WrongState(f"The instance {self.row.name!r} is disabled. Set another start mode first.")
            self.state = "starting"
            try:
                with room(self):
                    self._open()
            except BaseException as error:
                self.state, self.error = "failed", str(error) or type(error).__name__
                raise
            self.state, self.used_s = "running", time.monotonic()

    def stop(self, process: Process) -> None:
        """Cancel its long calls, wait for the end of all uses, close it. Raises Cancelled: then it goes on."""
        with self._changed:
            if self.state in ("frozen", "failed", "stopped"):
                self.state = "stopped"
                return
            self._wind_down("stopping", process, cancel=True)

    def freeze(self, process: Process) -> None:
        """Wait for the end of all uses, write everything and close it: nothing of it changes on disk until `thaw`.

        Raises WrongState when it does not run, Cancelled: then it goes on.
        """
        with self._changed:
            if self.state == "frozen":
                return
            self._check_running()
            self._wind_down("freezing", process, cancel=False)

    def thaw(self) -> None:
        """Let it be used again. Raises WrongState when it is not frozen."""
        with self._changed:
            if self.state != "frozen":
                raise WrongState(f"The instance {self.row.name!r} is not frozen, it is {self.state}.")
            self.state = "running"

    def _wind_down(self, through: State, process: Process, *, cancel: bool) -> None:
        if self.state != "running":
            raise WrongState(f"The instance {self.row.name!r} is {self.state}. Wait until that has ended.")
        self.state = through
        try:
            while self._busy():
                process.check_cancelled()
                if cancel:
                    self._cancel()
                self._changed.wait(LOOK_S)
            self._close()
        except Cancelled:
            self.state = "running"
            raise
        except BaseException as error:
            self.state, self.error = "running", str(error) or type(error).__name__
            raise
        self.state, self.error = _CLOSED[through], None

    def _cancel(self) -> None:
        for call in (*self._calls, *self._own_calls()):
            call.cancel()

    def _busy(self) -> bool:
        # A job that has ended is still to be written down.
        return self._uses > 0 or bool(self._own_calls())

    def _own_calls(self) -> list[Process]:
        """What the archive does by itself."""
        if self._archive is None:
            return []
        return [*self._archive.scheduler.running(), *self._archive.profiles.server_side.running()]

    # What is told of it

    def running_profiles(self) -> int:
        """Runs of profiles that go on."""
        with self._changed:
            return 0 if self._archive is None else len(self._archive.profiles.server_side.running())

    def active_sessions(self) -> int:
        """Who is signed in to its console."""
        with self._changed:
            return 0 if self._archive is None else self._archive.instance.sessions.count()

    def remarks(self) -> Iterator[tuple[Literal["information", "warning", "error"], str]]:
        """What needs attention, as far as it is known without opening it."""
        name = self.row.name
        if self.error:
            yield "error", f"The instance {name}: {self.error}"
        if self.state == "frozen":
            yield "warning", f"The instance {name} is frozen. Thaw it when the snapshot is made."
        with self._changed:
            archive = self._archive
            mounts = archive.stores.all() if archive else []
            for mount in mounts:
                if mount.error:
                    yield "error", f"The store {mount.row.name} of the instance {name}: {mount.error}"
                if mount.index_selected:
                    yield "warning", f"The store {mount.row.name} of the instance {name} needs an index rebuild."
            overdue = archive.profiles.server_side.overdue() if archive else []
        for profile in overdue:
            yield "warning", f"The profile {profile.name} of the instance {name} is overdue."

    # Changes

    def configured(self, row: InstanceRow) -> None:
        """What it is from now on."""
        with self._changed:
            self.row = row
            if self._archive is not None:
                self._archive.stores.quota = row.quota

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nobody can start it while the block runs. Raises WrongState unless it is stopped."""
        with self._changed:
            if self.state not in ("stopped", "failed"):
                raise WrongState(f"The instance {self.row.name!r} is {self.state}. Stop it first.")
            yield

    # Closing

    def close_idle(self, idle_s: float, *, indexed: bool = True) -> bool:
        """Close it when it is not in use, and was not for so long; with `indexed` only after all is searchable.

        False when it is in use, or another thread is at it; never waits.
        """
        if not self._changed.acquire(blocking=False):
            return False
        try:
            if self._archive is None or self._busy() or time.monotonic() - self.used_s < idle_s:
                return False
            if indexed and not self._archive.wait_indexed(0):
                return False
            self._close()
            return True
        finally:
            self._changed.release()

    def close(self) -> None:
        """At the end of the server: calls that did not end by then find it closed."""
        with self._changed:
            self.state = "stopped"
            self._close(wait=False)

    def _close(self, *, wait: bool = True) -> None:
        archive = self._archive
        if archive is None:
            return
        archive.scheduler.stop()
        archive.profiles.server_side.stop()
        while wait and self._busy():  # what had just begun: it needs the archive for its end
            self._changed.wait(LOOK_S)
        due = (archive.scheduler.next_due_ms(), archive.profiles.server_side.next_due_ms())
        self.due_ms = min((moment for moment in due if moment is not None), default=None)
        self._archive = None
        archive.close()
