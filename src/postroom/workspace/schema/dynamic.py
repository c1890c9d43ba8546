"""Properties that a type does not name and may have nevertheless."""

from __future__ import annotations

from typing import Final

from postroom.workspace.schema.types import SCHEMA, EntityType

_EXTENDED: Final = (SCHEMA.entity("outlookItem"), SCHEMA.entity("directoryObject"))
"""Of these only extensions are dynamic. Of other open types any name is taken."""


def may_have(owner: EntityType, name: str) -> bool:
    """Whether a document of this type may have a property that the type does not name."""
    if not owner.open:
        return False
    return _is_extension(owner, name) if any(base in _EXTENDED for base in owner.bases()) else True


def _is_extension(owner: EntityType, name: str) -> bool:
    """`extension_…_x`, `domain_x`: with an underscore, so that a misspelt name is told, `received_date_time` too."""
    return "_" in name.lstrip("_") and owner.member(name.replace("_", "")) is None
