"""SharePoint: sites, their lists and document libraries, and the items of lists."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from O365._attributes import Attribute, Json, Resource, instant, maybe_text, plain, text
from O365._component import ApiComponent as ApiComponent
from O365._drive_fields import person, within
from O365._listing import everything
from O365._names import NEXT_LINK_KEYWORD as NEXT_LINK_KEYWORD
from O365._paging import Pagination as Pagination
from O365._paging import built, listed
from O365._recipients import TrackerSet as TrackerSet
from O365._urls import segment
from O365.address_book import Contact as Contact
from O365.drive import Drive, Storage

log = logging.getLogger(__name__)

FIELD_TYPES = ("text", "choice", "number", "currency", "dateTime", "lookup", "boolean", "calculated", "personOrGroup")


class _Thing(Resource):
    """What lies below a site: its URLs begin with those of what it lies in."""

    _eager = True

    object_id = maybe_text("id")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self is other or (self.object_id is not None and self.object_id == other.object_id)

    __hash__ = None  # type: ignore[assignment] # the id comes later

    def _one(self, response: Any, constructor: Any) -> Any:
        return built(self, constructor, response.json(), {}) if response else None


class SharepointListColumn(_Thing):
    """A column of a list."""

    column_group = maybe_text("columnGroup")
    description = maybe_text("description")
    display_name = maybe_text("displayName")
    enforce_unique_values: Attribute[bool | None] = plain("enforceUniqueValues")
    hidden: Attribute[bool | None] = plain("hidden")
    indexed: Attribute[bool | None] = plain("indexed")
    internal_name = maybe_text("name")
    read_only: Attribute[bool | None] = plain("readOnly")
    required: Attribute[bool | None] = plain("required")
    field_type: Attribute[str | None] = Attribute(
        "", lambda column, _: next((one for one in FIELD_TYPES if column._told(one) is not None), None)
    )

    def __repr__(self) -> str:
        return f"List Column: {self.display_name}-{self.field_type}"


class SharepointListItem(_Thing):
    """An item of a list. `fields` are its values by the names of columns."""

    _endpoints: ClassVar[dict[str, str]] = {
        "update_list_item": "/items/{item_id}/fields",
        "delete_list_item": "/items/{item_id}",
    }

    created = instant("createdDateTime")
    modified = instant("lastModifiedDateTime")
    created_by = person("createdBy")
    modified_by = person("lastModifiedBy")
    web_url = maybe_text("webUrl")
    content_type_id: Attribute[str | None] = within("contentType", "id")
    fields: Attribute[Json | None] = plain("fields")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._parent = parent
        super().__init__(parent=parent, con=con, **kwargs)
        # Names of columns are SharePoint's: they keep their case.
        self._track_changes = TrackerSet(casing=str)

    def __repr__(self) -> str:
        return f"List Item: {self.web_url}"

    def update_fields(self, updates: Mapping[str, Any]) -> None:
        """Set values by internal names of columns; `save_updates` sends them. Raises ValueError for unknown names."""
        known = set(self._parent.column_name_cw.values()) if isinstance(self._parent, SharepointList) else None
        for name in updates:
            if known is not None and name not in known and name.removesuffix("LookupId") not in known:
                raise ValueError(f'"{name}" is not a valid internal field name')
        self.fields = {**(self.fields or {}), **updates}
        for name in updates:
            self._track_changes.add(name)

    def save_updates(self) -> bool:
        """Send what `update_fields` has set; whether that worked."""
        changed = {name: value for name, value in (self.fields or {}).items() if name in self._track_changes}
        if not changed:
            return True
        if not self.con.patch(self._url("update_list_item"), data=changed):
            return False
        self._track_changes.clear()
        return True

    def delete(self) -> bool:
        """Remove it from its list."""
        return bool(self.con.delete(self._url("delete_list_item")))

    def _url(self, endpoint: str) -> str:
        return self.build_url(self._endpoints[endpoint].format(item_id=segment(self.object_id)))


class SharepointList(_Thing):
    """A list of a site."""

    _endpoints: ClassVar[dict[str, str]] = {
        "get_items": "/items",
        "get_item_by_id": "/items/{item_id}",
        "get_list_columns": "/columns",
    }
    list_item_constructor = SharepointListItem
    list_column_constructor = SharepointListColumn

    name = text("name")
    display_name = text("displayName")
    description = text("description")
    web_url = maybe_text("webUrl")
    created = instant("createdDateTime")
    modified = instant("lastModifiedDateTime")
    created_by = person("createdBy")
    modified_by = person("lastModifiedBy")
    content_types_enabled: Attribute[bool | None] = within("list", "contentTypesEnabled")
    hidden: Attribute[bool | None] = within("list", "hidden")
    template: Attribute[str | None] = within("list", "template")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._columns: dict[str, str] | None = None
        super().__init__(parent=parent, con=con, **kwargs)
        self.set_base_url(f"{self.main_resource}/lists/{segment(self.object_id)}")

    @property
    def column_name_cw(self) -> dict[str, str]:
        """Internal names of the columns that can be written, by what they are called; asked for at the first time."""
        if self._columns is None:
            columns = self.get_list_columns()
            self._columns = {str(one.display_name): str(one.internal_name) for one in columns if not one.read_only}
        return self._columns

    @column_name_cw.setter
    def column_name_cw(self, names: dict[str, str]) -> None:
        self._columns = names

    def build_field_filter(self, expand_fields: Iterable[str] | bool | None) -> str | None:
        """What to expand: all fields for True, those of a list by either name; unknown ones are left out."""
        if expand_fields is True:
            return "fields"
        if not isinstance(expand_fields, list | tuple):
            return None
        names = [name for name in map(self._internal, expand_fields) if name is not None]
        return f"fields(select={','.join(names)})" if names else None

    def get_items(
        self,
        limit: int | None = None,
        *,
        query: Any = None,
        order_by: str | None = None,
        batch: int | None = None,
        expand_fields: Iterable[str] | bool | None = None,
    ) -> list[SharepointListItem] | Pagination[SharepointListItem]:
        """Items: a list, or a Pagination when there is more than fits into a page. Fields come when they are asked for.

        Query as `fields/Title eq 'x'`; columns without an index may need a header of the service.
        """
        found: list[SharepointListItem] | Pagination[SharepointListItem] | None = listed(
            self, self.build_url(self._endpoints["get_items"]), constructor=self.list_item_constructor, limit=limit,
            query=query, order_by=order_by, batch=batch, params=self._expanding(expand_fields),
        )  # fmt: skip
        return [] if found is None else found

    def get_item_by_id(
        self, item_id: int | str, expand_fields: Iterable[str] | bool | None = None
    ) -> SharepointListItem | None:
        """The item with a number."""
        url = self.build_url(self._endpoints["get_item_by_id"].format(item_id=segment(item_id)))
        found: SharepointListItem | None = self._one(
            self.con.get(url, params=self._expanding(expand_fields)), self.list_item_constructor
        )
        return found

    def get_list_columns(self) -> list[SharepointListColumn]:
        """All columns."""
        response = self.con.get(self.build_url(self._endpoints["get_list_columns"]))
        return everything(self, response, self.list_column_constructor) if response else []

    def create_list_item(self, new_data: Mapping[str, Any]) -> SharepointListItem | None:
        """A new item, with values by internal names of columns."""
        response = self.con.post(self.build_url(self._endpoints["get_items"]), data={"fields": dict(new_data)})
        found: SharepointListItem | None = self._one(response, self.list_item_constructor)
        return found

    def delete_list_item(self, item_id: int | str) -> bool:
        """Remove the item with a number."""
        url = self.build_url(self._endpoints["get_item_by_id"].format(item_id=segment(item_id)))
        return bool(self.con.delete(url))

    def _expanding(self, expand_fields: Iterable[str] | bool | None) -> dict[str, str]:
        wanted = self.build_field_filter(expand_fields)
        return {"expand": wanted} if wanted else {}

    def _internal(self, name: str) -> str | None:
        names = self.column_name_cw
        if name in names.values():
            return name
        if name not in names:
            log.warning('"%s" is not a valid field name - check case', name)
        return names.get(name)


class Site(_Thing):
    """A site."""

    _endpoints: ClassVar[dict[str, str]] = {
        "get_subsites": "/sites",
        "get_lists": "/lists",
        "get_list_by_name": "/lists/{display_name}",
    }
    list_constructor = SharepointList

    root: Attribute[bool] = Attribute("root", lambda _, told: told is not None)
    # The root site has no name.
    name: Attribute[str] = Attribute("name", lambda site, told: told or site.display_name)
    display_name: Attribute[str] = plain("displayName", "")
    description: Attribute[str] = plain("description", "")
    web_url = maybe_text("webUrl")
    created = instant("createdDateTime")
    modified = instant("lastModifiedDateTime")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **{**kwargs, "main_resource": ""})
        self.set_base_url(f"sites/{segment(self.object_id)}")
        self.site_storage = Storage(parent=self)

    def __repr__(self) -> str:
        return f"Site: {self.name}"

    def get_default_document_library(self, request_drive: bool = False) -> Drive | None:
        """The drive of its first library; nothing is asked unless `request_drive`."""
        return self.site_storage.get_default_drive(request_drive=request_drive)

    def get_document_library(self, drive_id: str) -> Drive | None:
        """The drive of a library, by its id."""
        return self.site_storage.get_drive(drive_id)

    def list_document_libraries(self) -> list[Drive]:
        """The drives of all its libraries."""
        return self.site_storage.get_drives()

    def get_subsites(self) -> list[Site]:
        """The sites in it."""
        response = self.con.get(self.build_url(self._endpoints["get_subsites"]))
        return everything(self, response, type(self)) if response else []

    def get_lists(self) -> list[SharepointList]:
        """All its lists, libraries too."""
        response = self.con.get(self.build_url(self._endpoints["get_lists"]))
        return everything(self, response, self.list_constructor) if response else []

    def get_list_by_name(self, display_name: str) -> Any:
        """The list that is called so; an empty list after an error that did not raise."""
        url = self.build_url(self._endpoints["get_list_by_name"].format(display_name=segment(display_name)))
        return self._one(self.con.get(url), self.list_constructor) or []

    def create_list(self, list_data: Mapping[str, Any]) -> SharepointList | None:
        """A new list, from JSON as Graph has it: `displayName`, `columns`, `list`."""
        response = self.con.post(self.build_url(self._endpoints["get_lists"]), data=dict(list_data))
        found: SharepointList | None = self._one(response, self.list_constructor)
        return found


class Sharepoint(ApiComponent):
    """The sites of an organisation."""

    _endpoints: ClassVar[dict[str, str]] = {"get_site": "/sites/{id}", "search": "/sites?search={keyword}"}
    site_constructor = Site

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._adopt(parent, con, {**kwargs, "main_resource": kwargs.get("main_resource") or ""})

    def __repr__(self) -> str:
        return "Sharepoint"

    def search_site(self, keyword: str) -> list[Site]:
        """All sites that have a word in their names or descriptions; all there are for `*`."""
        wanted = segment(keyword).replace("&", "%26").replace("+", "%2B")
        response = self.con.get(self.build_url(self._endpoints["search"].format(keyword=wanted)))
        return everything(self, response, self.site_constructor) if response else []

    def get_root_site(self) -> Site | None:
        """The site that all others are below."""
        return self.get_site("root")

    def get_site(self, *args: str) -> Site | None:
        """By id; by host and path (`contoso.sharepoint.com`, `sites/yard`); or by host and its two ids.

        Raises ValueError for any other number of arguments.
        """
        match args:
            case (site_id,):
                name = segment(site_id)
            case (host, path):
                inner = "/".join(segment(part) for part in path.strip("/").split("/"))
                name = f"{segment(host)}:/{inner}:"
            case (_, _, _):
                name = segment(",".join(args))
            case _:
                raise ValueError("Incorrect number of arguments")
        response = self.con.get(self.build_url(self._endpoints["get_site"].format(id=name)))
        return built(self, self.site_constructor, response.json(), {}) if response else None
