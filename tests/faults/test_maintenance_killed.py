"""A merge of stores and a backup are killed at any step: no message is lost or there twice, the backup that there was
can be restored, and doing it again completes it."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.archive.instances import WAIT_S
from tests.archive.test_transfer import archive, bodies, fill, mail
from tests.faults.conftest import SEED, UnderShim
from tests.faults.maintenance_load import backup, first_backup, merge
from tests.faults.test_crash import in_time

from postroom.archive.archive import Archive
from postroom.archive.backup import restore_backup
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.verify.verify import verify_store
from postroom.errors import NotFound

Kill = Callable[[str, Path, int], int]
FIRST, BOTH = ({bytes(mail(number).body) for number in range(count)} for count in (5, 10))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with five messages in each of two stores, and a backup from before the second five."""
    root = tmp_path_factory.mktemp("template")
    with archive(root, "a") as one:
        fill(one)
        one.backup(root / "copy", SYSTEM)
        one.stores.add([mail(number) for number in range(5, 10)], {"test": "10"})
        assert one.wait_indexed(WAIT_S)
    return root


@pytest.fixture
def kill(template: Path, under_shim: UnderShim) -> Iterator[Kill]:
    """Does a work in a fresh copy, to be killed at a step (0 = never); the number of steps, 0 when killed."""
    with under_shim("tests.faults.maintenance_load") as child:
        assert child.stdin
        assert child.stdout

        def one(work: str, root: Path, step: int) -> int:
            print(json.dumps([work, str(template), str(root), step]), file=child.stdin, flush=True)
            told = json.loads(child.stdout.readline())  # type: ignore[union-attr]
            if told["answer"]:
                return int(told["answer"])
            assert os.WTERMSIG(told["status"]) == signal.SIGKILL
            return 0

        yield one
        child.stdin.close()


def held(one: Archive, store: int) -> list[bytes]:
    """All messages of a store, those twice that are there twice."""
    opened = one.stores.get(store).store
    return sorted(bytes(opened.open(row.number)) for row in opened.catalogue.all_messages())


def whole(one: Archive) -> None:
    one.instance.audit.verify()
    for mount in one.stores.all():
        assert mount.error is None
        assert verify_store(mount.directory, lambda _done, _total: None) == []


def judge_merge(root: Path) -> None:
    with archive(root, "a") as one:
        whole(one)
        assert held(one, 2) == sorted(BOTH - FIRST)
        there = held(one, 1)
        assert len(there) == len(set(there))
        assert set(there) >= FIRST
        merge(one, root)
        assert held(one, 1) == sorted(BOTH)
        assert held(one, 2) == sorted(BOTH - FIRST)
    with archive(root, "a") as one:
        whole(one)


def restored(root: Path, copy: str) -> set[bytes]:
    shutil.rmtree(root / "restored", ignore_errors=True)
    restore_backup(root / copy, root / "restored")
    with archive(root, "restored") as one:
        whole(one)
        return bodies(one)


def judge_backup(root: Path) -> None:
    assert restored(root, "copy") in (FIRST, BOTH)
    with archive(root, "a") as one:
        whole(one)
        assert bodies(one) == BOTH
        backup(one, root)
    assert restored(root, "copy") == BOTH


def judge_first_backup(root: Path) -> None:
    try:
        assert restored(root, "new") == BOTH
    except NotFound:
        assert not (root / "new" / "backup.json").exists()
    with archive(root, "a") as one:
        first_backup(one, root)
    assert restored(root, "new") == BOTH


@pytest.mark.parametrize("judge", [judge_merge, judge_backup, judge_first_backup])
def test_what_is_killed_at_any_step_lost_nothing_and_can_be_done_again(
    kill: Kill, tmp_path: Path, judge: Callable[[Path], None]
) -> None:
    work = judge.__name__.removeprefix("judge_")
    steps = kill(work, tmp_path / "whole", 0)
    judge(tmp_path / "whole")
    killed = 0
    for step in in_time(range(1, steps + 1), random.Random(SEED), at_least=4):
        root = tmp_path / str(step)
        killed += not kill(work, root, step)
        try:
            judge(root)
        except Exception as error:
            error.add_note(f"killed at step {step} of {steps}")
            raise
        shutil.rmtree(root)
    assert killed
