"""Conditions and orders, asked of documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import total_ordering
from typing import Any, Final

from postroom.workspace import clock
from postroom.workspace.query.access import Many, Names, Reader, reader
from postroom.workspace.query.compile import Test, condition, value_of
from postroom.workspace.query.functions import Surroundings
from postroom.workspace.query.options import Order
from postroom.workspace.query.tree import Node, Value
from postroom.workspace.query.values import rank
from postroom.workspace.schema.types import EntityType

Document = Mapping[str, Any]
_VALUES: Final = (str, int, float, bool, date, time, timedelta)


class Evaluator:
    """For documents of one type; without a type, values are taken for what they look like.

    `zone` is that of dates without one, and of the parts of dates. A tree that is asked again is not compiled again, so
    that each thread needs an evaluator of its own. Raises Invalid where a document would make too much work.
    """

    def __init__(
        self, schema_type: EntityType | None = None, zone: tzinfo = UTC, now: Callable[[], datetime] = clock.now
    ) -> None:
        self._names, self._around = Names(schema_type, zone), Surroundings(zone, now)
        self._test: tuple[Node, Test] | None = None
        self._value: tuple[Node, Reader] | None = None
        self._order: tuple[Sequence[Order], list[Reader]] | None = None

    def holds(self, node: Node, document: Document) -> bool:
        """Whether the condition is certainly true."""
        self._around.budget.renew()
        return self._tested(node)([document]) is True

    def value(self, node: Node, document: Document) -> Value:
        """What a node is worth: of a path through a collection its first value, of an object null."""
        self._around.budget.renew()
        if self._value is None or self._value[0] is not node:
            self._value = node, value_of(node, self._names, self._around)
        return _single(self._value[1]([document]))

    def sort_key(self, orderby: Sequence[Order], document: Document) -> tuple[Any, ...]:
        """Sorts documents as asked; nulls are first in ascending order."""
        if self._order is None or self._order[0] is not orderby:
            self._order = orderby, [reader(order.path, self._names) for order in orderby]
        keys = (rank(_single(read([document])), self._names.zone) for read in self._order[1])
        return tuple(_Falling(key) if order.descending else key for key, order in zip(keys, orderby, strict=True))

    def sort(self, documents: Iterable[dict[str, Any]], orderby: Sequence[Order]) -> list[dict[str, Any]]:
        """Those that are equal keep their order."""
        return sorted(documents, key=lambda document: self.sort_key(orderby, document))

    def _tested(self, node: Node) -> Test:
        if self._test is None or self._test[0] is not node:
            self._test = node, condition(node, self._names, self._around)
        return self._test[1]


def _single(value: Any) -> Value:
    if isinstance(value, Many):
        value = value[0] if value else None
    return value if isinstance(value, _VALUES) else None


@total_ordering
class _Falling:
    """A key that sorts the other way round."""

    __slots__ = ("key",)

    def __init__(self, key: tuple[int, Any]) -> None:
        self.key = key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Falling) and self.key == other.key

    def __lt__(self, other: _Falling) -> bool:
        return other.key < self.key

    __hash__ = None  # type: ignore[assignment]
