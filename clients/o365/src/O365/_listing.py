"""Lists that are wanted whole."""

from __future__ import annotations

from typing import Any

from O365._component import ApiComponent
from O365._flows.paging import page_of
from O365._paging import Pagination, built


def everything(parent: ApiComponent, response: Any, constructor: Any = None, **extra: Any) -> list[Any]:
    """The items of the first page, which is `response`, and of all pages behind it."""
    page = page_of(response.json())
    first = [built(parent, constructor, row, extra) for row in page.rows]
    return list(Pagination(parent=parent, data=first, constructor=constructor, next_link=page.next_link, **extra))
