"""Under the shim: for each line of standard input a child merges stores of a copied instance, or backs it up, and may
be killed at a step on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.archive.test_transfer import BY, archive
from tests.faults.forks import Shim, serve

from postroom.archive.archive import Archive
from postroom.work import Process


def merge(archive: Archive, _root: Path) -> None:
    archive.maintenance.merge(1, 2, by=BY, process=Process("MergeStore", "admin"))


def backup(archive: Archive, root: Path) -> None:
    """Brings the backup that the template has up to date."""
    archive.backup(root / "copy", BY)


def first_backup(archive: Archive, root: Path) -> None:
    archive.backup(root / "new", BY)


WORKS: dict[str, Callable[[Archive, Path], None]] = {"merge": merge, "backup": backup, "first_backup": first_backup}


def work(shim: Shim, name: str, template: str, root: str, kill: int) -> int:
    """Steps of the work."""
    shutil.copytree(template, root)
    with archive(Path(root), "a") as opened:
        shim.arm(root, kill)
        WORKS[name](opened, Path(root))
        return shim.steps()


if __name__ == "__main__":
    serve(work)
