"""What the benchmarks share: the mail, a scratch folder, child processes, and one archive of all the mail."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.corpus import Mail

ROOT = Path(__file__).resolve().parents[1]


def command(task: str, *paths: Path) -> list[str]:
    """How a task of `child` is started."""
    return [sys.executable, "-m", "benchmarks.child", task, *map(str, paths)]


@dataclass(slots=True)
class Bench:
    """One run of benchmarks. `repeat` is how often each time is taken; `large_bytes` the size of the large message."""

    mail: Mail
    scratch: Path
    repeat: int = 3
    large_bytes: int = 200 << 20
    _homes: list[Path] = field(default_factory=list)

    def child(self, task: str, *paths: Path) -> dict[str, Any]:
        """Run a task in a process of its own; what it told. Raises CalledProcessError when it failed."""
        done = subprocess.run(command(task, *paths), cwd=ROOT, stdout=subprocess.PIPE, check=True)
        return dict(json.loads(done.stdout))

    def seconds(self, task: str, *paths: Path) -> float:
        """How long a task took."""
        return float(self.child(task, *paths)["s"])

    def warm(self) -> None:
        """Read all mail once, so that everybody finds it in the page cache."""
        self.child("digest", self.mail.root)

    def fresh_home(self) -> Path:
        """A path for a home that does not exist yet; the caller fills it with all the mail."""
        self._homes.append(self.scratch / f"home-{len(self._homes) + 1}")
        return self._homes[-1]

    def home(self) -> Path:
        """A home that holds all the mail, indexed and closed."""
        if not self._homes:
            self.child("take", self.fresh_home(), self.mail.root)
        return self._homes[-1]
