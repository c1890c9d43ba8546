"""Values of items, checked against the columns of their list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.clock import moment
from postroom.workspace.people import People
from postroom.workspace.query.literals import instant
from postroom.workspace.store.kinds import is_storable
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.doer import Document
from postroom.workspace.workloads.sites import numbers
from postroom.workspace.workloads.sites.columns import facet_of
from postroom.workspace.workloads.sites.kinds import ITEM, LIST, key_of

LOOKED_UP: Final = "LookupId"
"""Ends the names of values that are numbers of other things: of items, of people."""
MOST_LINE: Final = 255
MOST_TEXT: Final = 64_000
SHOWN: Final = ("id", "ContentType", "Modified", "Created", "AuthorLookupId", "EditorLookupId", "_UIVersionString",
                "Attachments", "Edit", "LinkTitle", "LinkTitleNoMenu")  # fmt: skip
"""What every item tells besides; passed over when it is given."""


@dataclass(frozen=True, slots=True)
class Taking:
    """Values for the items of one list of a site."""

    unit: Unit
    people: People
    site: str
    columns: Sequence[Document]

    def taken(self, given: object) -> Document:
        """By the names of columns. Raises Invalid for what there is no column for, or what does not fit into it."""
        if not isinstance(given, dict):
            raise Invalid("fields", "an object with values by the names of columns")
        new: Document = {}
        for name, value in given.items():
            if "@" not in name and name not in SHOWN:
                key, kept = self._one(name, value)
                new[key] = kept
        return new

    def defaults(self) -> Document:
        """What a new item begins with."""
        return {column["name"]: value for column in self.columns if (value := _default(column)) is not None}

    def _one(self, name: str, value: object) -> tuple[str, Any]:
        bare = name.removesuffix(LOOKED_UP)
        column = next((one for one in self.columns if one["name"].lower() in (name.lower(), bare.lower())), None)
        if column is None:
            raise Invalid(f"fields/{name}", "the name of a column of the list")
        if column["readOnly"]:
            raise Invalid(f"fields/{name}", "a column that can be written")
        facet = facet_of(column) or "text"
        if facet in ("lookup", "personOrGroup"):
            return f"{column['name']}{LOOKED_UP}", self._reference(column, facet, value)
        return column["name"], None if value is None else _TAKEN[facet](column, value)

    def _reference(self, column: Document, facet: str, value: object) -> Any:
        field, one = f"fields/{column['name']}{LOOKED_UP}", self._item if facet == "lookup" else self._person
        several = column[facet].get("allowMultipleValues") or column[facet].get("allowMultipleSelection")
        if value is None or value == "":
            return [] if several else None
        if isinstance(value, list) and several:
            return [one(column, element, field) for element in value]
        return [one(column, value, field)] if several else one(column, value, field)

    def _item(self, column: Document, value: object, field: str) -> str:
        key = key_of(str(column["lookup"]["listId"]))
        above = self.unit.items.find(key) if key else None
        number = _number(value)
        if above is None or above.kind != LIST or above.mailbox != self.site:
            raise Invalid(field, "a list of this site to look things up in: the one of the column is gone")
        if number is None or self.unit.items.first(self.site, ITEM, parent=above, where={"number": number}) is None:
            raise Invalid(field, "the id of an item of the list that the column names")
        return str(number)

    def _person(self, _: Document, value: object, field: str) -> str:
        """By number; or, for who has none yet, by id or address."""
        number = _number(value)
        if number is not None and numbers.person(self.unit, self.site, number) is not None:
            return str(number)
        person = self.people.find(value) if isinstance(value, str) and number is None else None
        if person is None:
            raise Invalid(field, "the number of somebody in this site, or the id or the address of a user")
        return str(numbers.of_person(self.unit, self.site, person.id))


def check_unique(columns: Sequence[Document], new: Mapping[str, Any], others: Callable[[], Sequence[Document]]) -> None:
    """Raises Invalid for a value that another item has in a column without equals."""
    for column in columns:
        value = new.get(column["name"])
        if column["enforceUniqueValues"] and value is not None:
            folded = value.casefold() if isinstance(value, str) else value
            for other in others():
                there = other.get(column["name"])
                if folded == (there.casefold() if isinstance(there, str) else there):
                    raise Invalid(f"fields/{column['name']}", "a value that no other item has in this column")


def _text(column: Document, value: object) -> str:
    most = MOST_TEXT if column["text"].get("allowMultipleLines") else column["text"].get("maxLength") or MOST_LINE
    if not isinstance(value, str) or len(value) > most or not is_storable(value):
        raise Invalid(f"fields/{column['name']}", f"a text of at most {most} characters")
    return value


def _numeric(column: Document, value: object) -> int | float:
    facet = column.get("number") or {}
    low, high = facet.get("minimum"), facet.get("maximum")
    wrong = isinstance(value, bool) or not isinstance(value, int | float) or not is_storable(value)
    if wrong or (low is not None and value < low) or (high is not None and value > high):
        raise Invalid(f"fields/{column['name']}", "a number, between the limits of the column if it has any")
    return value  # type: ignore[return-value]


def _flag(column: Document, value: object) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"fields/{column['name']}", "true or false")
    return value


def _moment(column: Document, value: object) -> str:
    found = instant(value) if isinstance(value, str) else None
    if found is None:
        raise Invalid(f"fields/{column['name']}", "an instant like 2024-01-31T10:00:00Z")
    return moment(found)


def _choice(column: Document, value: object) -> str | list[str]:
    facet = column["choice"]
    if facet.get("displayAs") == "checkBoxes":
        chosen = value if isinstance(value, list) else [value]
        return [_chosen(column, one) for one in chosen]
    return _chosen(column, value)


def _chosen(column: Document, value: object) -> str:
    facet = column["choice"]
    if not isinstance(value, str) or (value not in facet["choices"] and not facet.get("allowTextEntry")):
        raise Invalid(f"fields/{column['name']}", f"one of {', '.join(facet['choices'])}")
    return value


def _link(column: Document, value: object) -> Document:
    url = value.get("Url") if isinstance(value, dict) else value
    shown = value.get("Description") if isinstance(value, dict) else None
    if not isinstance(url, str) or not isinstance(shown, str | None) or len(url) > MOST_TEXT:
        raise Invalid(f"fields/{column['name']}", "an object with a Url and a Description")
    return {"Description": shown or url, "Url": url}


_TAKEN: Final[Mapping[str, Callable[[Document, Any], Any]]] = {
    "text": _text, "number": _numeric, "currency": _numeric, "boolean": _flag, "dateTime": _moment,
    "choice": _choice, "hyperlinkOrPicture": _link,
}  # fmt: skip


def _default(column: Document) -> Any:
    """A text stands for values of all types. What does not fit is none."""
    value = (column.get("defaultValue") or {}).get("value")
    facet = facet_of(column) or "text"
    if value is None or facet not in _TAKEN:
        return None
    try:
        return _TAKEN[facet](column, _read(facet, str(value)))
    except Invalid:
        return None


def _read(facet: str, text: str) -> Any:
    if facet == "boolean":
        return text.lower() in ("1", "true")
    return float(text) if facet in ("number", "currency") and text.replace(".", "", 1).isdigit() else text


def _number(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else None
