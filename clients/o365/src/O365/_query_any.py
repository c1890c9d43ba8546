"""What `new_query()` returns: a QueryBuilder that is also the fluent query of earlier versions.

`q.equals("subject", "x")` makes a part and leaves the query alone; `q.on_attribute("subject").equals("x")` changes it.
`select`, `expand` and `search` are written the same in both ways. Until the query was used fluently they make a part;
the query notes them as well, for programs that go on with the query itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast, overload

from O365._query_chain import Query
from O365._words import FilterWord
from O365.utils.query import (
    CompositeFilter,
    ExpandFilter,
    LogicalFilter,
    OrderByFilter,
    QueryBase,
    QueryBuilder,
    QueryFilter,
    SearchFilter,
    SelectFilter,
)

P = ParamSpec("P")


class Condition:
    """A method that makes a part of `(attribute, word)` and goes on with the query of `(word)` alone."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, query: AnyQuery, owner: type | None = None) -> Conditional:
        return Conditional(query, self._name)


class Conditional:
    """A Condition of one query."""

    def __init__(self, query: AnyQuery, name: str) -> None:
        self._query, self._name = query, name

    @overload
    def __call__(self, attribute: str, word: FilterWord) -> CompositeFilter: ...
    @overload
    def __call__(self, word: FilterWord) -> AnyQuery: ...
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) + len(kwargs) > 1:
            return getattr(QueryBuilder, self._name)(self._query, *args, **kwargs)
        return getattr(Query, self._name)(self._query._changed(), *args, **kwargs)


def step(method: Callable[Concatenate[Any, P], Any]) -> Callable[Concatenate[AnyQuery, P], AnyQuery]:
    """A method of the fluent query."""

    @wraps(method)
    def taken(self: AnyQuery, *args: P.args, **kwargs: P.kwargs) -> Any:
        return method(self._changed(), *args, **kwargs)

    return cast("Callable[Concatenate[AnyQuery, P], AnyQuery]", taken)


class WrittenFilter(QueryFilter):
    """The filter of a fluent query, as a part of another one."""

    __slots__ = ("_filter_instances", "_text")

    def __init__(self, text: str, conditions: list[QueryFilter]) -> None:
        self._text = text
        self._filter_instances = conditions

    def render(self, item_name: str | None = None) -> str:
        if item_name:
            raise RuntimeError(
                "A fluent query cannot stand in any or all: make the condition as equals(attribute, word)"
            )
        return f"({self._text})" if len(self._filter_instances) > 1 else self._text


