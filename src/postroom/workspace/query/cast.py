"""`cast` and `isof`: functions whose last argument is the name of a type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from postroom.workspace.query import literals
from postroom.workspace.query.access import Many, Names, Reader, reader, type_at, type_of
from postroom.workspace.query.functions import is_number
from postroom.workspace.query.printer import literal
from postroom.workspace.query.steps import structure
from postroom.workspace.query.tree import Call, Literal, Node, Path
from postroom.workspace.schema.types import EntityType, is_subtype

_ROOT: Final = Path(("$it",))


def isof_reader(node: Call, names: Names) -> Reader:
    """Whether what is there has the type; null has none."""
    subject, target = _arguments(node)
    declared = structure(_declared(subject, names))
    value = _subject(subject, names)
    return lambda frame: _of_each(lambda one: _is(one, target, declared), value(frame))


def cast_reader(node: Call, names: Names) -> Reader:
    """What is there as the type; null when it cannot be."""
    subject, target = _arguments(node)
    declared = structure(_declared(subject, names))
    value, zone = _subject(subject, names), names.zone
    return lambda frame: _of_each(lambda one: _cast(one, target, declared, zone), value(frame))


def _arguments(node: Call) -> tuple[Node, str]:
    *subject, last = node.arguments
    return subject[0] if subject else _ROOT, _type_name(last)


def _type_name(node: Node) -> str:
    if isinstance(node, Literal):
        return str(node.value)
    return "/".join(node.names) if isinstance(node, Path) else ""


def _declared(subject: Node, names: Names) -> str | None:
    return type_at(subject, names) if isinstance(subject, Path) else None


def _subject(subject: Node, names: Names) -> Reader:
    if isinstance(subject, Path):
        return reader(subject, names)
    constant = subject.value if isinstance(subject, Literal) else None
    return lambda _: constant


def _of_each(work: Callable[[Any], Any], value: Any) -> Any:
    return Many(map(work, value)) if isinstance(value, Many) else work(value)


def _is(value: Any, target: str, declared: EntityType | None) -> bool:
    if isinstance(value, dict):
        actual, wanted = type_of(value, declared), structure(target)
        return actual is not None and wanted is not None and is_subtype(actual, wanted)
    # By the exact class: true is no int to OData, an instant no date.
    return type(value) in _PYTHON.get(_edm(target), ())


def _cast(value: Any, target: str, declared: EntityType | None, zone: tzinfo) -> Any:
    if isinstance(value, dict):
        return value if _is(value, target, declared) else None
    if value is None or _is(value, target, None):
        return value
    work = _CASTS.get(_edm(target))
    return work(value, zone) if work else None


def _edm(name: str) -> str:
    return name.lower().removeprefix("edm.")


def _to_text(value: Any, _: tzinfo) -> str:
    return value if isinstance(value, str) else literal(value)


def _to_whole(value: Any, _: tzinfo) -> int | None:
    if is_number(value):
        return int(value) if abs(value) != float("inf") else None
    return int(value) if isinstance(value, str) and value.removeprefix("-").isdecimal() and len(value) <= 40 else None


def _to_number(value: Any, _: tzinfo) -> float | None:
    if is_number(value):
        return float(value) if abs(value) < 1e300 else None
    try:
        return float(value) if isinstance(value, str) and len(value) <= 40 else None
    except ValueError:
        return None


def _to_flag(value: Any, _: tzinfo) -> bool | None:
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None


def _to_instant(value: Any, zone: tzinfo) -> datetime | None:
    if isinstance(value, date):
        return datetime.combine(value, time(), zone)
    return literals.instant(value, zone) if isinstance(value, str) else None


def _to_day(value: Any, _: tzinfo) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return literals.day(value) if isinstance(value, str) else None


def _to_time(value: Any, _: tzinfo) -> time | None:
    if isinstance(value, datetime):
        return value.time()
    return literals.time_of_day(value) if isinstance(value, str) else None


def _to_length(value: Any, _: tzinfo) -> timedelta | None:
    return literals.duration(value) if isinstance(value, str) else None


_PYTHON: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "guid": (str,),
    "boolean": (bool,),
    **dict.fromkeys(("int16", "int32", "int64", "byte", "sbyte"), (int,)),
    **dict.fromkeys(("single", "double", "decimal"), (float, int)),
    "datetimeoffset": (datetime,),
    "date": (date,),
    "timeofday": (time,),
    "duration": (timedelta,),
}
_CASTS: Final[dict[str, Callable[[Any, tzinfo], Any]]] = {
    "string": _to_text,
    "guid": _to_text,
    "boolean": _to_flag,
    **dict.fromkeys(("int16", "int32", "int64", "byte", "sbyte"), _to_whole),
    **dict.fromkeys(("single", "double", "decimal"), _to_number),
    "datetimeoffset": _to_instant,
    "date": _to_day,
    "timeofday": _to_time,
    "duration": _to_length,
}
