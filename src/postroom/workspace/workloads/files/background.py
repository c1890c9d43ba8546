"""What is done when nobody waits: copies, and reading of what came."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Final

from postroom.errors import Cancelled, Unavailable

logger = logging.getLogger(__name__)

Job = Callable[[], bool]
"""One piece of work; whether there was one. Raises Unavailable when it is to be tried again later."""
PAUSE_S: Final = 5.0


class Background:
    """One thread between `start` and `stop`."""

    def __init__(self, jobs: Sequence[Job], interrupt: Callable[[], None] = lambda: None) -> None:
        self._jobs, self._interrupt = jobs, interrupt
        self._wake, self._ends = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._ends.clear()
        self._wake.set()
        self._thread = threading.Thread(target=self._run, name="files", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """The piece in work is ended first. May be called again, or without start."""
        self._ends.set()
        self._wake.set()
        self._interrupt()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def wake(self) -> None:
        self._wake.set()

    def work(self) -> None:
        """All that waits, here and now."""
        while any(job() for job in self._jobs):
            pass

    def _run(self) -> None:
        while not self._ends.is_set():
            self._wake.clear()
            try:
                while not self._ends.is_set() and any(job() for job in self._jobs):
                    pass
            except (Unavailable, Cancelled) as error:
                logger.info("Work on files waits: %s", error)
                self._ends.wait(PAUSE_S)
                continue
            except Exception:
                logger.exception("Work on files failed")
                self._ends.wait(PAUSE_S)
                continue
            if not self._ends.is_set():
                self._wake.wait()
