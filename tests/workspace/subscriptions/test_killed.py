"""The program is killed while it tells: what was acknowledged is told, perhaps twice, in order."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from tests.workspace.mail.house import ANNA, wish
from tests.workspace.subscriptions.receiver import Receiver
from tests.workspace.subscriptions.watching import watching

from postroom.workspace.delivery import notifying_rows as rows
from postroom.workspace.workspace import Workspace

ROOT = Path(__file__).resolve().parents[3]
ROUNDS = 4
PROGRAM = """
import sys
from pathlib import Path
from tests.workspace.subscriptions.watching import watching

with watching(Path(sys.argv[1])) as house:
    house.workspace.notifier.start()
    number = int(sys.argv[2])
    while True:
        house.deliver(str(number))
        print(number, flush=True)
        number += 1
"""


def test_nothing_is_lost_when_the_program_is_killed(tmp_path: Path, hook: Receiver) -> None:
    place = tmp_path / "workspace"
    with watching(place) as house:
        house.subscribe(hook.url(), query="$select=subject", minutes=1000)
    delivered: list[str] = []
    for number in range(ROUNDS):
        delivered += _killed_after(place, number * 1000, 15)
    with watching(place) as house:
        house.clock.go_on(minutes=30)
        house.tell()
        while _waits(house.workspace):
            house.tell()
        names = {
            row["id"]: row["subject"]
            for row in house.workspace.mail.messages.page(ANNA.id, "inbox", wish(top="1000")).rows
        }
    told = [names[resource.rpartition("/")[2]] for _, resource in hook.told()]
    assert set(delivered) <= set(told)
    first_told = list(dict.fromkeys(told))
    assert first_told == sorted(first_told, key=int)


def _killed_after(place: Path, first: int, messages: int) -> list[str]:
    """What was delivered for sure before the end."""
    command = [sys.executable, "-c", PROGRAM, str(place), str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        lines = [running.stdout.readline() for _ in range(messages)]
        running.send_signal(signal.SIGKILL)
        lines += running.stdout.read().splitlines(keepends=True)
    return [line.strip() for line in lines if line.endswith("\n")]


def _waits(workspace: Workspace) -> bool:
    with workspace.store.read() as unit:
        return rows.next_ms(unit) is not None
