"""Workbooks: what the face calls. Files come from drives and go back to them as new versions."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from postroom.errors import WrongState
from postroom.settings import Graph
from postroom.workspace.clock import Clock
from postroom.workspace.workbook.errors import InvalidSession, TooMuch, UnsupportedWorkbook
from postroom.workspace.workbook.graph.steps import Answer, Request
from postroom.workspace.workloads.items.errors import Conflict
from postroom.workspace.workloads.workbooks.open_books import OpenBook, OpenBooks
from postroom.workspace.workloads.workbooks.process import Ended, Process
from postroom.workspace.workloads.workbooks.sessions import Session, Sessions
from postroom.workspace.workloads.workbooks.wire import Outcome, Start

_CALCULATE_S: Final = 5.0
_IDLE_S: Final = 120.0
_TRIES: Final = 3


class Opened(Protocol):
    """A file as a drive tells of it. The eTag is its id and the number of its version."""

    @property
    def name(self) -> str: ...
    @property
    def etag(self) -> str: ...


class Contents(Protocol):
    """What drives offer: files that can be read, and new versions of them."""

    def opened(self, look: Any, at: Any) -> Opened: ...
    def file(self, look: Any, at: Any) -> AbstractContextManager[tuple[Path, Any]]: ...
    def replace(self, look: Any, at: Any, source: Path, if_match: str | None = None) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A file, as whoever asks addresses it; `doer` names them."""

    look: Any
    at: Any
    doer: str


@dataclass(frozen=True, slots=True)
class Told:
    """An answer whose values are JSON already, by member; a value that is no object is the member `value`."""

    answer: Answer
    values: dict[str, msgspec.Raw]


class Workbooks:
    """Safe to use from threads. `close` ends its processes."""

    def __init__(self, contents: Contents, settings: Graph, clock: Clock, scratch: Path) -> None:
        self._contents, self._settings = contents, settings
        self._scratch = scratch
        shutil.rmtree(scratch, ignore_errors=True)  # of a server that was killed
        self._open = OpenBooks(self._start, settings.workbooks)
        self._sessions = Sessions(clock, settings.workbook_session_s, self._ended)

    def _start(self) -> Process:
        rules, limit_s = self._settings, self._settings.workbook_request_s
        start = Start(rules.workbook_memory_bytes, rules.workbook_unpacked_bytes, rules.workbook_cells,
                      rules.workbook_range_cells, min(_CALCULATE_S, limit_s / 2), _IDLE_S)  # fmt: skip
        return Process(start, limit_s)

    def close(self) -> None:
        self._open.close()
        self._sessions.clear()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def tend(self) -> None:
        self._sessions.sweep()

    # Sessions.

    def create_session(self, place: Place, *, persists: bool) -> Session:
        """Raises UnsupportedWorkbook for a file that is none, TooMuch."""
        opened = self._opened(place)
        session = self._sessions.create(_item(opened.etag), place.doer, persists=persists)
        try:
            if persists:
                with self._open.using(session.item) as book:
                    self._load(book, place)
            else:
                self._copy(session, place)
        except Exception:
            self._sessions.remove(session)
            raise
        return session

    def _copy(self, session: Session, place: Place) -> None:
        with self._contents.file(place.look, place.at) as (path, _):
            copy = self._copy_of(session)
            shutil.copyfile(path, copy)
        with self._open.using(session.key) as book:
            book.load(copy, session.key)

    def refresh_session(self, place: Place, key: str) -> None:
        """Raises InvalidSession."""
        self._sessions.find(key, _item(self._opened(place).etag), place.doer)

    def close_session(self, place: Place, key: str) -> None:
        """What was not to be kept is lost. Raises InvalidSession."""
        self._sessions.remove(self._sessions.find(key, _item(self._opened(place).etag), place.doer))

    def _ended(self, session: Session) -> None:
        if not session.persists:
            self._open.forget(session.key)
            self._copy_of(session).unlink(missing_ok=True)

    def _copy_of(self, session: Session) -> Path:
        self._scratch.mkdir(mode=0o700, exist_ok=True)
        return self._scratch / f"{session.key}.xlsx"

    # Requests.

    def ask(self, place: Place, request: Request, session_key: str = "") -> Told:
        """One request; what it changes is a new version of the file before this returns.

        Raises WorkbookError, InvalidSession, what drives raise, and Unavailable.
        """
        opened = self._opened(place)
        item = _item(opened.etag)
        session = self._sessions.find(session_key, item, place.doer) if session_key else None
        for at in range(_TRIES):
            try:
                if session is not None and not session.persists:
                    return self._ask_copy(session, request)
                return self._ask_file(place, item, request)
            except Ended as error:
                if at:
                    raise TooMuch("The workbook needs more memory than it may have.") from error
            except Conflict:
                continue  # somebody else was quicker: once more with what is there now
        raise Conflict

    def _ask_file(self, place: Place, item: str, request: Request) -> Told:
        with self._open.using(item) as book, self._target() as target:
            self._load(book, place)
            outcome = book.ask(request, target)
            if outcome.saved:
                self._replace(book, place, target)
            return _told(outcome)

    def _load(self, book: OpenBook, place: Place) -> None:
        opened = self._opened(place)
        if not book.holds(opened.etag):
            with self._contents.file(place.look, place.at) as (path, found):
                book.load(path, found.etag)

    def _replace(self, book: OpenBook, place: Place, target: Path) -> None:
        try:
            made = self._contents.replace(place.look, place.at, target, book.state)
        except Exception:
            book.drop()  # it has what the file has not
            raise
        book.state = str(made["eTag"])

    def _ask_copy(self, session: Session, request: Request) -> Told:
        copy = self._copy_of(session)
        with self._open.using(session.key) as book, self._target() as target:
            if not copy.exists():
                raise InvalidSession("The session is over; make a new one.")
            if not book.holds(session.key):
                book.load(copy, session.key)
            outcome = book.ask(request, target)
            if outcome.saved:
                target.replace(copy)
            return _told(outcome)

    @contextmanager
    def _target(self) -> Iterator[Path]:
        """A name for a file that may be made, which is gone afterwards."""
        self._scratch.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            yield Path(folder) / "book.xlsx"

    def _opened(self, place: Place) -> Opened:
        """Raises UnsupportedWorkbook for what is no file of a workbook."""
        try:
            opened = self._contents.opened(place.look, place.at)
        except WrongState as error:
            raise UnsupportedWorkbook("A folder is no workbook.") from error
        if not opened.name.lower().endswith(".xlsx"):
            raise UnsupportedWorkbook("Only .xlsx files are workbooks here.")
        return opened


def _item(etag: str) -> str:
    return etag.partition(",")[0]


def _told(outcome: Outcome) -> Told:
    assert outcome.answer is not None
    return Told(outcome.answer, {name: msgspec.Raw(one) for name, one in outcome.values.items()})
