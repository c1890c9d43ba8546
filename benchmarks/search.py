"""How fast a search through the HTTP API answers a normal user, with notmuch's command line as the peer.

A real server over TLS, in a process of its own; one client that keeps its connection; the password is right and was
verified before, as in any session of more than one call. Each query is asked once by a server that has just started
("first ms": nothing of its messages was read before), then as often as it takes for a median. notmuch searches its
own index of the same files and is started for each query, as its users do.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.bench import ROOT, Bench, command
from benchmarks.child import ARCHIVE
from benchmarks.claim import Bound, Claim
from mailstore.server import Client
from postroom.home import Home

LIMIT: Final = 20
CALLS: Final = 20
PEER_CALLS: Final = 5
PEER_FACTOR: Final = 2.0
USER: Final = "reader"
PASSWORD: Final = "A long one for 1 benchmark"
QUERIES: Final = {
    "rare": ("bitflips", "bitflips"),
    "common": ("patch", "patch"),
    "phrase": ('"kernel panic"', '"kernel panic"'),
    "boolean": ("raid5 and (reshape or rebuild)", "raid5 and (reshape or rebuild)"),
    "prefix": ("degrad*", "degrad*"),
    "date": ("error date:2019-01..2019-06", "error date:2019-01..2019-06"),
    "from": ("from:david", "from:david"),
    "subject": ("subject:scrub", "subject:scrub"),
    "size": ("size:>50K", None),
    "attachment": ("has:attachment config", "tag:attachment and config"),
    "not": ("mdadm -grow", "mdadm and not grow"),
}
"""Our query and notmuch's, which knows no sizes."""


def measure(bench: Bench) -> Claim:
    """Milliseconds: the median over the queries of their medians, and the worst of these."""
    with _server(bench.home()) as (port, ca_file):
        _make_user(port, ca_file)
        with Client(USER, PASSWORD, "localhost", port, ca_file=ca_file, raiseOnError=True) as client:

            def search(query: str) -> int:
                return int(client.SearchMessages(query, limit=LIMIT)["result"]["total"])

            first = {name: _ms(partial(search, ours)) for name, (ours, _) in QUERIES.items()}
            found = {name: search(ours) for name, (ours, _) in QUERIES.items()}
            times = {name: _times(CALLS, partial(search, ours)) for name, (ours, _) in QUERIES.items()}
    typical = {name: median(taken) for name, taken in times.items()}
    peer = _notmuch(bench) if shutil.which("notmuch") else {}
    ratio = median(typical[name] for name in peer) / median(peer.values()) if peer else None
    return Claim(
        "search",
        median(typical.values()),
        "ms",
        ratio,
        Bound("value", "at most", 10.0),
        {
            "messages": bench.mail.messages,
            "first calls, median ms": median(first.values()),
            "worst query ms": max(typical.values()),
            "worst call ms": max(map(max, times.values())),
            "queries": {
                name: {
                    "query": ours,
                    "ms": typical[name],
                    "first ms": first[name],
                    "found": found[name],
                    "notmuch ms": peer.get(name),
                }
                for name, (ours, _) in QUERIES.items()
            },
            "notmuch": "started for each query" if peer else "not installed",
        },
        {f"at most {PEER_FACTOR} times notmuch": ratio <= PEER_FACTOR} if ratio is not None else {},
    )


def _times(count: int, call: Callable[[], object]) -> list[float]:
    """Milliseconds of so many calls, after one that does not count."""
    call()
    return [_ms(call) for _ in range(count)]


def _ms(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1_000


@contextmanager
def _server(home: Path) -> Iterator[tuple[int, Path]]:
    """The server of a home: its port, and the authority to trust."""
    with subprocess.Popen(command("serve", home), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("the server did not start")
            yield int(line.rpartition(":")[2]), Home(home).tls / "ca.pem"
        finally:
            process.send_signal(signal.SIGTERM)


def _make_user(port: int, ca_file: Path) -> None:
    """A user who may do nothing but log in to the API and read the archive."""
    with Client("admin", "admin", "localhost", port, ca_file=ca_file, raiseOnError=True) as admin:
        if USER not in {user["userName"] for user in admin.GetUsers()["result"]}:
            admin.CreateUser(USER, "login", password=PASSWORD, loginPrivileges="api")
            admin.SetUserPrivilegesOnFolder(USER, ARCHIVE, "read")


def _notmuch(bench: Bench) -> dict[str, float]:
    """Milliseconds of each query that notmuch knows, by name."""
    config = bench.scratch / "notmuch-config"
    config.write_text(f"[database]\npath={bench.mail.root}\n[user]\nname=Bench\nprimary_email=bench@example.org\n")
    environment = {**os.environ, "NOTMUCH_CONFIG": str(config)}

    def run(*words: str) -> None:
        subprocess.run(["notmuch", *words], env=environment, stdout=subprocess.DEVNULL, check=True)

    def search(query: str) -> None:
        run("search", f"--limit={LIMIT}", "--output=summary", "--", query)

    run("new", "--quiet")
    try:
        return {
            name: median(_times(PEER_CALLS, partial(search, theirs))) for name, (_, theirs) in QUERIES.items() if theirs
        }
    finally:
        shutil.rmtree(bench.mail.root / ".notmuch")
