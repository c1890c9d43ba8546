"""What somebody gives as a contact, checked, with the names that follow from others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.workloads.contacts.kinds import CONTACT
from postroom.workspace.workloads.items import extended
from postroom.workspace.workloads.items.wish import Document

TYPE: Final = SCHEMA.entity(CONTACT)
READ_ONLY: Final = ("id", "changeKey", "createdDateTime", "lastModifiedDateTime", "photo", "extensions")
FIXED: Final = ("id", "createdDateTime")
NAMED: Final = ("primaryEmailAddress", "secondaryEmailAddress", "tertiaryEmailAddress")
"""The first three addresses by themselves."""
MOST_ADDRESSES: Final = 50
MOST_CATEGORIES: Final = 200
DERIVED: Final = "_derived"
"""Names of properties that nobody gave: they follow from others."""


def given(values: Mapping[str, Any]) -> Document:
    """Checked, with addresses in their list. Raises Invalid, UnknownProperty."""
    document = dict(values)
    properties = extended.taken(document)
    document = checked(TYPE, document, read_only=READ_ONLY, partial=True) | properties
    document.pop("@odata.type", None)
    _check_lengths(document)
    return document


def completed(old: Document, new: Document) -> Document:
    """The whole contact after a change: its addresses in one list, its name and how it is filed."""
    whole = {**old, **new, **extended.merged(old, new)}
    whole["emailAddresses"] = _addresses(whole)
    for name in NAMED:
        whole.pop(name, None)
    derived = set(old.get(DERIVED) or ()) - {name for name in new if new[name]}
    for name, made in (("displayName", _display_name(whole)), ("fileAs", _file_as(whole))):
        if name in derived or not whole.get(name):
            whole[name] = made
            derived.add(name)
    return whole | {DERIVED: sorted(derived)}


def addresses_of(document: Document) -> list[str]:
    """Without case, each once."""
    found = [str(one.get("address") or "").strip().lower() for one in document.get("emailAddresses") or () if one]
    return [one for one in dict.fromkeys(found) if one]


def _addresses(whole: Document) -> list[Document]:
    """Who gives a single one of the three has it in its place."""
    found = list(whole.get("emailAddresses") or [])
    for place, name in enumerate(NAMED):
        if name not in whole:
            continue
        found[place : place + 1] = [whole[name]] if whole[name] else []
    return [one for one in found if one]


def _display_name(document: Document) -> str:
    return _joined(" ", document, "givenName", "surname") or _instead(document)


def _file_as(document: Document) -> str:
    """As address books are sorted: the surname first."""
    return _joined(", ", document, "surname", "givenName") or str(document.get("displayName") or _instead(document))


def _instead(document: Document) -> str:
    """For who has no name."""
    return str(document.get("companyName") or "") or next(iter(addresses_of(document)), "")


def _joined(between: str, document: Document, *names: str) -> str:
    return between.join(str(document[name]).strip() for name in names if document.get(name))


def _check_lengths(document: Document) -> None:
    for name, most in (("emailAddresses", MOST_ADDRESSES), ("categories", MOST_CATEGORIES)):
        if len(document.get(name) or ()) > most:
            raise Invalid(name, f"at most {most} of them")
