"""JSON that was sent: read, or told what is wrong with it and where."""

from __future__ import annotations

import codecs
import json
from typing import Any

import msgspec

from postroom.faces.graph.errors import Refused


def read_json(content: bytes) -> Any:
    """A mark of the byte order in front is passed over: .NET writes one. Raises Refused."""
    plain = content.removeprefix(codecs.BOM_UTF8)
    try:
        return msgspec.json.decode(plain)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(400, "BadRequest", f"The body is not valid JSON: {_wrong(plain)}.") from error


def _wrong(content: bytes) -> str:
    """What is wrong and where. Lines and columns begin with 1, as editors show them."""
    try:
        text = content.decode()
        # The reader above is quick, and does not give the place.
        json.loads(text, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return f"it is not in UTF-8 at line {line}, byte {error.start}"
    except json.JSONDecodeError as error:
        what = error.msg[:1].lower() + error.msg[1:]
        return f"{what} at line {error.lineno}, column {error.colno}"
    except RecursionError:
        return "too many levels in one another"
    except ValueError as error:
        return str(error)
    return "it has half a character, or a number that is too large"


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no value of JSON")
