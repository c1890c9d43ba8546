"""What is measured runs here, in a process of its own: `python -m benchmarks.child <task> <paths>` prints JSON.

Times are taken inside, so that the start of Python does not count. Of two paths the home is the first.
"""

from __future__ import annotations

import email
import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import drives, graph_children, instances, journal, profile_graph, profile_imap, retention_children
from benchmarks.corpus import files

if TYPE_CHECKING:
    from postroom.faces.policy.batches import Checks

ARCHIVE = "bench"


def parse(root: str) -> dict[str, object]:
    """The standard library's parse pass (compat32) over all files; finding them is part of it, as it is of ours."""
    start = time.perf_counter()
    paths = files(Path(root))
    for path in paths:
        email.message_from_bytes(_read(path))
    return {"s": time.perf_counter() - start, "messages": len(paths)}


def digest(root: str) -> dict[str, object]:
    """Read every file and take its SHA-256."""
    start = time.perf_counter()
    paths = files(Path(root))
    for path in paths:
        hashlib.sha256(_read(path)).digest()
    return {"s": time.perf_counter() - start, "messages": len(paths)}


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - the fastest way, as a baseline should be
        return file.read()


def take(home: str, root: str) -> dict[str, object]:
    """Import a Maildir, then wait until all of it can be found."""
    from postroom.archive.archive import Archive
    from postroom.archive.instance.audit import SYSTEM
    from postroom.home import Home
    from postroom.settings import Settings

    Home(Path(home)).create()
    start = time.perf_counter()
    with Archive(Home(Path(home)).archive, Settings()) as archive:
        result = archive.import_mail(root, ARCHIVE, SYSTEM)
        durable = time.perf_counter()
        if not archive.wait_indexed():
            raise SystemExit(f"not indexed: {list(archive.faulty_stores())}")
        searchable = time.perf_counter()
        return {
            "s": searchable - start,
            "durable_s": durable - start,
            "stored": result.stored,
            "known": result.known,
            "failed": result.failed,
            "problems": [f"{problem.native_id}: {problem.reason}" for problem in result.problems[:3]],
        }


def verify(home: str) -> dict[str, object]:
    """Verify every store of a home, then compare their indexes with their catalogues, which is timed apart."""
    from postroom.archive.archive import Archive
    from postroom.archive.reindex import index_faults
    from postroom.archive.verify.verify import verify_store
    from postroom.home import Home
    from postroom.settings import Settings

    directory = Home(Path(home)).archive
    start = time.perf_counter()
    faults = [str(fault) for store in sorted((directory / "stores").iterdir()) for fault in verify_store(store)]
    taken_s = time.perf_counter() - start
    with Archive(directory, Settings()) as archive:
        archive.wait_indexed()
        start = time.perf_counter()
        faults += [text for mount in archive.stores.open_mounts() for text in index_faults(mount)]
        return {"s": taken_s, "index_s": time.perf_counter() - start, "faults": faults[:10]}


def serve(home: str) -> None:
    """The server of a home on a free port, until a signal ends it; it says on stdout where it listens."""
    from postroom import app
    from postroom.home import Home
    from postroom.settings import Mailstore, Settings

    app.serve(Home(Path(home)), Settings(mailstore=Mailstore(enabled=True, port=0)))


def policy(home: str) -> None:
    """A policy server on SQLite with throttles for everybody, a domain and its users; see `_policy_server`."""
    from sqlalchemy import func, insert, select

    from benchmarks.policy import USERS
    from postroom.accounts.database.connect import Databases
    from postroom.accounts.database.tables import iredapd, vmail
    from postroom.accounts.enforce.enforcement import enforcement
    from postroom.settings import Accounts, Policy

    databases = Databases.open(Accounts(), Path(home))
    accounts = ["@.", "@example.com", *(f"user{number}@example.com" for number in range(USERS))]
    limits = {"period": 3600, "msg_size": 1 << 30, "max_msgs": 1_000_000, "max_quota": 1 << 40}
    rows = [{"account": one, "kind": kind, **limits} for one in accounts for kind in ("inbound", "outbound")]
    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
        unit.iredapd.execute(insert(iredapd.throttle), rows)
    _policy_server(enforcement(Policy(), Accounts(), databases))
    with databases.read() as unit:
        print(unit.iredapd.execute(select(func.sum(iredapd.throttle_tracking.c.cur_msgs))).scalar_one())
    databases.close()


def policy_echo(_home: str) -> None:
    """The same server with answers that need no database."""

    class Echo:
        threads, together = 1, 64

        def answer(self, requests: Sequence[object]) -> list[str | Exception]:
            return ["DUNNO"] * len(requests)

        def tend(self) -> None:
            pass

    _policy_server(Echo())
    print(0)


