"""The manifest of an export, which is also its journal while it grows.

`manifest.jsonl` has one JSON object per line:

- first `{"manifest": 1, "form", "created", "messages", "items", "stores": {id: uuid}, "note"}`;
- one per message `{"id", "archive", "folder", "file", "size", "time", "sha256", "proof"}` (`time`: received, ms); in an
  mbox file also `offset` and `length` of the quoted message and `end`, the line ends behind it; in a zip also `zip`:
  offset of the header, stored size, CRC-32. A message that could not be exported has `error` after `folder` instead;
- the chain of each store, `{"store", "batch", "t", "leaves", "root", "prev", "chain"}`, from the first batch a
  message lies in to the head;
- last `{"heads": {id: {"batch", "chain"}}, "exported", "failed"}`.

`proof` is `{"batch", "index", "digest", "meta", "path"}` as in docs/format.md §4. A line is written only after what it
speaks of is on the disk, so an interrupted export goes on behind the last line.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from postroom.archive.storage.ledger import Batch, Proof
from postroom.archive.storage.packs import sync_directory
from postroom.errors import Unavailable, WrongState

Line = dict[str, Any]


def open_alone(path: Path) -> int:
    """The list of an export, locked: two cannot write to one target. Raises Unavailable while another does."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        raise Unavailable(f"Another export is writing to {path.parent}. Wait for its end.") from error
    return file


class Journal:
    """The growing manifest; holds a lock, so two exports cannot write to one target."""

    def __init__(self, path: Path, header: Line) -> None:
        """Begin, or go on where an export with the same header stopped.

        Raises WrongState when another export was begun there, Unavailable when one is writing there.
        """
        self.path, self.header = path, header
        self._lines: list[bytes] = []
        self._file = open_alone(path)
        try:
            self._end = self._resume()
        except BaseException:
            os.close(self._file)
            raise

    def _resume(self) -> int:
        end = 0
        for line, size in _read(self.path):
            if not end:
                self._compare(line)
            elif "id" not in line:
                break  # the chain is written anew: it has grown
            end += size
        os.ftruncate(self._file, end)
        if not end:
            raw = _encode(self.header)
            _write(self._file, raw, 0)
            os.fsync(self._file)
            sync_directory(self.path.parent)
            end = len(raw)
        return end

    def _compare(self, line: Line) -> None:
        if {**line, "created": 0} != {**self.header, "created": 0}:
            raise WrongState(
                f"{self.path.parent} holds an unfinished export of other messages. Choose another target, or remove "
                f"it together with {self.path.name}."
            )
        self.header = line

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def messages(self) -> Iterator[Line]:
        """The lines of the messages on the disk, in order."""
        at = 0
        for line, size in _read(self.path):
            at += size
            if at > self._end:
                return
            if "id" in line:
                yield line

    @property
    def waiting(self) -> int:
        """How many lines were added since the last sync."""
        return len(self._lines)

    def add(self, line: Line) -> None:
        """Keep a line for the next sync."""
        self._lines.append(_encode(line))

    def sync(self) -> None:
        """Make the lines added so far survive power loss; what they speak of must be synced before."""
        raw = b"".join(self._lines)
        _write(self._file, raw, self._end)
        os.fdatasync(self._file)
        self._end += len(raw)
        self._lines.clear()


def proof_line(proof: Proof) -> Line:
    """A proof without what the other lines of the manifest say."""
    document = proof.document()
    return {"batch": proof.batch.number, **{key: document[key] for key in ("index", "digest", "meta", "path")}}


def batch_line(store: int, batch: Batch) -> Line:
    """One link of a store's chain."""
    return {"store": str(store), **batch.document()}


def _encode(line: Line) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _read(path: Path) -> Iterator[tuple[Line, int]]:
    """(line, its bytes) up to the first that was torn by a crash."""
    with path.open("rb") as file:
        for raw in file:
            try:
                line = json.loads(raw) if raw.endswith(b"\n") else None
            except ValueError:
                return
            if not isinstance(line, dict):
                return
            yield line, len(raw)


def _write(file: int, raw: bytes, at: int) -> None:
    view = memoryview(raw)
    while view:
        written = os.pwrite(file, view, at)
        view, at = view[written:], at + written
