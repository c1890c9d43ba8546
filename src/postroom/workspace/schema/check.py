"""Documents that callers give, checked against their types.

Names become those of the type, whatever their case; values must be of its types. `@odata.` annotations are dropped but
for `@odata.type`, which must name the type or one that is derived from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.errors import UnknownProperty
from postroom.workspace.schema import edm
from postroom.workspace.schema.dynamic import may_have
from postroom.workspace.schema.types import SCHEMA, EntityType, EnumType, Property, is_subtype

MOST_LEVELS: Final = 64
"""Of objects in one another."""
TYPE: Final = "@odata.type"

Document = dict[str, Any]


def checked(
    entity_type: EntityType, given: Mapping[str, Any], *, read_only: Collection[str] = (), partial: bool
) -> Document:
    """A new document with the names and values of the type. What is `read_only` is left out, in any case of its name.

    Without `partial` properties that may not be null must be there, but for keys and `read_only`.
    Raises UnknownProperty; Invalid, with the path of the property.
    """
    ignored = {name.lower() for name in read_only}
    kept = {name: value for name, value in given.items() if name.lower() not in ignored}
    document = _object(kept, entity_type, "", 0)
    if not partial:
        _check_present(document, given, entity_type, ignored)
    return document


def _check_present(
    document: Document, given: Mapping[str, Any], entity_type: EntityType, ignored: Collection[str]
) -> None:
    actual = _actual(given, entity_type, "")
    for low, needed in actual.properties.items():
        if not needed.nullable and low != "id" and low not in ignored and needed.type not in _MADE_BY_US:
            _check_given(needed, document)


def _check_given(needed: Property, document: Document) -> None:
    # Booleans, numbers and lists begin as false, 0 and empty: nobody has to say so.
    if needed.name not in document and not needed.collection and needed.type not in _WITH_DEFAULT:
        raise Invalid(needed.name, "a value")


def _object(given: Mapping[str, Any], declared: EntityType, where: str, level: int) -> Document:
    if level > MOST_LEVELS:
        raise Invalid(where, f"no more than {MOST_LEVELS} levels in one another")
    actual = _actual(given, declared, where)
    document: Document = {}
    if TYPE in given:
        document[TYPE] = f"#microsoft.graph.{actual.name}"
    for name, value in given.items():
        if "@" not in name:
            _set(document, name, value, actual, where, level)
    return document


def _actual(given: Mapping[str, Any], declared: EntityType, where: str) -> EntityType:
    """The type that the document says it has, which must be the declared one or below it."""
    said = given.get(TYPE)
    if said is None:
        return declared
    found = SCHEMA.find(said) if isinstance(said, str) else None
    if found is None or not is_subtype(found, declared):
        raise Invalid(_joined(where, TYPE), f"#microsoft.graph.{declared.name} or a type derived from it")
    return found


def _set(document: Document, name: str, value: object, owner: EntityType, where: str, level: int) -> None:
    member = owner.member(name)
    if member is None:
        if not may_have(owner, name):
            raise UnknownProperty(name, owner.name)
        document[name] = _plain(value, _joined(where, name), level)
        return
    if member.name in document:
        raise Invalid(_joined(where, member.name), "to be given once")
    document[member.name] = _value(value, member, _joined(where, member.name), level)


def _value(value: object, member: Property, where: str, level: int) -> object:
    if value is None:
        if not member.nullable and not member.collection:
            raise Invalid(where, "a value that is not null")
        return [] if member.collection else None
    if not member.collection:
        return _one(value, member.type, where, level)
    if not isinstance(value, list):
        raise Invalid(where, "a list")
    return [_one(element, member.type, where, level) for element in value]


def _one(value: object, type_name: str, where: str, level: int) -> object:
    structured = SCHEMA.find(type_name)
    if structured is not None:
        if not isinstance(value, dict):
            raise Invalid(where, "an object")
        return _object(value, structured, where, level + 1)
    enum = SCHEMA.find_enum(type_name)
    if enum is not None:
        return _member(value, enum, where)
    return edm.checked(value, type_name, where) if type_name.startswith("Edm.") else _plain(value, where, level + 1)


def _member(value: object, enum: EnumType, where: str) -> str:
    """As the type writes it. Enums with flags may have several, with commas between."""
    parts = value.split(",") if isinstance(value, str) and enum.flags else [value]
    found = [enum.member(part) if isinstance(part, str) else None for part in parts]
    if None in found:
        raise Invalid(where, f"one of {', '.join(enum.members)}")
    return ",".join(name for name in found if name)


def _plain(value: object, where: str, level: int) -> object:
    """Of a property or type that nobody knows: any JSON that is not too deep."""
    if level > MOST_LEVELS:
        raise Invalid(where, f"no more than {MOST_LEVELS} levels in one another")
    if isinstance(value, dict):
        return {_text(name, where): _plain(below, where, level + 1) for name, below in value.items()}
    if isinstance(value, list):
        return [_plain(below, where, level + 1) for below in value]
    return _text(value, where) if isinstance(value, str) else value


def _text(value: object, where: str) -> object:
    return edm.checked(value, "Edm.String", where)


def _joined(where: str, name: str) -> str:
    return f"{where}/{name}" if where else name


_WITH_DEFAULT: Final = frozenset({"Edm.Boolean", "Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Double"})
_MADE_BY_US: Final = frozenset({"Edm.Stream"})
