"""Locks of domains and of people, which LDAP itself does not have: of this process only.

With those of domains a limit holds against many who create at once through one server; with those of people what
somebody manages and the mark in their own entry change together. A fixed number is shared by all names of one sort.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from postroom.errors import Unavailable

COUNT: Final = 256
WAIT_S: Final = 30.0


class Locks:
    """Held by whoever took one until it is released; the same thread may take one twice."""

    def __init__(self) -> None:
        self._locks = tuple(threading.RLock() for _ in range(COUNT))

    def take(self, name: str) -> Callable[[], None]:
        """Wait for the lock of a name; the answer releases it. Raises Unavailable."""
        lock = self._locks[_place(name)]
        if not lock.acquire(timeout=WAIT_S):
            raise Unavailable(f"Another change of {name} takes too long. Try again.")
        return lock.release

    @contextmanager
    def hold(self, names: Iterable[str]) -> Iterator[None]:
        """Have the locks of all the names for the block. Raises Unavailable."""
        with ExitStack() as held:
            # All take them in the same order, so that no two wait for each other.
            for name in sorted(names, key=_place):
                held.callback(self.take(name))
            yield


def _place(name: str) -> int:
    return hash(name) % COUNT
