"""Columns of lists: those that every list has, and those that are made.

Source: Microsoft Graph, columnDefinition; the names and the id of Title are SharePoint's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid4, uuid5

from postroom.errors import AlreadyExists, Invalid, NotFound
from postroom.workspace.schema.check import checked
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.workloads.items.doer import Document
from postroom.workspace.workloads.sites.kinds import COLUMN_TYPE, LIBRARY

FACETS: Final = ("text", "number", "boolean", "choice", "dateTime", "currency", "lookup", "personOrGroup",
                 "hyperlinkOrPicture")  # fmt: skip
NOT_BUILT: Final = ("calculated", "term", "geolocation", "thumbnail", "contentApprovalStatus")
"""Formulas are not calculated here, and there are no terms: such a column would lie."""
READ_ONLY: Final = ("id", "type", "isDeletable", "isReorderable", "isSealed", "sourceContentType", "sourceColumn")
FIXED: Final = ("id", "name")
MOST: Final = 200
MOST_NAME: Final = 255
CUSTOM: Final = "Custom Columns"
_TITLE_ID: Final = "fa564e0f-0c70-4ab9-b863-0177e6ddd247"
_DEFAULTS: Final[Document] = {
    "columnGroup": CUSTOM, "description": "", "enforceUniqueValues": False, "hidden": False, "indexed": False,
    "readOnly": False, "required": False,
}  # fmt: skip
_FACET_DEFAULTS: Final[Mapping[str, Document]] = {
    "text": {"allowMultipleLines": False, "appendChangesToExistingText": False, "linesForEditing": 0, "maxLength": 255,
             "textType": "plain"},
    "number": {"decimalPlaces": "automatic", "displayAs": "number"},
    "choice": {"allowTextEntry": False, "choices": [], "displayAs": "dropDownMenu"},
    "dateTime": {"displayAs": "default", "format": "dateTime"},
    "lookup": {"allowMultipleValues": False, "allowUnlimitedLength": False, "columnName": "Title"},
    "personOrGroup": {"allowMultipleSelection": False, "chooseFromType": "peopleAndGroups", "displayAs": "account"},
    "currency": {"locale": "en-us"},
    "hyperlinkOrPicture": {"isPicture": False},
}  # fmt: skip


def _built_in(name: str, shown: str, facet: str, *, writable: bool = False, **more: Any) -> Document:
    column_id = _TITLE_ID if name == "Title" else str(uuid5(NAMESPACE_URL, f"sharepoint column {name}"))
    own = {"id": column_id, "name": name, "displayName": shown, "readOnly": not writable, "columnGroup": "_Hidden"}
    return _DEFAULTS | own | {facet: {**_FACET_DEFAULTS.get(facet, {}), **more}}


BUILT_IN: Final = (
    _built_in("Title", "Title", "text", writable=True) | {"columnGroup": CUSTOM},
    _built_in("ContentType", "Content Type", "text"),
    _built_in("Modified", "Modified", "dateTime") | {"indexed": True},
    _built_in("Created", "Created", "dateTime") | {"indexed": True},
    _built_in("Author", "Created By", "personOrGroup"),
    _built_in("Editor", "Modified By", "personOrGroup"),
    _built_in("_UIVersionString", "Version", "text"),
    _built_in("Attachments", "Attachments", "boolean"),
)
OF_LIBRARIES: Final = (
    _built_in("FileLeafRef", "Name", "text"),
    _built_in("FileSizeDisplay", "File Size", "text"),
    _built_in("DocIcon", "Type", "text"),
)


def of_list(document: Mapping[str, Any]) -> list[Document]:
    """All columns of a list."""
    more = OF_LIBRARIES if document["template"] == LIBRARY else ()
    return [*BUILT_IN, *more, *document["_columns"]]


def new(given: object, there: Sequence[Document]) -> Document:
    """A column for a list that has those. Raises Invalid, UnknownProperty, AlreadyExists."""
    if not isinstance(given, dict):
        raise Invalid("columns", "a list of columns")
    if len(there) >= MOST:
        raise Invalid("columns", f"at most {MOST} columns")
    document = checked(COLUMN_TYPE, given, read_only=READ_ONLY, partial=True)
    document.pop("@odata.type", None)
    shown = document.get("displayName") or document.get("name")
    name = _internal(document.get("name") or shown)
    check_free(name, there)
    facet = facet_of(document) or "text"
    _check_facet(document)
    whole = _FACET_DEFAULTS.get(facet, {}) | {
        key: value for key, value in (document.get(facet) or {}).items() if value is not None
    }
    made = _DEFAULTS | {"id": str(uuid4()), **document, "name": name, "displayName": str(shown), facet: whole}
    _check_whole(made)
    return made


def changed(column: Document, given: Mapping[str, Any]) -> Document:
    """Raises Invalid for another type; ReadOnly for another name."""
    check_fixed(given, column, FIXED)
    document = checked(COLUMN_TYPE, dict(given), read_only=(*READ_ONLY, "name"), partial=True)
    document.pop("@odata.type", None)
    facet = facet_of(column)
    if facet_of(document) not in (None, facet):
        raise Invalid(str(facet_of(document)), f"a {facet} column to stay one: make another column")
    made = column | document
    if facet is not None and isinstance(document.get(facet), dict):
        made[facet] = column[facet] | document[facet]
    _check_whole(made)
    return made


def facet_of(column: Mapping[str, Any]) -> str | None:
    """The type of a column; None when nothing says it. Raises Invalid when several do."""
    found = [name for name in (*FACETS, *NOT_BUILT) if column.get(name) is not None]
    if len(found) > 1:
        raise Invalid(found[1], f"one type of a column: {found[0]} was given too")
    return found[0] if found else None


def find(columns: Iterable[Document], name: str) -> Document:
    """By id or name. Raises NotFound."""
    found = next((one for one in columns if name.lower() in (one["id"], one["name"].lower())), None)
    if found is None:
        raise NotFound("column", name)
    return found


def check_free(name: str, there: Iterable[Document]) -> None:
    if any(one["name"].lower() == name.lower() for one in there):
        raise AlreadyExists("column", name)


def _internal(name: object) -> str:
    """SharePoint writes what is no letter or digit in a name as its code."""
    if not isinstance(name, str) or not name.strip() or len(name) > MOST_NAME:
        raise Invalid("name", f"a text of at most {MOST_NAME} characters")
    return re.sub(r"[^A-Za-z0-9_\u00c0-\uffff]", lambda found: f"_x{ord(found[0]):04x}_", name.strip())


def _check_facet(document: Document) -> None:
    refused = next((name for name in NOT_BUILT if document.get(name) is not None), None)
    if refused is not None:
        raise Invalid(refused, f"a column of one of the types {', '.join(FACETS)}")


def _check_whole(column: Document) -> None:
    if column.get("choice") is not None and not column["choice"]["choices"]:
        raise Invalid("choice/choices", "at least one choice")
    if column.get("lookup") is not None and not column["lookup"].get("listId"):
        raise Invalid("lookup/listId", "the id of the list that values come from")
    name = column["displayName"]
    if not isinstance(name, str) or not name.strip() or len(name) > MOST_NAME:
        raise Invalid("displayName", f"a text of at most {MOST_NAME} characters")
