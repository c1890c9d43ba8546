"""`$batch`: several requests in one, in the order that they depend on each other.

Source: Microsoft Graph, combine multiple requests using JSON batching.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
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


def run(parts: list[Part], outer: Incoming, version: str, perform: Perform) -> dict[str, Any]:
    """All answers. What depends on a failed one is not done and answered with 424."""
    failed: set[str] = set()
    responses = []
    for part in parts:
        if failed.isdisjoint(other.lower() for other in part.depends_on or []):
            answer = _performed(part, outer, version, perform)
        else:
            answer = Answer(424, _failed_dependency())
        if answer.status >= 400:
            failed.add(part.id.lower())
        responses.append(_response(part.id, answer))
    return {"responses": responses}


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


def _failed_dependency() -> dict[str, Any]:
    message = "The dependent request failed, or was not performed itself."
    return {"error": {"code": "FailedDependency", "message": message}}
