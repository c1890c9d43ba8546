"""The environment of the original clients: `.venv-compat` beside the project's own, made when it is missing."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".venv-compat"
WANTED = Path(__file__).parent / "requirements.txt"
READY = FOLDER / "ready"


def original_python() -> Path:
    """The interpreter beside which the original O365, msal and azure-identity are installed.

    Skips the test when they cannot be fetched; in CI that is a failure.
    """
    wanted = WANTED.read_text("utf-8")
    with (ROOT / ".venv-compat.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # workers of one run share it
        if not (READY.exists() and READY.read_text("utf-8") == wanted):
            _make()
            READY.write_text(wanted, "utf-8")
    return FOLDER / "bin" / "python"


def _make() -> None:
    python = FOLDER / "bin" / "python"
    commands: tuple[list[str | Path], ...] = (
        [sys.executable, "-m", "venv", "--clear", FOLDER],
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", WANTED],
    )
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = f"The original clients could not be installed: {(done.stderr or done.stdout).strip()[-500:]}"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
