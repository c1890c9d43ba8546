"""Items of lists: their fields, versions, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from postroom.errors import Denied, Invalid, NotFound
from postroom.workspace.query.access import look_up
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.options import NONE, Options, Order
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.query.tree import Path
from postroom.workspace.query.walk import paths
from postroom.workspace.schema.check import checked
from postroom.workspace.store.changes import Delta
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.doer import Document, Doer
from postroom.workspace.workloads.sites import columns, library_items, numbers, versions
from postroom.workspace.workloads.sites.core import Core
from postroom.workspace.workloads.sites.errors import NotIndexed
from postroom.workspace.workloads.sites.fields import Taking, check_unique
from postroom.workspace.workloads.sites.kinds import ITEM, ITEM_TYPE, LIBRARY, item_key
from postroom.workspace.workloads.sites.library import Drives
from postroom.workspace.workloads.sites.lists import check_etag, find
from postroom.workspace.workloads.sites.places import At, Site
from postroom.workspace.workloads.sites.views import Items as View
from postroom.workspace.workloads.sites.views import etag_of

READ_ONLY: Final = ("id", "createdBy", "createdDateTime", "lastModifiedBy", "lastModifiedDateTime", "eTag", "webUrl",
                    "parentReference", "sharepointIds", "deleted", "analytics", "driveItem", "versions",
                    "documentSetVersions", "createdByUser", "lastModifiedByUser", "permissions", "name", "contentType",
                    "description")  # fmt: skip
PAGE: Final = 200
MOST: Final = 5000
OLDEST: Final = (Order(Path(("_number",))),)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A list in a unit."""

    unit: Unit
    site: Site
    above: Item
    view: View
    drives: Drives

    @property
    def is_library(self) -> bool:
        return bool(self.above.document["template"] == LIBRARY)


