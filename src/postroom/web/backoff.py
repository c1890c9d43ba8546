"""Makes guessing passwords slow: after some failures a user has to wait, longer each time."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from postroom.settings import Web


@dataclass(slots=True)
class _Entry:
    failures: int
    until: float


class BackOff:
    """Failures per user name and address.

    Of so many entries the one that failed least recently is forgotten first. An entry is also forgotten when nothing
    failed for `FORGET_S` after its delay.
    """

    FORGET_S = 900.0

    def __init__(self, settings: Web, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._free, self._entries_most = settings.login_free_failures, settings.login_entries
        self._delay_s, self._most_s = settings.login_delay_s, settings.login_delay_most_s
        self._monotonic = monotonic
        self._entries: OrderedDict[tuple[str, str], _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def delay_s(self, user: str, address: str) -> float:
        """Seconds until this user may try again from this address; 0.0 when it may now."""
        with self._lock:
            entry = self._entries.get(_key(user, address))
        return 0.0 if entry is None else max(0.0, entry.until - self._monotonic())

    def failed(self, user: str, address: str) -> None:
        """Note a wrong password."""
        now, key = self._monotonic(), _key(user, address)
        with self._lock:
            entry = self._entries.pop(key, None)
            forgotten = entry is None or now > entry.until + self.FORGET_S
            failures = 1 if entry is None or forgotten else entry.failures + 1
            self._entries[key] = _Entry(failures, now + self._delay(failures))
            while len(self._entries) > self._entries_most:
                self._entries.popitem(last=False)

    def succeeded(self, user: str, address: str) -> None:
        """Note a right password: what failed before is forgotten."""
        with self._lock:
            self._entries.pop(_key(user, address), None)

    def _delay(self, failures: int) -> float:
        over = failures - self._free
        # 2 ** 64 seconds are long enough, and a float holds them.
        return 0.0 if over <= 0 else min(self._most_s, self._delay_s * 2.0 ** min(over - 1, 64))


def _key(user: str, address: str) -> tuple[str, str]:
    # A name may be as long as a header; the table must not be.
    return user.casefold()[:256], _network(address)


def _network(address: str) -> str:
    """An IPv6 host has all of its /64: each of its addresses must not begin a new count."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address) or parsed.ipv4_mapped:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))
