"""A message of any size goes in and out in constant memory. `FAULTS=full` adds one of a gibibyte."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.faults.test_crash import FULL

MEMORY_BYTES = 64 << 20

SIZES = [(200 << 20, "base64"), (200 << 20, "8bit"), *([(1 << 30, "base64")] if FULL else [])]


@pytest.mark.parametrize(("size", "kind"), SIZES)
def test_memory_stays_flat_for_a_large_message(tmp_path: Path, size: int, kind: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.corpus.large", tmp_path, str(size), kind],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < MEMORY_BYTES
