"""Signing in by cookie, as port 8470 of the Service Provider Edition wants it. No I/O.

The server takes each anti-XSRF token once and gives the next with its answer, so only one request may be on its way.
Source: reference of the MailStore APIs, 1.8.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from mailstore import encode, flows
from mailstore.errors import MailStoreAnswerError, MailStoreHTTPError
from mailstore.flows import Flow, Request, Response

COOKIE = "MSWEB_MGM_AUTH"
REFUSED: Final = frozenset({401, 403})
"""What a server answers, without having looked at the call, when the session is over or the token an old one."""

LOGOUT_S = 10.0
"""Leaving must not hang on a server that does not answer; the session ends there by itself."""

_VALUE = re.compile(rf'{COOKIE}="?([!#-+\--:<-\[\]-~]*)')
_TOKEN = re.compile("[!-~]{1,4096}")


class Session:
    """One user's session: none at first, made when it is needed, made again when the server ended it.

    One request at a time may pass through `exchange`; the client sees to that.
    """

    def __init__(self, username: str, password: str) -> None:
        self._user = {"u": username, "p": password}
        self._cookie: str | None = None
        self._token = ""

    @property
    def is_open(self) -> bool:
        """Whether there is a session, as far as is known here."""
        return self._cookie is not None

    def begin(self) -> Flow[None]:
        """Sign in unless there is a session."""
        if not self.is_open:
            yield from self.login()

    def login(self) -> Flow[None]:
        """Begin a new session. Raises MailStoreHTTPError 401, also where the server refuses with a text only."""
        self._cookie = None
        response = yield Request("/login", self._user)
        text = flows.check(response).decode("utf-8-sig", "replace").strip()
        if text.startswith("-ERR"):
            said = text.removeprefix("-ERR").strip() or flows.CAUSES[401]
            raise MailStoreHTTPError(response.url, 401, said, response.headers, response.body)
        token, cookie = text.removeprefix("+OK").strip(), _cookie(response)
        if not text.startswith("+OK") or not _TOKEN.fullmatch(token) or not cookie:
            raise MailStoreAnswerError("The answer is none to a login: another service listens on that port.")
        self._token, self._cookie = token, cookie

    def exchange(self, request: Request) -> Flow[Response]:
        """The answer to a request, signing in where that is necessary.

        A request is sent a second time only if the session was over, which means that it was refused unread.
        """
        was_open = self.is_open
        yield from self.begin()
        response = yield self._signed(request)
        if was_open and response.code in REFUSED:
            yield from self.login()
            response = yield self._signed(request)
        self._renew(response)
        return response

    def logout(self) -> Flow[None]:
        """End the session, if there is one; a server that ended it before may say so, it is all the same."""
        if self.is_open:
            request = replace(self._signed(Request("/logout")), limit_s=LOGOUT_S)
            self._cookie = None
            yield request

    def _signed(self, request: Request) -> Request:
        return replace(request, headers={"Cookie": f"{COOKIE}={self._cookie}", "X-AntiXsrfToken": self._token})

    def _renew(self, response: Response) -> None:
        """Keep what the next request needs. A list, as of get-metadata, has no place for a token: the old one stays."""
        self._cookie = _cookie(response) or self._cookie
        try:
            answer = encode.decode(response.body)
        except MailStoreAnswerError:
            return  # the caller judges the answer; there is no token in it
        token = answer.get("antiXsrfToken") if isinstance(answer, dict) else None
        if isinstance(token, str) and _TOKEN.fullmatch(token):
            self._token = token


def _cookie(response: Response) -> str | None:
    """The session cookie that an answer sets."""
    for name, value in response.headers:
        if name.lower() == "set-cookie" and (found := _VALUE.match(value)):
            return found[1] or None
    return None
