"""The workbooks that are open: each in a process of its own, one request at a time, no more than so many."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from postroom.errors import PostroomError, Unavailable
from postroom.workspace.workbook.graph.steps import Request
from postroom.workspace.workloads.workbooks.process import Process
from postroom.workspace.workloads.workbooks.wire import Order, Outcome, raised


@dataclass
class OpenBook:
    """One of them. `state` names what it holds: the eTag of a file. Used by who holds `lock` only."""

    start: Callable[[], Process]
    lock: threading.Lock = field(default_factory=threading.Lock)
    process: Process | None = None
    state: str = ""
    waiting: int = 0

    def holds(self, state: str) -> bool:
        return self.process is not None and self.process.is_running and self.state == state

    def load(self, path: Path, state: str) -> None:
        """Open a file instead of what is open. Raises WorkbookError, Unavailable."""
        if self.process is None or not self.process.is_running:
            self.drop()
            self.process = self.start()
        self._order(Order(str(path)))
        self.state = state

    def ask(self, request: Request, target: Path) -> Outcome:
        """What changed is in `target` then. Raises WorkbookError, Ended."""
        return self._order(Order(request=request, target=str(target)))

    def _order(self, order: Order) -> Outcome:
        assert self.process is not None
        try:
            outcome = self.process.ask(order)
        except Exception:
            self.drop()
            raise
        if outcome.spoiled:
            self.drop()
        if outcome.broken:
            raise PostroomError(f"A workbook broke the program: {outcome.broken}")
        if outcome.error is not None:
            raise raised(outcome.error)
        return outcome

    def drop(self) -> None:
        """Forget it: the next request opens the file again."""
        process, self.process, self.state = self.process, None, ""
        if process is not None:
            process.close()


class OpenBooks:
    """By a key that names a file or a session."""

    def __init__(self, start: Callable[[], Process], most: int) -> None:
        self._start, self._most = start, most
        self._guard = threading.Lock()
        self._books: dict[str, OpenBook] = {}
        self._closed = False

    @contextmanager
    def using(self, key: str) -> Iterator[OpenBook]:
        """The workbook, with nobody else at it. Raises Unavailable when too many are at work."""
        with self._guard:
            if self._closed:
                raise Unavailable("The server is stopping.")
            book = self._books.pop(key, None) or OpenBook(self._start)
            self._make_room()
            self._books[key] = book  # at the end: it was used last
            book.waiting += 1
        try:
            with book.lock:
                yield book
        finally:
            with self._guard:
                book.waiting -= 1

    def _make_room(self) -> None:
        """Those that were not used for longest are closed; whoever needs them opens them again."""
        idle = [key for key, book in self._books.items() if not book.waiting]
        while len(self._books) >= self._most:
            if not idle:
                raise Unavailable(f"{self._most} workbooks are at work; try again.")
            self._books.pop(idle.pop(0)).drop()

    def forget(self, key: str) -> None:
        with self._guard:
            book = self._books.get(key)
            if book is not None and not book.waiting:
                self._books.pop(key).drop()

    def close(self) -> None:
        """Ends all processes."""
        with self._guard:
            self._closed = True
            books = list(self._books.values())
            self._books.clear()
        for book in books:
            book.drop()
