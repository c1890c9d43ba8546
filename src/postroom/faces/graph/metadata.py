"""`$metadata`: the types of the schema as CSDL, in XML.

Source: OData 4.0 CSDL, the parts that clients read: types with their properties and navigations, enums, entity sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from postroom.workspace.schema.types import SCHEMA, EntityType, Property

MEDIA_TYPE: Final = "application/xml"
NAMESPACE: Final = "microsoft.graph"
SETS: Final = {"users": "user", "groups": "group", "domains": "domain", "organization": "organization",
               "directoryObjects": "directoryObject"}  # fmt: skip
_EDMX: Final = "http://docs.oasis-open.org/odata/ns/edmx"
_EDM: Final = "http://docs.oasis-open.org/odata/ns/edm"


@cache
def document() -> bytes:
    """The whole document; it never changes."""
    root = Element("edmx:Edmx", {"Version": "4.0", "xmlns:edmx": _EDMX})
    schema = SubElement(
        SubElement(root, "edmx:DataServices"),
        "Schema",
        {"Namespace": NAMESPACE, "Alias": "graph", "xmlns": _EDM},
    )
    for enum in SCHEMA.enums.values():
        made = SubElement(schema, "EnumType", {"Name": enum.name, **({"IsFlags": "true"} if enum.flags else {})})
        for name, value in enum.members.items():
            SubElement(made, "Member", {"Name": name, "Value": str(value)})
    for kind in (*SCHEMA.entities.values(), *SCHEMA.complexes.values()):
        _add_type(schema, kind)
    _add_container(schema)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _add_type(schema: Element, kind: EntityType) -> None:
    facts = {"Name": kind.name}
    if kind.base:
        facts["BaseType"] = f"graph.{kind.base.name}"
    facts |= {name: "true" for name, there in _flags(kind) if there}
    made = SubElement(schema, "ComplexType" if kind.complex else "EntityType", facts)
    if kind.name == "entity":
        SubElement(SubElement(made, "Key"), "PropertyRef", {"Name": "id"})
    for found in _own(kind, navigations=False):
        nullable = {} if found.nullable else {"Nullable": "false"}
        SubElement(made, "Property", {"Name": found.name, "Type": _type(found), **nullable})
    for found in _own(kind, navigations=True):
        contained = {"ContainsTarget": "true"} if found.contained else {}
        SubElement(made, "NavigationProperty", {"Name": found.name, "Type": _type(found), **contained})


def _flags(kind: EntityType) -> Iterator[tuple[str, bool]]:
    """Each is said once, at the type where it begins."""
    yield "Abstract", kind.abstract
    yield "OpenType", kind.open and not (kind.base and kind.base.open)
    yield "HasStream", kind.stream and not (kind.base and kind.base.stream)


def _own(kind: EntityType, *, navigations: bool) -> Iterator[Property]:
    mine = kind.navigations if navigations else kind.properties
    above = (kind.base.navigations if navigations else kind.base.properties) if kind.base else {}
    return (found for name, found in mine.items() if name not in above and _is_known(found.type))


def _is_known(kind: str) -> bool:
    """What leads to types that are not in the schema is left out: a reader could not follow it."""
    return kind.startswith("Edm.") or SCHEMA.find(kind) is not None or SCHEMA.find_enum(kind) is not None


def _type(found: Property) -> str:
    name = found.type if found.type.startswith("Edm.") else f"graph.{found.type}"
    return f"Collection({name})" if found.collection else name


def _add_container(schema: Element) -> None:
    container = SubElement(schema, "EntityContainer", {"Name": "GraphService"})
    for name, kind in SETS.items():
        SubElement(container, "EntitySet", {"Name": name, "EntityType": f"{NAMESPACE}.{kind}"})
    SubElement(container, "Singleton", {"Name": "me", "Type": f"{NAMESPACE}.user"})
