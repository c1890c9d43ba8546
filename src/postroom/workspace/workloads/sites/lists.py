"""Lists of a site, with their columns and content types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from postroom.errors import AlreadyExists, Invalid, NotFound
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.options import NONE, Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.schema.check import checked
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.doer import Document, Doer
from postroom.workspace.workloads.items.errors import Conflict
from postroom.workspace.workloads.sites import columns, library, views
from postroom.workspace.workloads.sites.core import Core
from postroom.workspace.workloads.sites.kinds import (
    COLUMN_TYPE,
    CONTENT_TYPE,
    GENERIC,
    LIBRARY,
    LIST,
    LIST_TYPE,
    TEMPLATES,
    id_of,
    key_of,
)
from postroom.workspace.workloads.sites.places import At, Site

READ_ONLY: Final = ("id", "createdDateTime", "lastModifiedDateTime", "createdBy", "lastModifiedBy", "webUrl", "eTag",
                    "parentReference", "sharepointIds", "system", "items", "drive", "contentTypes", "operations",
                    "permissions", "subscriptions")  # fmt: skip
FIXED: Final = ("id", "name", "createdDateTime", "webUrl")
MOST_NAME: Final = 255
_NOT_IN_NAMES: Final = re.compile(r"[^\w .-]")


class Lists:
    """A list is named by its id, its name or what it is called. Finding one raises NotFound."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, doer: Doer, at: At, options: Options = NONE) -> Page:
        """Hidden ones only when `system` is selected."""
        site = self._core.site(at, doer)
        with self._core.store.read() as unit:
            hidden = any(path.names[0].lower() == "system" for path in options.select)
            items = [one for one in unit.items.roots(site.web, LIST) if hidden or not one.document["hidden"]]
            rows = [self._whole(site, one, doer, options) for one in items]
        return page_of(rows, options, LIST_TYPE, 200, 1000)

    def get(self, doer: Doer, at: At, name: str, options: Options = NONE) -> Document:
        site = self._core.site(at, doer)
        with self._core.store.read() as unit:
            item = find(unit, site, name)
            return project(self._whole(site, item, doer, options), replace(options, filter=None), LIST_TYPE)

    def create(self, doer: Doer, at: At, given: Mapping[str, Any]) -> Document:
        """Raises Invalid, UnknownProperty, AlreadyExists."""
        site = self._core.writable(at, doer)
        document = checked(LIST_TYPE, {key: value for key, value in given.items() if key.lower() != "columns"},
                           read_only=READ_ONLY, partial=True)  # fmt: skip
        made = _new(document, next((value for key, value in given.items() if key.lower() == "columns"), None), doer)
        with self._core.store.write() as unit:
            made["name"] = self._free(unit, site, made)
            item = unit.items.add(site.web, LIST, None, made, key=uuid4().bytes)
            if made["template"] == LIBRARY:
                self._core.drives.create(unit, site, id_of(item.key), made["displayName"])
            return views.of_list_item(site, item, doer.host)

    def update(self, doer: Doer, at: At, name: str, given: Mapping[str, Any], if_match: str | None) -> Document:
        site = self._core.writable(at, doer)
        with self._core.store.write() as unit:
            item = find(unit, site, name)
            check_list_match(item, if_match)
            check_fixed(given, views.of_list_item(site, item, doer.host), FIXED)
            document = checked(LIST_TYPE, dict(given), read_only=(*READ_ONLY, "name", "columns"), partial=True)
            changed = {key: document[key] for key in ("displayName", "description") if document.get(key) is not None}
            if "displayName" in changed:
                self._check_called(unit, site, changed["displayName"], item)
            info = document.get("list") or {}
            changed |= {key: info[key] for key in ("hidden", "contentTypesEnabled") if info.get(key) is not None}
            return views.of_list_item(site, unit.items.update(item, item.document | changed), doer.host)

    def delete(self, doer: Doer, at: At, name: str, if_match: str | None) -> None:
        """With its items. Raises Invalid for the library that the site needs."""
        site = self._core.writable(at, doer)
        with self._core.store.write() as unit:
            item = find(unit, site, name)
            check_list_match(item, if_match)
            if item.key == library.default_key(site):
                raise Invalid("id", "another list: this is the library of the site")
            if item.document["template"] == LIBRARY:
                self._core.drives.remove(unit, id_of(item.key))
            unit.items.remove(item)

    def drive_id(self, site: Site, name: str) -> str:
        """Of a library. Raises NotFound, also for a list that is none."""
        with self._core.store.read() as unit:
            item = find(unit, site, name)
        if item.document["template"] != LIBRARY:
            raise NotFound("drive", name)
        return self._core.drives.id_of(library.drive_of(site, item.key))

    # Columns

    def columns(self, doer: Doer, at: At, name: str | None, options: Options = NONE) -> Page:
        """Of a list, or those that every list of the site has."""
        site = self._core.site(at, doer)
        with self._core.store.read() as unit:
            found = columns.BUILT_IN if name is None else columns.of_list(find(unit, site, name).document)
        return page_of(found, options, COLUMN_TYPE, None, None)

    def column(self, doer: Doer, at: At, name: str | None, column: str, options: Options = NONE) -> Document:
        rows = self.columns(doer, at, name).rows
        return project(columns.find(rows, column), options, COLUMN_TYPE)

    def add_column(self, doer: Doer, at: At, name: str, given: Mapping[str, Any]) -> Document:
        site = self._core.writable(at, doer)
        with self._core.store.write() as unit:
            item = find(unit, site, name)
            made = columns.new(dict(given), columns.of_list(item.document))
            self._keep(unit, item, [*item.document["_columns"], made])
            return made

    def change_column(self, doer: Doer, at: At, name: str, column: str, given: Mapping[str, Any]) -> Document:
        site = self._core.writable(at, doer)
        with self._core.store.write() as unit:
            item = find(unit, site, name)
            there = columns.find(columns.of_list(item.document), column)
            _check_own(item, there)
            made = columns.changed(there, given)
            self._keep(unit, item, [made if one["id"] == made["id"] else one for one in item.document["_columns"]])
            return made

    def remove_column(self, doer: Doer, at: At, name: str, column: str) -> None:
        """The values in it stay with their items, unseen, as long as no column has that name."""
        site = self._core.writable(at, doer)
        with self._core.store.write() as unit:
            item = find(unit, site, name)
            there = columns.find(columns.of_list(item.document), column)
            _check_own(item, there)
            self._keep(unit, item, [one for one in item.document["_columns"] if one["id"] != there["id"]])

    def content_types(self, doer: Doer, at: At, name: str | None, options: Options = NONE) -> Page:
        """What items of a list are; of a site, what its lists are made of."""
        site = self._core.site(at, doer)
        with self._core.store.read() as unit:
            kinds = views.BASIC_TYPES if name is None else [views.content_type(find(unit, site, name))]
        rows = [_content_type(kind, of_list=name is not None) for kind in kinds]
        return page_of(rows, options, CONTENT_TYPE, None, None)

    def content_type(self, doer: Doer, at: At, name: str | None, kind: str, options: Options = NONE) -> Document:
        rows = self.content_types(doer, at, name).rows
        found = next((row for row in rows if row["id"].lower() == kind.lower()), None)
        if found is None:
            raise NotFound("contentType", kind)
        return project(found, options, CONTENT_TYPE)

    def _whole(self, site: Site, item: Item, doer: Doer, options: Options) -> Document:
        document = views.of_list_item(site, item, doer.host)
        document["sharepointIds"] = {**views.site_ids(site, doer.host), "listId": id_of(item.key)}
        if item.document["hidden"]:
            document["system"] = {}
        shown = {path.names[0].lower() for path in options.select}
        expanded = {one.path.names[-1].lower() for one in options.expand}
        if "columns" in expanded:
            document["columns"] = columns.of_list(item.document)
        if "contenttypes" in expanded:
            document["contentTypes"] = [_content_type(views.content_type(item), of_list=True)]
        if "sharepointids" not in shown:
            del document["sharepointIds"]
        return document

    def _keep(self, unit: Unit, item: Item, own: list[Document]) -> None:
        unit.items.update(item, item.document | {"_columns": own})

    def _free(self, unit: Unit, site: Site, made: Document) -> str:
        """The name in URLs, which no other list has."""
        self._check_called(unit, site, made["displayName"], None)
        base = made["name"] or _NOT_IN_NAMES.sub("", made["displayName"]).strip(" .") or made["template"]
        taken = {one.document["name"].lower() for one in unit.items.roots(site.web, LIST)}
        names = (base if number == 0 else f"{base}{number}" for number in range(len(taken) + 1))
        return next(name for name in names if name.lower() not in taken)

    def _check_called(self, unit: Unit, site: Site, called: object, own: Item | None) -> None:
        if not isinstance(called, str) or not called.strip() or len(called) > MOST_NAME:
            raise Invalid("displayName", f"a text of at most {MOST_NAME} characters")
        for one in unit.items.roots(site.web, LIST):
            if (own is None or one.key != own.key) and one.document["displayName"].lower() == called.lower():
                raise AlreadyExists(LIST, called)


