"""From a request to its answer: the path is walked, then the last step read, changed or done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from postroom.workspace.workbook.book import Book
from postroom.workspace.workbook.errors import InvalidArgument, ItemNotFound, UnsupportedOperation, WorkbookError
from postroom.workspace.workbook.graph.book_steps import Root
from postroom.workspace.workbook.graph.range_steps import RangeAt
from postroom.workspace.workbook.graph.steps import (
    DO,
    GO,
    NOTHING,
    Answer,
    Ask,
    Collection,
    Document,
    Node,
    Request,
    Step,
    one,
)
from postroom.workspace.workbook.values import check_writable

MOST_STEPS: Final = 40
_FUNCTIONS: Final = "functions"
_COUNTS: Final = frozenset({"count", "$count"})


class Walk:
    """One request to an open workbook."""

    def __init__(self, book: Book, request: Request) -> None:
        self._book, self._request = book, request
        if request.body is not None and not isinstance(request.body, dict):
            raise InvalidArgument("The body is an object.")
        self._body: Mapping[str, Any] = request.body or {}

    def answer(self) -> Answer:
        """Raises WorkbookError."""
        steps = self._request.steps
        if len(steps) > MOST_STEPS:
            raise InvalidArgument("The path has too many steps.")
        if not (steps and steps[0].name.lower() == _FUNCTIONS):  # these keep nothing
            check_writable(self._body)
        self._book.machine.begin()
        node: Node = Root(self._book)
        for at, step in enumerate(steps):
            is_last = at == len(steps) - 1
            found = self._last(node, step) if is_last and step.key is None else None
            if found is not None:
                return found
            node = self._go(node, step, is_last=is_last)
        return self._at(node)

    def _last(self, node: Node, step: Step) -> Answer | None:
        """What the last step is besides a thing: an action, a number of things, a property."""
        low, verb = step.name.lower(), self._request.verb
        action = _registered(DO, node, low)
        if verb == "POST" and action is not None:
            return self._do(action, node, step)
        if isinstance(node, Collection):
            if verb == "GET" and low in _COUNTS:
                return Answer(200, len(node.rows()), "Edm.Int32", plain=True)
            if verb == "POST" and low == "add":
                return self._add(node, step)
        elif verb == "GET" and _registered(GO, node, low) is None:
            return self._property(node, step)
        return None

    def _do(self, action: tuple[Callable[[Any, Ask], Answer], bool], node: Node, step: Step) -> Answer:
        act, changes = action
        if changes:
            self._book.check_kept()
        return act(node, self._ask(step))

    def _property(self, node: Node, step: Step) -> Answer | None:
        if not node.type:
            return None
        document = node.shown((step.name,))
        name = next((name for name in document if name.lower() == step.name.lower()), None)
        return None if name is None else Answer(200, document[name], "Edm.String", plain=True)

    def _go(self, node: Node, step: Step, *, is_last: bool) -> Node:
        go = _registered(GO, node, step.name.lower())
        if go is not None:
            found: Node = go(node, self._ask(step, with_query=is_last))
            if step.key is None:
                return found
            if isinstance(found, Collection):
                return found.find(step.key)
        elif isinstance(node, Collection):
            return self._element(node, step, with_query=is_last)
        raise ItemNotFound(f"Resource not found for the segment {step.name[:100]!r}.")

    def _element(self, node: Collection, step: Step, *, with_query: bool) -> Node:
        low = step.name.lower()
        ask = self._ask(step, with_query=with_query)
        if low == "itemat" and step.key is None:
            return _place(node, ask.number("index"))
        if low == "item" and step.key is None and ask.given("name") is not None:
            return node.find(ask.text("name"))
        return node.find(step.raw or step.name)

    def _ask(self, step: Step, *, with_query: bool = True) -> Ask:
        """Parameters of the query and the body belong to the last step."""
        given = {**self._request.parameters, **step.arguments} if with_query else step.arguments
        return Ask(self._body if with_query else {}, given)

    def _at(self, node: Node) -> Answer:
        match self._request.verb:
            case "GET":
                return self._read(node)
            case "POST" if isinstance(node, Collection):
                return self._add(node, Step("add"))
            case "POST":
                # python-o365 posts where a function only reads.
                return self._read(node)
            case "PATCH":
                return self._change(node)
            case "DELETE":
                self._book.check_kept()
                node.delete()
                return NOTHING
            case _:
                raise UnsupportedOperation("Workbooks know GET, POST, PATCH and DELETE.")

    def _add(self, node: Collection, step: Step) -> Answer:
        self._book.check_kept()
        made = node.add(self._ask(step))
        return one(made, 201) if isinstance(made, Node) else Answer(201, made, node.type)

    def _change(self, node: Node) -> Answer:
        self._book.check_kept()
        node.patch(self._body)
        # A large range is not read again only to say what was just written.
        if isinstance(node, RangeAt) and node.place.unbounded:
            return Answer(200, node.shown(("address",)), node.type)
        return self._read(node)

    def _read(self, node: Node) -> Answer:
        if isinstance(node, Collection):
            return self._page(node)
        return Answer(200, self._shown(node), node.type)

    def _page(self, node: Collection) -> Answer:
        rows, request = node.rows(), self._request
        stop = len(rows) if request.top is None else request.skip + request.top
        shown = [self._shown(row) for row in rows[request.skip : stop]]
        follows = stop if stop < len(rows) and request.top else None
        return Answer(200, shown, node.type, many=True, next=follows, total=len(rows))

    def _shown(self, node: Node) -> Document:
        document = node.shown(self._request.select)
        wanted = {name.lower() for name in self._request.select}
        if wanted and "*" not in wanted:
            document = {name: value for name, value in document.items() if name.lower() in wanted or name == "id"}
        for name in self._request.expand:
            document |= self._expanded(node, name)
        return document

    def _expanded(self, node: Node, name: str) -> Document:
        go = _registered(GO, node, name.lower())
        if go is None:
            raise InvalidArgument(f"{name[:100]!r} cannot be expanded here.")
        try:
            other = go(node, Ask({}, {}))
        except WorkbookError:
            return {name: None}
        if isinstance(other, Collection):
            return {name: [row.get() for row in other.rows()]}
        return {name: other.get()}


def _registered(table: Mapping[type[Node], Mapping[str, Any]], node: Node, name: str) -> Any:
    for kind in type(node).__mro__:
        found = table.get(kind, {}).get(name)
        if found is not None:
            return found
    return None


def _place(node: Collection, index: int) -> Node:
    rows = node.rows()
    if not 0 <= index < len(rows):
        raise ItemNotFound(f"There is nothing at the place {index}.")
    return rows[index]
