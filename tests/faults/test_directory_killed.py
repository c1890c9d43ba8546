"""A synchronisation with a directory that is killed at any step on the disk has happened wholly or not at all."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.archive.directories.room import Room
from tests.faults.conftest import SEED, UnderShim
from tests.faults.directory_load import AFTER, BEFORE, COUNT, run
from tests.faults.test_crash import in_time

Kill = Callable[[Path, int, int], int]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A closed instance with the users of before."""
    folder = tmp_path / "template"
    folder.mkdir()
    with Room(folder / "instance.db") as room:
        assert len(run(room, BEFORE).created) == COUNT
    return folder


@pytest.fixture
def kill(template: Path, under_shim: UnderShim) -> Iterator[Kill]:
    """Synchronises a fresh copy in another process, to be killed at a step (0 = never); how many steps it took."""
    with under_shim("tests.faults.directory_load") as child:
        assert child.stdin
        assert child.stdout

        def one(root: Path, step: int, torn: int) -> int:
            print(json.dumps([str(template), str(root), step, torn]), file=child.stdin, flush=True)
            told = json.loads(child.stdout.readline())  # type: ignore[union-attr]
            if told["answer"]:
                return int(told["answer"])
            assert os.WTERMSIG(told["status"]) == signal.SIGKILL
            return 0

        yield one
        child.stdin.close()


def state(room: Room) -> Any:
    with room.instance.database.read() as connection:
        query = "SELECT name, entry FROM directory_user JOIN user ON user.id = directory_user.user ORDER BY name"
        links = [tuple(row) for row in connection.execute(query)]
    return room.users, links, len(room.events("DirectorySync"))


def test_nothing_is_half_done(template: Path, kill: Kill, tmp_path: Path) -> None:
    steps = kill(tmp_path / "whole", 0, 0)
    assert steps > 10
    with Room(template / "instance.db") as room:
        before = state(room)
    with Room(tmp_path / "whole" / "instance.db") as room:
        after = state(room)
    assert before[2] + 1 == after[2]
    for step in in_time(range(1, steps + 1), random.Random(SEED), at_least=10, seconds=15):
        root = tmp_path / str(step)
        kill(root, step, step % 2)
        with Room(root / "instance.db") as room:
            found = state(room)
            assert found in (before, after), f"killed at step {step} of {steps}"
            room.instance.audit.verify()
            again = run(room, AFTER)
            assert state(room)[:2] == after[:2]
            assert bool(again.created) == (found == before)
        shutil.rmtree(root)
