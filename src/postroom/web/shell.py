"""The ASGI application around all faces: one port per face, request ids, headers, counting, the last net."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import msgspec
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postroom.logs import request_id
from postroom.web.auth import is_loopback
from postroom.web.metrics import CONTENT_TYPE, Metrics

logger = logging.getLogger(__name__)

# No HSTS: it holds for a host with all its ports, and on localhost for what others run there.
SECURITY = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Face:
    """One API: its name in logs and metrics, its application, and how it says that something broke.

    `broken(request_id)` is the answer (status 500) to a request that raised what nobody expected.
    """

    name: str
    app: ASGIApp
    broken: Callable[[str], Response]


@dataclass(frozen=True, slots=True)
class Health:
    """What /health tells; open to all, so it says little."""

    state: str
    version: str


class Shell:
    """Give it the faces by the port on which each listens. `/health` and `/metrics` answer on all of them."""

    def __init__(self, metrics: Metrics, health: Callable[[], Health], *, metrics_remote: bool = False) -> None:
        self.faces: Mapping[int, Face] = {}
        self._metrics, self._health, self._metrics_remote = metrics, health, metrics_remote

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"There is no handler for {scope['type']}.")
        token = request_id.set(_request_id(scope["headers"]))
        try:
            await self._serve(self.faces[scope["server"][1]], scope, receive, send)
        finally:
            request_id.reset(token)

    async def _serve(self, face: Face, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})
        answer = _Answer(send, request_id.get())
        began = time.perf_counter()
        try:
            await (self._own(scope) or face.app)(scope, receive, answer)
        except ClientDisconnect:
            logger.info("The client went away before its request was complete.")
        except Exception:
            logger.exception("%s %s broke.", scope["method"], _path(scope))
            await answer.rescue(face, scope, receive)
        self._note(face, scope, answer.status, time.perf_counter() - began)

    def _own(self, scope: Scope) -> Response | None:
        if scope["method"] not in ("GET", "HEAD"):
            return None
        if scope["path"] == "/health":
            content = msgspec.json.encode(self._health())
            return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})
        if scope["path"] == "/metrics" and (self._metrics_remote or is_loopback(_address(scope))):
            return Response(self._metrics.text(), media_type=CONTENT_TYPE)
        return None

    def _note(self, face: Face, scope: Scope, status: int, seconds: float) -> None:
        function = scope["state"].get("function", "-")
        self._metrics.answered(face.name, function, status, seconds)
        facts = {
            "face": face.name,
            "function": function,
            "status": status,
            "seconds": round(seconds, 4),
            "address": _address(scope),
            "user": scope["state"].get("user", ""),
        }
        logger.info("%s %s %s", scope["method"], _path(scope), status, extra=facts)


class _Answer:
    """`send` with our headers added; knows the status and whether the answer has begun."""

    def __init__(self, send: Send, identifier: str) -> None:
        self._send, self._identifier = send, identifier
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            theirs = list(message.get("headers", ()))
            there = {name for name, _ in theirs}
            ours = [(name, value) for name, value in SECURITY.items() if name not in there]
            message["headers"] = [*theirs, (b"x-request-id", self._identifier.encode()), *ours]
        await self._send(message)

    async def rescue(self, face: Face, scope: Scope, receive: Receive) -> None:
        # An answer that has begun cannot be taken back: the server sees that it is not complete and cuts it.
        if self.status == 0:
            await face.broken(self._identifier)(scope, receive, self)


def _request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The caller's own id, so that its log and ours can be laid side by side; otherwise a new one."""
    given = next((value for name, value in headers if name == b"x-request-id"), b"")
    return given.decode() if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _path(scope: Scope) -> str:
    """For the log: a face whose paths hold secrets says in the state of the request what to write instead."""
    return str(scope["state"].get("path", scope["path"]))


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""
