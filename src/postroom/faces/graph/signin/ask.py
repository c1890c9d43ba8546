"""One request to sign-in, read and checked, and the answers that are no pages."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from postroom.errors import PostroomError
from postroom.faces.graph.signin.errors import row_of, sentence
from postroom.web.auth import Credentials, parse_basic
from postroom.web.tls import MICROSOFT
from postroom.workspace.clock import Clock
from postroom.workspace.signin.errors import BadField, MissingField

MOST_BODY_BYTES: Final = 64 << 10
MOST_FIELDS: Final = 60
MOST_CHARS: Final = 2048
MOST: Final = {
    "scope": 8192, "assertion": 32_768, "client_assertion": 16_384, "state": 8192, "then": 16_384, "request": 16_384,
    "refresh_token": 4096, "claims": 8192,
}  # fmt: skip
"""Characters of fields that may be longer than MOST_CHARS."""
NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")


@dataclass(slots=True)
class Ask:
    """`fields` are those of the query and of the form, by name. `base` is the URL under which we were asked."""

    method: str
    path: str
    tenant: str
    fields: Mapping[str, str]
    base: str
    ip: str
    cookies: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    basic: Credentials | None = None
    password_failed: bool = False
    """Set where a password was wrong: the answer then comes no sooner than after a while."""
    user: str = ""
    """Who signed in or is signed in, for the log."""

    def get(self, name: str) -> str:
        """The text of a field, empty when it is not there. Raises BadField when it is too long."""
        text = self.fields.get(name, "")
        if len(text) > MOST.get(name, MOST_CHARS):
            raise BadField(name, f"at most {MOST.get(name, MOST_CHARS)} characters")
        return text

    def need(self, name: str) -> str:
        """Raises MissingField, BadField."""
        text = self.get(name)
        if not text:
            raise MissingField(name)
        return text

    @property
    def posted(self) -> bool:
        return self.method == "POST"

    @property
    def is_version_2(self) -> bool:
        """Whether it is for version 2 of an endpoint, which answers otherwise than version 1."""
        return "/v2.0/" in self.path.lower()

    @property
    def host(self) -> str:
        return urlsplit(self.base).netloc

    @property
    def correlation(self) -> str:
        """The caller's id of this request, or a new one."""
        given = self.headers.get("client-request-id", "") or self.fields.get("client-request-id", "")
        try:
            return str(uuid.UUID(given))
        except ValueError:
            return str(uuid.uuid4())

    def again(self, *without: str) -> str:
        """Path and query that ask the same once more with GET."""
        return f"{self.path}?{urlencode({name: text for name, text in self.fields.items() if name not in without})}"

    def within(self, again: str) -> Ask:
        """The request of this path and query, from the same browser. Raises BadField."""
        path, _, query = again.partition("?")
        return replace(self, method="GET", path=path, fields=_once(_pairs(query)))


async def read(request: Request, body: bytes, tenant: str, base_url: str) -> Ask:
    """Raises BadField for a request that cannot be read."""
    host = request.headers.get("host", "").lower()
    if not _is_host(host):
        raise BadField("Host", "a host name")
    # Who comes by the proxy must stay with its names, whatever ours is.
    base = f"https://{host}" if not base_url or host in MICROSOFT else base_url.rstrip("/")
    pairs = _pairs(request.url.query)
    if request.method == "POST":
        pairs += _pairs(_text(request, body))
    return Ask(
        method=request.method,
        path=request.url.path,
        tenant=tenant,
        fields=_once(pairs),
        base=base,
        ip=request.client.host if request.client else "",
        cookies=request.cookies,
        headers=request.headers,
        basic=parse_basic(request.headers.get("authorization")),
    )


def _is_host(text: str) -> bool:
    """Whether URLs with it can be taken apart again: in brackets there is an address."""
    try:
        return bool(_HOST.fullmatch(text) and urlsplit(f"https://{text}").netloc)
    except ValueError:
        return False


def _text(request: Request, body: bytes) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != "application/x-www-form-urlencoded":
        raise BadField("Content-Type", "application/x-www-form-urlencoded")
    return body.decode("utf-8", "replace")


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise BadField("request", f"at most {MOST_FIELDS} fields") from error


def _once(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Raises BadField for a field that has two values: who reads the other one would be misled (RFC 6749, 3.1)."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if found.setdefault(name, value) != value:
            raise BadField(name, "one value")
    return found


def answer(document: object, status: int = 200, *, cacheable: bool = False) -> Response:
    """JSON. Discovery documents and keys may be asked for by pages of any site."""
    headers = {"Access-Control-Allow-Origin": "*"} if cacheable else NO_STORE
    content = msgspec.json.encode(document)
    return Response(content, status, headers, media_type="application/json; charset=utf-8")


def failed(error: PostroomError, ask: Ask | None, clock: Clock) -> Response:
    """The error in the form of the token endpoint."""
    row = row_of(error)
    correlation, trace = ask.correlation if ask else str(uuid.uuid4()), str(uuid.uuid4())
    stamp = f"{clock():%Y-%m-%d %H:%M:%S}Z"
    described = f"{sentence(error)} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}"
    document = {
        "error": row.word, "error_description": described, "error_codes": [row.number], "timestamp": stamp,
        "trace_id": trace, "correlation_id": correlation,
        "error_uri": f"{ask.base if ask else 'https://login.microsoftonline.com'}/error?code={row.number}",
    }  # fmt: skip
    if row.suberror:
        document["suberror"] = row.suberror
    response = answer(document, row.status)
    if row.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="token", charset="UTF-8"'
    return response
