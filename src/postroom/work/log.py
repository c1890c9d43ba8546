"""The log of a process: lines with the version at which they appeared, the middle of a long one left out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import msgspec

MAX_LINE_CHARS = 4096


class _Dump(msgspec.Struct, array_like=True):
    head: list[tuple[int, str]]
    tail: list[tuple[int, str]]
    left_out: int
    left_out_version: int


class Log:
    """Keeps the first and the last lines, `limit` in all, and how many between them it let go."""

    def __init__(self, limit: int) -> None:
        self._head: list[tuple[int, str]] = []
        self._head_limit = limit // 2
        self._tail: deque[tuple[int, str]] = deque()
        self._tail_limit = limit - self._head_limit
        self._left_out = 0
        self._left_out_version = 0

    def add(self, version: int, line: str) -> None:
        """Append one line; line breaks in it become blanks, for a line is what readers split by."""
        entry = version, " ".join(line.splitlines())[:MAX_LINE_CHARS]
        if len(self._head) < self._head_limit:
            self._head.append(entry)
            return
        self._tail.append(entry)
        if len(self._tail) > self._tail_limit:
            self._left_out_version, _ = self._tail.popleft()
            self._left_out += 1

    def since(self, version: int, until: int | None = None) -> list[str]:
        """Lines that appeared after `version` and, when given, not after `until`."""
        return [line for at, line in self._entries() if at > version and (until is None or at <= until)]

    def _entries(self) -> Iterator[tuple[int, str]]:
        yield from self._head
        if self._left_out:
            yield self._left_out_version, f"({self._left_out} lines of this log were not kept)"
        yield from self._tail

    def dump(self) -> str:
        """As JSON text, for `load`."""
        dump = _Dump(self._head, list(self._tail), self._left_out, self._left_out_version)
        return msgspec.json.encode(dump).decode()

    @classmethod
    def load(cls, text: str, limit: int) -> Log:
        dump = msgspec.json.decode(text, type=_Dump)
        log = cls(limit)
        log._head, log._tail = dump.head, deque(dump.tail)
        log._left_out, log._left_out_version = dump.left_out, dump.left_out_version
        return log