class AnyQuery(Query, QueryBuilder):
    """A query of both kinds."""

    def __init__(self, attribute: str | None = None, *, protocol: Any) -> None:
        self._fluent = False
        self._source: AnyQuery | None = None
        Query.__init__(self, attribute, protocol=protocol)

    equals = Condition()
    unequal = Condition()
    greater = Condition()
    greater_equal = Condition()
    less = Condition()
    less_equal = Condition()
    contains = Condition()
    startswith = Condition()
    endswith = Condition()

    new = step(Query.new)
    on_attribute = step(Query.on_attribute)
    on_list_field = step(Query.on_list_field)
    chain = step(Query.chain)
    open_group = step(Query.open_group)
    close_group = step(Query.close_group)
    order_by = step(Query.order_by)
    clear = step(Query.clear)
    clear_filters = step(Query.clear_filters)
    clear_order = step(Query.clear_order)
    remove_filter = step(Query.remove_filter)
    logical_operator = step(Query.logical_operator)
    function = step(Query.function)
    iterable = step(Query.iterable)

    @overload
    def any(
        self, collection: str, filter_instance: QueryBase | AnyQuery, *, item_name: str = "a"
    ) -> CompositeFilter: ...
    @overload
    def any(self, *, collection: str, word: FilterWord, attribute: str | None = None, func: str | None = None,
            operation: str | None = None, negation: bool = False) -> AnyQuery: ...  # fmt: skip
    def any(self, *args: Any, **kwargs: Any) -> Any:
        return self._over("any", args, kwargs)

    @overload
    def all(
        self, collection: str, filter_instance: QueryBase | AnyQuery, *, item_name: str = "a"
    ) -> CompositeFilter: ...
    @overload
    def all(self, *, collection: str, word: FilterWord, attribute: str | None = None, func: str | None = None,
            operation: str | None = None, negation: bool = False) -> AnyQuery: ...  # fmt: skip
    def all(self, *args: Any, **kwargs: Any) -> Any:
        return self._over("all", args, kwargs)

    @overload  # type: ignore[override]
    def negate(self, filter_instance: QueryBase | AnyQuery) -> CompositeFilter: ...
    @overload
    def negate(self) -> AnyQuery: ...
    def negate(self, filter_instance: Any = None) -> Any:
        if filter_instance is None:
            return Query.negate(self._changed())
        return QueryBuilder.negate(filter_instance)

    # The ambiguous ones.

    def select(self, *attributes: str) -> AnyQuery:  # type: ignore[override]
        return self._noted(lambda query: Query.select(query, *attributes))

    def expand(self, *relationships: Any, select: QueryBase | AnyQuery | None = None) -> AnyQuery:  # type: ignore[override]
        if select is None and len(relationships) == 2 and not isinstance(relationships[1], str):
            return self.expand(relationships[0], select=relationships[1])
        if select is not None:
            made = str(QueryBuilder.expand(self, relationships[0], cast(CompositeFilter, select)).expand)
            return self._noted(lambda query: query._expand_as(made))
        return self._noted(lambda query: Query.expand(query, *relationships))

    def search(self, word: str | int | bool, attribute: str | None = None) -> AnyQuery:  # type: ignore[override]
        made = QueryBuilder.search(self, word, attribute).search
        assert made is not None
        return self._noted(lambda query: Query.search(query, made.phrase))

    # The query as a part.

    def __and__(self, other: Any) -> CompositeFilter:
        found: CompositeFilter = self._as_composite() & other
        return found

    def __or__(self, other: Any) -> CompositeFilter:
        found: CompositeFilter = self._as_composite() | other
        return found

    def render(self) -> str:
        """All options, a line each."""
        return repr(self)

    @property
    def has_search(self) -> bool:
        return bool(self._search)

    @property
    def has_order_by(self) -> bool:
        return self.has_order

    @property
    def has_only_filters(self) -> bool:
        return self._as_composite().has_only_filters

    def _as_composite(self) -> CompositeFilter:
        found = CompositeFilter()
        if self._conditions:
            parts: list[QueryFilter] = [LogicalFilter("", each.attribute, each.word) for each in self._conditions]
            found.filters = WrittenFilter(self.get_filters() or "", parts)
        if self._order:
            found.order_by = OrderByFilter()
            for name, ascending in self._order.items():
                found.order_by.add(name, ascending)
        found.select = SelectFilter(*self._selects) if self._selects else None
        found.expand = ExpandFilter(*self._expands) if self._expands else None
        found.search = SearchFilter(self._search) if self._search else None
        return found

    # How both kinds live together.

    def _changed(self) -> AnyQuery:
        """The query that a fluent method changes.

        A part that says what its whole query says stands for that query: `q.select("a").on_attribute("b").equals(1)`
        as a statement of its own changes q.
        """
        source, self._source = self._source, None
        query = source if source is not None and source.as_params() == self.as_params() else self
        query._fluent = True
        return query

    def _noted(self, change: Callable[[AnyQuery], Any]) -> AnyQuery:
        if self._fluent or self._attribute:
            query = self._changed()
            change(query)
            return query
        part = AnyQuery(protocol=self.protocol)
        for query in (part, self):
            change(query)
        part._fluent, part._source = True, self
        return part

    def _expand_as(self, text: str) -> None:
        self._expands[text] = None

    def _over(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if len(args) > 1 or "filter_instance" in kwargs:
            return getattr(QueryBuilder, name)(self, *args, **kwargs)
        return getattr(Query, name)(self._changed(), *args, **kwargs)


CompositeFilter.register(AnyQuery)
