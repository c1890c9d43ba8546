"""Sign-in as an ASGI application, and the paths that are its."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from postroom.errors import Damaged, PostroomError, Unavailable, WrongState
from postroom.faces.graph.signin import admin, authorize, device, discovery, login, pages, token
from postroom.faces.graph.signin.ask import MOST_BODY_BYTES, Ask, answer, failed, read
from postroom.faces.graph.signin.desk import Desk
from postroom.faces.graph.signin.errors import explained, row_of, sentence
from postroom.web.auth import from_other_site
from postroom.web.body import read_body
from postroom.web.parts import Parts
from postroom.workspace.signin.errors import BadForm
from postroom.workspace.signin.signin import Signin

logger = logging.getLogger(__name__)

FAILED_S: Final = 0.25
"""How long after its begin a wrong password is told at the earliest."""
Kind = Literal["json", "page", "form"]
"""How it fails: as JSON, or as a page; a form takes only what our own pages send."""
Endpoint = Callable[[Desk, Ask], Response]


def _landing(desk: Desk, ask: Ask) -> Response:  # noqa: ARG001  # as the others
    """Where programs without a server of their own let the browser go; they take the code out of its address."""
    return pages.message(
        "Back to the program", "If the program asks for it, copy the address of this page. You can close this window."
    )


def _error(desk: Desk, ask: Ask) -> Response:  # noqa: ARG001  # as the others
    """What `error_uri` leads to."""
    number = ask.get("code")
    told = explained(int(number)) if number.isascii() and number.isdecimal() and len(number) < 12 else explained(0)
    return pages.message(f"AADSTS{number}" if told != explained(0) else "Error", told)


def _realm(desk: Desk, ask: Ask) -> Response:
    return discovery.realm(desk, ask, ask.path.rstrip("/").rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Path:
    """`{tenant}` stands for a segment; segments match in any case."""

    template: str
    kind: Kind
    get: Endpoint | None = None
    post: Endpoint | None = None

    @property
    def name(self) -> str:
        return self.template.removeprefix("/{tenant}/").removeprefix("/")

    @property
    def pattern(self) -> re.Pattern[str]:
        text = re.escape(self.template).replace(r"\{tenant\}", "(?P<tenant>[^/]+)").replace(r"\{user\}", "[^/]+")
        return re.compile(f"{text}/?", re.IGNORECASE)


PATHS: Final = (
    Path("/{tenant}/v2.0/.well-known/openid-configuration", "json", discovery.configuration),
    Path("/{tenant}/.well-known/openid-configuration", "json", discovery.configuration),
    Path("/{tenant}/discovery/v2.0/keys", "json", discovery.keys),
    Path("/{tenant}/discovery/keys", "json", discovery.keys),
    Path("/{tenant}/discovery/instance", "json", discovery.instance),
    Path("/{tenant}/userrealm/{user}", "json", _realm),
    Path("/{tenant}/oauth2/v2.0/authorize", "page", authorize.authorize, authorize.authorize),
    Path("/{tenant}/oauth2/authorize", "page", authorize.authorize, authorize.authorize),
    Path("/{tenant}/oauth2/v2.0/token", "json", post=token.token),
    Path("/{tenant}/oauth2/token", "json", post=token.token),
    Path("/{tenant}/oauth2/v2.0/devicecode", "json", post=device.start),
    Path("/{tenant}/oauth2/devicecode", "json", post=device.start),
    Path("/{tenant}/oauth2/deviceauth", "form", device.show, device.enter),
    Path("/{tenant}/oauth2/v2.0/logout", "page", login.logout),
    Path("/{tenant}/oauth2/logout", "page", login.logout),
    Path("/{tenant}/oauth2/v2.0/nativeclient", "page", _landing),
    Path("/{tenant}/oauth2/nativeclient", "page", _landing),
    Path("/{tenant}/v2.0/adminconsent", "page", admin.show),
    Path("/{tenant}/adminconsent", "form", admin.show, admin.consent),
    Path("/{tenant}/login", "form", post=login.login),
    Path("/{tenant}/consent", "form", post=authorize.consent),
    Path("/{tenant}/deviceconsent", "form", post=device.consent),
    Path("/oidc/userinfo", "json", discovery.userinfo, discovery.userinfo),
    Path("/error", "page", _error),
)
_PATTERNS: Final = tuple((path, path.pattern) for path in PATHS)


def signin_app(parts: Parts, signin: Signin) -> ASGIApp:
    """The application for PATHS; it answers 404 to others.

    The engine is the caller's to close, and to `tend` every hour.
    """
    return Application(parts, Desk(signin, parts.back_off))


@dataclass(frozen=True, slots=True)
class Application:
    parts: Parts
    desk: Desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path, tenant = _found(request.url.path)
        if path is None:
            return answer({"error": "not_found"}, 404)
        request.state.function = f"signin.{path.name}"
        endpoint = {"GET": path.get, "HEAD": path.get, "POST": path.post}.get(request.method)
        if endpoint is None:
            allowed = [name for name, there in (("GET", path.get), ("POST", path.post)) if there]
            return Response(status_code=405, headers={"Allow": ", ".join(allowed)})
        ask: Ask | None = None
        try:
            body = await read_body(request, MOST_BODY_BYTES) if request.method == "POST" else b""
            ask = await read(request, body, tenant, self.parts.settings.graph.base_url)
            return await _evenly(ask, self.parts.threads.run(partial(self._call, request, path, endpoint, ask)))
        except PostroomError as error:
            return self._failed(path, ask, error)
        except HTTPException as error:
            return Response(error.detail, error.status_code, error.headers)
        finally:
            request.state.user = ask.user if ask else ""

    def _call(self, request: Request, path: Path, endpoint: Endpoint, ask: Ask) -> Response:
        if path.kind == "form" and ask.posted and from_other_site(request.headers):
            raise BadForm
        self.desk.signin.check_tenant(ask.tenant)
        return endpoint(self.desk, ask)

    def _failed(self, path: Path, ask: Ask | None, error: PostroomError) -> Response:
        if isinstance(error, Damaged | WrongState | Unavailable):
            logger.warning("%s", error, exc_info=error.__cause__)
        if path.kind == "json":
            return failed(error, ask, self.desk.signin.clock)
        status = row_of(error).status
        return pages.message("This did not work", sentence(error).partition(": ")[2], status, detail=sentence(error))


async def _evenly(ask: Ask, answered: Awaitable[Response]) -> Response:
    """A wrong password is told after the same time for accounts that there are and those that there are not."""
    loop = asyncio.get_running_loop()
    until = loop.time() + FAILED_S
    try:
        return await answered
    finally:
        if ask.password_failed:
            await asyncio.sleep(until - loop.time())


def _found(path: str) -> tuple[Path | None, str]:
    for one, pattern in _PATTERNS:
        found = pattern.fullmatch(path)
        if found is not None:
            return one, found.groupdict().get("tenant", "common")
    return None, ""
