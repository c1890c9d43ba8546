"""Killed while files are put, uploaded and copied: the old file or the new one, no mixture; copies whole or not."""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from tests.faces.graph.graph_server import ANNA
from tests.faults.conftest import SEED
from tests.faults.files_load import LEAVES, LOOK, SIZE, at, opened, prepared
from tests.faults.test_crash import FULL, SECONDS

from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files.core import At
from postroom.workspace.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


def test_what_was_acknowledged_is_there_and_whole(tmp_path: Path) -> None:
    chance, told = random.Random(SEED), defaultdict[str, list[int]](list)
    with opened(tmp_path / "workspace") as workspace:
        prepared(workspace)
    until, turn = time.monotonic() + (120 if FULL else SECONDS), 0
    while turn < 2 or time.monotonic() < until:
        killed(tmp_path / "workspace", turn * 40, chance, told)
        with opened(tmp_path / "workspace") as workspace:
            check(workspace, told, turn)
        turn += 1
    with opened(tmp_path / "workspace") as workspace:
        workspace.files.background.work()
        for number in told["copied"]:
            assert leaves(workspace, f"copy{number}") == LEAVES
        check_sizes(workspace)
        assert workspace.store.sweep(older_than_s=-1) >= 0
        check(workspace, told, turn)


def killed(folder: Path, first: int, chance: random.Random, told: dict[str, list[int]]) -> None:
    """One life of the program; what it told is added."""
    command = [sys.executable, "-m", "tests.faults.files_load", str(folder), str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline()]
        while not chance.random() < 0.35:
            lines.append(child.stdout.readline())
        time.sleep(chance.uniform(0, 0.03))
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.readlines()
    for line in lines:
        what, number = line.split()
        told[what].append(int(number))


def check(workspace: Workspace, told: dict[str, list[int]], turn: int) -> None:
    """Each file is that of the last number that was told, or of the next one, which was under way."""
    for what, name in (("put", "put.bin"), ("uploaded", "uploaded.bin")):
        if not told[what]:
            continue
        with workspace.files.contents.file(LOOK, at(name)) as (path, found):
            data = path.read_bytes()
        assert found.name == name
        assert len(data) == SIZE
        assert len(set(data)) == 1, "a mixture"
        assert data[0] in {told[what][-1] % 256, (told[what][-1] + 1) % 256, turn * 40 % 256}
        shown = workspace.files.folders.get(LOOK, at(name))["file"]["hashes"]["sha256Hash"]
        assert shown == hashlib.sha256(data).hexdigest().upper()
    for row in workspace.files.folders.children(LOOK, at("")).rows:
        if row["name"].startswith("copy"):
            assert leaves(workspace, row["name"]) == LEAVES, "half a copy"


def leaves(workspace: Workspace, name: str) -> int:
    page = workspace.files.folders.children
    above = [row for path in (name, f"{name}/deep") for row in page(LOOK, at(path)).rows]
    return sum("file" in row for row in above)


def check_sizes(workspace: Workspace) -> None:
    """What is kept of sizes is what there is."""
    shown = workspace.files.drive(LOOK, At(ANNA.id))["quota"]["used"]
    with workspace.store.read() as unit:
        assert shown == counted(unit)


def counted(unit: Unit) -> int:
    sql = "SELECT sum(json_extract(document, '$.size')) FROM item WHERE kind IN ('driveItem', 'driveItemVersion')"
    return int(unit.connection.execute(sql).fetchone()[0])
