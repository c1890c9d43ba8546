"""Items with what is expanded in them: children, thumbnails, permissions, versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from postroom.workspace.query.options import Options, Order
from postroom.workspace.query.page import Page
from postroom.workspace.query.tree import Path
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import permissions, thumbnails, versions
from postroom.workspace.workloads.files.core import Core, Document, Look
from postroom.workspace.workloads.files.kinds import ITEM
from postroom.workspace.workloads.files.views import View, expanded

PAGE: Final = 200
MOST: Final = 1000
BY_NAME: Final = (Order(Path(("name",))),)


def shown(unit: Unit, core: Core, look: Look, found: Sequence[Item]) -> list[Document]:
    """These items, as they are wanted."""
    view = View(unit, core, look)
    documents = view.documents(found)
    below = look.wish.expands("children")
    if below is not None:
        inner = expanded(look, below.options)
        for item, document in zip(found, documents, strict=True):
            document["children"] = children(unit, core, inner, item).rows if "folder" in item.document else []
    for name, of in _BESIDE.items():
        if look.wish.expands(name) is not None:
            for item, document in zip(found, documents, strict=True):
                document[name] = of(unit, core, look, item)
    return [view.projected(document) for document in documents]


_BESIDE: Final[dict[str, Callable[[Unit, Core, Look, Item], list[Document]]]] = {
    "thumbnails": thumbnails.documents,
    "permissions": permissions.documents,
    "versions": lambda unit, core, look, item: versions.documents(unit, core, look, item) if "file" in item.document
    else [],
}  # fmt: skip


def children(unit: Unit, core: Core, look: Look, above: Item) -> Page:
    """A page of what lies in a folder."""
    page = unit.items.page(listing_of(unit, core, look, above))
    return Page(shown(unit, core, look, page.rows), page.cursor, page.count)


def listing_of(unit: Unit, core: Core, look: Look, above: Item) -> Listing:
    view = View(unit, core, replace(look, wish=replace(look.wish, options=Options())))
    return Listing(
        above.mailbox, (ITEM,), above, options=look.wish.options, default_order=BY_NAME, default_page=PAGE, most=MOST,
        view=lambda item: view.documents([item])[0], zone=look.wish.zone,
    )  # fmt: skip
