"""What is measured runs here, in a process of its own: `python -m benchmarks.child <task> <paths>` prints JSON.

Times are taken inside, so that the start of Python does not count. Of two paths the home is the first.
"""

from __future__ import annotations

import email
import hashlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.corpus import files

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
    from postroom.archive.audit import SYSTEM
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
    from postroom.archive.verify import verify_store
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


TASKS: dict[str, Callable[..., dict[str, object] | None]] = {
    "parse": parse,
    "digest": digest,
    "take": take,
    "verify": verify,
    "serve": serve,
}


def main() -> None:
    task, *arguments = sys.argv[1:]
    told = TASKS[task](*arguments)
    if told is not None:
        print(json.dumps(told))


if __name__ == "__main__":
    main()
