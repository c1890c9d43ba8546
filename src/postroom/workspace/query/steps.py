"""What the names of a path mean in a type: properties, casts, counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal as OneOf

from postroom.workspace.schema.types import SCHEMA, EntityType, Property


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a path. `name` is as the type writes it, where the type knows it.

    `type` names the type of what is there, None when nobody knows; `owner` is the type in which the name was looked up.
    """

    kind: OneOf["property", "cast", "count"]
    name: str
    type: str | None = None
    collection: bool = False
    owner: EntityType | None = None
    known: bool = True

    @property
    def structure(self) -> EntityType | None:
        return structure(self.type)


def structure(type_name: str | None) -> EntityType | None:
    """The type, when its values have properties."""
    return SCHEMA.find(type_name) if type_name and not type_name.startswith("Edm.") else None


def is_cast(name: str) -> bool:
    """`microsoft.graph.user`; annotations have a dot too."""
    return "." in name and name[0] not in "@$" and structure(name) is not None


def steps(names: Sequence[str], start: EntityType | None) -> list[Step]:
    found: list[Step] = []
    owner = start
    for name in names:
        step = _step(name, owner)
        found.append(step)
        owner = step.structure
    return found


def _step(name: str, owner: EntityType | None) -> Step:
    if name.lower() == "$count":
        return Step("count", "$count", "Edm.Int64", owner=owner)
    if is_cast(name):
        cast = structure(name)
        return Step("cast", cast.name if cast else name, cast.name if cast else None, owner=owner)
    member = find(name, owner)
    if member is None:
        return Step("property", name, owner=owner, known=False)
    return Step("property", member.name, member.type, member.collection, owner)


def find(name: str, owner: EntityType | None) -> Property | None:
    """A property or navigation of a type, or of one derived from it: callers leave out the cast."""
    return (owner.member(name) or owner.derived_member(name)) if owner else None
