"""Ports of loopback for tests.

They lie below those that the system gives to connections going out, so that none of those takes a port between the
moment it is chosen and the moment somebody listens on it. Each test process has a part of them to itself.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from itertools import chain, cycle
from typing import Final

FIRST: Final = 12_000
LAST: Final = 32_000
PARTS: Final = 8
SIZE: Final = (LAST - FIRST) // PARTS


def _part() -> Iterator[int]:
    """Each port of this process's part, from a place on that differs between runs: another run may go on beside."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % PARTS
    part = range(FIRST + worker * SIZE, FIRST + (worker + 1) * SIZE)
    start = os.getpid() * 37 % SIZE
    return cycle(chain(part[start:], part[:start]))


_ports = _part()


def free_port() -> int:
    """A port that nobody listens on and that no other test of this run is given."""
    for port in _ports:
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError
