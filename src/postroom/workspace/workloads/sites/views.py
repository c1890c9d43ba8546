"""Sites, lists and items as Graph shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from postroom.workspace.people import People
from postroom.workspace.store.rows import Item, moment
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.doer import Document, Doer
from postroom.workspace.workloads.sites import numbers
from postroom.workspace.workloads.sites.columns import facet_of, of_list
from postroom.workspace.workloads.sites.fields import LOOKED_UP
from postroom.workspace.workloads.sites.kinds import ITEM, LIBRARY, LIST, id_of, key_of
from postroom.workspace.workloads.sites.places import Site

LISTS: Final = "Lists"
FOLDER: Final = "_folder"
"""Marks items of libraries that are folders."""
_OF_ITEM: Final = {"id": "0x0100", "name": "Item"}
_OF_FILE: Final = {"id": "0x0101", "name": "Document"}
_OF_FOLDER: Final = {"id": "0x0120", "name": "Folder"}
BASIC_TYPES: Final = (_OF_ITEM, _OF_FILE, _OF_FOLDER)


def content_type(above: Item, *, folder: bool = False) -> dict[str, str]:
    """Of the items of a list: its id is that of the built-in one with the list's behind it, as SharePoint does it."""
    known = _OF_FILE if above.document["template"] == LIBRARY else _OF_ITEM
    if folder:
        known = _OF_FOLDER
    return {"id": known["id"] + "00" + id_of(above.key).replace("-", "").upper(), "name": known["name"]}


def of_site(site: Site, host: str) -> Document:
    top = {"root": {}, "siteCollection": {"hostname": host.partition(":")[0]}} if site.parent is None else {}
    return {
        "id": site.id(host),
        "createdDateTime": site.created,
        "lastModifiedDateTime": site.modified,
        "name": site.path.rpartition("/")[2],
        "displayName": site.title,
        "description": site.description,
        "webUrl": site.url(host),
        "isPersonalSite": False,
        **top,
    }


def site_ids(site: Site, host: str) -> Document:
    return {"siteId": site.collection, "siteUrl": site.url(host), "webId": site.web}


def list_url(site: Site, above: Item, host: str) -> str:
    library = above.document["template"] == LIBRARY
    return f"{site.url(host)}/{'' if library else f'{LISTS}/'}{above.document['name']}"


def of_list_item(site: Site, item: Item, host: str) -> Document:
    """A list."""
    document = item.document
    etag = f'"{id_of(item.key)},{item.change}"'
    return {
        "@odata.etag": etag,
        "id": id_of(item.key),
        "eTag": etag,
        "createdDateTime": moment(item.created_ms),
        "lastModifiedDateTime": moment(item.modified_ms),
        "name": document["name"],
        "displayName": document["displayName"],
        "description": document["description"],
        "webUrl": list_url(site, item, host),
        "createdBy": document["createdBy"],
        "lastModifiedBy": document["createdBy"],
        "parentReference": {"siteId": site.id(host)},
        "list": {"template": document["template"], "hidden": document["hidden"],
                 "contentTypesEnabled": document["contentTypesEnabled"]},
    }  # fmt: skip


class Items:
    """Items of one list."""

    def __init__(self, unit: Unit, people: People, site: Site, above: Item, doer: Doer) -> None:
        self._unit, self._people, self._site = unit, people, site
        # What all items share is worked out once: a page has a thousand of them.
        self._url = list_url(site, above, doer.host)
        self._reference = {"id": id_of(above.key), "siteId": site.id(doer.host)}
        self._kinds = {folder: content_type(above, folder=folder) for folder in (False, True)}
        self._columns = {column["name"].lower(): column for column in of_list(above.document)}

    def shown(self, item: Item) -> Document:
        """Without fields, which are asked for."""
        etag, document = etag_of(item), item.document
        number = document["_number"]
        return {
            "@odata.etag": etag,
            "id": str(number),
            "eTag": etag,
            "createdDateTime": moment(item.created_ms),
            "lastModifiedDateTime": moment(item.modified_ms),
            "webUrl": f"{self._url}/{number}_.000",
            "createdBy": document["createdBy"],
            "lastModifiedBy": document["lastModifiedBy"],
            "parentReference": self._reference,
            "contentType": self._kinds[bool(document.get(FOLDER))],
        }

    def with_fields(self, item: Item, *names: str) -> Document:
        """`names` in lower case are those of selected fields: what things are called only comes then."""
        return {**self.shown(item), "fields": self.fields(item, *names)}

    def fields(self, item: Item, *names: str) -> Document:
        own = item.document
        known = {
            "@odata.etag": etag_of(item),
            "id": str(own["_number"]),
            **own["fields"],
            "ContentType": self._kinds[bool(own.get(FOLDER))]["name"],
            "Modified": moment(item.modified_ms),
            "Created": moment(item.created_ms),
            "AuthorLookupId": own["_author"],
            "EditorLookupId": own["_editor"],
            "_UIVersionString": version(own["_version"]),
            "Attachments": False,
        }
        return {name: value for name, value in known.items() if value is not None} | self._called(known, names)

    def _called(self, known: Mapping[str, Any], names: tuple[str, ...]) -> Document:
        columns = (self._columns[name] for name in names if name in self._columns)
        return {
            column["name"]: self._names(column, known.get(f"{column['name']}{LOOKED_UP}"))
            for column in columns
            if facet_of(column) in ("lookup", "personOrGroup")
        }

    def _names(self, column: Document, numbers_: Any) -> Any:
        if isinstance(numbers_, list):
            return [{"LookupId": int(one), "LookupValue": self._name(column, one)} for one in numbers_]
        return None if numbers_ is None else self._name(column, numbers_)

    def _name(self, column: Document, number: str) -> Any:
        if facet_of(column) == "personOrGroup":
            person = self._people.find(numbers.person(self._unit, self._site.web, int(number)) or "")
            return person and (person.name or person.address)
        key = key_of(str(column["lookup"]["listId"]))
        above = self._unit.items.find(key) if key else None
        if above is None or above.kind != LIST:
            return None
        found = self._unit.items.first(above.mailbox, ITEM, parent=above, where={"number": int(number)})
        return found and found.document["fields"].get(column["lookup"]["columnName"])


def etag_of(item: Item) -> str:
    return f'"{id_of(item.key)},{item.document["_version"]}"'


def version(number: int) -> str:
    return f"{number}.0"
