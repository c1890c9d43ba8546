"""The parts of a query that `&` and `|` join: conditions, selections, orders, searches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Optional, Protocol, Union

from O365 import _words

ONLY_COMPOSITE = "Use a QueryBuilder and join what it makes."


class Options(Protocol):
    """Whatever becomes options of a URL: a part, several joined, a query."""

    def as_params(self) -> dict[str, str]: ...


class QueryBase(ABC):
    """A part of a query."""

    __slots__ = ()

    @abstractmethod
    def as_params(self) -> dict[str, str]:
        """The options of the URL."""

    @abstractmethod
    def render(self) -> str:
        """The part as text."""

    def __repr__(self) -> str:
        return self.render()

    @abstractmethod
    def __and__(self, other: Any) -> Any: ...

    @abstractmethod
    def __or__(self, other: Any) -> Any: ...

    def get_filter_by_attribute(self, attribute: str) -> str | None:
        """The word, as it is written, of the first condition on an attribute that begins so."""
        prefix = attribute.lower()
        for found in _conditions(getattr(self, "filters", self)):
            if found.attribute.lower().startswith(prefix):
                return found.word
        return None


class QueryFilter(QueryBase, ABC):
    """A part of `$filter`. In `any` and `all`, `item_name` stands before each attribute."""

    __slots__ = ()

    @abstractmethod
    def render(self, item_name: Optional[str] = None) -> str: ...  # noqa: UP045

    def as_params(self) -> dict[str, str]:
        return {"$filter": self.render()}

    def __and__(self, other: Options | None) -> CompositeFilter:
        return CompositeFilter(filters=self) & composite(other)

    def __or__(self, other: Options) -> CompositeFilter:
        return CompositeFilter(filters=self) | composite(other)


class OperationQueryFilter(QueryFilter, ABC):
    __slots__ = ("_operation",)

    def __init__(self, operation: str) -> None:
        self._operation = operation


class LogicalFilter(OperationQueryFilter):
    """`subject eq 'x'`; attribute and word are as the API writes them."""

    __slots__ = ("attribute", "word")

    def __init__(self, operation: str, attribute: str, word: str) -> None:
        super().__init__(operation)
        self.attribute = attribute
        self.word = word

    def _place(self, item_name: str | None) -> str:
        if not item_name:
            return self.attribute
        # Collections of plain values have no attribute: `any(a:a eq 'x')`.
        return f"{item_name}/{self.attribute}" if self.attribute else item_name

    def render(self, item_name: Optional[str] = None) -> str:  # noqa: UP045
        return f"{self._place(item_name)} {self._operation} {self.word}"


class FunctionFilter(LogicalFilter):
    """`contains(subject, 'x')`."""

    __slots__ = ()

    def render(self, item_name: Optional[str] = None) -> str:  # noqa: UP045
        return f"{self._operation}({self._place(item_name)}, {self.word})"


class IterableFilter(OperationQueryFilter):
    """`toRecipients/any(a:a/emailAddress/address eq 'x')`."""

    __slots__ = ("_collection", "_filter_instance", "_item_name")

    def __init__(self, operation: str, collection: str, filter_instance: QueryFilter, *, item_name: str = "a") -> None:
        super().__init__(operation)
        self._collection = collection
        self._filter_instance = filter_instance
        self._item_name = item_name

    def render(self, item_name: Optional[str] = None) -> str:  # noqa: UP045
        place = f"{item_name}/{self._collection}" if item_name else self._collection
        inner = self._filter_instance.render(item_name=self._item_name)
        return f"{place}/{self._operation}({self._item_name}: {inner})"


class ChainFilter(OperationQueryFilter):
    """`a and b`. A chain of another kind inside gets parentheses: what was joined first stays together."""

    __slots__ = ("_filter_instances",)

    def __init__(self, operation: str, filter_instances: list[QueryFilter]) -> None:
        if operation not in {"and", "or"}:
            raise ValueError(f"operation: expected and or or, not {operation!r}")
        super().__init__(operation)
        self._filter_instances = list(filter_instances)

    def render(self, item_name: Optional[str] = None) -> str:  # noqa: UP045
        return f" {self._operation} ".join(self._inside(part, item_name) for part in self._filter_instances)

    def _inside(self, part: QueryFilter, item_name: str | None) -> str:
        text = part.render(item_name=item_name)
        other = isinstance(part, ChainFilter) and part._operation != self._operation
        return f"({text})" if other else text


class ModifierQueryFilter(QueryFilter, ABC):
    __slots__ = ("_filter_instance",)

    def __init__(self, filter_instance: QueryFilter) -> None:
        self._filter_instance = filter_instance


class NegateFilter(ModifierQueryFilter):
    """`not x`."""

    __slots__ = ()

    def render(self, item_name: Optional[str] = None) -> str:  # noqa: UP045
        text = self._filter_instance.render(item_name=item_name)
        # `not` binds tighter than any comparison.
        alone = isinstance(self._filter_instance, FunctionFilter | IterableFilter | GroupFilter)
        return f"not {text}" if alone else f"not ({text})"


class GroupFilter(ModifierQueryFilter):
    """`(x)`."""

    __slots__ = ()

    def render(self, item_name: Optional[str] = None) -> str:  # noqa: UP045
        return f"({self._filter_instance.render(item_name=item_name)})"


class _Part(QueryBase):
    """What is no filter joins as a composite."""

    __slots__ = ()

    def __and__(self, other: Options | None) -> CompositeFilter:
        return composite(self) & composite(other)

    def __or__(self, other: Options) -> CompositeFilter:
        raise RuntimeError("Only filters can be joined with |")


class SearchFilter(_Part):
    """`$search`: a phrase, in one property or in those that the API searches by default."""

    __slots__ = ("_attribute", "_search")

    def __init__(self, word: Optional[Union[str, int, bool]] = None, attribute: Optional[str] = None) -> None:  # noqa: UP007, UP045
        self._search = "" if word is None else str(word)
        self._attribute = attribute

    @property
    def phrase(self) -> str:
        """What is searched, before quoting."""
        return f"{self._attribute}:{self._search}" if self._attribute else self._search

    def render(self) -> str:
        return _words.searched(self.phrase) if self._search else ""

    def as_params(self) -> dict[str, str]:
        return {"$search": self.render()}


class OrderByFilter(_Part):
    """`$orderby`."""

    __slots__ = ("_orderby",)

    def __init__(self) -> None:
        self._orderby: list[tuple[str, bool]] = []

    def add(self, attribute: str, ascending: bool = True) -> None:
        """Order by an attribute after those that are there."""
        if all(attribute != name for name, _ in self._orderby):
            self._orderby.append((attribute, ascending))

    def render(self) -> str:
        return ",".join(name if ascending else f"{name} desc" for name, ascending in self._orderby)

    def as_params(self) -> dict[str, str]:
        return {"$orderby": self.render()}


class ContainerQueryFilter(_Part):
    """A list of names, each once, perhaps with a selection of its own."""

    __slots__ = ("_container", "_keyword")

    def __init__(self, *args: Union[str, tuple[str, SelectFilter]]) -> None:  # noqa: UP007
        self._container: list[str | tuple[str, SelectFilter]] = []
        self._keyword = ""
        for item in args:
            self.append(item)

    def append(self, item: Union[str, tuple[str, SelectFilter]]) -> None:  # noqa: UP007
        """Add a name, unless it is there."""
        if item not in self:
            self._container.append(item)

    def __iter__(self) -> Iterator[str | tuple[str, SelectFilter]]:
        return iter(self._container)

    def __contains__(self, attribute: object) -> bool:
        name = attribute[0] if isinstance(attribute, tuple) else attribute
        return any(name == (item[0] if isinstance(item, tuple) else item) for item in self._container)

    def render(self) -> str:
        return ",".join(item if isinstance(item, str) else item[0] for item in self._container)

    def as_params(self) -> dict[str, str]:
        return {f"${self._keyword}": self.render()}


class SelectFilter(ContainerQueryFilter):
    """`$select`."""

    __slots__ = ()

    def __init__(self, *args: str) -> None:
        super().__init__(*args)
        self._keyword = "select"


class ExpandFilter(ContainerQueryFilter):
    """`$expand`, each relationship perhaps with what is selected of it."""

    __slots__ = ()

    def __init__(self, *args: Union[str, tuple[str, SelectFilter]]) -> None:  # noqa: UP007
        super().__init__(*args)
        self._keyword = "expand"

    def render(self) -> str:
        return ",".join(
            item if isinstance(item, str) else f"{item[0]}($select={item[1].render()})" for item in self._container
        )


class CompositeFilter(QueryBase):
    """A query: what a QueryBuilder makes and `&` and `|` join."""

    __slots__ = ("expand", "filters", "order_by", "search", "select")

    def __init__(
        self,
        *,
        filters: Optional[QueryFilter] = None,  # noqa: UP045
        search: Optional[SearchFilter] = None,  # noqa: UP045
        order_by: Optional[OrderByFilter] = None,  # noqa: UP045
        select: Optional[SelectFilter] = None,  # noqa: UP045
        expand: Optional[ExpandFilter] = None,  # noqa: UP045
    ) -> None:
        self.filters = filters
        self.search = search
        self.order_by = order_by
        self.select = select
        self.expand = expand

    def render(self) -> str:
        """All options, a line each."""
        return "\n".join(f"{name[1:].capitalize()}: {text}" for name, text in self.as_params().items())

    @property
    def has_filters(self) -> bool:
        return self.filters is not None

    @property
    def has_selects(self) -> bool:
        return self.select is not None

    @property
    def has_expands(self) -> bool:
        return self.expand is not None

    @property
    def has_search(self) -> bool:
        return self.search is not None

    @property
    def has_order_by(self) -> bool:
        return self.order_by is not None

    @property
    def has_only_filters(self) -> bool:
        others = (self.search, self.order_by, self.select, self.expand)
        return self.filters is not None and all(part is None for part in others)

    def clear_filters(self) -> None:
        """Remove the filters; the rest stays."""
        self.filters = None

    def as_params(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for part in (self.filters, self.order_by, self.expand, self.select, self.search):
            if part is not None:
                found |= part.as_params()
        return found

    def __and__(self, other: Options | None) -> CompositeFilter:
        """Both. Raises ValueError when a search would meet filters or an order: the API takes only one of them."""
        if other is None:
            return self
        right = composite(other)
        search = self.search or right.search
        filters = chained("and", [part for part in (self.filters, right.filters) if part is not None])
        order_by = _merged_order(self.order_by, right.order_by)
        if search is not None and (filters is not None or order_by is not None):
            raise ValueError("A search cannot be joined with filters or an order")
        select = _merged(SelectFilter(), self.select, right.select)
        expand = _merged(ExpandFilter(), self.expand, right.expand)
        return CompositeFilter(filters=filters, search=search, order_by=order_by, select=select, expand=expand)

    def __or__(self, other: Options) -> CompositeFilter:
        """Either. Raises RuntimeError unless both are filters and nothing else."""
        right = composite(other)
        if not (self.has_only_filters and right.has_only_filters):
            raise RuntimeError("Only filters can be joined with |")
        return CompositeFilter(filters=chained("or", [filter_in(self), filter_in(right)]))


def chained(operation: str, parts: list[QueryFilter]) -> QueryFilter | None:
    """The parts in one chain; chains of the same kind among them are opened."""
    flat: list[QueryFilter] = []
    for part in parts:
        same = isinstance(part, ChainFilter) and part._operation == operation
        flat.extend(part._filter_instances if same else [part])  # type: ignore[attr-defined] # seen in `same`
    return flat[0] if len(flat) == 1 else ChainFilter(operation, flat) if flat else None


def filter_in(query: Options) -> QueryFilter:
    filters = composite(query).filters
    if filters is None:
        raise RuntimeError(f"There is no filter in this query. {ONLY_COMPOSITE}")
    return filters


def composite(query: Options | None) -> CompositeFilter:
    """Any part as a composite. Fluent queries know how to become one."""
    if query is None:
        return CompositeFilter()
    convert = getattr(query, "_as_composite", None)
    if convert is not None:
        made: CompositeFilter = convert()
        return made
    if isinstance(query, CompositeFilter):
        return query
    names = {QueryFilter: "filters", SearchFilter: "search", OrderByFilter: "order_by", ExpandFilter: "expand"}
    name = next((name for kind, name in names.items() if isinstance(query, kind)), "select")
    return CompositeFilter(**{name: query})  # type: ignore[arg-type] # the table says which is which


def _merged_order(left: OrderByFilter | None, right: OrderByFilter | None) -> OrderByFilter | None:
    if left is None or right is None:
        return left or right
    both = OrderByFilter()
    for name, ascending in [*left._orderby, *right._orderby]:
        both.add(name, ascending)
    return both


def _merged(empty: Any, left: ContainerQueryFilter | None, right: ContainerQueryFilter | None) -> Any:
    """Both lists in `empty`; of a name that is in both, the first counts."""
    if left is None or right is None:
        return left if right is None else right
    for item in [*left, *right]:
        empty.append(item)
    return empty


def _conditions(part: Any) -> Iterator[LogicalFilter]:
    if isinstance(part, LogicalFilter):
        yield part
    for name in ("_filter_instance", "_filter_instances"):
        inner = getattr(part, name, None)
        for one in inner if isinstance(inner, list) else [inner]:
            if one is not None:
                yield from _conditions(one)
