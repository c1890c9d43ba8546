"""What a handler answers. The documents are complete; the face adds annotations, links and headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from postroom.workspace.query.page import Page

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class One:
    """An entity or a complex value. `status` is another than that of the route."""

    document: Document
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Many:
    """A page of a collection."""

    page: Page


@dataclass(frozen=True, slots=True)
class Delta:
    """A page of changes: documents, and `{"id", "@removed"}` for what is gone. One of the two tokens is given."""

    rows: Sequence[Document]
    next: str | None = None
    delta: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A value, or a list of values, that is no entity: `{"value": ...}`. `type` as `Edm.String`."""

    value: Any
    type: str = "Edm.String"


@dataclass(frozen=True, slots=True)
class Created:
    """201. `location` is a URL or what stands behind the version; without it the path of the request and the id."""

    document: Document
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """202 without a body."""

    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nothing:
    """The status of the route, or the one given, without a body."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes, or a file to send."""

    content: bytes | Path
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    ranges: bool = False
    """Whether a part of it may be asked for, and an `ETag` of `headers` compared."""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Redirect:
    """302."""

    url: str


Result = One | Many | Delta | Value | Created | Accepted | Nothing | Raw | Redirect
