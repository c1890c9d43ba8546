"""The server on fewer cores than there are."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from postroom.errors import Invalid
from postroom.web import cores

CHILD = "import os; from postroom.web import cores; cores.keep_to({}); print(len(os.sched_getaffinity(0)))"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux does it")
@pytest.mark.parametrize(("most", "used"), [(0, None), (1, 1), (100_000, None)])
def test_a_process_keeps_to_so_many_cores_and_zero_is_all(most: int, used: int | None) -> None:
    done = subprocess.run([sys.executable, "-c", CHILD.format(most)], stdout=subprocess.PIPE, check=True)
    assert int(done.stdout) == (used or len(os.sched_getaffinity(0)))


def test_a_system_that_cannot_do_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    cores.keep_to(0)
    with pytest.raises(Invalid, match=r"web\.cores"):
        cores.keep_to(1)
