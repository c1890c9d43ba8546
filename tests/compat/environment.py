"""The environments of the original clients: `.venv-compat` and others beside the project's own, made when missing."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Environment:
    """A folder, and the file of what is installed in it."""

    folder: Path
    wanted: Path

    def python(self) -> Path:
        """Its interpreter. Skips the test when what is wanted cannot be fetched; in CI that is a failure."""
        wanted, ready = self.wanted.read_text("utf-8"), self.folder / "ready"
        with self.folder.with_name(f"{self.folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # workers of one run share it
            if not (ready.exists() and ready.read_text("utf-8") == wanted):
                self._make()
                ready.write_text(wanted, "utf-8")
        return self._interpreter()

    def _interpreter(self) -> Path:
        return self.folder / "bin" / "python"

    def _make(self) -> None:
        pip: list[str | Path] = [self._interpreter(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        commands: tuple[list[str | Path], ...] = (
            [sys.executable, "-m", "venv", "--clear", self.folder],
            [*pip, "--requirement", self.wanted],
        )
        for command in commands:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                reason = f"The original clients could not be installed: {(done.stderr or done.stdout).strip()[-500:]}"
                if os.environ.get("CI") == "true":
                    pytest.fail(reason)
                pytest.skip(reason)


CURRENT = Environment(ROOT / ".venv-compat", Path(__file__).parent / "requirements.txt")
EARLIER = Environment(ROOT / ".venv-compat-earlier", Path(__file__).parent / "requirements-earlier.txt")
"""The last version of the generation before 2.1: chained queries, sign-in without msal, Outlook REST."""

FOLDER = CURRENT.folder


def original_python() -> Path:
    """The interpreter beside which the original O365, msal and azure-identity are installed."""
    return CURRENT.python()
