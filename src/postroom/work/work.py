"""Starts long-running calls, finds them again, keeps their end."""

from __future__ import annotations

import contextvars
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from postroom.errors import Cancelled, NotFound, PostroomError, Unavailable
from postroom.settings import Work as WorkSettings
from postroom.work.log import Log
from postroom.work.process import Failure, Process
from postroom.work.records import Records

SAVE_EVERY_S = 5.0
MOST_WAITING = 200
TURN_S = 0.5

logger = logging.getLogger(__name__)


class Work:
    """All long-running calls of one server, in `path` (work.db).

    What ran when the last server went is failed from here on, with `records.RESTARTED` as the reason.
    """

    def __init__(
        self, path: Path, settings: WorkSettings | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings or WorkSettings()
        self._clock = clock
        self._records = Records(path, self._settings.log_lines)
        self._records.interrupt(self._now_ms())
        self._running: dict[str, Process] = {}
        self._saved: dict[str, float] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._slots = threading.BoundedSemaphore(self._settings.threads)
        self._lock = threading.Lock()
        self._closed = False

    def start(
        self,
        name: str,
        user: str,
        function: Callable[[Process], object],
        ended: Callable[[Process], object] = lambda _process: None,
    ) -> Process:
        """Run `function(process)` in a thread; what it returns (anything JSON) becomes the result.

        `ended` is called there after the end, also when the function was never called because somebody cancelled it.
        Raises Unavailable when the server stops or too many calls wait.
        """
        self.expire()
        process = Process(name, user, log=Log(self._settings.log_lines), on_change=self._save_seldom)
        context = contextvars.copy_context()
        # A daemon: a function that ignores its cancellation must not keep a stopped server alive.
        thread = threading.Thread(
            target=context.run, args=(self._run, process, function, ended), name=f"work-{name}", daemon=True
        )
        with self._lock:
            self._refuse_if_full()
            self._running[process.token], self._threads[process.token] = process, thread
            thread.start()
        self._save(process)
        return process

    def get(self, token: str, user: str) -> Process:
        """The process of this token when `user` started it. Raises NotFound, also when it has expired."""
        with self._lock:
            process = self._running.get(token)
        if process is None:
            self.expire()
            process = self._records.find(token)
        if process is None or process.user != user:
            raise NotFound("process", token)
        return process

    def wait(self, token: str, version: int, timeout_s: float, user: str) -> Process:
        """The process once its state is newer than `version`, it has ended, or time ran out. Blocks."""
        process = self.get(token, user)
        process.wait(version, timeout_s)
        return process

    def cancel(self, token: str, user: str) -> None:
        """Ask a process to stop; nothing when it ended already. Raises NotFound."""
        self.get(token, user).cancel()

    def delivered(self, process: Process) -> None:
        """Note that the end of this process was told: it is kept a short while only from now on."""
        self._records.mark_read(process.token, self._now_ms())

    def running(self) -> list[Process]:
        """What runs or waits for its turn."""
        with self._lock:
            return [process for process in self._running.values() if not process.state.ended]

    def expire(self) -> None:
        """Forget what is older than the settings say."""
        now = self._now_ms()
        self._records.expire(now - self._settings.keep_s * 1000, now - self._settings.keep_read_s * 1000)

    def release(self) -> None:
        """Let all who wait for a change go, and take no new calls: the server stops."""
        with self._lock:
            self._closed = True
        for process in self.running():
            process.release()

    def close(self, timeout_s: float) -> list[Process]:
        """Cancel all, wait for their end, close the file. Returns what did not end in time."""
        self.release()
        for process in self.running():
            process.cancel()
        end = time.monotonic() + timeout_s
        for thread in list(self._threads.values()):
            thread.join(max(0.0, end - time.monotonic()))
        left = self.running()
        for process in left:
            logger.warning("The call %s (%s) did not stop in time.", process.name, process.token)
        # Their threads may still want to write; the file closes with the program.
        if not left:
            self._records.close()
        return left

    def _refuse_if_full(self) -> None:
        if self._closed:
            raise Unavailable("The server is stopping.")
        if len(self._running) >= self._settings.threads + MOST_WAITING:
            raise Unavailable("Too many long-running calls wait for their turn. Try again later.")

    def _run(self, process: Process, function: Callable[[Process], object], ended: Callable[[Process], object]) -> None:
        while not self._slots.acquire(timeout=TURN_S):
            if process.cancel_requested:
                process.finish("cancelled")
                break
        else:
            try:
                self._call(process, function)
            finally:
                self._slots.release()
        try:
            ended(process)
        finally:
            self._forget(process, saved=self._save(process))

    def _forget(self, process: Process, *, saved: bool) -> None:
        with self._lock:
            del self._threads[process.token]
            self._saved.pop(process.token, None)
            # What could not be written is kept in memory, so that its end can still be read.
            if saved:
                del self._running[process.token]

    def _call(self, process: Process, function: Callable[[Process], object]) -> None:
        try:
            process.check_cancelled()
            result = msgspec.to_builtins(function(process))
        except Cancelled:
            process.finish("cancelled")
        except PostroomError as error:
            logger.info("The call %s (%s) failed: %s", process.name, process.token, error)
            process.finish("failed", failure=Failure(str(error), type(error).__name__))
        except Exception as error:
            # Whatever it was, those who wait must hear that it ended; the cause is for the log.
            logger.exception("The call %s (%s) broke.", process.name, process.token)
            message = f"An internal error occurred. The server's log has it as {process.token}."
            process.finish("failed", failure=Failure(message, type(error).__name__))
        else:
            process.finish("succeeded", result=result)

    def _save_seldom(self, process: Process) -> None:
        # A log line costs microseconds, a row costs a hundred times that.
        now = time.monotonic()
        if now - self._saved.get(process.token, 0.0) >= SAVE_EVERY_S:
            self._save(process)

    def _save(self, process: Process) -> bool:
        self._saved[process.token] = time.monotonic()
        try:
            self._records.save(process)
        except sqlite3.Error:
            # A full disk must not end a verification that would go on without it.
            logger.exception("The call %s (%s) could not be written down.", process.name, process.token)
            return False
        return True

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)
