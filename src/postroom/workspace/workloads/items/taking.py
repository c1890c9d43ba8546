"""Parts of a document that somebody gave, which are not kept in it: taken out, in any case of their names."""

from __future__ import annotations

from typing import Any

from postroom.errors import Invalid
from postroom.workspace.workloads.items.wish import Document


def take(document: Document, name: str) -> Any:
    """None for nothing."""
    key = next((key for key in document if key.lower() == name.lower()), None)
    return document.pop(key) if key else None


def objects(document: Document, name: str) -> list[Document]:
    """A list of objects, empty for nothing. Raises Invalid."""
    found = take(document, name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Invalid(name, "a list of objects")
    return list(found)