class Items:
    """Lists are named as in `Lists`, items by their numbers. Those of libraries are files: raises Denied for what is
    done to files in their drive."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, doer: Doer, at: At, name: str, options: Options = NONE, *, indexed_only: bool = False) -> Page:
        """With `indexed_only` a filter or order by columns without an index is refused: raises NotIndexed."""
        with self._reading(doer, at, name) as opened:
            if indexed_only:
                _check_indexed(options, columns.of_list(opened.above.document))
            if opened.is_library:
                return _page_of_files(opened, options)
            found = opened.unit.items.page(_listing(opened, options))
            return Page([_shown(opened, one, options) for one in found.rows], found.cursor, found.count)

    def get(self, doer: Doer, at: At, name: str, item: str, options: Options = NONE) -> Document:
        with self._reading(doer, at, name) as opened:
            return _shown(opened, _item(opened, item), options)

    def fields(self, doer: Doer, at: At, name: str, item: str, options: Options = NONE) -> Document:
        with self._reading(doer, at, name) as opened:
            return _chosen(opened, _item(opened, item), options)

    def file_key(self, doer: Doer, at: At, name: str, item: str) -> bytes:
        """The key of the file that an item of a library is. Raises NotFound, also in other lists."""
        with self._reading(doer, at, name) as opened:
            if not opened.is_library:
                raise NotFound("driveItem", item)
            return _item(opened, item).key

    def create(self, doer: Doer, at: At, name: str, given: Mapping[str, Any]) -> Document:
        with self._writing(doer, at, name) as opened:
            _check_list(opened)
            taking = self._taking(opened)
            values = taking.defaults() | taking.taken(_fields_in(given) or {})
            check_unique(taking.columns, values, lambda: _others(opened, None))
            number, who = numbers.next_item(opened.unit, opened.above), self._who(opened, doer)
            document = {"_number": number, "_version": 1, "fields": values, "createdBy": doer.identity,
                        "lastModifiedBy": doer.identity, "_author": who, "_editor": who}  # fmt: skip
            made = opened.unit.items.add(opened.site.web, ITEM, opened.above, document, key=item_key(number))
            opened.unit.items.touch(opened.above)
            return opened.view.with_fields(made)

    def update(
        self, doer: Doer, at: At, name: str, item: str, given: Mapping[str, Any], if_match: str | None
    ) -> Document:
        """What of the item itself can be changed are its fields."""
        values = _fields_in(given)
        with self._writing(doer, at, name) as opened:
            found = self._changed(opened, _item(opened, item), values or {}, doer, if_match)
            return opened.view.with_fields(found)

    def update_fields(
        self, doer: Doer, at: At, name: str, item: str, given: Mapping[str, Any], if_match: str | None
    ) -> Document:
        with self._writing(doer, at, name) as opened:
            return opened.view.fields(self._changed(opened, _item(opened, item), given, doer, if_match))

    def delete(self, doer: Doer, at: At, name: str, item: str, if_match: str | None) -> None:
        with self._writing(doer, at, name) as opened:
            _check_list(opened)
            found = _item(opened, item)
            check_etag(etag_of(found), if_match)
            opened.unit.items.remove(found)
            opened.unit.items.touch(opened.above)

    def versions(self, doer: Doer, at: At, name: str, item: str, options: Options = NONE) -> Page:
        """Newest first, the one that there is with them."""
        with self._reading(doer, at, name) as opened:
            _check_list(opened)
            return versions.page(opened.unit, _item(opened, item), options)

    def version(self, doer: Doer, at: At, name: str, item: str, version: str, options: Options = NONE) -> Document:
        with self._reading(doer, at, name) as opened:
            _check_list(opened)
            return versions.get(opened.unit, _item(opened, item), version, options)

    def restore(self, doer: Doer, at: At, name: str, item: str, version: str) -> None:
        """As a new version."""
        with self._writing(doer, at, name) as opened:
            _check_list(opened)
            found = _item(opened, item)
            self._write(opened, found, versions.fields_of(opened.unit, found, version), doer)

    def delta(self, doer: Doer, at: At, name: str, options: Options = NONE) -> tuple[list[Document], Delta]:
        """Items that changed; those that are gone are in the second."""
        with self._reading(doer, at, name) as opened:
            _check_list(opened)
            found = opened.unit.changes.since(_listing(opened, options), options.delta or options.cursor)
            rows = [_shown(opened, one, replace(found.options, filter=None)) for one in found.items]
            return rows, found

    @contextmanager
    def _reading(self, doer: Doer, at: At, name: str) -> Iterator[_Opened]:
        site = self._core.site(at, doer)
        self._number_files(site, name)
        with self._core.store.read() as unit:
            yield self._opened(unit, site, name, doer)

    @contextmanager
    def _writing(self, doer: Doer, at: At, name: str) -> Iterator[_Opened]:
        site = self._core.writable(at, doer)
        self._number_files(site, name)
        with self._core.store.write() as unit:
            yield self._opened(unit, site, name, doer)

    def _number_files(self, site: Site, name: str) -> None:
        with self._core.store.read() as unit:
            above = find(unit, site, name)
        if above.document["template"] == LIBRARY:
            library_items.prepare(self._core.store, self._core.drives, site, above)

    def _opened(self, unit: Unit, site: Site, name: str, doer: Doer) -> _Opened:
        above = find(unit, site, name)
        return _Opened(unit, site, above, View(unit, self._core.people, site, above, doer), self._core.drives)

    def _taking(self, opened: _Opened) -> Taking:
        return Taking(opened.unit, self._core.people, opened.site.web, columns.of_list(opened.above.document))

    def _changed(self, opened: _Opened, item: Item, given: Mapping[str, Any], doer: Doer, if_match: str | None) -> Item:
        check_etag(etag_of(item), if_match)
        taking = self._taking(opened)
        values = taking.taken(dict(given))
        check_unique(taking.columns, values, lambda: _others(opened, item))
        fields = item.document["fields"] | values
        if opened.is_library:
            library_items.write(opened.unit, opened.above, item, fields)
            return _item(opened, str(item.document["_number"]))
        return self._write(opened, item, fields, doer)

    def _write(self, opened: _Opened, item: Item, fields: Document, doer: Doer) -> Item:
        versions.keep(opened.unit, item)
        more = {"fields": fields, "_version": item.document["_version"] + 1, "lastModifiedBy": doer.identity,
                "_editor": self._who(opened, doer)}  # fmt: skip
        changed = opened.unit.items.update(item, item.document | more)
        opened.unit.items.touch(opened.above)
        return changed

    def _who(self, opened: _Opened, doer: Doer) -> str:
        """The number of who does it; apps have one too."""
        return str(numbers.of_person(opened.unit, opened.site.web, doer.user or doer.app))


def _check_list(opened: _Opened) -> None:
    """Raises Denied for a library."""
    if opened.is_library:
        raise Denied("Items of a library are its files: use its drive for this.")


def _files(opened: _Opened) -> list[Item]:
    return list(library_items.all_of(opened.unit, opened.drives, opened.site, opened.above))


def _page_of_files(opened: _Opened, options: Options) -> Page:
    items = {str(one.document["_number"]): one for one in _files(opened)}
    rows = [opened.view.with_fields(one) for one in items.values()]
    page = page_of(rows, replace(options, select=(), expand=()), ITEM_TYPE, PAGE, MOST)
    return Page([_shown(opened, items[row["id"]], options) for row in page.rows], page.cursor, page.count)


def _listing(opened: _Opened, options: Options) -> Listing:
    return Listing(
        opened.site.web, (ITEM,), opened.above, options=options, default_order=OLDEST, default_page=PAGE, most=MOST,
        view=opened.view.with_fields,
    )  # fmt: skip


def _item(opened: _Opened, number: str) -> Item:
    known = number.isascii() and number.isdigit() and len(number) < 10
    found = _numbered(opened, int(number)) if known else None
    if found is None:
        raise NotFound(ITEM, number)
    return found


def _numbered(opened: _Opened, number: int) -> Item | None:
    if opened.is_library:
        return next((one for one in _files(opened) if one.document["_number"] == number), None)
    return opened.unit.items.first(opened.site.web, ITEM, parent=opened.above, where={"number": number})


def _shown(opened: _Opened, item: Item, options: Options) -> Document:
    expand = next((one for one in options.expand if one.path.names[-1].lower() == "fields"), None)
    named = any(path.names[0].lower() == "fields" for path in options.select)
    document = opened.view.shown(item)
    if any(one.path.names[-1].lower() == "versions" for one in options.expand):
        document["versions"] = versions.page(opened.unit, item, NONE).rows
    others = tuple(one for one in options.expand if one is not expand)
    found = project(document, Options(select=options.select, expand=others), ITEM_TYPE)
    if expand is not None or named:
        found["fields"] = _chosen(opened, item, expand.options if expand else NONE)
    return found


def _chosen(opened: _Opened, item: Item, options: Options) -> Document:
    """Fields with these names; columns of SharePoint may begin with a low line, which elsewhere is ours."""
    names = _names(options)
    fields = opened.view.fields(item, *names)
    if not names or "*" in names:
        return fields
    return {name: value for name, value in fields.items() if name.lower() in ("id", "@odata.etag", *names)}


def _names(options: Options) -> list[str]:
    return [path.names[0].lower() for path in options.select]


def _fields_in(given: Mapping[str, Any]) -> Document | None:
    """What is given for an item. Raises Invalid, UnknownProperty."""
    checked(ITEM_TYPE, {name: value for name, value in given.items() if name.lower() != "fields"},
            read_only=READ_ONLY, partial=True)  # fmt: skip
    found: object = look_up(given, "fields")
    if not isinstance(found, dict | None):
        raise Invalid("fields", "an object with values by the names of columns")
    return found


def _others(opened: _Opened, own: Item | None) -> list[Document]:
    items = _files(opened) if opened.is_library else opened.unit.items.children(opened.above, ITEM)
    return [one.document["fields"] for one in items if own is None or one.number != own.number]


def _check_indexed(options: Options, there: list[Document]) -> None:
    """Raises NotIndexed."""
    asked = [*(paths(options.filter) if options.filter else ()), *(order.path for order in options.orderby)]
    indexed = {column["name"].lower() for column in there if column["indexed"]} | {"id"}
    for path in asked:
        names = [name.lower() for name in path.names]
        if names[0] == "fields" and len(names) > 1 and names[1] not in indexed:
            raise NotIndexed(path.names[1])
