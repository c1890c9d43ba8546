"""Under the shim: for each line of standard input a child runs the profiles of a copied instance, and may be killed at
a step of these runs."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.archive import instances
from tests.faults.forks import Shim, serve

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.profiles.profiles import Given
from postroom.archive.profiles.results import Run
from postroom.errors import PostroomError
from postroom.work import Process

MAILS = 12


def mail(number: int) -> bytes:
    return f"From: a@example.org\nSubject: letter {number}\n\nText {number}.\n".encode()


def open_archive(root: Path) -> Archive:
    archive = Archive(root / "home", instances.settings(commit_messages=3, pack_bytes=64 << 10,
                                                        allowed_paths=(str(root),)))  # fmt: skip
    # As a server does that starts after one that was killed.
    archive.profiles._running.results.interrupt(archive.retention.clock())
    return archive


def prepared(root: Path) -> None:
    """Mail in a Maildir that a profile empties, with a file that is none, and in a growing mbox."""
    for inside in ("cur", "new", "tmp"):
        (root / "mail" / inside).mkdir(parents=True)
    for number in range(MAILS):
        (root / "mail" / "new" / f"{number}.host").write_bytes(mail(number))
    (root / "mail" / "new" / "7.empty").touch()
    with (root / "all.mbox").open("wb") as file:
        for number in range(MAILS, 2 * MAILS):
            file.write(b"From a@b Mon Jan  1 00:00:00 2024\n" + mail(number) + b"\n")
    with open_archive(root) as archive:
        for connector, path, more in (
            ("Maildir", "mail", {"deleteInMailbox": "immediately"}),
            ("MBOX", "all.mbox", {}),
        ):
            # Paths of the copies: each is found again by its own place.
            details = {"sourcePath": path, "targetUserFolder": "anna", **more}
            archive.profiles.create(Given(connector, "admin", "I", connector, details), SYSTEM)


def run(root: Path, archive: Archive) -> list[Run]:
    """All profiles, on the mail of this copy."""
    done = []
    for profile in archive.profiles.all():
        path = root / Path(profile.details.text("sourcePath")).name
        archive.profiles.change(profile.id, {"details": {"sourcePath": str(path)}}, None, SYSTEM)
        done.append(archive.profiles.run(profile.id, SYSTEM, Process("test", "admin")))
    return done


def work(shim: Shim, template: str, root: str, kill: int, torn: int) -> int | str:
    """Steps of the runs, or why they ended."""
    shutil.copytree(template, root)
    with open_archive(Path(root)) as archive:
        assert archive.wait_indexed(instances.WAIT_S)
        shim.arm(root, kill, torn)
        try:
            run(Path(root), archive)
        except PostroomError as error:
            return str(error)
        return shim.steps()


if __name__ == "__main__":
    serve(work)
