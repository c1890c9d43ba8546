"""Callers of a moment ago: a script that calls hundreds of times a second is not looked up each time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from postroom.accounts.services.access import Caller

REMEMBER_S: Final = 1.0
MOST: Final = 1000


class Callers:
    """Sessions and what they may do, for `REMEMBER_S` and only while `version` stays the same.

    The version changes at once with what this server changes about rights and sessions. What others change, in the
    database or with another process, counts a second later at most.
    """

    def __init__(self, version: Callable[[], int], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._version, self._monotonic = version, monotonic
        self._kept: OrderedDict[tuple[str, str], tuple[Caller, int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, session: str, ip: str, find: Callable[[], Caller]) -> Caller:
        """The caller of this session from this address; when none is kept `find` is asked, and may raise."""
        version = self._version()
        with self._lock:
            caller, then, until = self._kept.get((session, ip), (None, 0, 0.0))
        if caller is not None and then == version and self._monotonic() < until:
            return caller
        caller = find()
        with self._lock:
            # With the version of before the look-up: what changed meanwhile is asked again.
            self._kept[session, ip] = caller, version, self._monotonic() + REMEMBER_S
            self._kept.move_to_end((session, ip))
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return caller
