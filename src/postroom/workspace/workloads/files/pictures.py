"""Pictures of pictures, and what they measure: made in a process of its own, which may hang, crash or be killed.

A picture is somebody else's bytes, and what reads it is written in C: picture_worker.py gives up what it does not need
and has limits of time and memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

from postroom.confinement import KEPT_ENVIRONMENT
from postroom.errors import Invalid, Unavailable

TIME_S: Final = 20.0
ANSWER_BYTES: Final = 32 << 20
TYPES: Final = frozenset({
    "image/jpeg", "image/png", "image/gif", "image/bmp", "image/webp", "image/tiff", "image/x-ms-bmp",
})  # fmt: skip
_COMMAND: Final = "from postroom.workspace.workloads.files.picture_worker import main; main()"
_ONE: Final = threading.Semaphore(2)
"""So many pictures at once: each may take the memory of a large one."""


def measured(path: Path) -> dict[str, Any]:
    """The facets `image` and `photo` of a picture. Raises Invalid for what is none, or too large."""
    found = json.loads(_asked(path, "measure"))
    assert isinstance(found, dict)
    return found


def rendered(path: Path, width: int, height: int, *, crop: bool = False) -> bytes:
    """A JPEG that fits into these measures, or fills them. Raises Invalid for what is no picture."""
    return _asked(path, "render", str(width), str(height), "crop" if crop else "fit")


def _asked(path: Path, *words: str) -> bytes:
    environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    command = (sys.executable, "-c", _COMMAND, str(path), *words)
    with _ONE:
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIME_S, env=environment, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise Invalid("picture", f"one that can be read in {TIME_S:.0f} seconds") from error
        except OSError as error:
            raise Unavailable("A process that reads pictures did not start.") from error
    if done.returncode != 0 or len(done.stdout) > ANSWER_BYTES:
        raise Invalid("picture", "one that can be read")
    return done.stdout
