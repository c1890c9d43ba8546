"""Which attachments are read for the search index: a document of the instance, by extensions of file names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from postroom.archive.extract.kinds import EXTENSIONS
from postroom.archive.instance.compliance import Check
from postroom.errors import Invalid

MOST: Final = 1000
_EXTENSION: Final = re.compile(r"[^\s.,;/\\]{1,20}")


@dataclass(frozen=True, slots=True)
class Indexing:
    """`extensions` in lower case without dot, sorted; None: whatever can be read. Plain text, HTML and mail are read
    whatever they say (reference 4.9b)."""

    extensions: tuple[str, ...] | None = None

    @property
    def chosen(self) -> tuple[str, ...]:
        """The extensions, spelled out."""
        return tuple(sorted(EXTENSIONS)) if self.extensions is None else self.extensions

    @property
    def wanted(self) -> frozenset[str] | None:
        """As the extractor is told."""
        return None if self.extensions is None else frozenset(self.extensions)

    @property
    def unreadable(self) -> tuple[str, ...]:
        """Those that nothing here can read."""
        return tuple(name for name in self.chosen if name not in EXTENSIONS)


def _extensions(field: str, value: object) -> tuple[str, ...] | None:
    """A list, or one text separated by commas or blanks. All there are is the same as None: types that a later version
    reads are then read too."""
    if value is None:
        return None
    names = re.split(r"[\s,;]+", value) if isinstance(value, str) else value
    if not isinstance(names, (list, tuple)) or len(names) > MOST or not all(isinstance(name, str) for name in names):
        raise Invalid(field, "a list of extensions of file names")
    found = {name.strip().lower().removeprefix("*").removeprefix(".") for name in names} - {""}
    if wrong := sorted(name for name in found if not _EXTENSION.fullmatch(name) or not name.isprintable()):
        raise Invalid(field, f"extensions of file names, not {wrong[0][:80]!r}")
    return None if found == EXTENSIONS else tuple(sorted(found))


CHECKS: Final[Mapping[str, Check]] = {"extensions": _extensions}
