"""One long-running call as its function and those who wait for it see it."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from postroom.errors import Cancelled
from postroom.work.log import Log

Status = Literal["running", "succeeded", "failed", "cancelled"]
LOG_LINES = 10_000


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a process failed: a sentence for the user, and the name of the error's class."""

    message: str
    kind: str


@dataclass(frozen=True, slots=True)
class State:
    """What can be seen of a process at one moment; `version` grows with each change. `percent` is 0..100."""

    version: int = 1
    status: Status = "running"
    percent: int | None = 0
    text: str | None = None
    result: object = None
    failure: Failure | None = None

    @property
    def ended(self) -> bool:
        return self.status != "running"


@dataclass(slots=True)
class Stamps:
    """Milliseconds since 1970, UTC. `read`: when somebody was first told the end."""

    started: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    ended: int | None = None
    read: int | None = None


class Process:
    """The running function calls `log`, `progress`, `say`, `check_cancelled`; others read `state` and wait.

    Made without a `Work`, it is the throw-away process of a call that does not take long.
    """

    def __init__(
        self,
        name: str,
        user: str,
        *,
        token: str = "",
        log: Log | None = None,
        state: State | None = None,
        stamps: Stamps | None = None,
        on_change: Callable[[Process], None] | None = None,
    ) -> None:
        self.name, self.user = name, user
        self.token = token or secrets.token_hex(16)
        self.stamps = stamps or Stamps()
        self._state = state or State()
        self._log = log or Log(LOG_LINES)
        self._on_change = on_change
        self._cancel = threading.Event()
        self._lock = threading.Lock()
        self._waiters: set[Callable[[], object]] = set()
        self._released = False

    # What the function calls

    def log(self, line: str) -> None:
        """Add one line to the log."""
        with self._lock:
            self._log.add(self._state.version + 1, line)
            self._changed(self._state.percent, self._state.text)
        self._tell()

    def progress(self, done: float, total: float) -> None:
        """Say how far the work is; a new version only when the percentage is another one. `total` 0: unknown."""
        percent = max(0, min(100, int(100 * done / total))) if total > 0 else None
        with self._lock:
            if percent == self._state.percent:
                return
            self._changed(percent, self._state.text)
        self._tell()

    def say(self, text: str | None) -> None:
        """Name what is being done just now, in a few words."""
        with self._lock:
            if text == self._state.text:
                return
            self._changed(self._state.percent, text)
        self._tell()

    def check_cancelled(self) -> None:
        """Raise Cancelled when somebody asked the call to stop."""
        if self._cancel.is_set():
            raise Cancelled("The call was cancelled.")

    # What others see

    @property
    def state(self) -> State:
        return self._state

    @property
    def cancel_requested(self) -> bool:
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Ask the function to stop. It ends at its next `check_cancelled`."""
        self._cancel.set()

    def log_since(self, version: int, until: int | None = None) -> list[str]:
        """Lines newer than `version`, and not newer than `until`."""
        with self._lock:
            return self._log.since(version, until)

    def seen(self, version: int) -> tuple[State, list[str]]:
        """The state, and the lines newer than `version` that belong to it."""
        with self._lock:
            return self._state, self._log.since(version)

    def dump(self) -> tuple[State, str]:
        """The state and the log as text, as of one moment."""
        with self._lock:
            return self._state, self._log.dump()

    def finish(self, status: Status, *, result: object = None, failure: Failure | None = None) -> None:
        """End it. The first end stays."""
        with self._lock:
            if self._state.ended:
                return
            percent = 100 if status == "succeeded" else self._state.percent
            self.stamps.ended = time.time_ns() // 1_000_000
            self._set(State(self._state.version + 1, status, percent, None, result, failure))

    # Waiting

    def wait(self, version: int, timeout_s: float) -> bool:
        """Block until the state is newer than `version`; False when time ran out."""
        event = threading.Event()
        with self._waiting(event.set):
            if not self._ready(version):
                self._until(event, version, timeout_s)
        return self._state.version > version

    def _until(self, event: threading.Event, version: int, timeout_s: float) -> None:
        end = time.monotonic() + timeout_s
        while event.wait(max(0.0, end - time.monotonic())) and not self._ready(version):
            event.clear()

    async def wait_async(self, version: int, timeout_s: float) -> bool:
        """As `wait`, without a thread per waiter."""
        loop, event = asyncio.get_running_loop(), asyncio.Event()
        # Removed before the loop can close, so the call from the other thread always finds it open.
        with self._waiting(lambda: loop.call_soon_threadsafe(event.set)):
            try:
                async with asyncio.timeout(timeout_s):
                    while not self._ready(version):
                        await event.wait()
                        event.clear()
            except TimeoutError:
                return False
        return self._state.version > version

    def release(self) -> None:
        """Let all who wait go, now and later: the server stops."""
        with self._lock:
            self._released = True
            for notify in self._waiters:
                notify()

    def _ready(self, version: int) -> bool:
        return self._released or self._state.ended or self._state.version > version

    @contextmanager
    def _waiting(self, notify: Callable[[], object]) -> Iterator[None]:
        with self._lock:
            self._waiters.add(notify)
        try:
            yield
        finally:
            with self._lock:
                self._waiters.discard(notify)

    # With the lock held

    def _changed(self, percent: int | None, text: str | None) -> None:
        old = self._state
        self._set(State(old.version + 1, old.status, percent, text, old.result, old.failure))

    def _set(self, state: State) -> None:
        self._state = state
        for notify in self._waiters:
            notify()

    def _tell(self) -> None:
        if self._on_change is not None:
            self._on_change(self)