def _policy_server(checks: Checks) -> None:
    """Tells its port, serves until the standard input ends; then the caller tells how many messages were counted."""
    from postroom.faces.policy.server import PolicyServer
    from postroom.settings import Policy

    server = PolicyServer(Policy(port=0), checks)
    server.start()
    print(server.port, flush=True)
    sys.stdin.read()
    server.stop()


def accounts_fill(home: str, count: str) -> dict[str, object]:
    """A home with a global admin and a domain of so many users."""
    from sqlalchemy import insert

    from benchmarks.accounts import ADMIN, DOMAIN, PASSWORD
    from postroom.accounts.accounts import Accounts
    from postroom.accounts.database.tables import vmail
    from postroom.accounts.model import AdminChange, DomainChange
    from postroom.accounts.services.access import LOCAL
    from postroom.home import Home
    from postroom.settings import Settings

    Home(Path(home)).create()
    with Accounts(Settings(), Path(home)) as accounts:
        accounts.admins.create(LOCAL, ADMIN, AdminChange(password=PASSWORD, global_admin=True))
        accounts.domains.create(LOCAL, DOMAIN, DomainChange(name="Bench"))
        names = [f"user{number}@{DOMAIN}" for number in range(int(count))]
        for some in range(0, len(names), 10_000):
            part = names[some : some + 10_000]
            with accounts.core.databases.write() as unit:
                unit.vmail.execute(insert(vmail.mailbox), [{"username": name, "domain": DOMAIN} for name in part])
                own = [{"address": name, "forwarding": name, "is_forwarding": 1} for name in part]
                unit.vmail.execute(insert(vmail.forwardings), own)
    return {"users": len(names)}


def accounts_serve(home: str) -> None:
    """The server of the iRedAdmin API of a home, on one core; it says on stdout where it listens."""
    from postroom import app
    from postroom.home import Home
    from postroom.settings import Iredadmin, Settings, Web

    app.serve(Home(Path(home)), Settings(web=Web(cores=1), iredadmin=Iredadmin(enabled=True, port=0)))


def accounts_bare(home: str) -> dict[str, object]:
    """Transactions of the rows of a new user in a new file, by sqlite3 alone and as durable as ours."""
    import sqlite3

    from benchmarks.accounts import CREATED, DOMAIN

    accounts_fill(home, "0")
    connection = sqlite3.connect(Path(home) / "accounts.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    start = time.perf_counter()
    for number in range(CREATED):
        name, now = f"user{number}@{DOMAIN}", "2026-01-31 12:00:00"
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO mailbox (username, password, name, language, storagebasedirectory, storagenode, maildir,"
            " quota, domain, passwordlastchange, created, modified) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (name, "{SSHA512}" + "A" * 96, "A user", "en_US", "/var/vmail", "vmail1", f"{DOMAIN}/u/s/e/{name}/", 0,
             DOMAIN, now, now, now),
        )  # fmt: skip
        connection.execute(
            "INSERT INTO forwardings (address, forwarding, domain, dest_domain, is_forwarding) VALUES (?, ?, ?, ?, 1)",
            (name, name, DOMAIN, DOMAIN),
        )
        connection.execute(
            "INSERT INTO log (admin, ip, domain, username, event, msg) VALUES (?, ?, ?, ?, ?, ?)",
            ("root@bench.test", "127.0.0.1", DOMAIN, name, "create", f"[API] Create mail user: {name}."),
        )
        connection.execute("COMMIT")
    return {"s": time.perf_counter() - start}


TASKS: dict[str, Callable[..., dict[str, object] | None]] = {
    "parse": parse,
    "digest": digest,
    "take": take,
    "verify": verify,
    "serve": serve,
    "policy": policy,
    "policy_echo": policy_echo,
    "accounts_fill": accounts_fill,
    "accounts_serve": accounts_serve,
    "accounts_bare": accounts_bare,
    "instances_fill": instances.instances_fill,
    "instances_use": instances.instances_use,
    "retention_fill": retention_children.retention_fill,
    "retention_judge": retention_children.retention_judge,
    "profile_graph": profile_graph.profile_graph,
    "profile_graph_floor": profile_graph.profile_graph_floor,
    "profile_imap": profile_imap.profile_imap,
    "graph_fill": graph_children.graph_fill,
    "graph_serve": graph_children.graph_serve,
    "graph_floor": graph_children.graph_floor,
    "files_floor": drives.files_floor,
    "lmtp_floor": graph_children.lmtp_floor,
    "journal_serve": journal.journal_serve,
}


def main() -> None:
    task, *arguments = sys.argv[1:]
    told = TASKS[task](*arguments)
    if told is not None:
        print(json.dumps(told))


if __name__ == "__main__":
    main()
