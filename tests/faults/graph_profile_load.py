"""Under the shim: for each line of standard input a child runs a profile of Microsoft 365, and may be killed at a step
that the run takes on the disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.archive import instances
from tests.faults.forks import Shim, serve

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


def work(shim: Shim, root: str, kill: int, torn: int) -> int:
    """Steps of the run."""
    with open_archive(Path(root)) as archive:
        shim.arm(root, kill, torn)
        ended = run(archive)
        if ended.result != "succeeded":
            raise RuntimeError(f"the run {ended.result}: {archive.profiles.report(ended.id)}")
        return shim.steps()


if __name__ == "__main__":
    serve(work)
