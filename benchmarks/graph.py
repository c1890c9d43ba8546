"""Graph over HTTPS and LMTP, each held against the least that a server of this kind can cost.

The floor of a call is the same bytes from a bare Starlette application on our own shell: the same TLS, HTTP and
client, and nothing behind them. The floor of delivery is a bare aiosmtpd that writes and syncs a file for each
message. Calls are made one after the other on one connection, in turn with the floor's.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from smtplib import LMTP
from statistics import median, quantiles
from typing import Any, Final

from benchmarks.bench import Bench
from benchmarks.claim import Bound, Claim
from benchmarks.graph_server import FEW_MAIL, FRIEND, Client, Running, graph, messages, running

MESSAGES: Final = "/v1.0/me/mailFolders/inbox/messages"
PAGE: Final = f"{MESSAGES}?$top=100"
BATCH: Final = 20
CALLS: Final = 200
FEW_CALLS: Final = 10
DELIVERED: Final = 1_000
CONNECTIONS: Final = 4
_FOLDERS: Final = count(1)

Call = Callable[[Client], bytes]


def measure_get(bench: Bench) -> Claim:
    """Milliseconds of reading one message."""

    def made(client: Client) -> Call:
        path = f"/v1.0/me/messages/{_ids(client)[0]}"
        return lambda server: server.call("GET", path)

    return _measure(bench, "graph_get", made, lambda told: "subject" in told, Bound("ratio", "at most", 5.0, 3.0))


def measure_page(bench: Bench) -> Claim:
    """Milliseconds of a page of a hundred messages."""

    def made(_: Client) -> Call:
        return lambda server: server.call("GET", PAGE)

    def whole(told: Any) -> bool:
        return len(told["value"]) == min(100, messages(bench))

    return _measure(bench, "graph_page", made, whole, Bound("ratio", "at most", 20.0, 10.0))


def measure_batch(bench: Bench) -> Claim:
    """Milliseconds of a batch that reads twenty messages."""

    def made(client: Client) -> Call:
        asked = [
            {"id": str(number), "method": "GET", "url": f"/me/messages/{message}"}
            for number, message in enumerate(_ids(client)[:BATCH])
        ]
        body = json.dumps({"requests": asked}).encode()
        return lambda server: server.call("POST", "/v1.0/$batch", body)

    def whole(told: Any) -> bool:
        return [one["status"] for one in told["responses"]] == [200] * BATCH

    return _measure(bench, "graph_batch", made, whole, Bound("ratio", "at most", 20.0, 10.0))


def _ids(client: Client) -> list[str]:
    return [one["id"] for one in json.loads(client.call("GET", PAGE))["value"]]


@dataclass(frozen=True, slots=True)
class Times:
    """Of one round: milliseconds of each call, and processor time of the server for a call."""

    ms: Sequence[float]
    cpu_ms: float


def _measure(
    bench: Bench, name: str, made: Callable[[Client], Call], whole: Callable[[Any], bool], bound: Bound
) -> Claim:
    with graph(bench) as server, closing(Client(server)) as client, ExitStack() as opened:
        call = made(client)
        told = call(client)
        bare = opened.enter_context(_floor(bench, told))
        bare_client = opened.enter_context(closing(Client(bare)))
        calls = CALLS if bench.mail.messages >= FEW_MAIL else FEW_CALLS
        rounds = [(_times(bare, bare_client, call, calls), _times(server, client, call, calls)) for _ in _turns(bench)]
    floor, ours = [one for one, _ in rounds], [one for _, one in rounds]
    return Claim(
        name,
        median(median(one.ms) for one in ours),
        "ms",
        median(median(own.ms) / median(least.ms) for least, own in rounds),
        bound,
        {
            "messages": messages(bench),
            "bytes": len(told),
            "ms": [median(one.ms) for one in ours],
            "p99 ms": [quantiles(one.ms, n=100)[98] for one in ours],
            "floor ms": [median(one.ms) for one in floor],
            "floor p99 ms": [quantiles(one.ms, n=100)[98] for one in floor],
            "server's processor ms": [one.cpu_ms for one in ours],
            "floor's processor ms": [one.cpu_ms for one in floor],
        },
        {"the answer is whole": whole(json.loads(told))},
    )


def _turns(bench: Bench) -> range:
    return range(bench.repeat)


def _floor(bench: Bench, told: bytes) -> Any:
    folder = bench.scratch / f"graph-floor-{next(_FOLDERS)}"
    folder.mkdir()
    (folder / "content").write_bytes(told)
    return running("graph_floor", folder / "home", folder / "content")


def _times(server: Running, client: Client, call: Call, calls: int) -> Times:
    for _ in range(max(1, calls // 20)):
        call(client)
    used, taken = server.cpu_s(), []
    for _ in range(calls):
        start = time.perf_counter()
        call(client)
        taken.append((time.perf_counter() - start) * 1_000)
    return Times(taken, (server.cpu_s() - used) * 1_000 / calls)


def measure_lmtp(bench: Bench) -> Claim:
    """Messages a second, each acknowledged after it is durable, against files a second.

    They go to the second user: the inbox of the first stays what the other benchmarks expect.
    """
    some = list(_mail(bench))
    with graph(bench) as server:
        rounds = []
        for _ in _turns(bench):
            with running("lmtp_floor", bench.scratch / f"lmtp-floor-{next(_FOLDERS)}") as bare:
                rounds.append((_deliver(bare, some), _deliver(server, some)))
    floor, ours = [one for one, _ in rounds], [one for _, one in rounds]
    return Claim(
        "graph_lmtp",
        median(one.per_second for one in ours),
        "messages/s",
        median(own.per_second / least.per_second for least, own in rounds),
        Bound("ratio", "at least", 0.1, 0.25),
        {
            "messages": len(some),
            "MB": sum(map(len, some)) / 1e6,
            "connections": CONNECTIONS,
            "messages/s": [one.per_second for one in ours],
            "files/s": [one.per_second for one in floor],
            "server's processor ms": [one.cpu_ms for one in ours],
            "floor's processor ms": [one.cpu_ms for one in floor],
        },
    )


@dataclass(frozen=True, slots=True)
class Delivered:
    per_second: float
    cpu_ms: float


def _mail(bench: Bench) -> Iterator[bytes]:
    """Real messages, evenly from all; with line ends as SMTP has them."""
    paths = bench.mail.files()
    for path in paths[:: max(1, len(paths) // DELIVERED)][:DELIVERED]:
        yield Path(path).read_bytes()


def _deliver(server: Running, some: Sequence[bytes]) -> Delivered:
    def part(which: int) -> None:
        with LMTP("127.0.0.1", server.facts["lmtp"], timeout=60) as connection:
            for message in some[which::CONNECTIONS]:
                connection.sendmail("colleague@elsewhere.example", [FRIEND], message)

    used, start = server.cpu_s(), time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(part, range(CONNECTIONS)))
    taken_s = time.perf_counter() - start
    return Delivered(len(some) / taken_s, (server.cpu_s() - used) * 1_000 / len(some))
