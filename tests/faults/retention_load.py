"""Under the shim: for each line of standard input a child runs the retention policies of a copied instance, and may be
killed at a step of that run."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
from pathlib import Path

from tests.archive import instances
from tests.archive.retention.room import BY, Clock

from postroom.archive.archive import Archive
from postroom.work import Process

SETTINGS = instances.settings(pack_bytes=64 << 10)


def open_archive(directory: Path, now_ms: int) -> Archive:
    return Archive(directory, SETTINGS, clock=Clock(now_ms))


def run(archive: Archive) -> int:
    """How many messages went."""
    assert archive.wait_indexed(instances.WAIT_S)
    return archive.process_retention(BY, Process("test", BY.name)).removed


def work(shim: ctypes.CDLL, template: str, root: str, now_ms: int, kill: int, torn: int) -> list[int]:
    """Steps of the run, and how many messages went."""
    shutil.copytree(template, root)
    with open_archive(Path(root), now_ms) as archive:
        assert archive.wait_indexed(instances.WAIT_S)
        nothing, never = ctypes.c_char_p(b""), ctypes.c_long(0)
        shim.fault_arm(root.encode(), nothing, nothing, ctypes.c_long(kill), torn, never, never, 0)
        removed = run(archive)
        return [int(shim.fault_steps()), removed]


def main() -> None:
    shim = ctypes.CDLL(os.environ["FAULT_SHIM"])
    for line in sys.stdin:
        template, root, now_ms, kill, torn = json.loads(line)
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            os.set_inheritable(write, False)
            os.write(write, json.dumps(work(shim, template, root, now_ms, kill, torn)).encode())
            os._exit(0)
        os.close(write)
        _, status = os.waitpid(child, 0)
        with os.fdopen(read, "rb") as pipe:
            answer = pipe.read().decode()
        print(json.dumps({"answer": answer, "status": status}), flush=True)


if __name__ == "__main__":
    main()