def list_key(unit: Unit, web: str, name: str) -> bytes:
    """The key of a list in the site with a web id. Raises NotFound."""
    return _found(unit, web, name).key


def find(unit: Unit, site: Site, name: str) -> Item:
    """Raises NotFound."""
    return _found(unit, site.web, name)


def _found(unit: Unit, web: str, name: str) -> Item:
    key, low = key_of(name), name.lower()
    if key is not None:
        item = unit.items.find(key)
        if item is not None and item.kind == LIST and item.mailbox == web:
            return item
    lists = unit.items.roots(web, LIST)
    named = [one for one in lists if one.document["displayName"].lower() == low]
    named += [one for one in lists if one.document["name"].lower() == low]
    if not named:
        raise NotFound(LIST, name)
    return named[0]


def check_list_match(item: Item, if_match: str | None) -> None:
    """Raises Conflict."""
    check_etag(f'"{id_of(item.key)},{item.change}"', if_match)


def check_etag(etag: str, if_match: str | None) -> None:
    """Raises Conflict. ETags of SharePoint have a comma: one at a time is taken."""
    if if_match and if_match.strip() not in ("*", etag, f"W/{etag}", etag.strip('"')):
        raise Conflict


def _new(document: Document, given_columns: object, doer: Doer) -> Document:
    info = document.get("list") or {}
    template = info.get("template") or GENERIC
    known = {name.lower(): name for name in TEMPLATES}
    if template.lower() not in known:
        raise Invalid("list/template", f"one of {', '.join(TEMPLATES)}")
    made: Document = {
        "displayName": document.get("displayName") or document.get("name"),
        "name": _NOT_IN_NAMES.sub("", str(document.get("name") or "")).strip(" ."),
        "description": document.get("description") or "",
        "template": known[template.lower()],
        "hidden": bool(info.get("hidden")),
        "contentTypesEnabled": bool(info.get("contentTypesEnabled")),
        "createdBy": doer.identity,
        "_columns": [],
    }
    if given_columns is not None and not isinstance(given_columns, list):
        raise Invalid("columns", "a list of columns")
    for column in given_columns or []:
        made["_columns"].append(columns.new(column, columns.of_list(made)))
    return made


def _check_own(item: Item, column: Document) -> None:
    if column["id"] not in [one["id"] for one in item.document["_columns"]]:
        raise Invalid("id", "a column that was made for this list: others belong to every list")


def _content_type(kind: Mapping[str, str], *, of_list: bool) -> Document:
    return {"id": kind["id"], "name": kind["name"], "description": "", "group": "List Content Types", "hidden": False,
            "readOnly": False, "sealed": False, "isBuiltIn": not of_list}  # fmt: skip
