"""Lists of occurrences in memory, and conditions on their times.

`start/dateTime` is a text in the type, and compared as an instant: `'2024-01-31T10:00'` is the same as the text that is
shown for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Final

from postroom.workspace.query.evaluate import Evaluator
from postroom.workspace.query.literals import day, instant
from postroom.workspace.query.memory import bounds
from postroom.workspace.query.options import Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import chosen
from postroom.workspace.query.tree import And, Compare, Literal, Node, Not, Or, Path
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import refs, views
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.calendar.showing import Show
from postroom.workspace.workloads.calendar.spans import Found
from postroom.workspace.workloads.items.wish import Wish

PAGE: Final = 10
MOST: Final = 1000


def page(unit: Unit, found: Sequence[Found], wish: Wish, show: Show) -> Page:
    """A page of occurrences, which are sorted by their beginning. Only those that are shown are read, if conditions and
    order allow it."""
    options = wish.options
    if options.filter is None and _by_start(options):
        start, stop, cursor = bounds(len(found), options, PAGE, MOST)
        rows = refs.all_of(unit, [one.place for one in found[start:stop]])
        return Page(show(rows), cursor, len(found) if options.count else None)
    return page_of(unit, refs.all_of(unit, [one.place for one in found]), wish, show)


def page_of(unit: Unit, found: Sequence[Ref], wish: Wish, show: Show) -> Page:
    """The same of events that were read already."""
    options = replace(wish.options, filter=dated(wish.options.filter, wish.zone))
    kind = SCHEMA.entity("event")
    rows = [{**views.for_filter(ref, wish), "_at": at} for at, ref in enumerate(found)]
    left = chosen(rows, options, kind, Evaluator(kind, wish.zone, lambda: unit.now))
    start, stop, cursor = bounds(len(left), options, PAGE, MOST)
    shown = show([found[row["_at"]] for row in left[start:stop]])
    return Page(shown, cursor, len(left) if options.count else None)


def _by_start(options: Options) -> bool:
    orders = [("/".join(one.path.names).lower(), one.descending) for one in options.orderby]
    return orders in ([], [("start/datetime", False)])


def dated(node: Node | None, zone: tzinfo) -> Node | None:
    """The condition with texts that are compared with a `dateTime` as instants."""
    match node:
        case And(parts) | Or(parts):
            return replace(node, parts=tuple(one for part in parts if (one := dated(part, zone)) is not None))
        case Not(part):
            return replace(node, part=dated(part, zone) or part)
        case Compare(_, left, right) if _is_moment(left):
            return replace(node, right=_moment(right, zone))
        case Compare(_, left, right) if _is_moment(right):
            return replace(node, left=_moment(left, zone))
    return node


def _is_moment(node: Node) -> bool:
    return isinstance(node, Path) and node.names[-1].lower() == "datetime"


def _moment(node: Node, zone: tzinfo) -> Node:
    if not isinstance(node, Literal) or not isinstance(node.value, str):
        return node
    found = instant(node.value, zone) or day(node.value)
    return node if found is None else replace(node, value=found)
