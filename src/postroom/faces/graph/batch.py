"""`$batch`: several requests in one, in the order that they depend on each other.

Source: Microsoft Graph, combine multiple requests using JSON batching.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from postroom.faces.graph.errors import Refused
from postroom.faces.graph.message import Answer, Incoming

Perform = Callable[[Incoming], Answer]
METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


class Part(msgspec.Struct, rename="camel"):
    """One request of a batch."""

    id: str
    method: str
    url: str
    headers: dict[str, str] | None = None
    body: Any = None
    depends_on: list[str] | None = None


class _Body(msgspec.Struct):
    requests: list[Part]


def read(body: object, most: int) -> list[Part]:
    """The requests, each after those it depends on. Raises Refused."""
    try:
        parts = msgspec.convert(body, _Body).requests
    except msgspec.ValidationError as error:
        raise _bad(f"Invalid batch payload format: {error}") from error
    if len(parts) > most:
        raise _bad(f"Number of batch request steps exceeds the maximum value of {most}.")
    by_id = {part.id.lower(): part for part in parts}
    if len(by_id) < len(parts) or "" in by_id:
        raise _bad("Every request of a batch needs an id of its own.")
    for part in parts:
        _check(part, by_id)
    return _ordered(parts)


def _bad(message: str) -> Refused:
    return Refused(400, "BadRequest", message)


def _check(part: Part, by_id: Mapping[str, Part]) -> None:
    if part.method.upper() not in METHODS:
        raise _bad(f"Request {part.id!r}: the method {part.method!r} is not supported.")
    if "://" in part.url.partition("?")[0]:
        raise _bad(f"Request {part.id!r}: the url must be relative to the version.")
    if part.body is not None and not any(name.lower() == "content-type" for name in part.headers or {}):
        raise _bad(f"Request {part.id!r}: a body needs the header Content-Type.")
    unknown = [other for other in part.depends_on or [] if other.lower() not in by_id]
    if unknown:
        raise _bad(f"Request {part.id!r} depends on {unknown[0]!r}, which is not in the batch.")


def _ordered(parts: list[Part]) -> list[Part]:
    ordered: list[Part] = []
    done: set[str] = set()
    left = list(parts)
    while left:
        ready = [part for part in left if all(other.lower() in done for other in part.depends_on or [])]
        if not ready:
            raise _bad(f"Request {left[0].id!r} depends on itself.")
        ordered += ready
        done |= {part.id.lower() for part in ready}
        left = [part for part in left if part.id.lower() not in done]
    return ordered


class _Room:
    """How many bytes of answers a batch may still have, since all are held in memory."""

    def __init__(self, most: int) -> None:
        self._most = self._left = most
        self._full = False

    def answer(self, part: Part, perform: Callable[[], Answer]) -> Answer:
        """The answer, or why it is left out. Only that of a GET may be: it can be asked again."""
        reads = part.method.upper() == "GET"
        if reads and self._full:
            return NO_ROOM
        made, size = _measured(perform())
        if reads and size > self._left:
            self._full = self._full or size <= self._most
            return NO_ROOM if size <= self._most else TOO_LARGE
        self._left -= size
        return made


def run(parts: list[Part], outer: Incoming, version: str, perform: Perform, most_bytes: int) -> dict[str, Any]:
    """All answers. What depends on a failed one is not done and answered with 424.

    Answers beyond `most_bytes` are left out: with 429, and with 413 when one is too large for any batch.
    """
    failed: set[str] = set()
    room = _Room(most_bytes)
    responses = []
    for part in parts:
        answer = FAILED
        if failed.isdisjoint(other.lower() for other in part.depends_on or []):
            answer = room.answer(part, partial(_performed, part, outer, version, perform))
        if answer.status >= 400:
            failed.add(part.id.lower())
        responses.append(_response(part.id, answer))
    return {"responses": responses}


def _measured(answer: Answer) -> tuple[Answer, int]:
    """The answer, JSON as text, and about how many bytes it will have in the batch."""
    content = answer.content
    if content is None:
        return answer, 0
    if isinstance(content, Path | bytes):
        size = content.stat().st_size if isinstance(content, Path) else len(content)
        return answer, size * 4 // 3
    text = msgspec.json.encode(content)
    return replace(answer, content=msgspec.Raw(text)), len(text)


def _performed(part: Part, outer: Incoming, version: str, perform: Perform) -> Answer:
    path, _, query = part.url.partition("?")
    headers = {name.lower(): value for name, value in (part.headers or {}).items()}
    headers.setdefault("authorization", outer.headers.get("authorization", ""))
    try:
        body = _body(part, headers.get("content-type", ""))
    except ValueError:
        return Answer(400, {"error": {"code": "BadRequest", "message": "The body is no base64 text."}})
    url = f"/{version}/{path.lstrip('/')}"
    return perform(Incoming(part.method.upper(), url, query, headers, body, outer.origin, batched=True))


def _body(part: Part, media_type: str) -> bytes:
    """JSON stands as it is, all else as base64 text."""
    if part.body is None:
        return b""
    if isinstance(part.body, str) and not media_type.lower().startswith("application/json"):
        # MIME to be sent is base64 in a request of its own as well, and stays so.
        plain = media_type.lower().startswith("text/plain")
        return part.body.encode() if plain else base64.b64decode(part.body, validate=True)
    return msgspec.json.encode(part.body)


def _response(part_id: str, answer: Answer) -> dict[str, Any]:
    response: dict[str, Any] = {"id": part_id, "status": answer.status, "headers": dict(answer.headers)}
    if answer.media_type:
        response["headers"]["Content-Type"] = answer.media_type
    if answer.content is not None:
        response["body"] = _content(answer)
    return response


def _content(answer: Answer) -> Any:
    content = answer.content.read_bytes() if isinstance(answer.content, Path) else answer.content
    if isinstance(content, bytes):
        return content.decode() if answer.media_type == "text/plain" and content.isdigit() else _base64(content)
    return content


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, {"error": {"code": code, "message": message}}, headers or {})


FAILED: Final = _error(424, "FailedDependency", "The dependent request failed, or was not performed itself.")
NO_ROOM: Final = _error(
    429, "TooManyRequests", "The answers of a batch may not be larger together. Ask for this one in another batch.",
    {"Retry-After": "1"},
)  # fmt: skip
TOO_LARGE: Final = _error(
    413, "RequestEntityTooLarge", "The answer is larger than those of a batch may be. Ask for it by itself."
)
