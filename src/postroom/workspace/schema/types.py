"""The types of Microsoft Graph v1.0, read from graph-types.json (licence beside it), and those of the tasks of Outlook
REST v2.0 that Graph had besides (outlook-types.json).

Names of types stand without `microsoft.graph.`; what is looked up may have it, or `#` and `graph.` in front.
Names of properties are found without regard to case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Final

import msgspec


class _RawProperty(msgspec.Struct):
    t: str
    c: int = 0
    n: int = 1
    contained: int = 0


class _RawType(msgspec.Struct):
    props: dict[str, _RawProperty]
    navs: dict[str, _RawProperty] = {}  # msgspec copies an empty default
    base: str | None = None
    open: int = 0
    abstract: int = 0
    stream: int = 0


class _RawEnum(msgspec.Struct):
    members: dict[str, int]
    flags: int = 0


class _RawFile(msgspec.Struct, rename="camel"):
    entity_types: dict[str, _RawType]
    complex_types: dict[str, _RawType]
    enum_types: dict[str, _RawEnum]


@dataclass(frozen=True, slots=True)
class Property:
    """`type` is `Edm.String` and the like, or the name of a complex, entity or enum type."""

    name: str
    type: str
    collection: bool = False
    nullable: bool = True
    contained: bool = False
    """Of a navigation: what it leads to lives below its owner."""


@dataclass(frozen=True, slots=True, eq=False)
class EntityType:
    """An entity type or, with `complex`, a type whose values have no identity."""

    name: str
    base: EntityType | None = field(repr=False)
    complex: bool
    open: bool
    """Documents may have properties that the type does not name."""
    abstract: bool
    stream: bool
    properties: Mapping[str, Property] = field(repr=False)
    """By name in lower case; inherited ones first."""
    navigations: Mapping[str, Property] = field(repr=False)
    derived: list[EntityType] = field(repr=False, default_factory=list)
    """Directly below this one."""

    def property(self, name: str) -> Property | None:
        """Own or inherited."""
        return self.properties.get(name.lower())

    def navigation(self, name: str) -> Property | None:
        """Own or inherited."""
        return self.navigations.get(name.lower())

    def member(self, name: str) -> Property | None:
        """A property or a navigation."""
        return self.property(name) or self.navigation(name)

    def derived_member(self, name: str) -> Property | None:
        """A property or a navigation that only types below this one have."""
        return next((found for below in self.below() if (found := below.member(name))), None)

    def below(self) -> Iterator[EntityType]:
        """All types derived from this one, near ones first."""
        for derived in self.derived:
            yield derived
            yield from derived.below()

    def bases(self) -> Iterator[EntityType]:
        """This type and what it is derived from, up to the root."""
        step: EntityType | None = self
        while step is not None:
            yield step
            step = step.base


@dataclass(frozen=True, slots=True, eq=False)
class EnumType:
    """`flags`: a value is several members with commas between."""

    name: str
    members: Mapping[str, int] = field(repr=False)
    flags: bool

    def member(self, text: str) -> str | None:
        """The member as the type writes it, from a name in any case; None when there is none."""
        low = text.strip().lower()
        return next((name for name in self.members if name.lower() == low), None)


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """All types. `entity`, `complex` and `enum` raise KeyError: their callers name types of the table."""

    entities: Mapping[str, EntityType]
    complexes: Mapping[str, EntityType]
    enums: Mapping[str, EnumType]
    _any_case: Mapping[str, EntityType]
    _enums_any_case: Mapping[str, EnumType]

    def entity(self, name: str) -> EntityType:
        return self.entities[bare(name)]

    def complex(self, name: str) -> EntityType:
        return self.complexes[bare(name)]

    def enum(self, name: str) -> EnumType:
        return self.enums[bare(name)]

    def find(self, name: str) -> EntityType | None:
        """The entity or complex type that a caller names, in any case."""
        return self._any_case.get(bare(name).lower())

    def find_enum(self, name: str) -> EnumType | None:
        return self._enums_any_case.get(bare(name).lower())


_PREFIXES: Final = ("microsoft.graph.", "graph.")


def bare(name: str) -> str:
    """A type's name without what may stand in front of it."""
    name = name.removeprefix("#")
    low = name.lower()
    return next((name[len(prefix) :] for prefix in _PREFIXES if low.startswith(prefix)), name)


def is_subtype(a: EntityType, b: EntityType) -> bool:
    """Whether every `a` is a `b`."""
    return any(base is b for base in a.bases())


def load() -> Schema:
    raw, older = _read("graph-types.json"), _read("outlook-types.json")
    entities = _built({**raw.entity_types, **older.entity_types}, complex=False)
    complexes = _built(raw.complex_types, complex=True)
    enums = {name: EnumType(name, enum.members, bool(enum.flags)) for name, enum in raw.enum_types.items()}
    structured = {name.lower(): found for name, found in [*complexes.items(), *entities.items()]}
    return Schema(entities, complexes, enums, structured, {name.lower(): enum for name, enum in enums.items()})


def _read(name: str) -> _RawFile:
    return msgspec.json.decode((files(__package__) / name).read_bytes(), type=_RawFile)


def _built(raw: Mapping[str, _RawType], *, complex: bool) -> dict[str, EntityType]:  # noqa: A002  # the schema's word
    built: dict[str, EntityType] = {}
    for name in raw:
        _build(name, raw, built, complex)
    return built


def _build(name: str, raw: Mapping[str, _RawType], built: dict[str, EntityType], is_complex: bool) -> EntityType:
    if name in built:
        return built[name]
    own = raw[name]
    base = _build(own.base, raw, built, is_complex) if own.base else None
    properties, navigations = _members(own.props), _members(own.navs)
    made = EntityType(
        name,
        base,
        complex=is_complex,
        open=bool(own.open) or (base is not None and base.open),
        abstract=bool(own.abstract),
        stream=bool(own.stream) or (base is not None and base.stream),
        properties={**base.properties, **properties} if base else properties,
        navigations={**base.navigations, **navigations} if base else navigations,
    )
    built[name] = made
    if base:
        base.derived.append(made)
    return made


def _members(raw: Mapping[str, _RawProperty]) -> dict[str, Property]:
    return {name.lower(): Property(name, p.t, bool(p.c), bool(p.n), bool(p.contained)) for name, p in raw.items()}


SCHEMA: Final = load()
