"""Where instances may lie: below the folder of the management database or an allowed place, apart from each other."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from postroom.archive.storage.store import MAX_NAME_BYTES, MAX_PATH_BYTES
from postroom.archive.stores import INSTANCE_FILE
from postroom.errors import AlreadyExists, Invalid, NoSpace, NotFound, Unavailable

MOST_ROWS: Final = 10_000
_FULL: Final = (28, 122)  # ENOSPC, EDQUOT


@dataclass(frozen=True, slots=True)
class Places:
    """`root`: the folder of the management database, resolved. `allowed`: the setting archive.allowed_paths."""

    root: Path
    allowed: Sequence[str]

    @property
    def roots(self) -> list[Path]:
        """The folders below which everything must be."""
        return [self.root, *(Path(place).resolve() for place in self.allowed)]

    def checked(self, field: str, path: str, base: Path | None = None) -> Path:
        """A path that a caller named, `base` before one that is relative. Raises Invalid."""
        names = path.split("/")
        strange = any(unicodedata.category(char) in ("Cc", "Cs") for char in path)
        if strange or path.startswith("~") or "\\" in path or ".." in names:
            raise Invalid(field, "a path of this server, with '/' between names and no '..'")
        if any(len(name.encode()) > MAX_NAME_BYTES for name in names) or len(path.encode()) > MAX_PATH_BYTES:
            raise Invalid(field, f"names of at most {MAX_NAME_BYTES} bytes and {MAX_PATH_BYTES} in all")
        try:
            full = ((base or self.root) / path).resolve()
        except (OSError, RuntimeError) as error:  # the latter for links in a circle
            raise Invalid(field, f"a path that can be followed, not {path!r}") from error
        if not any(full.is_relative_to(root) for root in self.roots):
            raise Invalid(field, f"a path in {self.root} or in one of the setting archive.allowed_paths, not {path!r}")
        return full

    def for_instance(self, field: str, full: Path, others: Iterable[Path]) -> None:
        """Whether a new instance may lie there: apart from all others, in a folder that is empty, or not there, or
        holds an instance already. Raises Invalid."""
        if full in self.roots:
            raise Invalid(field, f"a folder for this instance alone, not {full}")
        # As texts: there may be thousands, and comparing paths is slow.
        own = f"{full}/"
        for other in [*map(str, others), str(self.root / "default")]:
            if own.startswith(f"{other}/") or f"{other}/".startswith(own):
                raise Invalid(field, f"a folder apart from that of another instance, {other}")
        try:
            if full.exists() and not full.is_dir():
                raise Invalid(field, f"a folder; {full} is a file")
            if full.is_dir() and not (full / INSTANCE_FILE).exists() and any(full.iterdir()):
                raise Invalid(field, f"a new or empty folder, or one with an instance; {full} has other files")
        except OSError as error:
            raise Unavailable(f"The folder {full} cannot be read: {error.strerror}.") from error

    # What the API shows of it

    def free(self) -> Iterator[tuple[Path, float]]:
        """The share of its disk that is free, by root that is there."""
        for root in self.roots:
            if root.exists():
                usage = shutil.disk_usage(root)
                yield root, usage.free / usage.total

    def folders(self, path: str | None) -> list[Path]:
        """The folders below one, by name; without path the roots. Raises NotFound, Invalid, Unavailable."""
        if not path:
            return self.roots
        full = self.checked("path", path)
        try:
            below = sorted(entry for entry in full.iterdir() if entry.is_dir() and not entry.is_symlink())
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotFound("folder", path) from error
        except OSError as error:
            raise Unavailable(f"The folder {full} cannot be read: {error.strerror}.") from error
        return below[:MOST_ROWS]

    def make(self, path: str) -> None:
        """A new folder, and those above it. Raises AlreadyExists, Invalid, NoSpace, Unavailable."""
        full = self.checked("path", path)
        try:
            full.mkdir(mode=0o700, parents=True)
        except FileExistsError as error:
            raise AlreadyExists("folder", path) from error
        except OSError as error:
            if error.errno in _FULL:
                raise NoSpace(full) from error
            raise Unavailable(f"The folder {full} cannot be made: {error.strerror}.") from error
