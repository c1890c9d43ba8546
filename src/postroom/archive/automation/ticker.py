"""A thread that looks again and again whether something is due, and never ends by itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from postroom.errors import PostroomError

logger = logging.getLogger(__name__)

LOOK_S: Final = 30.0
"""Longest time between two looks at the clock, which somebody may have set."""


class Ticker:
    """Calls `look` in a thread; it returns the seconds until there may be more to do, of which it waits LOOK_S at
    most. `what` names in the log what is looked for."""

    def __init__(self, look: Callable[[], float], what: str) -> None:
        self._look, self._what = look, what
        self._awake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=what, daemon=True)

    @property
    def stopping(self) -> bool:
        return self._stopping

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def refuse(self) -> None:
        """From now on `stopping` is true; `stop` comes next."""
        self._stopping = True

    def stop(self) -> None:
        """Look no more; the look of now ends first."""
        self._stopping = True
        self._awake.set()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Look now."""
        self._awake.set()

    def _run(self) -> None:
        while not self._stopping:
            try:
                wait_s = min(LOOK_S, self._look())
            except PostroomError as error:
                logger.warning("Looking for %s failed: %s", self._what, error)
                wait_s = LOOK_S
            except Exception:
                # The thread must not end: what fails here may work when it is tried again.
                logger.exception("Looking for %s failed.", self._what)
                wait_s = LOOK_S
            self._awake.wait(wait_s)
            self._awake.clear()
