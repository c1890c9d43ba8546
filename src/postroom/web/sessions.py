"""Who used the server lately. Basic credentials know no log-out: a session ends when nothing came for a while."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Session:
    """Times are seconds since 1970, UTC. `client` is the way in, such as `api`."""

    user: str
    client: str
    address: str
    login_s: float
    last_s: float


class Sessions:
    """The last `most` sessions; one that was idle for `idle_s` is over."""

    def __init__(self, *, idle_s: float = 900.0, most: int = 1000, clock: Callable[[], float] = time.time) -> None:
        self._idle_s, self._most, self._clock = idle_s, most, clock
        self._sessions: OrderedDict[tuple[str, str, str], Session] = OrderedDict()
        self._lock = threading.Lock()

    def seen(self, user: str, client: str, address: str) -> None:
        """Note a request of this user."""
        now, key = self._clock(), (user, client, address)
        with self._lock:
            known = self._sessions.pop(key, None)
            if known is None or now - known.last_s > self._idle_s:
                known = Session(user, client, address, now, now)
            self._sessions[key] = replace(known, last_s=now)
            if len(self._sessions) > self._most:
                self._sessions.popitem(last=False)

    def active(self) -> tuple[Session, ...]:
        """Those that are not over, the one used last at the end."""
        now = self._clock()
        with self._lock:
            return tuple(session for session in self._sessions.values() if now - session.last_s <= self._idle_s)
