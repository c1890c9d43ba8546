"""Under the shim: for each line of standard input a child hands a store of one copied instance to another, and may be
killed at a step on the disk."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.archive.test_transfer import BY, archive
from tests.faults.forks import Shim, serve

from postroom.archive.transfer import transfer


def work(shim: Shim, template: str, root: str, kill: int) -> int:
    """Steps of the transfer."""
    shutil.copytree(template, root)
    with archive(Path(root), "a") as first, archive(Path(root), "b") as second:
        shim.arm(root, kill)
        transfer(first, second, [1], BY)
        return shim.steps()


if __name__ == "__main__":
    serve(work)
