"""How fast the policy service answers at 1,000 requests a second, on SQLite.

The server runs in a process of its own, the load comes from this one over 20 connections, as from 20 smtpd processes.
Requests have their time whether or not earlier ones were answered, and the clock of each begins at that time. Half of
them are recipients, half ends of messages, which are counted by throttles of everybody, domains and users. The floor is
the same server and load with an answer that needs no database.
"""

from __future__ import annotations

import selectors
import socket
import subprocess
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Final

from benchmarks.bench import ROOT, Bench, command
from benchmarks.claim import Bound, Claim

PER_SECOND: Final = 1_000
SECONDS: Final = 3
WARM: Final = 500
CONNECTIONS: Final = 20
USERS: Final = 1_000
APART: Final = 40
"""How many requests lie between the recipient of a message and its end."""
GIVE_UP_S: Final = 20.0
GOOD: Final = b"action=DUNNO\n\n"


def measure(bench: Bench) -> Claim:
    """Milliseconds: the median over the rounds of the 99th percentile."""
    rounds = [(_round(bench, "policy_echo", number), _round(bench, "policy", number)) for number in range(bench.repeat)]
    ours, floor = [ours for _, ours in rounds], [floor for floor, _ in rounds]
    value = median(one.percentile(99) for one in ours)
    return Claim(
        "policy",
        value,
        "ms",
        value / median(one.percentile(99) for one in floor),
        Bound("value", "at most", 5.0),
        {
            "requests": PER_SECOND * SECONDS,
            "per second": PER_SECOND,
            "connections": CONNECTIONS,
            "p99 ms": [one.percentile(99) for one in ours],
            "p50 ms": [one.percentile(50) for one in ours],
            "worst ms": [one.worst for one in ours],
            "floor p50 ms": [one.percentile(50) for one in floor],
            "floor p99 ms": [one.percentile(99) for one in floor],
        },
        {
            "all answered, and let pass": all(one.good for pair in rounds for one in pair),
            "all counted": all(one.counted == one.ends for one in ours),
        },
    )


@dataclass(slots=True)
class Outcome:
    """One round. `counted` is what the server's counters say at the end, of the messages that it was sent."""

    milliseconds: list[float] = field(default_factory=list)
    good: bool = True
    ends: int = 0
    counted: int = 0

    def percentile(self, which: int) -> float:
        return quantiles(self.milliseconds, n=100)[which - 1]

    @property
    def worst(self) -> float:
        return max(self.milliseconds)


def _round(bench: Bench, task: str, number: int) -> Outcome:
    with _server(bench, task, number) as (port, process):
        outcome = _Load(port).run()
        assert process.stdin
        process.stdin.close()
        assert process.stdout
        outcome.counted = int(process.stdout.readline())
    return outcome


@contextmanager
def _server(bench: Bench, task: str, number: int) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """A server with fresh tables; it ends when its standard input does, and tells what it counted."""
    home = bench.scratch / f"{task}-{number}"
    home.mkdir()
    arguments = {"cwd": ROOT, "stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command(task, home), **arguments) as process:  # type: ignore[call-overload]
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("the policy server did not start")
            yield int(line), process
        finally:
            process.terminate()


def requests(count: int) -> Iterator[tuple[bytes, bool]]:
    """Recipients and ends of messages in turn, and whether it is an end. Every second message goes out."""
    for number in range(count):
        end = bool(number % 2) and number >= APART
        message = (number - APART if end else number) // 2
        yield _request(message, end=end), end


def _request(message: int, *, end: bool) -> bytes:
    user, far = f"user{message % USERS}@example.com", f"somebody{message}@far.example"
    out = bool(message % 2)
    attributes = {
        "request": "smtpd_access_policy", "protocol_name": "ESMTP", "helo_name": "client.far.example",
        "protocol_state": "END-OF-MESSAGE" if end else "RCPT", "queue_id": f"{message:X}", "instance": f"1.{message}.0",
        "sender": user if out else far, "recipient": far if out else user, "recipient_count": str(int(end)),
        "client_address": "192.0.2.7", "client_name": "client.far.example", "reverse_client_name": "client.far.example",
        "size": "4321" if end else "0", "sasl_method": "PLAIN" if out else "", "sasl_username": user if out else "",
        "sasl_sender": "", "etrn_domain": "", "stress": "", "encryption_protocol": "TLSv1.3",
        "encryption_cipher": "TLS_AES_256_GCM_SHA384", "encryption_keysize": "256", "policy_context": "",
    }  # fmt: skip
    return "".join(f"{name}={value}\n" for name, value in attributes.items()).encode() + b"\n"


class _Load:
    """Sends each request at its time on a connection that waits for nothing; else on the first that gets free."""

    def __init__(self, port: int) -> None:
        self._outcome = Outcome()
        self._selector = selectors.DefaultSelector()
        self._free: deque[socket.socket] = deque()
        self._began: dict[socket.socket, float] = {}
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(connection, selectors.EVENT_READ)
            self._free.append(connection)

    def run(self) -> Outcome:
        """All requests; those of the first half second do not count."""
        start, due = time.perf_counter(), deque[tuple[float, bytes]]()
        for number, (request, end) in enumerate(requests(WARM + PER_SECOND * SECONDS)):
            due.append((start + number / PER_SECOND, request))
            self._outcome.ends += end
        # What took its time until here must not look like a late answer.
        late = time.perf_counter() - start
        waiting = deque((when + late, request) for when, request in due)
        while waiting or self._began:
            if time.perf_counter() > start + WARM / PER_SECOND + SECONDS + GIVE_UP_S:
                raise RuntimeError(f"{len(waiting) + len(self._began)} policy requests were not answered")
            self._send(waiting)
            self._receive(waiting)
        self._close()
        self._outcome.milliseconds = self._outcome.milliseconds[WARM:]
        return self._outcome

    def _send(self, waiting: deque[tuple[float, bytes]]) -> None:
        while waiting and self._free and waiting[0][0] <= time.perf_counter():
            when, request = waiting.popleft()
            connection = self._free.popleft()
            self._began[connection] = when
            connection.sendall(request)

    def _receive(self, waiting: deque[tuple[float, bytes]]) -> None:
        pause = max(0.0, waiting[0][0] - time.perf_counter()) if waiting and self._free else 1.0
        for key, _ in self._selector.select(pause):
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            self._outcome.good &= connection.recv(4096) == GOOD
            self._outcome.milliseconds.append((time.perf_counter() - self._began.pop(connection)) * 1_000)
            self._free.append(connection)

    def _close(self) -> None:
        for connection in self._free:
            connection.close()
        self._selector.close()
