"""A transfer of a store is killed at any step: afterwards the store is in exactly one of the two instances, whole,
whichever is started first."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.archive.test_transfer import BY, archive, bodies, fill
from tests.faults.conftest import SEED, UnderShim
from tests.faults.test_crash import in_time

from postroom.archive.transfer import transfer
from postroom.archive.verify.verify import verify_store

Kill = Callable[[Path, int], int]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("template")
    with archive(root, "a") as first, archive(root, "b"):
        fill(first)
    return root


@pytest.fixture
def kill(template: Path, under_shim: UnderShim) -> Iterator[Kill]:
    """Transfers in fresh copies, to be killed at a step (0 = never); the number of steps."""
    with under_shim("tests.faults.transfer_load") as child:
        assert child.stdin
        assert child.stdout

        def one(root: Path, step: int) -> int:
            print(json.dumps([str(template), str(root), step]), file=child.stdin, flush=True)
            told = json.loads(child.stdout.readline())  # type: ignore[union-attr]
            if told["answer"]:
                return int(told["answer"])
            assert os.WTERMSIG(told["status"]) == signal.SIGKILL
            return 0

        yield one
        child.stdin.close()


def judge(root: Path, order: tuple[str, str]) -> bool:
    """Whether the store went."""
    for name in order:  # each alone, as they may be started on different days
        with archive(root, name) as one:
            one.instance.audit.verify()
    with archive(root, "a") as first, archive(root, "b") as second:
        here, there = bodies(first), bodies(second)
        assert sorted(map(len, (here, there))) == [0, 5]
        stores = [mount for one in (first, second) for mount in one.stores.all()]
        assert [mount.error for mount in stores] == [None] * 3
        for one in (first, second):
            with one.instance.database.read() as connection:
                assert connection.execute("SELECT * FROM store_leaving").fetchall() == []
                assert connection.execute("SELECT * FROM store_coming").fetchall() == []
        if here:
            transfer(first, second, [1], BY)
            assert (bodies(first), bodies(second)) == (set(), here)
        directories = [mount.directory for mount in second.stores.all()]
    assert [verify_store(directory, lambda _done, _total: None) for directory in directories] == [[], []]
    return bool(there)


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_store_is_in_exactly_one_instance_whenever_its_transfer_is_killed(
    kill: Kill, tmp_path: Path, order: tuple[str, str]
) -> None:
    steps = kill(tmp_path / "whole", 0)
    assert judge(tmp_path / "whole", order)
    went = set()
    for step in in_time(range(1, steps + 1), random.Random(SEED), at_least=4):
        root = tmp_path / str(step)
        kill(root, step)
        try:
            went.add(judge(root, order))
        except Exception as error:
            error.add_note(f"killed at step {step} of {steps}")
            raise
        shutil.rmtree(root)
    assert went
