"""Arguments to form fields, and answers to objects.

On the wire all values are text: numbers in decimal, `true` and `false`, lists joined by commas, JSON as text.
An absent field means null (reference 1.2, 5.2).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, cast

import msgspec

from mailstore.contract import Function
from mailstore.contract.shapes import Status
from mailstore.errors import MailStoreAnswerError

Text = str | os.PathLike[str] | date
"""A date or datetime is for parameters that are times; it must be without zone."""
Number = int | str
Flag = bool | str
Names = str | Iterable[str]
Json = str | Mapping[str, Any] | Iterable[Any]

EMPTY: Status = {
    "error": None,
    "token": None,
    "statusVersion": None,
    "statusCode": None,
    "percentProgress": None,
    "statusText": None,
    "result": None,
    "logOutput": None,
}


def form(arguments: Mapping[str, object], types: Mapping[str, str]) -> dict[str, str]:
    """The fields to send. `types` gives the kind of parameters that are known: `json`, or anything else.

    None is left out; False and 0 are sent. Raises TypeError and ValueError for what has no form on the wire.
    """
    return {
        name: _json(value) if types.get(name) == "json" else _text(name, value)
        for name, value in arguments.items()
        if value is not None
    }


def types(function: Function | None) -> dict[str, str]:
    """The kinds of a function's parameters, for `form`."""
    return {param.name: param.type for param in function.params} if function else {}


def _json(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable) and not isinstance(value, (Mapping, list)):
        value = list(value)
    return json.dumps(value, ensure_ascii=False)


def _text(name: str, value: object) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case date():
            return _time(name, value)
        case os.PathLike():
            return str(os.fspath(value))
        case Mapping():
            return _json(value)
        case bytes() | bytearray():
            raise TypeError(f"{name}: expected text, not bytes")
        case Iterable():
            return _joined(name, list(value))
        case _:
            raise TypeError(f"{name}: a {type(value).__name__} cannot be sent")


def _time(name: str, value: date) -> str:
    """The server takes neither a zone nor fractions of a second."""
    if not isinstance(value, datetime):
        return f"{value.isoformat()}T00:00:00"
    if value.tzinfo is not None:
        raise ValueError(f"{name}: expected a time without zone; the zone is a parameter of its own, or UTC")
    return value.isoformat(timespec="seconds")


def _joined(name: str, values: list[object]) -> str:
    if any(isinstance(value, (Mapping, list, tuple)) for value in values):
        return _json(values)
    texts = [_text(name, value) for value in values]
    if any("," in text for text in texts):
        raise ValueError(f"{name}: no item of the list may contain a comma")
    return ",".join(texts)


def decode(body: bytes) -> Any:
    """Any JSON answer, with or without byte-order mark. Raises MailStoreAnswerError."""
    try:
        text = body.decode("utf-8-sig")
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            # .NET strings may hold half a surrogate pair, whose escape only the standard library reads.
            return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MailStoreAnswerError("The answer is not JSON.") from error


def status(body: bytes) -> Status:
    """An envelope; keys a server leaves out are null, keys it adds are kept. Raises MailStoreAnswerError."""
    answer = decode(body)
    if not isinstance(answer, dict) or not answer.keys() & EMPTY.keys():
        raise MailStoreAnswerError("The answer is JSON but no status of a call.")
    return cast(Status, {**EMPTY, **answer})
