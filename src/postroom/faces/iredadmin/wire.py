"""The bytes of the iRedAdmin-Pro API: forms, queries and JSON in, envelopes out.

Source: iRedAdmin-Pro RESTful API, transport rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

import msgspec
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from postroom.accounts.model import Row
from postroom.errors import PostroomError
from postroom.faces.iredadmin.call import Names, Rows
from postroom.faces.iredadmin.errors import Refused, unreadable, wire
from postroom.web.body import CLOSE, read_body

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"
MOST_FIELDS = 1000
MOST_BYTES = 2 << 20
"""Of a body: all lists of a call at their longest, in percent code, are half of it. More takes long to read."""
LITTLE_BYTES = 64 << 10
"""What is read from anybody."""
CHUNK_ROWS = 200
_NAME = re.compile(rb"\w{1,64}", re.ASCII)
NO_STORE = {"Cache-Control": "no-store"}


def encode(content: object) -> bytes:
    return msgspec.json.encode(content)


def answer(content: object, code: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(encode(content), code, {**NO_STORE, **(headers or {})}, JSON)


def done() -> Response:
    """The answer of a change."""
    return answer({"_success": True})


def failed(error: PostroomError, *, strict: bool, close: bool = False) -> Response:
    """The failure envelope; HTTP 200 unless strict. `close`: end the connection."""
    message, code = wire(error)
    headers = dict(CLOSE) if close else {}
    if isinstance(error, Refused) and error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    return answer({"_success": False, "_msg": message}, code if strict else 200, headers)


def broken(message: str, code: int, headers: Mapping[str, str] | None = None) -> Response:
    """A failure that is no answer of the API: its HTTP status says so in both modes."""
    return answer({"_success": False, "_msg": message}, code, headers)


def data(value: object) -> Response:
    """The answer of a GET."""
    if isinstance(value, Rows):
        return _rows(value)
    if isinstance(value, Names):
        shown = value.names if value.limit is None else value.names[: value.limit]
        rest = {"_next": shown[-1]} if shown and len(shown) < len(value.names) else {}
        return answer({"_success": True, "_data": shown, **rest})
    return answer({"_success": True, "_data": value})


def _rows(value: Rows) -> Response:
    """A short list at once, a long one in pieces."""
    rows = iter(value.rows)
    # Read before the answer begins: what is refused is told in an envelope.
    first = list(islice(rows, CHUNK_ROWS))
    pieces = _pieces(value, first, rows)
    if len(first) < CHUNK_ROWS:
        return Response(b"".join(pieces), 200, NO_STORE, JSON)
    return StreamingResponse(pieces, 200, NO_STORE, JSON)


def _pieces(value: Rows, first: list[Row], rest: Iterator[Row]) -> Iterator[bytes]:
    """The envelope, some rows at a time: of a long list never more are held."""
    yield b'{"_success":true,"_data":' + (b"{" if value.keyed else b"[")
    part, written, last = first, 0, ""
    while part:
        shown = part if value.limit is None else part[: value.limit - written]
        if not shown:
            break
        yield (b"," if written else b"") + b",".join(_row(row, value) for row in shown)
        written, last = written + len(shown), shown[-1].name
        part = part[len(shown) :] or list(islice(rest, CHUNK_ROWS))
    yield b"}" if value.keyed else b"]"
    yield b',"_next":' + encode(last) + b"}" if part else b"}"


def _row(row: Row, value: Rows) -> bytes:
    shown = encode(visible(row.profile, value.hidden))
    return encode(row.name) + b":" + shown if value.keyed else shown


def visible(profile: Mapping[str, Any], hidden: Iterable[str]) -> dict[str, Any]:
    """A profile without what answers leave out."""
    gone = frozenset(hidden)
    return {name: value for name, value in profile.items() if name not in gone}


async def sent(request: Request, most_bytes: int, *, json_bodies: bool) -> list[tuple[str, str]]:
    """The parameters: of the query for GET and DELETE, of the body for all but GET; a body's win.

    Raises ArgumentInvalid for what cannot be read, HTTPException as `read_body`.
    """
    query = _pairs(request.scope["query_string"], "query") if request.method in ("GET", "DELETE") else []
    if request.method == "GET" or not _has_body(request):
        return query
    body = await read_body(request, most_bytes)
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if not body:
        return query
    if kind == JSON and json_bodies:
        return query + list(_of_json(body))
    if kind == MULTIPART:
        return query + await _of_multipart(request, body)
    if kind != FORM:
        raise unreadable("body", f"a form, {FORM} or {MULTIPART}" + (f", or {JSON}" if json_bodies else ""))
    return query + _pairs(body, "body")


def announces_more(request: Request, most_bytes: int) -> bool:
    """Whether the body may be larger; one without a length may."""
    length = request.headers.get("content-length", "0")
    return "transfer-encoding" in request.headers or not length.isdecimal() or int(length) > most_bytes


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def _pairs(text: bytes, place: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise unreadable(_undecodable(text) or place, "text in UTF-8") from error
    except ValueError as error:
        raise unreadable(place, f"at most {MOST_FIELDS} parameters") from error


def _undecodable(text: bytes) -> str:
    """The name of the first parameter whose value is no UTF-8; empty when its name is none either."""
    for pair in text.split(b"&"):
        name, _, value = (unquote_to_bytes(part) for part in pair.partition(b"="))
        if not _is_text(value):
            # Other names than ours are shown to nobody.
            return name.decode() if _NAME.fullmatch(name) else ""
    return ""


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _of_json(body: bytes) -> Iterator[tuple[str, str]]:
    """An object; true, false and lists as a form would write them."""
    try:
        fields = msgspec.json.decode(body, type=dict[str, str | int | float | bool | list[str] | None])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise unreadable(
            "body", "a JSON object in UTF-8, of texts, numbers, true, false, null and lists of texts"
        ) from error
    for name, value in fields.items():
        match value:
            case None:
                continue
            case bool():
                yield name, "yes" if value else "no"
            case list():
                yield name, ",".join(value)
            case _:
                yield name, str(value)


async def _of_multipart(request: Request, body: bytes) -> list[tuple[str, str]]:
    async def receive() -> Mapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    again = Request(request.scope, receive)  # type: ignore[arg-type]
    try:
        async with again.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=len(body)) as form:
            return [(name, value) for name, value in form.multi_items() if not isinstance(value, UploadFile)]
    except (MultiPartException, UnicodeDecodeError, KeyError) as error:
        raise unreadable("body", f"{MULTIPART} in UTF-8, of at most {MOST_FIELDS} fields and without files") from error
