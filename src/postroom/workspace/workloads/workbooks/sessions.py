"""Sessions: those that keep changes share the workbook of the file, the others have a copy that is theirs alone.

They live in memory: when the server starts again, programs make new ones.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from postroom.workspace.clock import Clock
from postroom.workspace.workbook.errors import InvalidSession, TooMuch


@dataclass
class Session:
    """`item` is the file it is for, `doer` who made it."""

    key: str
    item: str
    doer: str
    persists: bool
    used: datetime


@dataclass(frozen=True, slots=True)
class Most:
    """How many sessions somebody may have: those that keep changes, and those with a copy, which is a file each."""

    sharing: int = 100
    copies: int = 10


class Sessions:
    """`ended` is called for each that is over."""

    def __init__(self, clock: Clock, life_s: float, ended: Callable[[Session], None], most: Most | None = None) -> None:
        self._clock, self._life, self._ended, self._most = clock, timedelta(seconds=life_s), ended, most or Most()
        self._guard = threading.Lock()
        self._sessions: dict[str, Session] = {}

    def create(self, item: str, doer: str, *, persists: bool) -> Session:
        """Raises TooMuch when somebody has too many."""
        self.sweep()
        session = Session(secrets.token_urlsafe(32), item, doer, persists, self._clock())
        most = self._most.sharing if persists else self._most.copies
        with self._guard:
            if sum((one.doer, one.persists) == (doer, persists) for one in self._sessions.values()) >= most:
                kind = "persist" if persists else "do not persist"
                raise TooMuch(f"Somebody has {most} sessions that {kind} their changes at most; close some.")
            self._sessions[session.key] = session
        return session

    def find(self, key: str, item: str, doer: str) -> Session:
        """Its time begins anew. Raises InvalidSession."""
        self.sweep()
        with self._guard:
            session = self._sessions.get(key)
            if session is None or (session.item, session.doer) != (item, doer):
                raise InvalidSession("The session is over or unknown; make a new one.")
            session.used = self._clock()
            return session

    def remove(self, session: Session) -> None:
        with self._guard:
            self._sessions.pop(session.key, None)
        self._ended(session)

    def sweep(self) -> None:
        """Those that nobody used for a while are over."""
        before = self._clock() - self._life
        with self._guard:
            over = [one for one in self._sessions.values() if one.used < before]
            for one in over:
                del self._sessions[one.key]
        for one in over:
            self._ended(one)

    def clear(self) -> None:
        with self._guard:
            sessions, self._sessions = list(self._sessions.values()), {}
        for one in sessions:
            self._ended(one)
