"""Killed while a workbook is saved: the old file or the new one, and no process is left behind."""

from __future__ import annotations

import io
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
from python_calamine import CalamineWorkbook
from tests.faults.conftest import SEED
from tests.faults.files_load import LOOK, at, opened
from tests.faults.test_crash import FULL, SECONDS
from tests.faults.workbooks_load import NAME, ROWS, prepared

ROOT = Path(__file__).resolve().parents[2]
WAIT_S = 30.0


def test_a_workbook_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    folder, chance, told = tmp_path / "workspace", random.Random(SEED), [0]
    with opened(folder) as workspace:
        prepared(workspace)
    until, turn = time.monotonic() + (120 if FULL else SECONDS), 0
    while turn < 2 or time.monotonic() < until:
        killed(folder, told[-1] + 1, chance, told)
        with opened(folder) as workspace, workspace.files.contents.file(LOOK, at(NAME)) as (path, _):
            rows = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes())).get_sheet_by_index(0).to_python()
            assert list((folder / "workbooks").glob("*")) == []
        assert len(rows) == ROWS
        values = {float(str(value)) for row in rows for value in row}
        assert len(values) == 1, "a mixture"
        assert values <= {told[-1], told[-1] + 1}
        told.append(int(values.pop()))
        turn += 1


def killed(folder: Path, first: int, chance: random.Random, told: list[int]) -> None:
    """One life of the program, and that of its worker."""
    command = [sys.executable, "-m", "tests.faults.workbooks_load", str(folder), str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline()]
        workers = psutil.Process(child.pid).children(recursive=True)
        while not chance.random() < 0.3:
            lines.append(child.stdout.readline())
        time.sleep(chance.uniform(0, 0.05))
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.readlines()
    told += [int(line.split()[1]) for line in lines if line]
    assert workers
    _, alive = psutil.wait_procs(workers, WAIT_S)
    assert not alive, "a worker outlived its server"
