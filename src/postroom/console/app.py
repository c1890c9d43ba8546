"""The console as an ASGI application, and the paths that are its."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from postroom.console import account, pages, signin
from postroom.console.ask import MOST_BODY_BYTES, Ask, read, split
from postroom.console.visit import Desk, TooOften, Visit
from postroom.errors import (
    AlreadyExists,
    Cancelled,
    Damaged,
    Denied,
    Invalid,
    NoSpace,
    NotFound,
    PostroomError,
    Unavailable,
    WrongState,
)
from postroom.web.auth import from_other_site
from postroom.web.body import read_body
from postroom.web.threads import Threads

logger = logging.getLogger(__name__)

Endpoint = Callable[[Visit], Response]

PATHS: Final[Mapping[tuple[str, str], Endpoint]] = {
    ("GET", "/"): account.show,
    ("POST", "/login"): signin.login,
    ("POST", "/code"): signin.code,
    ("GET", "/once"): signin.once,
    ("POST", "/once"): signin.use_once,
    ("POST", "/logout"): signin.logout,
    ("POST", "/second-factor"): account.start_factor,
    ("POST", "/second-factor/confirm"): account.confirm_factor,
    ("POST", "/app-passwords"): account.create_password,
    ("POST", "/app-passwords/delete"): account.delete_password,
}
"""By method and page; before the page may stand `/i/<instance>`."""

STATUS: Final[Mapping[type[PostroomError], int]] = {
    PostroomError: 500,
    NotFound: 404,
    AlreadyExists: 409,
    Invalid: 400,
    Denied: 403,
    WrongState: 409,
    Damaged: 500,
    Unavailable: 503,
    NoSpace: 507,
    Cancelled: 409,
    TooOften: 429,
}


@dataclass(frozen=True, slots=True)
class Console:
    """The application."""

    desk: Desk
    threads: Threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        page = split(request.scope["path"])[1]
        allowed = [known for known, path in PATHS if path == page]
        if not allowed:
            return PlainTextResponse("There is no such page.", 404)
        request.state.function = f"console.{page.strip('/') or 'home'}"
        if method not in allowed:
            return PlainTextResponse("This page is asked for in another way.", 405, {"Allow": ", ".join(allowed)})
        try:
            body = await read_body(request, MOST_BODY_BYTES) if method == "POST" else b""
        except HTTPException as error:
            return PlainTextResponse(error.detail, error.status_code, error.headers)
        return await self.threads.run(lambda: self._visited(request, body, PATHS[method, page]))

    def _visited(self, request: Request, body: bytes, endpoint: Endpoint) -> Response:
        ask = Ask(request.method, *split(request.scope["path"]), {}, {}, "", local=False)
        try:
            ask = read(request, body)
            if ask.method == "POST" and from_other_site(request.headers):
                raise Denied("This form was not sent by a page of the console.")
            with self.desk.rooms(ask.instance) as archive:
                return endpoint(Visit(self.desk, ask, archive))
        except PostroomError as error:
            return _failed(ask, error)
        finally:
            request.state.user = ask.user


def _failed(ask: Ask, error: PostroomError) -> Response:
    if isinstance(error, Damaged | Unavailable):
        logger.warning("%s", error, exc_info=error.__cause__)
    status = next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)
    return pages.message(ask, "This did not work", str(error), status)


def broken(request_id: str) -> Response:
    """The answer to a request that raised what nobody expected."""
    return PlainTextResponse(f"An internal error occurred. The server's log has it as {request_id}.", 500)
