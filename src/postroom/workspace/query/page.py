"""One page of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Page:
    """`cursor` is there exactly while more follows; `count` is the total before paging, when it was asked for."""

    rows: list[dict[str, Any]]
    cursor: str | None = None
    count: int | None = None
