"""How far long work is: a bar on a terminal, plain lines elsewhere, nothing when the result is wanted as JSON."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from postroom.work.process import Process

SILENT_S: Final = 5.0
"""Where there is no bar, a line says how far it is when nothing was said for so long."""


class Display:
    """Shows processes on standard error while they run; a context manager."""

    def __init__(self, quiet: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._quiet, self._clock = quiet, clock
        self._said = clock()
        self._console = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=quiet or not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None, start=False, visible=False)
        self._seen = 1

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, process: Process) -> None:
        """What is new of a process."""
        state = process.state
        lines, self._seen = process.log_since(self._seen, state.version), state.version
        self.lines(lines)
        self.at(state.text or process.name, state.percent)

    def lines(self, lines: list[str]) -> None:
        """Lines of a log; those that only count, which begin with a blank, where there is no bar."""
        for line in lines:
            if not self._quiet and (self._bar.disable or not line.startswith(" ")):
                self._bar.console.print(line)
                self._said = self._clock()

    def at(self, what: str, percent: float | None) -> None:
        """What is done just now and how far it is; None: nobody knows."""
        if self._bar.disable:
            if self._clock() - self._said >= SILENT_S:
                self.lines([what if percent is None else f"{what}, {percent:.0f} %"])
        else:
            self._bar.start_task(self._task)
            total = None if percent is None else 100
            self._bar.update(self._task, description=what, completed=percent or 0, total=total, visible=True)
