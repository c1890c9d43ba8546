"""Under the shim: for each line of standard input a child runs the retention policies of a copied instance, and may be
killed at a step of that run."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.archive import instances
from tests.archive.retention.room import BY, Clock
from tests.faults.forks import Shim, serve

from postroom.archive.archive import Archive
from postroom.work import Process

SETTINGS = instances.settings(pack_bytes=64 << 10)


def open_archive(directory: Path, now_ms: int) -> Archive:
    return Archive(directory, SETTINGS, clock=Clock(now_ms))


def run(archive: Archive) -> int:
    """How many messages went."""
    assert archive.wait_indexed(instances.WAIT_S)
    return archive.process_retention(BY, Process("test", BY.name)).removed


def work(shim: Shim, template: str, root: str, now_ms: int, kill: int, torn: int) -> list[int]:
    """Steps of the run, and how many messages went."""
    shutil.copytree(template, root)
    with open_archive(Path(root), now_ms) as archive:
        assert archive.wait_indexed(instances.WAIT_S)
        shim.arm(root, kill, torn)
        removed = run(archive)
        return [shim.steps(), removed]


if __name__ == "__main__":
    serve(work)
