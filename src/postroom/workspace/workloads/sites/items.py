"""Items of lists: their fields, versions, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from postroom.errors import Denied, Invalid, NotFound
from postroom.workspace.query.access import look_up
from postroom.workspace.query.options import NONE, Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.walk import paths
from postroom.workspace.schema.check import checked
from postroom.workspace.store import ids
from postroom.workspace.store.changes import Delta
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.doer import Document, Doer
from postroom.workspace.workloads.sites import columns, library_items, numbers, versions
from postroom.workspace.workloads.sites.core import Core
from postroom.workspace.workloads.sites.errors import NotIndexed
from postroom.workspace.workloads.sites.fields import Taking, check_unique
from postroom.workspace.workloads.sites.kinds import ITEM, ITEM_TYPE, LIBRARY, LIST, id_of, item_key
from postroom.workspace.workloads.sites.library import drive_of
from postroom.workspace.workloads.sites.lists import check_etag, find
from postroom.workspace.workloads.sites.opened import (
    Opened,
    chosen,
    files,
    item_of,
    listing,
    others,
    page_of_files,
    shown,
)
from postroom.workspace.workloads.sites.places import At, Site
from postroom.workspace.workloads.sites.views import Items as View
from postroom.workspace.workloads.sites.views import etag_of

READ_ONLY: Final = ("id", "createdBy", "createdDateTime", "lastModifiedBy", "lastModifiedDateTime", "eTag", "webUrl",
                    "parentReference", "sharepointIds", "deleted", "analytics", "driveItem", "versions",
                    "documentSetVersions", "createdByUser", "lastModifiedByUser", "permissions", "name", "contentType",
                    "description")  # fmt: skip


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
                return page_of_files(opened, options)
            found = opened.unit.items.page(listing(opened, options))
            return Page([shown(opened, one, options) for one in found.rows], found.cursor, found.count)

    def get(self, doer: Doer, at: At, name: str, item: str, options: Options = NONE) -> Document:
        with self._reading(doer, at, name) as opened:
            return shown(opened, item_of(opened, item), options)

    def fields(self, doer: Doer, at: At, name: str, item: str, options: Options = NONE) -> Document:
        with self._reading(doer, at, name) as opened:
            return chosen(opened, item_of(opened, item), options)

    def file_key(self, doer: Doer, at: At, name: str, item: str) -> bytes:
        """The key of the file that an item of a library is. Raises NotFound, also in other lists."""
        with self._reading(doer, at, name) as opened:
            if not opened.is_library:
                raise NotFound("driveItem", item)
            return item_of(opened, item).key

    def of_file(self, doer: Doer, drive: str, key: bytes) -> tuple[At, str, str]:
        """Site, library and number of a file, by the id of its drive. Raises NotFound for drives of users."""
        with self._core.store.read() as unit:
            found = unit.items.find(ids.parse(drive).key)
        if found is None:
            raise NotFound("drive", drive)
        at = At(found.mailbox)
        site = self._core.site(at, doer)
        name = self._library(site, drive)
        with self._reading(doer, at, name) as opened:
            number = next((one.document["_number"] for one in files(opened) if one.key == key), None)
        if number is None:
            raise NotFound(ITEM, name)
        return at, name, str(number)

    def _library(self, site: Site, drive: str) -> str:
        """The id of the library that has a drive. Raises NotFound."""
        with self._core.store.read() as unit:
            for above in unit.items.roots(site.web, LIST):
                if (
                    above.document["template"] == LIBRARY
                    and self._core.drives.id_of(drive_of(site, above.key)) == drive
                ):
                    return id_of(above.key)
        raise NotFound(LIST, drive)

    def create(self, doer: Doer, at: At, name: str, given: Mapping[str, Any]) -> Document:
        with self._writing(doer, at, name) as opened:
            _check_list(opened)
            taking = self._taking(opened)
            values = taking.defaults() | taking.taken(_fields_in(given) or {})
            check_unique(taking.columns, values, lambda: others(opened, None))
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
            found = self._changed(opened, item_of(opened, item), values or {}, doer, if_match)
            return opened.view.with_fields(found)

    def update_fields(
        self, doer: Doer, at: At, name: str, item: str, given: Mapping[str, Any], if_match: str | None
    ) -> Document:
        with self._writing(doer, at, name) as opened:
            return opened.view.fields(self._changed(opened, item_of(opened, item), given, doer, if_match))

    def delete(self, doer: Doer, at: At, name: str, item: str, if_match: str | None) -> None:
        with self._writing(doer, at, name) as opened:
            _check_list(opened)
            found = item_of(opened, item)
            check_etag(etag_of(found), if_match)
            opened.unit.items.remove(found)
            opened.unit.items.touch(opened.above)

    def versions(self, doer: Doer, at: At, name: str, item: str, options: Options = NONE) -> Page:
        """Newest first, the one that there is with them."""
        with self._reading(doer, at, name) as opened:
            _check_list(opened)
            return versions.page(opened.unit, item_of(opened, item), options)

    def version(self, doer: Doer, at: At, name: str, item: str, version: str, options: Options = NONE) -> Document:
        with self._reading(doer, at, name) as opened:
            _check_list(opened)
            return versions.get(opened.unit, item_of(opened, item), version, options)

    def restore(self, doer: Doer, at: At, name: str, item: str, version: str) -> None:
        """As a new version."""
        with self._writing(doer, at, name) as opened:
            _check_list(opened)
            found = item_of(opened, item)
            self._write(opened, found, versions.fields_of(opened.unit, found, version), doer)

    def delta(self, doer: Doer, at: At, name: str, options: Options = NONE) -> tuple[list[Document], Delta]:
        """Items that changed; those that are gone are in the second."""
        with self._reading(doer, at, name) as opened:
            _check_list(opened)
            found = opened.unit.changes.since(listing(opened, options), options.delta or options.cursor)
            rows = [shown(opened, one, replace(found.options, filter=None)) for one in found.items]
            return rows, found

    @contextmanager
    def _reading(self, doer: Doer, at: At, name: str) -> Iterator[Opened]:
        site = self._core.site(at, doer)
        self._number_files(site, name)
        with self._core.store.read() as unit:
            yield self._opened(unit, site, name, doer)

    @contextmanager
    def _writing(self, doer: Doer, at: At, name: str) -> Iterator[Opened]:
        site = self._core.writable(at, doer)
        self._number_files(site, name)
        with self._core.store.write() as unit:
            yield self._opened(unit, site, name, doer)

    def _number_files(self, site: Site, name: str) -> None:
        with self._core.store.read() as unit:
            above = find(unit, site, name)
        if above.document["template"] == LIBRARY:
            library_items.prepare(self._core.store, self._core.drives, site, above)

    def _opened(self, unit: Unit, site: Site, name: str, doer: Doer) -> Opened:
        above = find(unit, site, name)
        return Opened(unit, site, above, View(unit, self._core.people, site, above, doer), self._core.drives)

    def _taking(self, opened: Opened) -> Taking:
        return Taking(opened.unit, self._core.people, opened.site.web, columns.of_list(opened.above.document))

    def _changed(self, opened: Opened, item: Item, given: Mapping[str, Any], doer: Doer, if_match: str | None) -> Item:
        check_etag(etag_of(item), if_match)
        taking = self._taking(opened)
        values = taking.taken(dict(given))
        check_unique(taking.columns, values, lambda: others(opened, item))
        fields = item.document["fields"] | values
        if opened.is_library:
            library_items.write(opened.unit, opened.above, item, fields)
            return item_of(opened, str(item.document["_number"]))
        return self._write(opened, item, fields, doer)

    def _write(self, opened: Opened, item: Item, fields: Document, doer: Doer) -> Item:
        versions.keep(opened.unit, item)
        more = {"fields": fields, "_version": item.document["_version"] + 1, "lastModifiedBy": doer.identity,
                "_editor": self._who(opened, doer)}  # fmt: skip
        changed = opened.unit.items.update(item, item.document | more)
        opened.unit.items.touch(opened.above)
        return changed

    def _who(self, opened: Opened, doer: Doer) -> str:
        """The number of who does it; apps have one too."""
        return str(numbers.of_person(opened.unit, opened.site.web, doer.user or doer.app))


def _check_list(opened: Opened) -> None:
    """Raises Denied for a library."""
    if opened.is_library:
        raise Denied("Items of a library are its files: use its drive for this.")


def _fields_in(given: Mapping[str, Any]) -> Document | None:
    """What is given for an item. Raises Invalid, UnknownProperty."""
    checked(ITEM_TYPE, {name: value for name, value in given.items() if name.lower() != "fields"},
            read_only=READ_ONLY, partial=True)  # fmt: skip
    found: object = look_up(given, "fields")
    if not isinstance(found, dict | None):
        raise Invalid("fields", "an object with values by the names of columns")
    return found


def _check_indexed(options: Options, there: list[Document]) -> None:
    """Raises NotIndexed."""
    asked = [*(paths(options.filter) if options.filter else ()), *(order.path for order in options.orderby)]
    indexed = {column["name"].lower() for column in there if column["indexed"]} | {"id"}
    for path in asked:
        names = [name.lower() for name in path.names]
        if names[0] == "fields" and len(names) > 1 and names[1] not in indexed:
            raise NotIndexed(path.names[1])
