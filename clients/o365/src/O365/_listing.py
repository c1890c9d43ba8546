"""Lists whose first page has been fetched, or is fetched as the service likes."""

from __future__ import annotations

from typing import Any

from O365._component import ApiComponent
from O365._flows.paging import page_of
from O365._paging import Pagination, built


def everything(
    parent: ApiComponent, response: Any, constructor: Any = None, *, limit: int | None = None, **extra: Any
) -> list[Any]:
    """The items of the first page, which is `response`, and of all pages behind it."""
    return list(_begun(parent, response, constructor, limit, extra))


def paged(
    parent: ApiComponent, url: str, params: dict[str, Any] | None, constructor: Any = None, **extra: Any
) -> Pagination[Any]:
    """A list in pages of the size that the service chooses; empty after an error that did not raise."""
    response = parent.con.get(url, params=params)
    return _begun(parent, response, constructor, None, extra) if response else Pagination(parent=parent)


def _begun(
    parent: ApiComponent, response: Any, constructor: Any, limit: int | None, extra: dict[str, Any]
) -> Pagination[Any]:
    page = page_of(response.json())
    first = [built(parent, constructor, row, extra) for row in page.rows[:limit]]
    return Pagination(
        parent=parent, data=first, constructor=constructor, next_link=page.next_link, limit=limit, **extra
    )
