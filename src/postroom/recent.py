"""What was looked up a moment ago: who calls hundreds of times a second is not looked up each time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Found values, the `most` last ones, each for `keep_s` and only while `version` stays the same.

    The version changes at once with what this process changes. What others change, in the database or with another
    process, counts `keep_s` later at most. Safe to use from threads.
    """

    def __init__(
        self,
        version: Callable[[], int],
        keep_s: float = 1.0,
        most: int = 1_000,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._version, self._keep_s, self._most, self._monotonic = version, keep_s, most, monotonic
        self._kept: OrderedDict[K, tuple[V, int, float]] = OrderedDict()
        self._cleared = 0
        self._lock = threading.Lock()

    def of(self, key: K, find: Callable[[], V]) -> V:
        """The value of the key; when none is kept `find` is asked, and may raise."""
        version = self._version()
        with self._lock:
            kept, cleared = self._kept.get(key), self._cleared
        if kept is not None and kept[1] == version and self._monotonic() < kept[2]:
            return kept[0]
        value = find()
        with self._lock:
            if cleared != self._cleared:
                return value
            # With the version of before the look-up: what changed meanwhile is asked again.
            self._kept[key] = value, version, self._monotonic() + self._keep_s
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return value

    def clear(self) -> None:
        """Keep nothing of what was found so far, nor of what is being looked up now."""
        with self._lock:
            self._kept.clear()
            self._cleared += 1
