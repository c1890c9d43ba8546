"""A list in a unit: its items, from wherever they come, and what of them is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from postroom.errors import NotFound
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.options import NONE, Options, Order
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.query.tree import Path
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.doer import Document
from postroom.workspace.workloads.sites import library_items, versions
from postroom.workspace.workloads.sites.kinds import ITEM, ITEM_TYPE, LIBRARY
from postroom.workspace.workloads.sites.library import Drives
from postroom.workspace.workloads.sites.places import Site
from postroom.workspace.workloads.sites.views import Items as View

PAGE: Final = 200
MOST: Final = 5000
OLDEST: Final = (Order(Path(("_number",))),)


@dataclass(frozen=True, slots=True)
class Opened:
    """A list in a unit."""

    unit: Unit
    site: Site
    above: Item
    view: View
    drives: Drives

    @property
    def is_library(self) -> bool:
        return bool(self.above.document["template"] == LIBRARY)


def files(opened: Opened) -> list[Item]:
    return list(library_items.all_of(opened.unit, opened.drives, opened.site, opened.above))


def page_of_files(opened: Opened, options: Options) -> Page:
    items = {str(one.document["_number"]): one for one in files(opened)}
    rows = [opened.view.with_fields(one) for one in items.values()]
    page = page_of(rows, replace(options, select=(), expand=()), ITEM_TYPE, PAGE, MOST)
    return Page([shown(opened, items[row["id"]], options) for row in page.rows], page.cursor, page.count)


def listing(opened: Opened, options: Options) -> Listing:
    return Listing(
        opened.site.web, (ITEM,), opened.above, options=options, default_order=OLDEST, default_page=PAGE, most=MOST,
        view=opened.view.with_fields,
    )  # fmt: skip


def item_of(opened: Opened, number: str) -> Item:
    known = number.isascii() and number.isdigit() and len(number) < 10
    found = _numbered(opened, int(number)) if known else None
    if found is None:
        raise NotFound(ITEM, number)
    return found


def _numbered(opened: Opened, number: int) -> Item | None:
    if opened.is_library:
        return next((one for one in files(opened) if one.document["_number"] == number), None)
    return opened.unit.items.first(opened.site.web, ITEM, parent=opened.above, where={"number": number})


def shown(opened: Opened, item: Item, options: Options) -> Document:
    expand = next((one for one in options.expand if one.path.names[-1].lower() == "fields"), None)
    named = any(path.names[0].lower() == "fields" for path in options.select)
    document = opened.view.shown(item)
    if any(one.path.names[-1].lower() == "versions" for one in options.expand):
        document["versions"] = versions.page(opened.unit, item, NONE).rows
    others = tuple(one for one in options.expand if one is not expand)
    found = project(document, Options(select=options.select, expand=others), ITEM_TYPE)
    if expand is not None or named:
        found["fields"] = chosen(opened, item, expand.options if expand else NONE)
    return found


def chosen(opened: Opened, item: Item, options: Options) -> Document:
    """Fields with these names; columns of SharePoint may begin with a low line, which elsewhere is ours."""
    names = _names(options)
    fields = opened.view.fields(item, *names)
    if not names or "*" in names:
        return fields
    return {name: value for name, value in fields.items() if name.lower() in ("id", "@odata.etag", *names)}


def _names(options: Options) -> list[str]:
    return [path.names[0].lower() for path in options.select]


def others(opened: Opened, own: Item | None) -> list[Document]:
    items = files(opened) if opened.is_library else opened.unit.items.children(opened.above, ITEM)
    return [one.document["fields"] for one in items if own is None or one.number != own.number]
