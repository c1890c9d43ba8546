"""Paths made into functions that take their values out of documents.

A frame is what the names of a running condition stand for: the document first, then an element for each lambda
around. What lies behind a collection is Many values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Final

import msgspec

from postroom.workspace.query import literals
from postroom.workspace.query.steps import Step, steps, structure
from postroom.workspace.query.tree import Path
from postroom.workspace.query.zones import zone as named_zone
from postroom.workspace.schema.types import EntityType, is_subtype

Frame = list[Any]
Reader = Callable[[Frame], Any]
Get = Callable[[Any], Any]


class Many(tuple[Any, ...]):
    """The values of a path that goes through a collection, or ends in one."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Names:
    """What the first name of a path may be, besides a property of the root: variables, by name in lower case."""

    root: EntityType | None
    zone: tzinfo
    variables: Mapping[str, tuple[int, str | None]] = field(default_factory=dict)
    """Place in the frame, name of the type."""
    depth: int = 0
    """The last place of the frame."""

    def with_variable(self, name: str, type_name: str | None) -> Names:
        place = self.depth + 1
        return Names(self.root, self.zone, {**self.variables, name.lower(): (place, type_name)}, place)

    def start(self, path: Path) -> tuple[int, str | None, Sequence[str]]:
        """Place in the frame, name of the type there, the names that are left."""
        first = path.names[0].lower()
        if first in self.variables:
            return *self.variables[first], path.names[1:]
        rest = path.names[1:] if first == "$it" else path.names
        return 0, self.root.name if self.root else None, rest


def reader(path: Path, names: Names, *, raw: bool = False) -> Reader:
    """`raw` leaves texts that are dates as they are."""
    slot, type_name, rest = names.start(path)
    if slot == 0 and rest and rest[0].startswith("_"):
        return lambda _: None  # ours, and nobody's to ask for
    found = steps(rest, structure(type_name))
    gets = [_get(step) for step in found]
    last = found[-1].type if found else type_name
    finish = _whole if raw else _finish(last, names.zone)

    def read(frame: Frame) -> Any:  # whatever the document holds
        value = frame[slot]
        for get in gets:
            value = get(value)
        return finish(value)

    return read


def type_at(path: Path, names: Names) -> str | None:
    """The name of the type of what a path leads to."""
    _, type_name, rest = names.start(path)
    found = steps(rest, structure(type_name))
    return found[-1].type if found else type_name


def look_up(document: Mapping[str, Any], name: str) -> Any:  # whatever the document holds
    """A property of a document, its name in any case; None when it has none."""
    if name in document:
        return document[name]
    low = name.lower()
    return next((value for key, value in document.items() if key.lower() == low), None)


def plain(value: Any) -> Any:
    """A value that may have been left as JSON text."""
    return msgspec.json.decode(value) if isinstance(value, msgspec.Raw) else value


def type_of(document: Mapping[str, Any], declared: EntityType | None) -> EntityType | None:
    """The type that a document says it has, else the declared one."""
    said = plain(document.get("@odata.type"))
    return (structure(said) if isinstance(said, str) else None) or declared


def _get(step: Step) -> Get:
    match step.kind:
        case "count":
            return _count
        case "cast":
            return _cast(step)
        case _:
            return _of_each(_property(step))


def _of_each(get: Get) -> Get:
    """The same of each element, when there are several."""

    def each(value: Any) -> Any:
        if not isinstance(value, (list, tuple)):
            return get(value)
        found: list[Any] = []
        for element in value:
            below = get(element)
            found.extend(below) if isinstance(below, (list, tuple)) else found.append(below)
        return Many(found)

    return each


def _property(step: Step) -> Get:
    name, low = step.name, step.name.lower()

    def get(value: Any) -> Any:
        if not isinstance(value, dict):
            return None
        # Names of the schema are those of our documents; others stand as the caller wrote them.
        found = value[name] if name in value else look_up(value, low)
        if low == "datetime" and isinstance(found, str):
            return _zoned(found, look_up(value, "timezone"))
        return found

    return get


def _zoned(text: str, zone_name: object) -> object:
    """`dateTimeTimeZone` says in its other property which zone the text is of."""
    zone = named_zone(zone_name) if isinstance(zone_name, str) else None
    return (literals.instant(text, zone) if zone else None) or text


def _cast(step: Step) -> Get:
    """Null for another type; of a collection, those of this type."""
    target = step.structure

    def fits(value: object) -> bool:
        actual = type_of(value, step.owner) if isinstance(value, dict) else None
        return actual is not None and target is not None and is_subtype(actual, target)

    def get(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return Many(element for element in value if fits(element))
        return value if fits(value) else None

    return get


def _count(value: object) -> int:
    if isinstance(value, (list, tuple)):
        return len(value)
    return 0 if value is None else 1


def _finish(type_name: str | None, zone: tzinfo) -> Get:
    """What turns the JSON value of a type into a value to compare."""
    read = _READ.get(type_name or "")

    def one(value: Any) -> Any:
        found = read(value, zone) if read is not None and isinstance(value, str) else None
        return value if found is None else found

    return _of_each(one)


def _whole(value: object) -> object:
    return Many(value) if isinstance(value, list) else value


_READ: Final[dict[str, Callable[[str, tzinfo], Any]]] = {
    "Edm.DateTimeOffset": literals.instant,
    "Edm.Date": lambda text, _: literals.day(text),
    "Edm.TimeOfDay": lambda text, _: literals.time_of_day(text),
    "Edm.Duration": lambda text, _: literals.duration(text),
}
