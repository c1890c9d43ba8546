"""One request to the console, read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, quote, unquote

from starlette.requests import Request

from postroom.archive.instance.audit import Actor
from postroom.errors import Invalid
from postroom.web.auth import is_loopback, names_this_machine

CLIENT: Final = "web"
"""The door of the console: login privilege, and client in the audit log."""
SESSION: Final = "postroom_session"
MOST_BODY_BYTES: Final = 64 << 10
MOST_FIELDS: Final = 20
MOST_CHARS: Final = 2048
_INSTANCE: Final = re.compile(r"/i/([^/]+)(/.*)?", re.DOTALL)


@dataclass(slots=True)
class Ask:
    """`instance` is empty for the archive of this server itself; `page` is the path without what names the instance."""

    method: str
    instance: str
    page: str
    fields: Mapping[str, str]
    cookies: Mapping[str, str]
    address: str
    local: bool
    """Whether it comes from this machine, under a name of this machine."""
    user: str = ""
    """Who signed in or is signed in, for the log."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The text of a field, empty when it is not there. Raises Invalid when it is too long."""
        text = self.fields.get(name, "")
        if len(text) > MOST_CHARS:
            raise Invalid(name, f"at most {MOST_CHARS} characters")
        return text

    @property
    def base(self) -> str:
        """What the paths of all pages of this instance begin with."""
        return f"/i/{quote(self.instance, safe='')}" if self.instance else ""

    @property
    def session(self) -> str:
        return self.cookies.get(SESSION, "")

    def by(self, name: str = "") -> Actor:
        """Who does it, for engines that log."""
        return Actor(name or self.user, CLIENT, self.address or None)


def read(request: Request, body: bytes) -> Ask:
    """Raises Invalid for a request that cannot be read."""
    instance, page = split(request.scope["path"])
    pairs = _pairs(request.url.query)
    if request.method == "POST":
        pairs += _pairs(_text(request, body))
    address = request.client.host if request.client else ""
    return Ask(
        method=request.method,
        instance=instance,
        page=page,
        fields=dict(pairs),
        cookies=request.cookies,
        address=address,
        local=is_loopback(address) and names_this_machine(request.headers.get("host")),
        headers=request.headers,
    )


def split(path: str) -> tuple[str, str]:
    """The instance and the page of a path."""
    found = _INSTANCE.fullmatch(path)
    return (unquote(found[1]), found[2] or "/") if found else ("", path)


def _text(request: Request, body: bytes) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != "application/x-www-form-urlencoded":
        raise Invalid("Content-Type", "application/x-www-form-urlencoded")
    return body.decode("utf-8", "replace")


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Invalid("request", f"at most {MOST_FIELDS} fields") from error
