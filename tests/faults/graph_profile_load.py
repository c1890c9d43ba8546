"""Under the shim: for each line of standard input a child runs a profile of Microsoft 365, and may be killed at a step
that the run takes on the disk."""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.archive import instances

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.profiles.profiles import Given
from postroom.archive.profiles.results import Run
from postroom.work import Process

SETTINGS = instances.settings(commit_messages=4, allowed_paths=("/",))


def open_archive(directory: Path) -> Archive:
    return Archive(directory, SETTINGS)


def prepare(directory: Path, details: Mapping[str, object]) -> None:
    """An archive with the profile 1."""
    with open_archive(directory) as archive:
        archive.profiles.create(Given("365", "admin", "I", "Microsoft365", details), SYSTEM)


def run(archive: Archive) -> Run:
    return archive.profiles.run(1, SYSTEM, Process("test", "admin"))


def work(shim: ctypes.CDLL, root: str, kill: int, torn: int) -> int:
    """Steps of the run."""
    with open_archive(Path(root)) as archive:
        nothing, never = ctypes.c_char_p(b""), ctypes.c_long(0)
        shim.fault_arm(root.encode(), nothing, nothing, ctypes.c_long(kill), torn, never, never, 0)
        ended = run(archive)
        if ended.result != "succeeded":
            raise RuntimeError(f"the run {ended.result}: {archive.profiles.report(ended.id)}")
        return int(shim.fault_steps())


def main() -> None:
    shim = ctypes.CDLL(os.environ["FAULT_SHIM"])
    for line in sys.stdin:
        root, kill, torn = json.loads(line)
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            os.set_inheritable(write, False)
            os.write(write, json.dumps(work(shim, root, kill, torn)).encode())
            os._exit(0)
        os.close(write)
        _, status = os.waitpid(child, 0)
        with os.fdopen(read, "rb") as pipe:
            answer = pipe.read().decode()
        print(json.dumps({"answer": answer, "status": status}), flush=True)


if __name__ == "__main__":
    main()
