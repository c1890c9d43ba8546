"""Export into files of the server: a tree of EML files, or an mbox per folder.

The folder belongs to the export: a list in it (`postroom-export.jsonl`) says what is there, so that runs add what is
missing, and what a killed run left half-written is cut off.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from postroom.archive.body import chunks, sha256
from postroom.archive.export.export import HEAD_BYTES, LATEST_MS
from postroom.archive.export.forms import EmlTree, Form, Item, MboxFiles
from postroom.archive.export.manifest import Line, open_alone
from postroom.archive.export.names import message_name, safe_name
from postroom.archive.messages import MessageId
from postroom.archive.profiles.connector import Context, Outgoing
from postroom.archive.profiles.details import Details, Key
from postroom.archive.storage.packs import sync_directory
from postroom.errors import NoSpace, Unavailable, WrongState

LIST: Final = "postroom-export.jsonl"
PATH: Final = Key("targetPath", "Folder on the server, new or empty or of this export.", required=True, also=("path",))
UPDATE: Final = Key(
    "updateExisting", "Whether a folder that holds an export already gets what is missing; else it must be new.",
    kind="flag", default=True,
)  # fmt: skip


class FileSink:
    """Messages as files below a folder. Used by one run at a time."""

    def __init__(self, target: Path, form: Form, *, update: bool) -> None:
        """Raises WrongState for a folder that holds something else, Unavailable when another run writes there."""
        self._target, self._form, self._list = target, form, target / LIST
        self._there: dict[tuple[str, str], Line] = {}
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not target.is_dir():
            raise WrongState(f"{target} is no folder. Choose another targetPath.")
        if not self._list.exists() and any(target.iterdir()):
            raise WrongState(f"{target} is not empty and holds no export of a profile. Choose another targetPath.")
        if not update and self._list.exists():
            raise WrongState(f"{target} holds an export already. Choose another targetPath, or set {UPDATE.name}.")
        self._file = open_alone(self._list)
        try:
            self._end = self._resume()
        except BaseException:
            os.close(self._file)
            raise

    def close(self) -> None:
        self._form.close()
        os.close(self._file)

    def has(self, message: Outgoing) -> bool:
        """By folder and content: a message that lies elsewhere in the archive now is another file."""
        line = self._there.get(_key(message))
        return line is not None and (self._target / line["file"]).exists()

    def put(self, message: Outgoing) -> None:
        try:
            self._put(message)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise NoSpace(self._target) from error
            raise Unavailable(f"{self._target} cannot be written: {error.strerror or error}") from error

    def _put(self, message: Outgoing) -> None:
        place, digest = _key(message)
        where = self._form.write(
            Item(
                place, _name(message), min(max(message.date_ms, 0), LATEST_MS), len(message.body), chunks(message.body)
            )
        )
        self._form.sync()
        line: Line = {"folder": place, "sha256": digest, "id": message.id, **where}
        raw = _encode(line)
        os.pwrite(self._file, raw, self._end)
        os.fdatasync(self._file)
        self._end += len(raw)
        self._there[place, digest] = line

    def _resume(self) -> int:
        """Take up what is there; where the list goes on. Lines of files that are gone, or shorter, count no more."""
        lines, end = _lines(self._list)
        sizes = {name: _size(self._target / name) for name in {line["file"] for line in lines}}
        cut = {line["file"] for line in lines if _ends(line) > sizes[line["file"]]}
        kept = [line for line in lines if line["file"] not in cut]
        for line in kept:
            self._there[line["folder"], line["sha256"]] = line
            if "offset" in line:
                self._form.resume(line)
        if cut:
            raw = b"".join(map(_encode, kept))
            os.pwrite(self._file, raw, 0)
            end = len(raw)
        os.ftruncate(self._file, end)
        os.fsync(self._file)
        sync_directory(self._target)
        return end


def _lines(path: Path) -> tuple[list[Line], int]:
    """The lines of a list, and where the first begins that a crash has torn."""
    lines, end = [], 0
    with path.open("rb") as file:
        for raw in file:
            try:
                line = json.loads(raw) if raw.endswith(b"\n") else None
            except ValueError:
                line = None
            if not isinstance(line, dict):
                break
            lines.append(line)
            end += len(raw)
    return lines, end


def _encode(line: Line) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _ends(line: Line) -> int:
    """Up to where a file must reach for a line to be true."""
    return int(line["offset"] + line["length"]) if "offset" in line else 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _key(message: Outgoing) -> tuple[str, str]:
    """The folder of a message in the export, and what it is."""
    parts = [message.archive, *(part for part in message.folder.split("/") if part)]
    return "/".join(map(_component, parts)), sha256(message.body).hex()


def _component(part: str) -> str:
    """A safe name; where that changes it, with a mark, so that two folders stay two."""
    safe = safe_name(part)
    return safe if safe == part else f"{safe}~{hashlib.sha256(part.encode()).hexdigest()[:6]}"


def _name(message: Outgoing) -> str:
    return message_name(bytes(message.body[:HEAD_BYTES]), *MessageId.parse(message.id))


@dataclass(frozen=True, slots=True)
class FileExporter:
    """`form` makes what writes below a folder."""

    name: str
    form: Callable[[Path], Form]
    keys: tuple[Key, ...] = (PATH, UPDATE)

    def check(self, details: Details) -> None:
        """The keys do not depend on each other."""

    @contextmanager
    def open(self, details: Details, context: Context) -> Iterator[FileSink]:
        target = context.path(f"details.{PATH.name}", details.text(PATH.name))
        sink = FileSink(target, self.form(target), update=details.flag(UPDATE.name))
        try:
            yield sink
        finally:
            sink.close()


EML: Final = FileExporter("EML", EmlTree)
MBOX: Final = FileExporter("MBOX", MboxFiles)
