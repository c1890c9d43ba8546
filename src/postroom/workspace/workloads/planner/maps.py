"""Properties of Planner that are maps: a change names some keys, null or false removes one, the rest stays.

Source: Microsoft Graph, resources of Planner; what python-o365 was seen to send.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from postroom.errors import Invalid
from postroom.workspace.clock import moment
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.workloads.items.doer import Doer
from postroom.workspace.workloads.planner import order

MOST_CHECKED: Final = 20
MOST_REFERENCES: Final = 10
MOST_ASSIGNED: Final = 20
CATEGORIES: Final = tuple(f"category{number}" for number in range(1, 26))
REFERENCE_TYPES: Final = ("PowerPoint", "Excel", "Word", "Pdf", "OneNote", "Project", "Visio", "SharePoint", "Other")
_ENCODED: Final = str.maketrans({".": "%2E", ":": "%3A", "@": "%40", "#": "%23"})

Document = dict[str, Any]
Entry = Callable[[str, Any, Any], Any]
"""From a key, the value that is there (or None) and the one that is given, to the one to keep."""


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes a map, and when. `knows` tells whether there is a user with an id."""

    doer: Doer
    now: datetime
    knows: Callable[[str], bool]

    def assignments(self, old: Mapping[str, Any], given: Any) -> Document:
        """By ids of users. Raises Invalid."""
        return _limited("assignments", _merged("assignments", old, given, self._assignment), MOST_ASSIGNED)

    def checklist(self, old: Mapping[str, Any], given: Any) -> Document:
        """By GUIDs that clients choose. Raises Invalid."""
        return _limited("checklist", _merged("checklist", old, given, self._checked_item), MOST_CHECKED)

    def references(self, old: Mapping[str, Any], given: Any) -> Document:
        """By URLs in which some characters are percent-encoded, since names of properties have none of these."""
        keyed = {encoded(key): value for key, value in given.items()} if isinstance(given, dict) else given
        return _limited("references", _merged("references", old, keyed, self._reference), MOST_REFERENCES)

    def _assignment(self, key: str, old: Any, given: Any) -> Document:
        if not self.knows(key):
            raise Invalid(f"assignments/{key}", "the id of a user")
        new = _typed("plannerAssignment", f"assignments/{key}", given)
        hint = self._hint(new, "orderHint", f"assignments/{key}/orderHint", old)
        if old is not None:
            return {**old, "orderHint": hint}
        return {
            "@odata.type": "#microsoft.graph.plannerAssignment",
            "assignedBy": self.doer.identity,
            "assignedDateTime": moment(self.now),
            "orderHint": hint,
        }

    def _checked_item(self, key: str, old: Any, given: Any) -> Document:
        where = f"checklist/{key}"
        new = _typed("plannerChecklistItem", where, given)
        title = new.get("title", (old or {}).get("title"))
        if not isinstance(title, str) or not title or len(title) > 100:
            raise Invalid(f"{where}/title", "a text of at most 100 characters")
        return {
            "@odata.type": "#microsoft.graph.plannerChecklistItem",
            "isChecked": bool(new.get("isChecked", (old or {}).get("isChecked", False))),
            "title": title,
            "orderHint": self._hint(new, "orderHint", f"{where}/orderHint", old),
            **self._modified(),
        }

    def _reference(self, key: str, old: Any, given: Any) -> Document:
        where = f"references/{key}"
        new = _typed("plannerExternalReference", where, given)
        kind = new.get("type", (old or {}).get("type")) or "Other"
        known = {name.lower(): name for name in REFERENCE_TYPES}
        if kind.lower() not in known:
            raise Invalid(f"{where}/type", f"one of {', '.join(REFERENCE_TYPES)}")
        return {
            "@odata.type": "#microsoft.graph.plannerExternalReference",
            "alias": new.get("alias", (old or {}).get("alias")),
            "type": known[kind.lower()],
            "previewPriority": self._hint(new, "previewPriority", f"{where}/previewPriority", old),
            **self._modified(),
        }

    def _modified(self) -> Document:
        return {"lastModifiedBy": self.doer.identity, "lastModifiedDateTime": moment(self.now)}

    def _hint(self, new: Mapping[str, Any], name: str, where: str, old: Any) -> str:
        if new.get(name) is not None:
            return order.hint(new[name], where, self.now)
        return str(old[name]) if old is not None else order.first(self.now)


def categories(old: Mapping[str, Any], given: Any) -> Document:
    """`appliedCategories`: names and true. Raises Invalid."""
    return _merged("appliedCategories", old, given, _category)


def shared_with(knows: Callable[[str], bool], old: Mapping[str, Any], given: Any) -> Document:
    """Ids of users and true. Raises Invalid."""

    def entry(key: str, _: Any, value: Any) -> bool:
        if value is not True or not knows(key):
            raise Invalid(f"sharedWith/{key}", "the id of a user, and true or false")
        return True

    return _merged("sharedWith", old, given, entry)


def hints_by_assignee(now: datetime, old: Mapping[str, Any], given: Any) -> Document:
    """Order hints by ids of users. Raises Invalid."""
    return _merged(
        "orderHintsByAssignee", old, given, lambda key, _, value: order.hint(value, f"orderHintsByAssignee/{key}", now)
    )


def encoded(url: str) -> str:
    """A URL as it is a key. What is encoded already stays."""
    return url.translate(_ENCODED)


def is_guid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _category(key: str, _: Any, value: Any) -> bool:
    if key not in CATEGORIES or value is not True:
        raise Invalid(f"appliedCategories/{key}", "category1 to category25, and true or false")
    return True


def _merged(field: str, old: Mapping[str, Any], given: Any, entry: Entry) -> Document:
    if given is None:
        return dict(old)
    if not isinstance(given, dict):
        raise Invalid(field, "an object")
    new = dict(old)
    for key, value in given.items():
        if key.startswith("@"):
            continue
        if value is None or value is False:
            new.pop(key, None)
        else:
            new[key] = entry(key, old.get(key), value)
    return new


def _limited(field: str, entries: Document, most: int) -> Document:
    if len(entries) > most:
        raise Invalid(field, f"at most {most} entries")
    return entries


def _typed(name: str, where: str, given: Any) -> Document:
    if not isinstance(given, dict):
        raise Invalid(where, "an object, or null to remove it")
    return checked(SCHEMA.complex(name), given, partial=True)
