"""Under the shim: for each line of standard input a child merges stores of a copied instance, or backs it up, and may
be killed at a step on the disk."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from tests.archive.test_transfer import BY, archive

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


def work(shim: ctypes.CDLL, name: str, template: str, root: str, kill: int) -> int:
    """Steps of the work."""
    shutil.copytree(template, root)
    with archive(Path(root), "a") as opened:
        nothing, never = ctypes.c_char_p(b""), ctypes.c_long(0)
        shim.fault_arm(root.encode(), nothing, nothing, ctypes.c_long(kill), 0, never, never, 0)
        WORKS[name](opened, Path(root))
        return int(shim.fault_steps())


def main() -> None:
    shim = ctypes.CDLL(os.environ["FAULT_SHIM"])
    for line in sys.stdin:
        name, template, root, kill = json.loads(line)
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            os.set_inheritable(write, False)
            os.write(write, json.dumps(work(shim, name, template, root, kill)).encode())
            os._exit(0)
        os.close(write)
        _, status = os.waitpid(child, 0)
        with os.fdopen(read, "rb") as pipe:
            answer = pipe.read().decode()
        print(json.dumps({"answer": answer, "status": status}), flush=True)


if __name__ == "__main__":
    main()
