"""Arguments to form fields and paths, and answers to objects.

On the wire all values are text: numbers in decimal, `yes` and `no`, lists joined by commas (reference section 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Any, Literal, get_args, get_origin
from urllib.parse import quote

import msgspec

from iredadmin.contract import Param, Place, Route
from iredadmin.errors import AnswerError

Text = str | int | float
Names = str | Iterable[str]
"""One word, several in one text with commas between, or any iterable of words."""
Status = Literal["active", "disabled"]

Document = dict[str, Any]
Documents = list[Document]
Strings = list[str]
Listing = Documents | dict[str, Document]
"""SQL servers answer rows, LDAP servers objects by name."""

GLOBAL = "global"


def path(route: Route, values: Iterable[object]) -> str:
    """The path of a call below the API's root, quoted. Raises TypeError and ValueError for what has no place in one."""
    given = dict(zip((place.name for place in route.places), values, strict=True))
    filled = _form_of(route, str(given.get("account", "")))
    for place in route.places:
        names = ("domain", "mail") if place.name == "account" else (place.name,)
        for name in names:
            filled = filled.replace(f"{{{name}}}", _quoted(place, given[place.name]))
    return filled


def _form_of(route: Route, account: str) -> str:
    if not route.scoped:
        return route.paths[0]
    everywhere, domain, mail = route.paths
    return everywhere if account == GLOBAL else mail if "@" in account else domain


def _quoted(place: Place, value: object) -> str:
    """`+` must be escaped, or servers may read a space (reference section 2)."""
    if place.kind == "number":
        return _number(place.name, value)
    if not isinstance(value, str):
        raise TypeError(f"{place.name}: expected text, not a {type(value).__name__}")
    # Dots would climb up to another path, and nothing at all would name a whole collection.
    if value in {"", ".", ".."}:
        raise ValueError(f"{place.name}: {value!r} names nothing")
    if place.values and value not in place.values:
        raise ValueError(f"{place.name}: expected one of {', '.join(place.values)}, not {value!r}")
    return quote(value, safe="@")


def plain_path(text: str) -> str:
    """A path as a program wrote it, below the API's root; escapes in it are kept. Raises ValueError."""
    segments = text.removeprefix("/api/").lstrip("/").split("/")
    if not text.strip("/") or {".", ".."} & set(segments):
        raise ValueError(f"path: expected one such as /domain/example.com, not {text!r}")
    return "/" + quote("/".join(segments), safe="/@%")


def form(params: Iterable[Param], arguments: Mapping[str, object]) -> dict[str, str]:
    """The fields of a call by their names on the wire. None is left out.

    Raises TypeError and ValueError for values that have no form on the wire.
    """
    rows = {param.name: param for param in params}
    texts = {name: _value(rows[name], value) for name, value in arguments.items() if value is not None}
    return {name: text for name, text in texts.items() if text is not None}


def plain_form(arguments: Mapping[str, object]) -> dict[str, str]:
    """The fields of a call that no row describes, by the types of the values."""
    return {name: _plain(name, value) for name, value in arguments.items() if value is not None}


def _value(param: Param, value: object) -> str | None:
    match param.kind:
        case _ if param.presence:
            return "" if _flag(param.name, value) == "yes" else None
        case "flag":
            return _flag(param.name, value)
        case "number":
            return _number(param.name, value)
        case "list":
            text = _joined(param.name, value)
            return text if text or param.resets or param.required else None
        case _:
            return _text(param.name, value)


def _plain(name: str, value: object) -> str:
    match value:
        case bool():
            return _flag(name, value)
        case str() | int() | float():
            return _text(name, value)
        case _:
            return _joined(name, value)


def _flag(name: str, value: object) -> str:
    if not isinstance(value, bool):
        raise TypeError(f"{name}: expected True or False, not a {type(value).__name__}")
    return "yes" if value else "no"


def _number(name: str, value: object) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name}: expected a whole number, not a {type(value).__name__}")
    return str(value)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise TypeError(f"{name}: expected text, not a {type(value).__name__}")
    return str(value)


def _joined(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes | bytearray | Mapping) or not isinstance(value, Iterable):
        raise TypeError(f"{name}: expected a list of words, not a {type(value).__name__}")
    words = [_text(name, word) for word in value]
    # The wire cannot tell such a word from two, nor an empty one from none.
    if any("," in word or not word.strip() for word in words):
        raise ValueError(f"{name}: no item of the list may be empty or contain a comma")
    return ",".join(words)


def decode(body: bytes) -> Any:
    """Any JSON answer. Raises AnswerError."""
    try:
        return msgspec.json.decode(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise AnswerError("The answer is not JSON.") from error


def data(route: Route, envelope: Mapping[str, Any]) -> Any:
    """What a call answers, of the type that the table tells; None for changes.

    What is empty in another type is empty in this one: nothing published tells how servers write it.
    Raises AnswerError.
    """
    if route.data is None:
        return None
    kinds = _outer(route.data)
    found = envelope.get("_data")
    if isinstance(found, kinds):
        return found
    if not found:
        return kinds[0]()
    names = " or ".join(kind.__name__ for kind in dict.fromkeys(kinds))
    raise AnswerError(f"{route.key}: the answer holds a {type(found).__name__}, expected {names}.")


def _outer(kind: Any) -> tuple[type, ...]:
    if get_origin(kind) is UnionType:
        return tuple(outer for part in get_args(kind) for outer in _outer(part))
    return (get_origin(kind) or kind,)
