"""The iRedAdmin API on SQLite: creating users, reading one among many, listing them all.

The server runs in a process of its own, over TLS, with the setting that suits a server of accounts alone (`web.cores`
is 1). Creating is held against the bare thing: a transaction of the same rows in the same tables, by the standard
library's sqlite3, as durable. Users are created by one call after the other on each of `CONNECTIONS` connections.
"""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path
from statistics import median, quantiles
from typing import Final
from urllib.parse import urlencode

import psutil

from benchmarks.bench import ROOT, Bench, command
from benchmarks.claim import MIB, Bound, Claim
from postroom.home import Home

PASSWORD: Final = "Bench-12345"
ADMIN: Final = "root@bench.test"
DOMAIN: Final = "example.com"
CREATED: Final = 1_000
CONNECTIONS: Final = 4
READS: Final = 2_000
FEW_USERS: Final = 2_000
MANY_USERS: Final = 100_000
EACH_USER: Final = b'"storagenode":'
"""What the answer has once for each user."""


def measure_create(bench: Bench) -> Claim:
    """Users created in a second, against bare transactions of the same rows in a second."""
    rounds = [_create(bench, number) for number in range(bench.repeat)]
    ours = [created for created, _ in rounds]
    bare = [transactions for _, transactions in rounds]
    return Claim(
        "accounts_create",
        median(ours),
        "users/s",
        median(one / other for one, other in rounds),
        Bound("ratio", "at least", 0.25, 0.5),
        {"users": CREATED, "connections": CONNECTIONS, "users/s": ours, "bare transactions/s": bare},
    )


def _create(bench: Bench, number: int) -> tuple[float, float]:
    home = bench.scratch / f"accounts-create-{number}"
    bare = bench.child("accounts_bare", home / "bare")
    bench.child("accounts_fill", home, Path("0"))
    with _server(home) as server:
        names = [f"/user/user{which}@{DOMAIN}" for which in range(CREATED)]
        start = time.perf_counter()
        server.each(names, lambda client, name: client.post(name, name="A user", password=PASSWORD))
        return CREATED / (time.perf_counter() - start), CREATED / float(bare["s"])


def measure_get(bench: Bench) -> Claim:
    """Milliseconds of the 99th percentile of reading one user among many, one call at a time."""
    home, count = _filled(bench)
    with _server(home) as server, closing(server.client()) as client:
        taken = []
        for number in range(READS):
            start = time.perf_counter()
            client.get(f"/user/user{number * 7919 % count}@{DOMAIN}")
            taken.append((time.perf_counter() - start) * 1_000)
    return Claim(
        "accounts_get",
        quantiles(taken, n=100)[98],
        "ms",
        None,
        Bound("value", "at most", 20.0),
        {"users": count, "reads": READS, "p50 ms": median(taken), "worst ms": max(taken)},
    )


def measure_list(bench: Bench) -> Claim:
    """Memory of the server while it lists all users of a domain of many, in MiB above what it had before."""
    home, count = _filled(bench)
    with _server(home) as server, closing(server.client()) as client:
        client.get(f"/users/{DOMAIN}?limit=10")
        before, most, received, rows, tail = server.memory(), 0, 0, 0, b""
        start = time.perf_counter()
        with client.opened("GET", f"/users/{DOMAIN}") as answer:
            while chunk := answer.read(1 << 20):
                received += len(chunk)
                rows += (tail + chunk).count(EACH_USER)
                tail = chunk[-len(EACH_USER) + 1 :]  # one may be cut in two
                most = max(most, server.memory())
        taken_s = time.perf_counter() - start
    return Claim(
        "accounts_list",
        most / MIB,
        "MiB",
        None,
        Bound("value", "at most", 200.0),
        {"users": count, "rows": rows, "bytes": received, "seconds": taken_s, "MiB before": before / MIB},
        {"grows by less than 32 MiB": most - before < 32 * MIB, "all users are listed": rows == count},
    )


def _filled(bench: Bench) -> tuple[Path, int]:
    """A home with many users; few when the bench is a small one, as in tests."""
    count = MANY_USERS if bench.mail.messages >= FEW_USERS else FEW_USERS
    home = bench.scratch / "accounts-filled"
    if not home.exists():
        bench.child("accounts_fill", home, Path(str(count)))
    return home, count


class _Client:
    """One kept connection, signed in, on the standard library's http.client.

    It runs on the cores that the server needs as well, and nobody wants to measure the client: httpx2 takes 1.3 ms of
    processor time for a call, which is two thirds of what the server takes to create a user; this takes 0.4 ms.
    """

    def __init__(self, port: int, ca_file: Path) -> None:
        context = ssl.create_default_context(cafile=str(ca_file))
        self._connection = HTTPSConnection("localhost", port, timeout=60, context=context)
        self._headers = {"Content-Type": "application/x-www-form-urlencoded"}
        with self.opened("POST", "/login", username=ADMIN, password=PASSWORD) as answer:
            _check("/login", answer.read())
            self._headers["Cookie"] = answer.headers["Set-Cookie"].partition(";")[0]

    def get(self, path: str) -> None:
        """Raises RuntimeError for a failure, as `post`."""
        self._call("GET", path)

    def post(self, path: str, **fields: str) -> None:
        self._call("POST", path, **fields)

    def opened(self, method: str, path: str, **fields: str) -> HTTPResponse:
        """The answer, not yet read; read all of it before the next call."""
        self._connection.request(method, f"/iredadmin/api{path}", urlencode(fields) or None, self._headers)
        return self._connection.getresponse()

    def close(self) -> None:
        self._connection.close()

    def _call(self, method: str, path: str, **fields: str) -> None:
        with self.opened(method, path, **fields) as answer:
            _check(path, answer.read())


def _check(path: str, answer: bytes) -> None:
    envelope = json.loads(answer)
    if not envelope["_success"]:
        raise RuntimeError(f"{path}: {envelope['_msg']}")


@dataclass(frozen=True, slots=True)
class _Server:
    port: int
    ca_file: Path
    process: psutil.Process

    def memory(self) -> int:
        """Bytes that the process holds by itself (USS)."""
        return int(self.process.memory_full_info().uss)

    def client(self) -> _Client:
        return _Client(self.port, self.ca_file)

    def each(self, names: list[str], call: Callable[[_Client, str], None]) -> None:
        """The calls, shared out among the connections."""

        def some(which: int) -> None:
            with closing(self.client()) as client:
                for name in names[which::CONNECTIONS]:
                    call(client, name)

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(some, range(CONNECTIONS)))


@contextmanager
def _server(home: Path) -> Iterator[_Server]:
    with subprocess.Popen(command("accounts_serve", home), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("the server did not start")
            yield _Server(int(line.rpartition(":")[2]), Home(home).tls / "ca.pem", psutil.Process(process.pid))
        finally:
            os.kill(process.pid, signal.SIGTERM)
