"""The iRedAdmin-Pro RESTful API over HTTP."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from postroom.accounts.accounts import Accounts
from postroom.accounts.services.access import Caller
from postroom.errors import Damaged, PostroomError, Unavailable, WrongState
from postroom.faces.iredadmin import given, wire
from postroom.faces.iredadmin.access import Access
from postroom.faces.iredadmin.call import API_NAME, Call
from postroom.faces.iredadmin.dispatch import Dispatch, Found
from postroom.faces.iredadmin.errors import UnknownRoute, other_backend
from postroom.settings import Settings
from postroom.web.shell import Face
from postroom.web.threads import Threads

logger = logging.getLogger(__name__)

FAILED_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class Api:
    """The face: give it the parts, mount `face()`. `openapi(server URL)` makes the description of the API."""

    accounts: Accounts
    dispatch: Dispatch
    access: Access
    threads: Threads
    settings: Settings
    openapi: Callable[[str], Mapping[str, object]]

    def face(self) -> Face:
        return Face(API_NAME, self._app(), self._broken)

    def _app(self) -> ASGIApp:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive)
            response = await self._answer(request)
            await response(scope, receive, send)

        return app

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._called(request)
        except PostroomError as error:
            if isinstance(error, Damaged | WrongState | Unavailable):
                logger.warning("%s", error, exc_info=error.__cause__)
            if isinstance(error, UnknownRoute):
                return wire.broken(error.code, error.http)
            # What is left of a long body is not read to its end.
            close = wire.announces_more(request, wire.LITTLE_BYTES)
            return wire.failed(error, strict=self._strict(request), close=close)
        except HTTPException as error:
            return wire.broken(f"INVALID_PARAMETER: {error.detail}", error.status_code, error.headers)

    def _strict(self, request: Request) -> bool:
        wants = [part.strip().lower() for part in request.headers.get("prefer", "").split(",")]
        return self.settings.iredadmin.strict or "handling=strict" in wants

    async def _called(self, request: Request) -> Response:
        request.state.function = "-"
        path = self._path(request.scope["path"])
        admit = partial(self.access.admit, request)
        ip = admit() if self.access.ready else await self.threads.run(admit)
        if path == "/openapi.json" and request.method == "GET":
            return wire.answer(self.openapi(f"https://{request.url.netloc}{self._prefix(request)}"))
        found = self.dispatch.find(request.method, path)
        request.state.function = found.route.key
        pairs = await self._sent(request, found, ip)
        if found.route.key == "session.login":
            return await _evenly(self.threads.run(partial(self._login, pairs, ip)))
        if found.route.key == "session.logout":
            return await self.threads.run(partial(self._logout, request))
        return await self.threads.run(partial(self._perform, request, found, pairs, ip))

    async def _sent(self, request: Request, found: Found, ip: str) -> list[tuple[str, str]]:
        """The parameters. More than a little is read only from who may call: strangers could fill the memory."""
        most = min(wire.MOST_BYTES, self.settings.web.body_bytes)
        if found.route.resource == "session":
            most = min(wire.LITTLE_BYTES, most)
        elif wire.announces_more(request, wire.LITTLE_BYTES):
            await self.threads.run(partial(self.access.caller, request, ip))
        return await wire.sent(request, most, json_bodies=self.settings.iredadmin.json_bodies)

    def _path(self, path: str) -> str:
        """What stands behind `<prefix>/api`. Raises Refused for other paths."""
        for base in _bases(self.settings.iredadmin.prefixes):
            if path.startswith(base):
                return path[len(base) - 1 :]
        if path == "/openapi.json":
            return path
        raise UnknownRoute

    def _prefix(self, request: Request) -> str:
        path = str(request.scope["path"])
        return path.partition("/api/")[0] if "/api/" in path else self.settings.iredadmin.prefixes[0]

    def _perform(self, request: Request, found: Found, pairs: Iterable[tuple[str, str]], ip: str) -> Response:
        caller = self.access.caller(request, ip)
        request.state.user = caller.address
        ldap = self.accounts.core.backend.kind == "ldap"
        if not ldap and found.route.backends == "LDAP":
            raise other_backend()
        values = given.read(found.route, pairs, ldap=ldap)
        call = Call(self.accounts, _trying(caller, values), self.settings)
        result = self.dispatch.call(found, call, values)
        return wire.done() if found.route.changes else wire.data(result)

    def _login(self, pairs: Iterable[tuple[str, str]], ip: str) -> Response:
        sent = dict(pairs)
        session = self.access.sign_in(sent.get("username", ""), sent.get("password", ""), ip)
        response = wire.done()
        response.set_cookie(self.access.cookie, session, path="/", secure=True, httponly=True, samesite="strict")
        return response

    def _logout(self, request: Request) -> Response:
        self.access.sign_out(request)
        response = wire.done()
        response.delete_cookie(self.access.cookie, path="/", secure=True, httponly=True, samesite="strict")
        return response

    def _broken(self, request_id: str) -> Response:
        return wire.broken(f"ERROR_WHILE_QUERYING_DB: The server's log has it as {request_id}.", 500)


@cache
def _bases(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    """What paths of calls begin with, the longest first."""
    return tuple(f"{prefix.rstrip('/')}/api/" for prefix in sorted(prefixes, key=len, reverse=True))


async def _evenly(sign_in: Awaitable[Response]) -> Response:
    """Tells a failure no sooner than `FAILED_S` after it began.

    An account that exists costs a question or two more of the database, and its hash may be of a scheme that takes
    longer than that of new ones: who measures would learn it.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + FAILED_S
    try:
        return await sign_in
    except PostroomError:
        await asyncio.sleep(until - loop.time())
        raise


def _trying(caller: Caller, values: given.Given) -> Caller:
    return caller.trying() if values.get("dry_run") else caller
