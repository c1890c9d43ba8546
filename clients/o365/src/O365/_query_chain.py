"""The fluent query: `query.on_attribute("subject").contains("x").chain("or").startswith("y")`. It changes itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partialmethod, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar, cast

from O365 import _words
from O365._enums import ChainOperator
from O365._words import FilterWord

if TYPE_CHECKING:
    from O365._protocol import Protocol

P = ParamSpec("P")
Q = TypeVar("Q")

OPERATORS = {
    "equals": "eq",
    "unequal": "ne",
    "greater": "gt",
    "greater_equal": "ge",
    "less": "lt",
    "less_equal": "le",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition with what stands before it (a chain operator, opening parentheses) and behind it."""

    attribute: str
    text: str
    word: str
    chain: str
    opens: int = 0
    closes: int = 0

    def render(self, first: bool) -> str:
        joint = "" if first else f" {self.chain} "
        return f"{joint}{'(' * self.opens}{self.text}{')' * self.closes}"


def _over(name: str, iterable: Callable[Concatenate[Any, str, P], Any]) -> Callable[Concatenate[Q, P], Q]:
    """`iterable` of a query, with its name given: the keywords stay what they are."""

    @wraps(iterable)
    def called(query: Any, *args: Any, **kwargs: Any) -> Any:
        return query.iterable(*args, **kwargs)

    return cast("Callable[Concatenate[Q, P], Q]", partialmethod(called, name))


