"""The workspace: what faces, command line and SMTP call. It knows no HTTP."""

from __future__ import annotations

from pathlib import Path

from postroom.settings import Settings
from postroom.workspace.clock import Clock, now
from postroom.workspace.people import People


class Workspace:
    """What users own, in one folder. `people` is the directory, and the caller's to close."""

    def __init__(self, directory: Path, people: People, settings: Settings, clock: Clock = now) -> None:
        self.path, self.people, self.settings, self.clock = directory, people, settings, clock

    def close(self) -> None:
        """Let go of its files."""

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
