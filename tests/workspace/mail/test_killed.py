"""Killed while it delivers: whatever was acknowledged is there, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.workspace.mail.house import ANNA, BOB, house, wish

ROOT = Path(__file__).resolve().parents[3]
CHILD = """
import sys
from pathlib import Path
from tests.workspace.mail.house import house, raw
home = house(Path(sys.argv[1]))
number = int(sys.argv[2])
while True:
    home.mail.deliver("c@elsewhere.test", ["all@example.org"], raw(f"m{number}"))
    print(number, flush=True)
    number += 1
"""


def test_what_was_acknowledged_is_there_once_for_everybody(tmp_path: Path) -> None:
    store, acknowledged = tmp_path / "workspace", []
    for turn in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(store), str(turn * 1000)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        with child.stdout as told:
            acknowledged += [int(told.readline()) for _ in range(turn + 2)]
            os.kill(child.pid, signal.SIGKILL)
            acknowledged += [int(line) for line in told if line.endswith("\n")]
        child.wait()
    with (home := house(store)).store:
        for person in (ANNA, BOB):
            rows = home.mail.messages.page(person.id, "inbox", wish(select="subject", top="1000")).rows
            names = [row["subject"] for row in rows]
            assert len(names) == len(set(names))
            assert {f"m{number}" for number in acknowledged} <= set(names)
            # At most the one that was under way is there besides.
            assert len(names) <= len(acknowledged) + 4
            for row in rows:
                assert home.mail.messages.mime(person.id, row["id"]).startswith(b"From: Carl")
