"""Properties that a type does not name and may have nevertheless."""

from __future__ import annotations

from typing import Final

from postroom.workspace.schema.types import SCHEMA, EntityType

# Of these only extensions are dynamic, and the names of those have an underscore (`extension_…_x`, `domain_x`), so
# that a misspelt name is told. Of other open types any name is taken.
_EXTENDED: Final = (SCHEMA.entity("outlookItem"), SCHEMA.entity("directoryObject"))


def may_have(owner: EntityType, name: str) -> bool:
    """Whether a document of this type may have a property that the type does not name."""
    if not owner.open:
        return False
    return "_" in name.lstrip("_") if any(base in _EXTENDED for base in owner.bases()) else True
