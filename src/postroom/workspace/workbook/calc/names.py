"""Functions that Excel has, as far as Microsoft lists them. Source: Microsoft's CSDL, workbookFunctions."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Final

import msgspec


class _File(msgspec.Struct):
    names: dict[str, list[str]] = msgspec.field(name="workbookFunctionNames")


def _names() -> Mapping[str, list[str]]:
    content = (files("postroom.workspace.schema") / "graph-types.json").read_bytes()
    return {name.lower(): one for name, one in msgspec.json.decode(content, type=_File).names.items()}


FUNCTION_NAMES: Final = _names()
"""Names of functions in lower case, with `_` for a point → those of their parameters."""
_OTHERS: Final = frozenset({"ISFORMULA", "RAND", "RANDBETWEEN", "SHEET", "SHEETS"})
PLAIN: Final = frozenset(name.upper().replace("_", ".") for name in FUNCTION_NAMES) - _OTHERS
"""Those whose value depends on nothing but what their arguments name, whether it is computed here or not."""
