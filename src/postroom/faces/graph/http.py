"""Graph over HTTP: what a connection sends becomes a request of `perform`, its answer goes back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from postroom.errors import PostroomError
from postroom.faces.graph.call import API_NAME
from postroom.faces.graph.dispatch import KNOWN
from postroom.faces.graph.errors import Refused
from postroom.faces.graph.message import Answer, Incoming
from postroom.faces.graph.outlook.dialect import Outlook
from postroom.faces.graph.outlook.names import is_outlook
from postroom.faces.graph.perform import VERSIONS, Located, Service
from postroom.faces.graph.sending import Content
from postroom.web.body import CLOSE, pieces, read_body
from postroom.web.shell import Face
from postroom.web.threads import Threads
from postroom.workspace.store.arriving import BUFFER_BYTES, Arriving

LITTLE_BYTES: Final = 64 << 10
"""What is read from anybody; more only from who may call."""
_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Api:
    """The face. `beside` answers every path that begins with no version of Graph: the sign-in."""

    service: Service
    threads: Threads
    beside: ASGIApp | None = None
    outlook: Outlook | None = None
    """Answers the paths of Outlook REST, where it is there."""

    def face(self) -> Face:
        return Face(API_NAME, self._app(), self._broken)

    def _app(self) -> ASGIApp:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            first = scope["path"].lstrip("/").partition("/")[0].lower()
            mine = first in VERSIONS or (self.outlook is not None and is_outlook(scope["path"]))
            if self.beside is not None and not mine:
                await self.beside(scope, receive, send)
                return
            response = await self._answer(Request(scope, receive))
            await response(scope, receive, send)

        return app

    async def _answer(self, request: Request) -> Response:
        request.state.function = "-"
        incoming = _incoming(request)
        service = self.outlook if self.outlook is not None and is_outlook(incoming.path) else self.service
        located: Located | None = None
        arrived: Arriving | None = None
        try:
            located = service.locate(incoming)
            request.state.function = located.found.route.key
            if located.found.route.open:
                # Whoever reads the path of an upload may use it.
                request.state.path = located.found.route.path
            body = await self._body(service, request, incoming, located)
            arrived = body if isinstance(body, Arriving) else None
            incoming = replace(incoming, body=body)
            made = await self.threads.run(partial(service.answer, incoming, located))
        except PostroomError as error:
            family = located.found.route.family if located else "core"
            made = service.refused(error, incoming, family)
        finally:
            if arrived is not None:
                arrived.close()
        request.state.user = made.user
        return _response(made, request, close=_announces_more(request) and made.status >= 400)

    async def _body(
        self, service: Service | Outlook, request: Request, incoming: Incoming, located: Located
    ) -> bytes | Arriving:
        """Raises Refused: strangers could fill the memory, so that more than a little is read from callers only."""
        route = located.found.route
        if not _has_body(request):
            return b""
        if _announces_more(request):
            await self.threads.run(partial(service.admit, incoming, route))
            if route.key in KNOWN:
                await self.threads.run(partial(KNOWN[route.key], self.service.workspace, *located.found.keys))
        most = service.most_bytes(route, incoming.media_type)
        try:
            if route.takes == "stream":
                return await self._arrived(request, most)
            return await read_body(request, most)
        except HTTPException as error:
            code = "RequestEntityTooLarge" if error.status_code == 413 else "BadRequest"
            raise Refused(error.status_code, code, str(error.detail), error.headers) from error

    async def _arrived(self, request: Request, most: int) -> Arriving:
        """The body as a file, which the caller closes."""
        arriving = await self.threads.run(partial(self.service.workspace.store.arriving, most))
        try:
            async for piece in pieces(request, most, BUFFER_BYTES):
                await self.threads.run(partial(arriving.write, piece))
        except BaseException:
            arriving.close()
            raise
        return arriving

    def _broken(self, request_id: str) -> Response:
        return _plain(self.service.broken(request_id), close=False)


def _incoming(request: Request) -> Incoming:
    scope = request.scope
    raw = scope.get("raw_path") or scope["path"].encode()
    return Incoming(
        request.method,
        raw.decode("latin-1").partition("?")[0],
        scope["query_string"].decode("latin-1"),
        _headers(request),
        origin=_origin(request),
    )


def _headers(request: Request) -> Mapping[str, str]:
    """By name in lower case; several of one name are one list."""
    found: dict[str, str] = {}
    for name, value in request.headers.items():
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _origin(request: Request) -> str:
    """Scheme and host as the client wrote them; what is no host is not repeated."""
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        host = f"localhost:{request.scope['server'][1]}"
    return f"{request.url.scheme}://{host}"


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def _announces_more(request: Request) -> bool:
    length = request.headers.get("content-length", "0")
    return "transfer-encoding" in request.headers or not length.isdecimal() or int(length) > LITTLE_BYTES


def _response(made: Answer, request: Request, *, close: bool) -> Response:
    if made.ranges and isinstance(made.content, bytes | Path):
        return Content(made, request.headers)
    return _plain(made, close=close)


def _plain(made: Answer, *, close: bool) -> Response:
    headers = {**made.headers, **(CLOSE if close else {})}
    if isinstance(made.content, Path):
        return FileResponse(made.content, made.status, headers, made.media_type)
    content = made.content
    if content is not None and not isinstance(content, bytes):
        content = msgspec.json.encode(content)
    response = Response(content, made.status, headers)
    if made.media_type:
        # As it stands: Starlette would add a charset to every text.
        response.headers["content-type"] = made.media_type
    if made.status in (204, 304):
        del response.headers["content-length"]
    return response
