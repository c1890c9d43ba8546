"""From names of Graph to those of Outlook REST, and back.

Source: Office 365 REST APIs for Outlook, version 2.0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from postroom.workspace.schema.types import SCHEMA, EntityType

VERSION: Final = re.compile(r"/+api/+(v2\.0|beta)(?=/|$)", re.IGNORECASE)
TYPES: Final = "#Microsoft.OutlookServices."
GRAPH_TYPES: Final = "#microsoft.graph."
TYPE: Final = "@odata.type"
_OUTLOOK_TYPE: Final = re.compile(r"#?microsoft\.outlookservices\.", re.IGNORECASE)
_WORD: Final = re.compile(r"(^|[/,(])([a-z])")
_USER: Final = re.compile(r"^users\('[^']*'\)")
_MOBILE: Final = re.compile(r"\bMobilePhone\b")
_EXTENDED: Final = frozenset({"singleValueLegacyExtendedProperty", "multiValueLegacyExtendedProperty"})
_OTHERS: Final[Mapping[tuple[str, str], str]] = {
    ("contact", "mobilePhone"): "MobilePhone1",
    **{(kind, "id"): "PropertyId" for kind in _EXTENDED},
}
"""Properties that have another name, not only another case; by type."""
_OTHERS_BACK: Final = {"MobilePhone1": "mobilePhone", "PropertyId": "id"}
_MEMBERS: Final[Mapping[str, str]] = {"html": "HTML"}
"""Members of enums, likewise."""


def is_outlook(path: str) -> bool:
    return VERSION.match(path) is not None


def pascal(name: str) -> str:
    return name[:1].upper() + name[1:]


def camel(name: str) -> str:
    return name[:1].lower() + name[1:]


def of_type(name: str) -> str:
    """`#microsoft.graph.message` as `#Microsoft.OutlookServices.Message`."""
    return TYPES + pascal(name.removeprefix(GRAPH_TYPES)) if name.startswith(GRAPH_TYPES) else name


def shown(value: Any, kind: EntityType | None) -> Any:
    """A document or a value of Graph, with the names of Outlook. Of dynamic properties the names stay."""
    if isinstance(value, list):
        return [shown(element, kind) for element in value]
    if not isinstance(value, dict):
        return value
    said = value.get(TYPE)
    actual = (SCHEMA.find(said) if isinstance(said, str) else None) or kind
    return dict(_member(name, below, actual) for name, below in value.items())


def _member(name: str, value: Any, kind: EntityType | None) -> tuple[str, Any]:
    if name == TYPE:
        return name, of_type(value)
    if name.startswith("@"):
        return name, value
    first, at, annotation = name.partition("@")
    member = kind.member(first) if kind else None
    if kind is not None and member is None and kind.open:
        return name, value
    key = _OTHERS.get((kind.name if kind else "", first), pascal(first))
    if at or member is None:
        return f"{key}{at}{annotation}", value if at else shown(value, None)
    if SCHEMA.find_enum(member.type) is not None:
        return key, _enum(value)
    return key, shown(value, SCHEMA.find(member.type))


def _enum(value: Any) -> Any:
    if isinstance(value, list):
        return [_enum(one) for one in value]
    return _MEMBERS.get(value, pascal(value)) if isinstance(value, str) else value


def taken(value: Any) -> Any:
    """What a program gives, with the names of Graph."""
    if isinstance(value, list):
        return [taken(element) for element in value]
    if not isinstance(value, dict):
        return value
    return {_taken_name(name): _taken_type(name, below) for name, below in value.items()}


def _taken_name(name: str) -> str:
    return name if name.startswith("@") else _OTHERS_BACK.get(name, camel(name))


def _taken_type(name: str, value: Any) -> Any:
    if name == TYPE and isinstance(value, str):
        plain = _OUTLOOK_TYPE.sub("", value)
        return GRAPH_TYPES + camel(plain) if plain != value else value
    return taken(value)


def query(text: str) -> str:
    """Names in `$select` and `$filter` count without their case: only what has another name is put right."""
    for theirs, ours in _OTHERS_BACK.items():
        # What stands before it may be a percent code.
        text = re.sub(rf"(?:(?<=%[0-9A-Fa-f][0-9A-Fa-f])|\b){theirs}\b", ours, text)
    return _OUTLOOK_TYPE.sub("microsoft.graph.", text)


def in_context(url: str, *, me: bool) -> str:
    """A whole `@odata.context`."""
    base, mark, fragment = url.partition("$metadata#")
    return base + mark + context(fragment, me=me)


def context(fragment: str, *, me: bool) -> str:
    """What stands behind `$metadata#`: `users('id')/messages/$entity` as `Me/Messages/$entity`."""
    fragment = _USER.sub("Me", fragment) if me else fragment
    fragment = _WORD.sub(lambda found: found[1] + found[2].upper(), fragment)
    return _MOBILE.sub("MobilePhone1", fragment)
