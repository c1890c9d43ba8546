"""A run of the retention policies is killed at any step: what must stay is there, what must go is not half there, and
the next run finishes, bytes and index too. `FAULT_SECONDS` gives it more time."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.archive import instances
from tests.archive.retention.room import BY, Room
from tests.faults.conftest import SEED, UnderShim
from tests.faults.retention_load import SETTINGS, open_archive, run
from tests.faults.test_crash import SECONDS, in_time

from postroom.archive.body import sha256
from postroom.archive.retention.criteria import Criteria
from postroom.archive.retention.policies import Policy
from postroom.archive.storage import packs
from postroom.archive.verify.verify import verify_store

MESSAGES = 120
Kill = Callable[[Path, int, int], tuple[int, int]]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A closed instance of several packs; every third message is due, one of those is held."""
    room = Room(tmp_path_factory.mktemp("template") / "instance", SETTINGS)
    for number in range(MESSAGES):
        chance = random.Random(number)
        text = " ".join(f"{chance.randrange(1 << 40):x}" for _ in range(120))
        subject, word = ("advert", "secret") if number % 3 == 0 else ("letter", "kept")
        room.put(f"{subject} {number}", body=f"{word}{number}x {text}")
    room.indexed()
    room.archive.retention.policies.replace(
        [Policy("Adverts", 7, "day", deletes=True, criteria=Criteria("subject:advert"))], BY
    )
    room.archive.retention.holds.create("Case", "secret0x", "Court", BY)
    room.clock.days_later(30)
    room.archive.close()
    return room


@pytest.fixture
def kill(template: Room, under_shim: UnderShim) -> Iterator[Kill]:
    """Runs the policies of a fresh copy in another process, to be killed at a step (0 = never); steps and removed."""
    with under_shim("tests.faults.retention_load") as child:
        assert child.stdin
        assert child.stdout

        def one(root: Path, step: int, torn: int) -> tuple[int, int]:
            order = [str(template.directory), str(root), template.clock.now_ms, step, torn]
            print(json.dumps(order), file=child.stdin, flush=True)
            told = json.loads(child.stdout.readline())  # type: ignore[union-attr]
            if told["answer"]:
                steps, removed = json.loads(told["answer"])
                return steps, removed
            assert os.WTERMSIG(told["status"]) == signal.SIGKILL
            return 0, 0

        yield one
        child.stdin.close()


def expected(template: Room) -> dict[int, str]:
    """Number and subject of what must stay."""
    wanted = {n + 1: f"letter {n}" for n in range(MESSAGES) if n % 3}
    return wanted | {1: "advert 0"}


def judge(root: Path, template: Room, *, finished: bool) -> None:
    """What must be true before a repeat, and after it."""
    stays = expected(template)
    with open_archive(root, template.clock.now_ms) as archive:
        store = archive.stores.get(1).store
        rows = {row.number: row for row in store.catalogue.all_messages()}
        assert stays.keys() <= rows.keys()
        assert all(sha256(store.open(number)) == row.sha256 for number, row in rows.items())
        if finished:
            assert stays.keys() == rows.keys()
        else:
            assert run(archive) == len(rows) - len(stays)
        assert {row.number for row in store.catalogue.all_messages()} == stays.keys()
        assert archive.wait_indexed(instances.WAIT_S)
        assert instances.found(archive, "advert") == {1}
        assert instances.found(archive, "secret3x") == set()
        with archive.instance.database.read() as connection:
            assert connection.execute("SELECT * FROM retention_unerased").fetchall() == []
        archive.instance.audit.verify()
    directory = root / "stores" / "1"
    assert verify_store(directory, lambda _done, _total: None) == []
    left = b"".join(plain(directory / "packs"))
    assert left.count(b"secret") == 1
    assert b"kept1x" in left


def plain(directory: Path) -> Iterator[bytes]:
    codec = packs.Codec()
    for number in packs.pack_numbers(directory):
        yield from (record.plain or b"" for record in packs.walk(packs.pack_path(directory, number), codec))


def test_a_run_that_is_killed_anywhere_loses_nothing_and_is_finished_by_the_next(
    template: Room, kill: Kill, tmp_path: Path
) -> None:
    steps, removed = kill(tmp_path / "whole", 0, 0)
    assert removed == MESSAGES // 3 - 1
    judge(tmp_path / "whole", template, finished=True)
    chance = random.Random(SEED)
    for step in in_time(range(1, steps + 1), chance, at_least=5, seconds=2 * SECONDS):
        root = tmp_path / str(step)
        kill(root, step, step % 2)
        try:
            judge(root, template, finished=False)
        except Exception as error:
            error.add_note(f"killed at step {step} of {steps}")
            raise
        shutil.rmtree(root)
