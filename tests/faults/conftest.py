"""The shim, compiled once, and the process that runs under it."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.faults.child import Order

PROJECT = Path(__file__).parents[2]

SEED = int(os.environ.get("FAULT_SEED", "0")) or random.SystemRandom().randrange(1 << 32)

Run = Callable[[Order], tuple[int, str]]
"""Runs one child; how many steps it took, and '' or its error, 'killed' when it was."""

UnderShim = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture(autouse=True)
def seed() -> None:
    """Shown where a test fails: `FAULT_SEED=` repeats its choices."""
    print(f"FAULT_SEED={SEED}")


@pytest.fixture(scope="session")
def under_shim(tmp_path_factory: pytest.TempPathFactory) -> UnderShim:
    """Starts a module of ours as a process whose steps on the disk are counted, and which can be killed at one."""
    compiler = shutil.which("cc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("the shim needs Linux and a C compiler")
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread"], check=True)
    environment = {**os.environ, "LD_PRELOAD": str(library), "FAULT_SHIM": str(library)}

    def start(module: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=PROJECT,
            env=environment,
            text=True,
        )

    return start


@pytest.fixture(scope="session")
def run(under_shim: UnderShim) -> Iterator[Run]:
    child = under_shim("tests.faults.child")
    assert child.stdin
    assert child.stdout

    def one(order: Order) -> tuple[int, str]:
        Path(order.root).mkdir(parents=True)
        print(json.dumps(asdict(order)), file=child.stdin, flush=True)
        steps, answer = json.loads(child.stdout.readline())  # type: ignore[union-attr]
        return steps, answer

    yield one
    child.stdin.close()
    child.wait()
    child.stdout.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", place], check=False).returncode:
        pytest.skip("mounting a small file system needs root")
    yield place
    subprocess.run(["umount", place], check=True)
