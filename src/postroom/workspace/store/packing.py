"""Options as JSON and back, for tokens that carry the options they were made with."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from postroom.workspace.query import options, tree

_NAME: Final = "~"
_CLASSES: Final[Mapping[str, type]] = {
    kind.__name__: kind
    for kind in (
        options.Expand,
        options.Options,
        options.Order,
        tree.And,
        tree.Call,
        tree.Compare,
        tree.Compute,
        tree.In,
        tree.Lambda,
        tree.Literal,
        tree.Not,
        tree.Or,
        tree.Path,
    )
}
_VALUES: Final[Mapping[str, Callable[[Any], object]]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda parts: timedelta(*parts),
}


def packed(value: Any) -> Any:
    """As JSON values: objects with the class under `~`, without what is as by default."""
    match value:
        case tuple():
            return [packed(one) for one in value]
        case timedelta():
            return {_NAME: "timedelta", "v": [value.days, value.seconds, value.microseconds]}
        case datetime() | date() | time():
            return {_NAME: type(value).__name__, "v": value.isoformat()}
    if not dataclasses.is_dataclass(value):
        return value
    given = {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
    defaults = {one.name: one.default for one in dataclasses.fields(value)}
    rest = {name: packed(inner) for name, inner in given.items() if inner != defaults[name]}
    return {_NAME: type(value).__name__, **rest}


def unpacked(value: Any) -> Any:
    """What was packed."""
    if isinstance(value, list):
        return tuple(unpacked(one) for one in value)
    if not isinstance(value, dict):
        return value
    name = value[_NAME]
    if name in _VALUES:
        return _VALUES[name](value["v"])
    return _CLASSES[name](**{key: unpacked(inner) for key, inner in value.items() if key != _NAME})
