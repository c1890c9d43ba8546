"""Extended properties of Outlook's: named values beside what a type has. A document keeps them under names with `_`.

Source: Microsoft Graph, singleValueLegacyExtendedProperty, multiValueLegacyExtendedProperty.
"""

from __future__ import annotations

from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.query.access import plain
from postroom.workspace.query.evaluate import Evaluator
from postroom.workspace.query.options import Expand
from postroom.workspace.store.rows import Item
from postroom.workspace.workloads.items import taking
from postroom.workspace.workloads.items.wish import Document, Wish

EXTENDED: Final = ("singleValueExtendedProperties", "multiValueExtendedProperties")


def taken(document: dict[str, Any]) -> Document:
    """What a caller gave of them, out of the document, as it is kept. Raises Invalid."""
    found = {name: given for name in EXTENDED if (given := taking.take(document, name)) is not None}
    return {f"_{name}": _checked(name, given) for name, given in found.items()}


def merged(old: Document, new: Document) -> Document:
    """What is kept when `new` of them come to those that a document has."""
    kept = {f"_{name}" for name in EXTENDED} & new.keys()
    return {name: _merged(old.get(name) or [], new[name]) for name in kept}


def all_of(item: Item) -> Document:
    """For filters, which may ask for them."""
    return {name: item.document.get(f"_{name}") or [] for name in EXTENDED}


def expanded(item: Item, wish: Wish) -> Document:
    """Those that a wish expands."""
    found = {}
    for name in EXTENDED:
        expand = wish.expands(name)
        if expand is not None:
            found[name] = _matching(plain(item.document.get(f"_{name}")) or [], expand)
    return found


def _merged(old: list[Document], new: list[Document]) -> list[Document]:
    ids = {one["id"].lower() for one in new}
    return [*(one for one in old if one["id"].lower() not in ids), *new]


def _matching(rows: list[Document], expand: Expand) -> list[Document]:
    if expand.options.filter is None:
        return rows
    evaluator = Evaluator()
    return [one for one in rows if evaluator.holds(expand.options.filter, one)]


def _checked(name: str, found: Any) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(one, dict) and one.get("id") for one in found):
        raise Invalid(name, "a list of properties with id and value")
    kind = list if name.startswith("multi") else str
    for one in found:
        if one.get("value") is not None and not isinstance(one["value"], kind):
            raise Invalid(f"{name}/value", "a list of texts" if kind is list else "a text")
    return [{"id": str(one["id"]), "value": one.get("value")} for one in found if one.get("value") is not None]
