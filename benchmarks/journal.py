"""How fast the journal takes mail by LMTP, each message answered when it is durable in an archive.

The load comes from this process over 20 connections. The floor is a bare LMTP server that writes each message into a
file of its own and syncs it, on the same disk with the same load, turn by turn. Messages that wait together share a
commit here; how many did is told, and how often this disk can sync.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from smtplib import LMTP
from statistics import median
from typing import Final

from benchmarks.bench import Bench
from benchmarks.claim import Bound, Claim
from benchmarks.graph_server import Running, running

CONNECTIONS: Final = 20
MOST: Final = 3_000
ADDRESS: Final = "anna@example.com"
SYNCS: Final = 200


@dataclass(frozen=True, slots=True)
class Round:
    """Messages a second of both; what the archive holds at the end, and in how many commits it came."""

    floor: float
    ours: float
    known: int
    commits: int
    cpu_ms: float


def measure(bench: Bench) -> Claim:
    """Messages a second, against files a second."""
    paths = bench.mail.files()
    some = [Path(path).read_bytes() for path in paths[:: max(1, len(paths) // MOST)][:MOST]]
    rounds = [_round(bench, number, some) for number in range(bench.repeat)]
    return Claim(
        "journal",
        median(one.ours for one in rounds),
        "messages/s",
        median(one.ours / one.floor for one in rounds),
        Bound("ratio", "at least", 0.25, 0.5),
        {
            "messages": len(some),
            "MB": sum(map(len, some)) / 1e6,
            "connections": CONNECTIONS,
            "messages/s": [one.ours for one in rounds],
            "files/s": [one.floor for one in rounds],
            "messages per commit": [len(some) / one.commits for one in rounds],
            "server's processor ms": [one.cpu_ms for one in rounds],
            "syncs/s of this disk": _syncs(bench.scratch / "syncs"),
        },
        {"all are there": all(one.known == len(some) for one in rounds)},
    )


def _round(bench: Bench, number: int, some: Sequence[bytes]) -> Round:
    with running("lmtp_floor", bench.scratch / f"journal-floor-{number}") as bare:
        floor = _deliver(bare, some)
    home = bench.scratch / f"journal-{number}"
    with running("journal_serve", home) as server:
        used = server.cpu_s()
        ours = _deliver(server, some)
        cpu_ms = (server.cpu_s() - used) * 1_000 / len(some)
    with closing(sqlite3.connect(home / "stores" / "1" / "catalog.db")) as db:
        (known,) = db.execute("SELECT count(*) FROM occurrence").fetchone()
        (commits,) = db.execute("SELECT count(*) FROM batch").fetchone()
    return Round(floor, ours, known, commits, cpu_ms)


def _deliver(server: Running, some: Sequence[bytes]) -> float:
    """Messages a second. Each has a sender of its own: what is there twice in the mail is taken twice."""

    def part(which: int) -> None:
        with LMTP("127.0.0.1", server.facts["lmtp"], timeout=60) as connection:
            for number in range(which, len(some), CONNECTIONS):
                connection.sendmail(f"colleague{number}@elsewhere.example", [ADDRESS], some[number])

    start = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(part, range(CONNECTIONS)))
    return len(some) / (time.perf_counter() - start)


def _syncs(path: Path) -> float:
    """How often a second a file can be written to and synced."""
    with path.open("wb", buffering=0) as file:
        start = time.perf_counter()
        for _ in range(SYNCS):
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
    return SYNCS / (time.perf_counter() - start)


def journal_serve(home: str) -> None:
    """In a process of its own: a new archive with one user, and the journal before it, until standard input ends."""
    from postroom.archive.archive import Archive
    from postroom.archive.instance.audit import SYSTEM
    from postroom.archive.journal.journal import Journal
    from postroom.faces.journal.server import JournalServer
    from postroom.settings import Journal as JournalSettings
    from postroom.settings import Settings
    from postroom.web.backoff import BackOff

    settings = Settings(journal=JournalSettings(smtp_port=-1, lmtp_port=0))
    with Archive(Path(home), settings) as archive:
        users = archive.instance.users
        users.create("anna", ("login",), SYSTEM)
        users.set_addresses("anna", [ADDRESS], SYSTEM)
        journal = Journal(archive.stores, users, settings.journal)
        limit = settings.archive.max_message_bytes
        server = JournalServer(settings.journal, journal, BackOff(settings.web), most_bytes=limit)
        server.start()
        try:
            print(json.dumps({"lmtp": server.ports["lmtp"]}), flush=True)
            sys.stdin.read()
        finally:
            server.stop()
