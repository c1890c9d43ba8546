"""The store of the workspace: whatever moment a process, a machine or a disk stops, what was acknowledged is there."""

from __future__ import annotations

import errno
import random
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from tests.faults.child import Order
from tests.faults.conftest import SEED, Run
from tests.faults.disk import lay_out, read_trace
from tests.faults.test_crash import in_time, in_time_numbers, states
from tests.faults.workspace_load import Promises, acts, check
from tests.workspace.store.mailboxes import KINDS

from postroom.errors import NoSpace
from postroom.workspace.store.store import Store


def judge(store: Path, told: bytes, what: str) -> None:
    try:
        check(store, Promises.read(told))
    except Exception as error:
        error.add_note(what)
        raise


@pytest.mark.parametrize("torn", [0, 1])
def test_kill_minus_nine_loses_nothing(run: Run, tmp_path: Path, torn: int) -> None:
    """`torn`: within a write, of which the first half arrives."""
    steps, answer = run(Order(str(tmp_path / "all"), "workspace"))
    assert answer == ""
    for number in in_time(range(1, steps + 1), random.Random(SEED + torn)):
        root, told = tmp_path / str(number), tmp_path / f"told-{number}"
        assert run(Order(str(root), "workspace", kill=number, torn=torn))[1] == "killed"
        judge(root / "store", told.read_bytes() if told.exists() else b"", f"killed at step {number}")
        shutil.rmtree(root)


def test_a_power_cut_loses_nothing_that_was_acknowledged(run: Run, tmp_path: Path) -> None:
    base, chance = tmp_path / "base", random.Random(SEED)
    assert run(Order(str(base / "root"), "workspace", log=str(tmp_path / "log")))[1] == ""
    root, steps = str(base / "root"), read_trace(tmp_path / "log")
    for number, disk in states(steps, set(in_time_numbers(len(steps))), root):
        # Promises are kept elsewhere: whoever got an acknowledgement remembers it.
        told = disk.after_kill().get(f"{root}/told") or b""
        lay_out(disk.after_power_cut(chance), root, tmp_path / "state")
        judge(tmp_path / "state" / "store", told, f"power cut before step {number}, {steps[number].kind}")
        shutil.rmtree(tmp_path / "state")


@pytest.mark.parametrize(
    ("kinds", "torn", "error", "count"),
    [
        ("WCTD", 1, errno.ENOSPC, 1),
        ("WCTD", 0, errno.ENOSPC, 3),
        ("W", 1, errno.EDQUOT, 2),
        ("S", 0, errno.EIO, 1),
        ("S", 0, errno.ENOSPC, 2),
        ("RU", 0, errno.EIO, 1),
    ],
)
def test_a_failing_disk_loses_nothing_and_repeating_works(
    run: Run, tmp_path: Path, kinds: str, torn: int, error: int, count: int
) -> None:
    steps, answer = run(Order(str(tmp_path / "all"), "workspace_stubborn", kinds=kinds))
    assert answer == ""
    for number in in_time(range(1, steps + 1), random.Random(SEED), seconds=1.5):
        root, told = tmp_path / str(number), tmp_path / f"told-{number}"
        order = Order(
            str(root), "workspace_stubborn", kinds=kinds, torn=torn, fail_first=number, fail_count=count, errno=error
        )
        assert run(order)[1] == "", f"{errno.errorcode[error]} at step {number} of {kinds}"
        judge(root / "store", told.read_bytes(), f"{errno.errorcode[error]} at step {number} of {kinds}")
        shutil.rmtree(root)


def fill(ballast: Path) -> None:
    """Take all room there is on the disk."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4_096)


def test_a_full_disk_is_told_and_work_goes_on_when_there_is_room(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    with Store(small_disk / "store", KINDS) as store:
        for act in acts(lambda **_row: None):
            act(store)
        fill(ballast)
        with pytest.raises(NoSpace), store.write() as unit:
            unit.blobs.put(b"x" * 100_000)
        with pytest.raises(NoSpace), store.write() as unit:
            unit.items.add("anna", "mailFolder", None, {"displayName": "x" * 5_000_000})
        ballast.unlink()
    check(small_disk / "store", Promises())
