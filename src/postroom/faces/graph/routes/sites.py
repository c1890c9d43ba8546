"""SharePoint: sites, lists, items."""

from __future__ import annotations

from typing import Any, Final

from postroom.faces.graph.route import BASES, DRIVE, ENTITY, LIST, PLAIN, Route
from postroom.faces.graph.routes import files

SITE: Final = "{S}"
"""Stands for all that a site is reached by."""
BASES[SITE] = (
    "sites/{site}",
    "sites/{site}/{:site_path}",
    "groups/{group}/sites/{site}",
    "groups/{group}/sites/{site}/{:site_path}",
)
BASES[DRIVE] += (f"{SITE}/drive", f"{SITE}/drives/{{drive}}", f"{SITE}/lists/{{list}}/drive")
READ: Final = ("Sites.Read.All", "Sites.ReadWrite.All", "Sites.Manage.All", "Sites.FullControl.All")
WRITE: Final = READ[1:]
LISTED: Final = LIST - {"search"}
ONE: Final = f"{SITE}/lists/{{list}}"
ITEM: Final = f"{ONE}/items/{{item}}"


def _route(key: str, method: str, path: str, returns: str, doc: str, status: int = 200, **more: Any) -> Route:
    reads = method == "GET"
    options = (LISTED if returns.startswith("[") else ENTITY) if reads else PLAIN
    scopes = READ if reads else WRITE
    given: dict[str, Any] = {
        "options": options, "delegated": scopes, "application": scopes, "family": "files",
        "takes": "json" if method in ("POST", "PATCH") else "none", **more,
    }  # fmt: skip
    return Route(f"sites.{key}", method, path, returns, status, doc=doc, source="Microsoft Graph v1.0, sites", **given)


ROUTES: Final = (
    _route("search", "GET", "/sites", "[site]", "Sites by words; all with `*`.", options=LIST, o365=True),
    _route("all", "GET", "/sites/getAllSites", "[site]", "All sites.", delegated=()),
    _route("get", "GET", SITE, "site", "One site: the root, by its id, or by host and path.", o365=True),
    _route("by_path", "GET", f"{SITE}/getByPath", "site", "A site by its path."),
    _route("subsites", "GET", f"{SITE}/sites", "[site]", "Sites in a site.", o365=True),
    _route("permissions", "GET", f"{SITE}/permissions", "[permission]", "Who may use a site."),
    _route("drives", "GET", f"{SITE}/drives", "[drive]", "Drives of a site: one for each library.", o365=True,
           context="drives"),
    _route("columns", "GET", f"{SITE}/columns", "[columnDefinition]", "Columns that every list has."),
    _route("column", "GET", f"{SITE}/columns/{{column}}", "columnDefinition", "One of them."),
    _route("content_types", "GET", f"{SITE}/contentTypes", "[contentType]", "What items of lists can be."),
    _route("content_type", "GET", f"{SITE}/contentTypes/{{type}}", "contentType", "One of these."),
    _route("lists", "GET", f"{SITE}/lists", "[list]", "Lists of a site.", o365=True),
    _route("lists.create", "POST", f"{SITE}/lists", "list", "Make a list, with columns.", 201, o365=True),
    _route("lists.get", "GET", ONE, "list", "A list, by id or by name.", o365=True),
    _route("lists.change", "PATCH", ONE, "list", "Change what a list is called."),
    _route("lists.delete", "DELETE", ONE, "", "Remove a list, with its items.", 204),
    _route("lists.columns", "GET", f"{ONE}/columns", "[columnDefinition]", "Columns of a list.", o365=True),
    _route("lists.add_column", "POST", f"{ONE}/columns", "columnDefinition", "Make a column.", 201),
    _route("lists.column", "GET", f"{ONE}/columns/{{column}}", "columnDefinition", "One column."),
    _route("lists.change_column", "PATCH", f"{ONE}/columns/{{column}}", "columnDefinition", "Change a column."),
    _route("lists.remove_column", "DELETE", f"{ONE}/columns/{{column}}", "", "Remove a column.", 204),
    _route("lists.content_types", "GET", f"{ONE}/contentTypes", "[contentType]", "What items of a list are."),
    _route("lists.content_type", "GET", f"{ONE}/contentTypes/{{type}}", "contentType", "One of these."),
    _route("items", "GET", f"{ONE}/items", "[listItem]", "Items of a list.", o365=True),
    _route("items.create", "POST", f"{ONE}/items", "listItem", "Make an item.", 201, o365=True),
    _route("items.delta", "GET", f"{ONE}/items/delta", "[listItem]", "Items that changed.",
           options=LISTED | {"deltatoken"}),
    _route("items.get", "GET", ITEM, "listItem", "One item.", o365=True),
    _route("items.change", "PATCH", ITEM, "listItem", "Change an item's fields."),
    _route("items.delete", "DELETE", ITEM, "", "Remove an item.", 204, o365=True),
    _route("items.fields", "GET", f"{ITEM}/fields", "fieldValueSet", "Fields of an item."),
    _route("items.change_fields", "PATCH", f"{ITEM}/fields", "fieldValueSet", "Change fields.", o365=True),
    _route("items.file", "GET", f"{ITEM}/driveItem", "driveItem", "The file that an item of a library is.",
           context="driveItems"),
    _route("file_item", "GET", "{I}/listItem", "listItem", "A file of a library as an item of it.", context="listItems",
           delegated=files.READ, application=files.READ_APP, anyone=True),
    _route("file_fields", "GET", "{I}/listItem/fields", "fieldValueSet", "Its values.", context="fieldValueSets",
           delegated=files.READ, application=files.READ_APP, anyone=True),
    _route("change_file_fields", "PATCH", "{I}/listItem/fields", "fieldValueSet", "Change these.",
           context="fieldValueSets", delegated=files.WRITE, application=files.WRITE_APP, anyone=True),
    _route("items.versions", "GET", f"{ITEM}/versions", "[listItemVersion]", "What an item was."),
    _route("items.version", "GET", f"{ITEM}/versions/{{version}}", "listItemVersion", "One version."),
    _route("items.restore", "POST", f"{ITEM}/versions/{{version}}/restoreVersion", "", "Make it so again.", 204),
)  # fmt: skip
