"""The log of one run: told to who waits for it, and kept in limits."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from postroom.archive.automation.results import MOST_OUTPUT
from postroom.archive.sources import Problem
from postroom.work import Process

MOST_PROBLEMS: Final = 1_000
"""Problems with a line of their own; of more only the number is told."""


class RunLog:
    """Lines in order; of a log that is too long the middle is left out."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._first: list[str] = []
        self._last: deque[str] = deque()
        self._room, self._size, self._left_out = MOST_OUTPUT // 2, 0, 0
        self._problems = 0

    def add(self, line: str) -> None:
        """One line. Line ends in it, which may come from a source, become blanks."""
        line = " ".join(line.splitlines())
        self._process.log(line)
        if len(line) < self._room and not self._last:
            self._room -= len(line) + 2
            self._first.append(line)
            return
        self._last.append(line)
        self._size += len(line) + 2
        while self._size > MOST_OUTPUT // 2 - 200 and len(self._last) > 1:
            self._size -= len(self._last.popleft()) + 2
            self._left_out += 1

    def problems(self, archive: str, problems: Sequence[Problem]) -> None:
        """A line per problem, as far as there is room for them."""
        for problem in problems[: max(0, MOST_PROBLEMS - self._problems)]:
            where = "/".join(filter(None, (archive, problem.folder)))
            self.add(f"{where} {problem.native_id}: {problem.reason}".strip())
        self._problems += len(problems)

    def text(self) -> str:
        """All of it, lines ended by CR LF."""
        middle = [f"({self._left_out} lines were not kept)"] if self._left_out else []
        more = self._problems - MOST_PROBLEMS
        end = [f"({more} more problems have no line here)"] if more > 0 else []
        return "".join(f"{line}\r\n" for line in (*self._first, *middle, *self._last, *end))
