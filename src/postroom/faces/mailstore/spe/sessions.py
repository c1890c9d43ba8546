"""Sessions by cookie: one request after the other, each with the token that came with the answer before."""

from __future__ import annotations

import asyncio
import base64
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from postroom.archive.management.administrators import Administrator

COOKIE: Final = "MSWEB_MGM_AUTH"
MOST: Final = 1000
TOKEN_BYTES: Final = 33
"""44 characters of base64, as the original's."""


@dataclass(slots=True)
class Session:
    """`stamp`: of the administrator's password when the session began; another one ends it."""

    administrator: Administrator
    stamp: str
    value: str
    used_s: float
    token: str = ""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def renew(self) -> str:
        """The token that the next request must carry."""
        self.token = base64.b64encode(secrets.token_bytes(TOKEN_BYTES)).decode()
        return self.token

    def accepts(self, token: str | None) -> bool:
        return bool(self.token) and hmac.compare_digest(self.token.encode(), (token or "").encode())

    @property
    def cookie(self) -> str:
        """As Set-Cookie has it."""
        return f"{COOKIE}={self.value};path=/;secure;HttpOnly;SameSite=Strict"


class CookieSessions:
    """The sessions of this server, which end with it. Used in the event loop alone."""

    def __init__(self, idle_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._idle_s, self._monotonic = idle_s, monotonic
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def begin(self, administrator: Administrator, stamp: str) -> Session:
        """A new session; of so many the one that was not used for the longest time goes."""
        session = Session(administrator, stamp, secrets.token_urlsafe(32), self._monotonic())
        session.renew()
        self._sessions[session.value] = session
        while len(self._sessions) > MOST:
            self._sessions.popitem(last=False)
        return session

    def find(self, value: str | None) -> Session | None:
        """The session of this cookie, unless it is over."""
        session = self._sessions.get(value or "")
        if session is not None and self._monotonic() - session.used_s > self._idle_s:
            self.end(session)
            return None
        return session

    def used(self, session: Session) -> None:
        """A request of it was let in: it lasts longer."""
        session.used_s = self._monotonic()
        if session.value in self._sessions:
            self._sessions.move_to_end(session.value)

    def end(self, session: Session) -> None:
        """Also for requests that wait for their turn."""
        self._sessions.pop(session.value, None)
        session.token = ""
