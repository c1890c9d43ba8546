"""A request and an answer as the face handles them: those of a connection, and those inside a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from postroom.workspace.store.arriving import Arriving


@dataclass(frozen=True, slots=True)
class Incoming:
    """`path` begins with the version and has its percent codes; `query` is what stands behind the question mark.

    `headers` have names in lower case. `origin` is scheme and host as the client sees them.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Arriving = b""
    origin: str = "https://localhost"
    batched: bool = False

    @property
    def media_type(self) -> str:
        """Of the body, in lower case and without parameters; empty when it is not said."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Answer:
    """`content` is JSON (anything but bytes and Path), bytes or a file; None is no body.

    Values of the documents in it may be JSON text already, as `msgspec.Raw`. With `ranges` a part of the content may be
    asked for.
    """

    status: int
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = ""
    route: str = "-"
    """The key of the route, for log and figures."""
    user: str = ""
    ranges: bool = False
