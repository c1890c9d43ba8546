"""Tasks as Graph shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from postroom.workspace.query.options import Expand, Options
from postroom.workspace.query.project import project
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item, facts
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items import extensions
from postroom.workspace.workloads.items.bodies import body_of
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish
from postroom.workspace.workloads.todo import parts
from postroom.workspace.workloads.todo.attachments import Files
from postroom.workspace.workloads.todo.given import TYPE
from postroom.workspace.workloads.todo.kinds import CHECK, LINKED

_PARTS: Final = {"checklistItems": CHECK, "linkedResources": LINKED}


def whole(item: Item) -> Document:
    """Without its body: what filters are asked of. Its id never changes."""
    own = {name: value for name, value in item.document.items() if not name.startswith("_")}
    about = {name: value for name, value in facts(item, ids.immutable(item)).items() if name != "changeKey"}
    return about | {"bodyLastModifiedDateTime": about["createdDateTime"]} | own


class View:
    """Tasks of one unit, as wishes say."""

    def __init__(self, unit: Unit, files: Files) -> None:
        self._unit, self._files = unit, files

    def of(self, item: Item, wish: Wish = PLAIN) -> Document:
        document = whole(item)
        if wish.shows("body"):
            document["body"] = body_of(self._unit.items.body(item), wish)
        shown = project(document, Options(select=wish.options.select), TYPE)
        return shown | self._expanded(item, wish)

    def _expanded(self, item: Item, wish: Wish) -> Document:
        found: Document = {}
        for name, kind in _PARTS.items():
            if wish.expands(name) is not None:
                found[name] = parts.all_of(self._unit, item, kind)
        expand = wish.expands("attachments")
        if expand is not None:
            found["attachments"] = self._files.page_in(self._unit, item, _inner(wish, expand)).rows
        if wish.expands("extensions") is not None:
            found["extensions"] = extensions.all_of(self._unit, item)
        return found


def _inner(wish: Wish, expand: Expand) -> Wish:
    return replace(wish, options=expand.options)