class Query(_words.ApiWords):
    """A query that is written step by step. Every step returns the query."""

    def __init__(self, attribute: str | None = None, *, protocol: Protocol | type[Protocol]) -> None:
        super().__init__(protocol)
        self._conditions: list[Condition] = []
        self._order: dict[str, bool] = {}
        self._selects: dict[str, None] = {}
        self._expands: dict[str, None] = {}
        self._search: str | None = None
        self._attribute: str | None = None
        self._chain = ChainOperator.AND.value
        self._negated = False
        self._opens = 0
        if attribute:
            self.on_attribute(attribute)

    def __repr__(self) -> str:
        names = {
            "$filter": "Filter",
            "$orderby": "Order",
            "$select": "Select",
            "$expand": "Expand",
            "$search": "Search",
        }
        found = self.as_params()
        if list(found) == ["$filter"]:
            return found["$filter"]
        return "\n".join(f"{names[option]}: {text}" for option, text in found.items())

    # Options.

    def as_params(self) -> dict[str, str]:
        """The options of the URL. What is selected beside an expansion is selected of the expanded."""
        if self._search:
            found = {"$search": _words.searched(self._search)}
        else:
            found = {"$filter": self.get_filters() or "", "$orderby": self.get_order() or ""}
        expands, selects = self.get_expands(), self.get_selects()
        if expands and selects:
            found["$expand"] = f"{expands}($select={selects})"
        else:
            found |= {"$expand": expands or "", "$select": selects or ""}
        return {option: text for option, text in found.items() if text}

    @property
    def has_filters(self) -> bool:
        return bool(self._conditions)

    @property
    def has_order(self) -> bool:
        return bool(self._order)

    @property
    def has_selects(self) -> bool:
        return bool(self._selects)

    @property
    def has_expands(self) -> bool:
        return bool(self._expands)

    def get_filters(self) -> str | None:
        """The text of `$filter`. A parenthesis that was not closed is closed at the end."""
        if not self._conditions:
            return None
        text = "".join(condition.render(number == 0) for number, condition in enumerate(self._conditions))
        return text + ")" * (text_depth(self._conditions))

    def get_order(self) -> str | None:
        return ",".join(name if up else f"{name} desc" for name, up in self._order.items()) or None

    def get_selects(self) -> str | None:
        return ",".join(self._selects) or None

    def get_expands(self) -> str | None:
        return ",".join(self._expands) or None

    def get_filter_by_attribute(self, attribute: str) -> str | None:
        """The word, as it is written, of the first condition on an attribute that begins so."""
        prefix = attribute.lower()
        found = (each for each in self._conditions if each.attribute.lower().startswith(prefix))
        return next((each.word for each in found), None)

    # Beside the filter.

    def select(self, *attributes: str) -> Self:
        """Ask for these properties only."""
        self._selects |= dict.fromkeys(self._selected(attribute) for attribute in attributes)
        return self

    def expand(self, *relationships: str) -> Self:
        """Ask for what is related, too."""
        self._expands |= dict.fromkeys(self._relationship(relationship) for relationship in relationships)
        return self

    def search(self, text: str) -> Self:
        """Search for a text. The API takes neither filter nor order with it: those are cleared."""
        self._conditions, self._order = [], {}
        self._search = text or None
        return self

    def order_by(self, attribute: str | None = None, *, ascending: bool = True) -> Self:
        """Order by an attribute, or by the one that the query is on."""
        name = self._path(attribute) if attribute else self._current()
        self._search = None
        self._order[name] = ascending
        return self

    # Where the query is.

    def new(self, attribute: str, operation: ChainOperator | str = ChainOperator.AND) -> Self:
        """Begin another condition."""
        self._chain = _operator(operation)
        self._attribute = self._path(attribute) if attribute else None
        self._negated = False
        return self

    def on_attribute(self, attribute: str) -> Self:
        """Go on with conditions on another attribute."""
        self._attribute = self._path(attribute)
        return self

    def on_list_field(self, field: str) -> Self:
        """Go on with a column of a SharePoint list."""
        self._attribute = f"fields/{field}"
        return self

    def chain(self, operation: ChainOperator | str = ChainOperator.AND) -> Self:
        """How the next conditions are joined, until something else is said."""
        self._chain = _operator(operation)
        return self

    def negate(self) -> Self:
        """The next condition must not hold."""
        self._negated = not self._negated
        return self

    def open_group(self) -> Self:
        """A parenthesis before the next condition."""
        self._opens += 1
        return self

    def close_group(self) -> Self:
        """A parenthesis behind the last condition."""
        if not self._conditions or text_depth(self._conditions) == 0:
            raise RuntimeError("There is no group to close")
        last = self._conditions[-1]
        self._conditions[-1] = replace(last, closes=last.closes + 1)
        return self

    # Taking back.

    def clear_filters(self) -> Self:
        self._conditions, self._opens, self._negated = [], 0, False
        return self

    def clear_order(self) -> Self:
        self._order = {}
        return self

    def clear(self) -> Self:
        """Forget everything."""
        self.clear_filters().clear_order()
        self._selects, self._expands, self._search, self._attribute = {}, {}, None, None
        self._chain = ChainOperator.AND.value
        return self

    def remove_filter(self, filter_attr: str) -> Self:
        """Remove the conditions on an attribute; groups around them stay balanced."""
        gone, kept = self._path(filter_attr), list[Condition]()
        opens = 0
        for each in self._conditions:
            if each.attribute != gone:
                kept.append(replace(each, opens=each.opens + opens))
                opens = 0
                continue
            opens += each.opens
            opens, closes = max(opens - each.closes, 0), max(each.closes - opens, 0)
            if kept and closes:
                kept[-1] = replace(kept[-1], closes=kept[-1].closes + closes)
        self._conditions = kept
        return self

    # Conditions.

    def logical_operator(self, operation: str, word: FilterWord) -> Self:
        """`attribute <operation> word`."""
        name = self._current()
        text = self._word(word, name)
        return self._add(f"{name} {operation} {text}", text, function=False)

    def equals(self, word: FilterWord) -> Self:
        return self.logical_operator("eq", word)

    def unequal(self, word: FilterWord) -> Self:
        return self.logical_operator("ne", word)

    def greater(self, word: FilterWord) -> Self:
        return self.logical_operator("gt", word)

    def greater_equal(self, word: FilterWord) -> Self:
        return self.logical_operator("ge", word)

    def less(self, word: FilterWord) -> Self:
        return self.logical_operator("lt", word)

    def less_equal(self, word: FilterWord) -> Self:
        return self.logical_operator("le", word)

    def function(self, function_name: str, word: FilterWord) -> Self:
        """`<function>(attribute, word)`."""
        name = self._current()
        text = self._word(word, name)
        return self._add(f"{function_name}({name}, {text})", text)

    def contains(self, word: FilterWord) -> Self:
        return self.function("contains", word)

    def startswith(self, word: FilterWord) -> Self:
        return self.function("startswith", word)

    def endswith(self, word: FilterWord) -> Self:
        return self.function("endswith", word)

    def iterable(
        self,
        iterable_name: str,
        *,
        collection: str,
        word: FilterWord,
        attribute: str | None = None,
        func: str | None = None,
        operation: str | None = None,
        negation: bool = False,
    ) -> Self:
        """`collection/any(a:a/attribute eq word)`, with a function instead of the operation when there is `func`."""
        if func is not None and operation is not None:
            raise ValueError("Give func or operation, not both")
        place = self._collection(collection)
        name = f"a/{self._path(attribute)}" if attribute else "a"
        text = self._word(word, name)
        operator = OPERATORS.get(operation or "equals", operation)
        inner = f"{func}({name}, {text})" if func else f"{name} {operator} {text}"
        if negation:
            inner = f"not {inner}" if func else f"not ({inner})"
        self._attribute = place
        return self._add(f"{place}/{iterable_name}(a:{inner})", text)

    any = _over("any", iterable)
    """The condition holds for one element of the collection."""

    all = _over("all", iterable)
    """The condition holds for all elements of the collection."""

    def _add(self, text: str, word: str, *, function: bool = True) -> Self:
        if self._negated:
            text = f"not {text}" if function else f"not ({text})"
        self._search = None
        self._conditions.append(Condition(self._current(), text, word, self._chain, self._opens))
        self._opens, self._negated = 0, False
        return self

    def _current(self) -> str:
        if not self._attribute:
            raise ValueError("Attribute property needed. call on_attribute(attribute) or new(attribute)")
        return self._attribute


def text_depth(conditions: list[Condition]) -> int:
    """How many parentheses are open behind the last condition."""
    return sum(each.opens - each.closes for each in conditions)


def _operator(operation: ChainOperator | str) -> str:
    value = operation.value if isinstance(operation, ChainOperator) else operation.lower()
    if value not in {"and", "or"}:
        raise ValueError(f"operation: expected and or or, not {operation!r}")
    return str(value)
