"""A profile that empties a mailbox is killed at any step on the disk: no message is lost or stored twice, none is
removed that is not in the archive, and the next run finishes. `FAULT_SECONDS` gives it more time."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from tests.archive.profiles.graph.room import Room, digests
from tests.faults.conftest import SEED, UnderShim
from tests.faults.graph_profile_load import open_archive, prepare, run
from tests.faults.test_crash import SECONDS, in_time

from postroom.archive.archive import Archive
from postroom.archive.verify.verify import verify_store
from postroom.testing import LocalGraph, local_graph

MESSAGES = 14
Kill = Callable[[Path, int, int], int]
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def graph() -> Iterator[LocalGraph]:
    with local_graph() as running:
        yield running


@pytest.fixture
def kill(under_shim: UnderShim) -> Iterator[Kill]:
    """Runs the profile of an archive in another process, to be killed at a step (0 = never); its steps."""
    with under_shim("tests.faults.graph_profile_load") as child:
        assert child.stdin
        assert child.stdout

        def one(root: Path, step: int, torn: int) -> int:
            print(json.dumps([str(root), step, torn]), file=child.stdin, flush=True)
            told = json.loads(child.stdout.readline())  # type: ignore[union-attr]
            if told["answer"]:
                return int(told["answer"])
            assert os.WTERMSIG(told["status"]) == signal.SIGKILL
            return 0

        yield one
        child.stdin.close()


def mailbox(root: Path, graph: LocalGraph) -> tuple[Room, list[bytes]]:
    """A mailbox with mail in two folders, and an archive with a profile that empties it."""
    anna = graph.user(f"anna{next(_NUMBERS)}@example.com")
    with open_archive(root) as archive:
        room = Room(archive, graph, anna)
    sent = room.deliver(*(f"{anna.address}.{number}" for number in range(MESSAGES)))
    folder = room.folder("Projects")
    for message in room.messages()[: MESSAGES // 2]:
        room.move(message["id"], folder)
    prepare(root, room.details(deleteInMailbox="immediately"))
    return room, sent


def archived(archive: Archive) -> Counter[str]:
    mounts = archive.stores.open_mounts()
    return Counter(row.sha256.hex() for mount in mounts for row in mount.store.catalogue.all_messages())


def judge(root: Path, room: Room, sent: list[bytes]) -> None:
    """What must be true before the next run, and after it."""
    whole = digests(sent)
    left = len(room.messages()) + len(
        room.messages(room.call("GET", "mailFolders?$filter=displayName eq 'Projects'")["value"][0]["id"])
    )
    with open_archive(root) as archive:
        before = archived(archive)
        assert before <= whole
        assert left == MESSAGES or before == whole
        ended = run(archive)
        assert ended.result == "succeeded", archive.profiles.report(ended.id)
        assert archived(archive) == whole
        rows = [mount.store.catalogue.one("SELECT count(*) FROM occurrence") for mount in archive.stores.all()]
        assert sum(row[0] for row in rows if row) == MESSAGES
        assert archive.profiles.owed(1) == []
    assert room.messages() == []
    assert verify_store(root / "stores" / "1", lambda _done, _total: None) == []


def test_a_run_that_is_killed_anywhere_is_finished_by_the_next(graph: LocalGraph, kill: Kill, tmp_path: Path) -> None:
    room, sent = mailbox(tmp_path / "whole", graph)
    steps = kill(tmp_path / "whole", 0, 0)
    assert steps > 20
    judge(tmp_path / "whole", room, sent)
    chance = random.Random(SEED)
    for step in in_time(range(1, steps + 1), chance, at_least=5, seconds=SECONDS):
        root = tmp_path / str(step)
        room, sent = mailbox(root, graph)
        kill(root, step, step % 2)
        try:
            judge(root, room, sent)
        except Exception as error:
            error.add_note(f"killed at step {step} of {steps}")
            raise
        shutil.rmtree(root)
