"""Lists that come in pages: one object that iterates, indexes and slices what was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Generic, TypeVar, overload

from O365._ahead import LEAST, exchanges
from O365._component import ApiComponent
from O365._flows.paging import EMPTY, Page, next_page, read_page
from O365._flows.steps import Request, Step, run
from O365._rows import Rows

T = TypeVar("T")

KEPT = 1_000
"""How many items stay for indexing after they were iterated over; behind them, memory stays flat."""


class Pagination(ApiComponent, Generic[T]):
    """The items of a list. The next page is asked for when one of its items is wanted.

    Of pages of a hundred items and more it is asked for in a thread once a tenth of the one before has been taken. Not
    if the program made other requests meanwhile: who changes what is listed gets pages as they are when wanted.

    It is its own iterator, as a file is: a second loop goes on where the first one stopped. An index or a slice counts
    from the beginning of the list and does not move the iterator. `constructor` makes the objects, each when it is
    wanted: a class, a function that gets a row and returns its class, or None for the rows themselves.
    """

    def __init__(
        self,
        *,
        parent: Any = None,
        data: Iterable[Any] | None = None,
        constructor: Any = None,
        next_link: str | None = None,
        limit: int | None = None,
        **kwargs: Any,
    ) -> None:
        if parent is None:
            raise ValueError("A Pagination needs a parent")
        super().__init__(protocol=parent.protocol, main_resource=parent.main_resource)
        self.parent = parent
        self.con = parent.con
        self.constructor = constructor
        self.next_link = next_link
        self.limit = limit
        self.extra_args: dict[str, Any] = kwargs
        self.data_count = self.total_count = 0
        """The items of the first page; the items of all pages that the iterator has seen."""
        self.state = 0
        """The place of the iterator in `data`."""
        self._headers: dict[str, str] | None = None
        self._ahead: Any = None
        self._begin(Rows.of(list(data or ())[:limit]))

    def _begin(self, first: Rows[T]) -> None:
        """At the first page, whose items are kept for indexes."""
        self._items = self._head = first
        self.data_count = self.total_count = len(first)
        self._head_link = self.next_link
        self._plan()

    @property
    def data(self) -> list[T]:
        """The items of the page at which the iterator is."""
        return self._items.all()

    def __repr__(self) -> str:
        name = getattr(self.constructor, "__name__", "dict")
        return f"'{name}' Iterator" if self.next_link or self._items else "Empty Iterator"

    def __bool__(self) -> bool:
        return bool(self._items) or bool(self.next_link)

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        if self.state >= len(self._items):
            self._turn()
        item = self._items[self.state]
        self.state += 1
        if self.state == self._look_at:
            self._look_ahead()
        return item

    @overload
    def __getitem__(self, key: int) -> T: ...

    @overload
    def __getitem__(self, key: slice) -> list[T]: ...

    def __getitem__(self, key: int | slice) -> Any:
        self._fill(_needed(key))
        return self._head.all()[key] if isinstance(key, slice) else self._head[key]

    def _turn(self) -> None:
        """Go to the next page, which is in memory when an index was there first. Raises StopIteration at the end."""
        if self.total_count < len(self._head):
            self._show(Rows.of(self._head.all()[self.total_count :]), self._head_link)
            return
        at_head = self.total_count == len(self._head)
        if self._goes_on(self.next_link, self.total_count):
            self._items, self.state = Rows.of([]), 0  # or two pages would be in memory while the next one is read
        page = self._page(self.next_link, self.total_count)
        if not page.rows:
            self.next_link = None
            self._head_link = None if at_head else self._head_link
            raise StopIteration
        items = Rows(page, self._built)
        if at_head and self.total_count + len(items) <= KEPT:
            self._keep(items.all(), page.next_link)
        self._show(items, page.next_link)

    def _show(self, items: Rows[T], next_link: str | None) -> None:
        self._items, self.next_link, self.state = items, next_link, 0
        self.total_count += len(items)
        self._plan()

    def _keep(self, items: list[T], next_link: str | None) -> None:
        """For indexes, behind those that are kept."""
        self._head = Rows.of(self._head.all() + items)
        self._head_link = next_link

    def _plan(self) -> None:
        """When to look ahead: 0 for never."""
        count = len(self._items)
        self._look_at = count // 10 if count >= LEAST and self.next_link else 0
        self._exchanges = exchanges(self.con) if self._look_at else None

    def _look_ahead(self) -> None:
        link = self.next_link
        wanted = link and self._goes_on(link, self.total_count) and self.total_count >= len(self._head)
        if wanted and self._ahead is None and self._exchanges is not None and self._exchanges == exchanges(self.con):
            self._ahead = self.con._begun(str(link), self._headers)

    def _fill(self, count: int | None) -> None:
        """Have the first `count` items in memory, or all."""
        while self._head_link and (count is None or len(self._head) < count):
            page = self._page(self._head_link, len(self._head))
            self._keep(Rows(page, self._built).all(), page.next_link if page.rows else None)

    def _page(self, link: str | None, seen: int) -> Page:
        if not self._goes_on(link, seen):
            return EMPTY
        page = run(next_page(link), self._perform)
        return page if self.limit is None else replace(page, rows=page.rows[: self.limit - seen])

    def _goes_on(self, link: str | None, seen: int) -> bool:
        return bool(link) and (self.limit is None or seen < self.limit)

    def _perform(self, step: Step) -> Any:
        assert isinstance(step, Request)
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead.url == step.url:
            return ahead.response()
        options = {"headers": self._headers} if self._headers else {}
        return self.con.get(step.url, **options)

    def _built(self, row: Any) -> Any:
        return built(self.parent, self.constructor, row, self.extra_args)


def built(parent: ApiComponent, constructor: Any, row: Any, extra: dict[str, Any]) -> Any:
    """The object of a row."""
    if constructor is None:
        return row
    kind = constructor if isinstance(constructor, type) else constructor(row)
    return kind(parent=parent, **extra, **{ApiComponent._cloud_data_key: row})


def listed(
    component: ApiComponent,
    url: str,
    *,
    constructor: Any = None,
    limit: int | None = None,
    query: Any = None,
    order_by: str | None = None,
    batch: int | None = None,
    parent: ApiComponent | None = None,
    params: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
    most: int | None = None,
    always: bool = False,
    **extra: Any,
) -> Any:
    """A list of the API: a Pagination when there is more behind the first page and more is wanted, else a list.

    `batch` is the size of a page; without it a page holds what is wanted, at most what the API allows (`most`).
    With `always` the result is a Pagination in any case. `extra` is for the constructor of the items, whose parent is
    `parent` or the component. An error response (falsy) gives None.
    """
    maximum = most or component.protocol.max_top_value
    top = min(batch or limit or maximum, maximum)
    asked = {**(params or {}), "$top": top, **ordering(order_by), **conditions(query)}
    options: dict[str, Any] = {"headers": headers} if headers else {}
    response = component.con.get(url, params=asked, **options)
    if not response:
        return None
    page = read_page(response)
    page = replace(page, rows=page.rows[:limit])
    owner = component if parent is None else parent
    more = page.next_link is not None and (limit is None or len(page.rows) < limit)
    if not more and not always:
        return [built(owner, constructor, page.told(row), extra) for row in page.rows]
    link = page.next_link if more else None
    found = Pagination[Any](parent=owner, constructor=constructor, next_link=link, limit=limit, **extra)
    found._headers = headers  # what the list was asked with holds for its other pages
    found._begin(Rows(page, found._built, keep=True))
    return found


def conditions(query: Any) -> dict[str, Any]:
    """What a query adds to the URL: a text is a filter."""
    if not query:
        return {}
    if isinstance(query, str):
        return {"$filter": query}
    found: dict[str, Any] = query.as_params()
    return found


def ordering(order_by: str | None) -> dict[str, str]:
    return {"$orderby": order_by} if order_by else {}


def _needed(key: int | slice) -> int | None:
    """How many items from the beginning an index or slice looks at; None means all."""
    if isinstance(key, slice):
        bounds = [bound for bound in (key.start, key.stop) if bound is not None]
        if key.stop is None or any(bound < 0 for bound in bounds) or (key.step or 1) < 0:
            return None
        return int(max(bounds))
    return key + 1 if key >= 0 else None
