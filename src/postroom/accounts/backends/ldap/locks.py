"""Locks of domains, which LDAP itself does not have: of this process only.

With them a limit holds against many who create at once through one server. A fixed number is shared by all domains.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from postroom.errors import Unavailable

COUNT: Final = 256
WAIT_S: Final = 30.0


class Locks:
    """Held by whoever took one until it is released; the same thread may take one twice."""

    def __init__(self) -> None:
        self._locks = tuple(threading.RLock() for _ in range(COUNT))

    def take(self, domain: str) -> Callable[[], None]:
        """Wait for the lock of a domain; the answer releases it. Raises Unavailable."""
        lock = self._locks[hash(domain) % COUNT]
        if not lock.acquire(timeout=WAIT_S):
            raise Unavailable(f"Another change of {domain} takes too long. Try again.")
        return lock.release
