"""The same API for sessions by cookie, with `/login` and `/logout` (reference of the MailStore APIs, 1.8)."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from functools import partial
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mailstore.contract import Function
from postroom.errors import NotFound
from postroom.faces.mailstore.server import wire
from postroom.faces.mailstore.spe import wire as spe_wire
from postroom.faces.mailstore.spe.access import Caller, SignIn
from postroom.faces.mailstore.spe.routes import Api
from postroom.faces.mailstore.spe.sessions import COOKIE, CookieSessions, Session
from postroom.web.auth import Credentials, from_other_site

SESSION_NAME: Final = "spe-session"

_session: ContextVar[Session | None] = ContextVar("session", default=None)
"""Of the request that is being answered."""


class SessionAccess:
    """The cookie and the token with each request."""

    def __init__(self, sign_in: SignIn, sessions: CookieSessions) -> None:
        self._sign_in, self._sessions = sign_in, sessions

    async def caller(self, request: Request) -> Caller:
        """Who asks. Raises HTTPException 403 without a session, and without its last token."""
        session = _session.get()
        if session is None:
            raise HTTPException(403, "There is no session, or it is over. Sign in at /login.")
        if from_other_site(request.headers) or not session.accepts(request.headers.get("x-antixsrftoken")):
            # The session goes on with the token that is out: whoever sent this may not have been its owner.
            _session.set(None)
            raise HTTPException(403, "The header X-AntiXsrfToken is not the token of the last answer.")
        address = request.client.host if request.client else ""
        administrators = self._sign_in.management.administrators
        try:
            stamp, administrator = await self._sign_in.threads.run(
                partial(administrators.stamped, session.administrator.name)
            )
        except NotFound:
            stamp, administrator = "", session.administrator
        if stamp != session.stamp:
            self._sessions.end(session)
            _session.set(None)
            raise HTTPException(403, "The session is over: the administrator has another password. Sign in at /login.")
        self._sign_in.check_local(administrator, request, address)
        self._sessions.used(session)
        return self._sign_in.seen(administrator, request, address)

    async def permit(self, caller: Caller, function: Function) -> None:
        """As `BasicAccess.permit`."""


class SessionApi(Api):
    """The same for sessions by cookie, with `/login` and `/logout`."""

    sessions: CookieSessions
    sign_in: SignIn

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/login", self.login, methods=["POST"]),
            Route("/logout", self.logout, methods=["POST"]),
            *super().routes(),
        ]

    async def login(self, request: Request) -> Response:
        """`+OK` and the first token, with the cookie; `-ERR` and why not."""
        request.state.function = "login"
        if from_other_site(request.headers):
            return _text("-ERR A page of another site may not sign in here.")
        fields = dict(await wire.read_form(request, wire.STRANGER_BYTES))
        given = Credentials(fields.get("u", ""), fields.get("p", ""))
        try:
            caller = await self.sign_in.caller(request, given, fields.get("code"))
        except HTTPException as error:
            return _text(f"-ERR {error.detail}")
        stamp, administrator = await self.threads.run(partial(self.management.administrators.stamped, caller.name))
        session = self.sessions.begin(administrator, stamp)
        return _text(f"+OK{session.token}", {"Set-Cookie": session.cookie})

    async def logout(self, request: Request) -> Response:
        """End the session."""
        request.state.function = "logout"
        await self.access.caller(request)
        session = _session.get()
        if session is not None:
            self.sessions.end(session)
        return _text("+OK", {"Set-Cookie": f"{COOKIE}=;path=/;secure;HttpOnly;max-age=0"})

    def _app(self) -> ASGIApp:
        inner = super()._app()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            session = self.sessions.find(Request(scope).cookies.get(COOKIE))
            token = _session.set(session)
            try:
                if session is None:
                    await inner(scope, receive, send)
                else:
                    async with session.turn:
                        await inner(scope, receive, send)
            finally:
                _session.reset(token)

        return app

    def _answer(self, content: object, code: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        session = _session.get()
        if session is not None and isinstance(content, wire.Envelope):
            content = spe_wire.in_session(content, session.renew())
        return super()._answer(content, code, headers)


def _text(text: str, headers: Mapping[str, str] | None = None) -> Response:
    return PlainTextResponse(text, headers={"Cache-Control": "no-store", **(headers or {})})
