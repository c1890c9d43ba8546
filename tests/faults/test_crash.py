"""docs/format.md §5: whatever moment a process or a machine stops, what was acknowledged is there.

The workload creates a store, writes, moves, deletes, compacts, seals, trains a dictionary and rebuilds the catalogue.
`FAULT_SECONDS` gives the tests with many states more time; `FAULTS=full` tries every single one.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from tests.faults.child import Order
from tests.faults.conftest import SEED, Run
from tests.faults.disk import Disk, Step, lay_out, read_trace
from tests.faults.workload import Promises, check

SECONDS = float(os.environ.get("FAULT_SECONDS", "2"))
FULL = os.environ.get("FAULTS") == "full"

T = TypeVar("T")


def in_time(candidates: Sequence[T], chance: random.Random, at_least: int = 6, seconds: float = SECONDS) -> Iterator[T]:
    """As many of the candidates, in random order, as the time allows; all when FAULTS=full."""
    until = time.monotonic() + seconds
    for done, candidate in enumerate(chance.sample(candidates, len(candidates))):
        if not FULL and done >= at_least and time.monotonic() > until:
            return
        yield candidate


@pytest.fixture(scope="module")
def trace(run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Step]]:
    """Folder and steps of one undisturbed run."""
    base = tmp_path_factory.mktemp("trace")
    assert run(Order(str(base / "root"), log=str(base / "log")))[1] == ""
    check(base / "root" / "store", Promises.read((base / "root" / "told").read_bytes()))
    return str(base / "root"), read_trace(base / "log")


def states(steps: list[Step], wanted: set[int], root: str) -> Iterator[tuple[int, Disk]]:
    """The disk before each of the wanted steps."""
    disk = Disk()
    disk.take(Step("D", root))
    disk.take(Step("C", f"{root}/told"))
    disk.take(Step("S", str(Path(root).parent)))
    disk.take(Step("S", root))
    for number, step in enumerate(steps):
        if number in wanted:
            yield number, disk
        disk.take(step)


def judge(found: dict[str, bytes | None], root: str, target: Path, what: str) -> None:
    told = Promises.read(found.get(f"{root}/told") or b"")
    lay_out(found, root, target)
    try:
        check(target / "store", told)
    except Exception as error:
        error.add_note(f"{what}")
        raise
    shutil.rmtree(target)


def test_a_kill_before_any_step_of_the_write_order_loses_nothing(trace: tuple[str, list[Step]], tmp_path: Path) -> None:
    root, steps = trace
    wanted = set(in_time_numbers(len(steps)))
    for number, disk in states(steps, wanted, root):
        judge(disk.after_kill(), root, tmp_path / "state", f"killed before step {number}, {steps[number].kind}")


def test_a_power_cut_loses_nothing_that_was_acknowledged(trace: tuple[str, list[Step]], tmp_path: Path) -> None:
    root, steps = trace
    chance = random.Random(SEED)
    for number, disk in states(steps, set(in_time_numbers(len(steps))), root):
        told = disk.after_kill().get(f"{root}/told")
        for turn in range(4 if FULL else 1):
            found = disk.after_power_cut(chance)
            # Promises are kept elsewhere: whoever got an acknowledgement remembers it.
            found[f"{root}/told"] = told
            judge(found, root, tmp_path / "state", f"power cut before step {number}, {steps[number].kind}, {turn}")


def in_time_numbers(count: int) -> list[int]:
    """Every step when FAULTS=full, else so many that 40 ms for each fit into the time."""
    return sorted(random.Random(SEED).sample(range(count), count if FULL else min(count, int(SECONDS / 0.05))))


@pytest.mark.parametrize(("work", "torn"), [("work", 0), ("work", 1), ("crowd", 1)])
def test_kill_minus_nine_loses_nothing(run: Run, tmp_path: Path, work: str, torn: int) -> None:
    """`torn`: within a write, of which the first half arrives. A crowd is threads that share commits."""
    steps, answer = run(Order(str(tmp_path / "all"), work))
    assert answer == ""
    for number in in_time(range(1, steps + 1), random.Random(SEED + torn)):
        root, told = tmp_path / str(number), tmp_path / f"told-{number}"
        ended = run(Order(str(root), work, kill=number, torn=torn))[1]
        assert ended == "killed" or (work == "crowd" and not ended)
        try:
            check(root / "store", Promises.read(told.read_bytes() if told.exists() else b""))
        except Exception as error:
            error.add_note(f"killed at step {number}")
            raise
        shutil.rmtree(root)
