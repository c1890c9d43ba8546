"""Names of files: which there can be, and which are the same.

Source: Microsoft, restrictions and limitations in OneDrive and SharePoint; reference, Drives, name rules.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, Final

from postroom.workspace.workloads.files.errors import InvalidName

MOST_CHARS: Final = 255
MOST_TRIES: Final = 10_000
_REFUSED: Final = re.compile(r'["*:<>?/\\|\x00-\x1f\x7f\ud800-\udfff]')
_RESERVED: Final = frozenset({
    ".lock", "con", "prn", "aux", "nul", "desktop.ini", "_vti_",
    *(f"{name}{number}" for name in ("com", "lpt") for number in range(10)),
})  # fmt: skip


def checked(name: Any) -> str:
    """The name as it was given. Raises InvalidName."""
    if not isinstance(name, str) or not name:
        raise InvalidName("a name")
    if len(name) > MOST_CHARS or len(name.encode("utf-8", "replace")) > 4 * MOST_CHARS:
        raise InvalidName(f"no more than {MOST_CHARS} characters")
    if _REFUSED.search(name):
        raise InvalidName('a name without " * : < > ? / \\ | and control characters')
    if name != name.strip() or name.endswith("."):
        raise InvalidName("a name without a space at its ends and without a dot at its end")
    low = key_of(name)
    if low in _RESERVED or "_vti_" in low or low.startswith("~$"):
        raise InvalidName("a name that is not reserved")
    return name


def key_of(name: str) -> str:
    """What is equal for names that are the same: neither case nor the way in which letters are composed counts."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def another(name: str, is_taken: Callable[[str], bool]) -> str:
    """The name with a number behind it, before its ending, that is not taken. Raises InvalidName."""
    path = PurePosixPath(name)
    for number in range(1, MOST_TRIES):
        found = f"{path.stem} {number}{path.suffix}"
        if not is_taken(found):
            return checked(found)
    raise InvalidName("a name that is not taken ten thousand times")
