"""Queries made of parts: a QueryBuilder makes conditions, `&` and `|` join them, list methods take the result."""

from __future__ import annotations

from typing import Optional, Union

from O365 import _words
from O365._query_parts import ChainFilter as ChainFilter
from O365._query_parts import CompositeFilter as CompositeFilter
from O365._query_parts import ContainerQueryFilter as ContainerQueryFilter
from O365._query_parts import ExpandFilter as ExpandFilter
from O365._query_parts import FunctionFilter as FunctionFilter
from O365._query_parts import GroupFilter as GroupFilter
from O365._query_parts import IterableFilter as IterableFilter
from O365._query_parts import LogicalFilter as LogicalFilter
from O365._query_parts import ModifierQueryFilter as ModifierQueryFilter
from O365._query_parts import NegateFilter as NegateFilter
from O365._query_parts import OperationQueryFilter as OperationQueryFilter
from O365._query_parts import OrderByFilter as OrderByFilter
from O365._query_parts import QueryBase as QueryBase
from O365._query_parts import QueryFilter as QueryFilter
from O365._query_parts import SearchFilter as SearchFilter
from O365._query_parts import SelectFilter as SelectFilter
from O365._query_parts import chained, composite, filter_in
from O365._words import FilterWord as FilterWord
from O365.utils.casing import to_camel_case


class QueryBuilder(_words.ApiWords):
    """Makes the parts of queries on one API."""

    def logical_operation(self, operation: str, attribute: str, word: FilterWord) -> CompositeFilter:
        """`attribute <operation> word`."""
        path = self._path(attribute)
        return CompositeFilter(filters=LogicalFilter(operation, path, self._word(word, path)))

    def equals(self, attribute: str, word: FilterWord) -> CompositeFilter:
        return self.logical_operation("eq", attribute, word)

    def unequal(self, attribute: str, word: FilterWord) -> CompositeFilter:
        return self.logical_operation("ne", attribute, word)

    def greater(self, attribute: str, word: FilterWord) -> CompositeFilter:
        return self.logical_operation("gt", attribute, word)

    def greater_equal(self, attribute: str, word: FilterWord) -> CompositeFilter:
        return self.logical_operation("ge", attribute, word)

    def less(self, attribute: str, word: FilterWord) -> CompositeFilter:
        return self.logical_operation("lt", attribute, word)

    def less_equal(self, attribute: str, word: FilterWord) -> CompositeFilter:
        return self.logical_operation("le", attribute, word)

    def function_operation(self, operation: str, attribute: str, word: FilterWord) -> CompositeFilter:
        """`<operation>(attribute, word)`."""
        path = self._path(attribute)
        return CompositeFilter(filters=FunctionFilter(operation, path, self._word(word, path)))

    def contains(self, attribute: str, word: FilterWord) -> CompositeFilter:
        return self.function_operation("contains", attribute, word)

    def startswith(self, attribute: str, word: FilterWord) -> CompositeFilter:
        return self.function_operation("startswith", attribute, word)

    def endswith(self, attribute: str, word: FilterWord) -> CompositeFilter:
        return self.function_operation("endswith", attribute, word)

    def iterable_operation(
        self, operation: str, collection: str, filter_instance: CompositeFilter, *, item_name: str = "a"
    ) -> CompositeFilter:
        """`collection/<operation>(a: …)`."""
        inner = filter_in(filter_instance)
        made = IterableFilter(operation, self._collection(collection), inner, item_name=item_name)
        return CompositeFilter(filters=made)

    def any(self, collection: str, filter_instance: CompositeFilter, *, item_name: str = "a") -> CompositeFilter:
        return self.iterable_operation("any", collection, filter_instance, item_name=item_name)

    def all(self, collection: str, filter_instance: CompositeFilter, *, item_name: str = "a") -> CompositeFilter:
        return self.iterable_operation("all", collection, filter_instance, item_name=item_name)

    @staticmethod
    def negate(filter_instance: CompositeFilter) -> CompositeFilter:
        return CompositeFilter(filters=NegateFilter(filter_in(filter_instance)))

    def chain_and(self, *filter_instances: CompositeFilter, group: bool = False) -> CompositeFilter:
        return self._joined("and", filter_instances, group)

    def chain_or(self, *filter_instances: CompositeFilter, group: bool = False) -> CompositeFilter:
        return self._joined("or", filter_instances, group)

    @staticmethod
    def group(filter_instance: CompositeFilter) -> CompositeFilter:
        return CompositeFilter(filters=GroupFilter(filter_in(filter_instance)))

    def search(self, word: Union[str, int, bool], attribute: Optional[str] = None) -> CompositeFilter:  # noqa: UP007, UP045
        text = ("true" if word else "false") if isinstance(word, bool) else str(word)
        name = self.protocol.convert_case(attribute) if attribute else None
        return CompositeFilter(search=SearchFilter(text, name))

    # Static, as programs call it: the protocol's casing is out of reach. Snake case is no API's, so it is camel-cased.
    @staticmethod
    def orderby(*attributes: Union[str, tuple[str, bool]]) -> CompositeFilter:  # noqa: UP007
        order = OrderByFilter()
        for attribute in attributes:
            name, ascending = (attribute, True) if isinstance(attribute, str) else attribute
            order.add(_words.path(name, to_camel_case) if "_" in name else name, ascending)
        return CompositeFilter(order_by=order)

    def select(self, *attributes: str) -> CompositeFilter:
        return CompositeFilter(select=self._selection(*attributes))

    def expand(self, relationship: str, select: Optional[CompositeFilter] = None) -> CompositeFilter:  # noqa: UP045
        name = self._relationship(relationship)
        chosen = None if select is None else composite(select).select
        return CompositeFilter(expand=ExpandFilter(name if chosen is None else (name, chosen)))

    def _selection(self, *attributes: str) -> SelectFilter:
        return SelectFilter(*(self._selected(attribute) for attribute in attributes))

    def _joined(self, operation: str, parts: tuple[CompositeFilter, ...], group: bool) -> CompositeFilter:
        if not parts:
            raise ValueError("There is nothing to chain")
        chain = chained(operation, [filter_in(part) for part in parts])
        made = CompositeFilter(filters=chain)
        return self.group(made) if group else made
