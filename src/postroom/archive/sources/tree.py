"""A folder tree of mail files: messages (.eml, or anything that looks like one) and mbox files, in any mixture.

So this reads an exported folder of EML, an MH folder, a Thunderbird profile and a folder of mboxes. Folders in the
archive are the directories; an mbox file is a folder of its own name. A message's native id is its path, size and
time of change. The cursor holds one mbox cursor per mbox file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from postroom.archive.sources import files, names
from postroom.archive.sources.files import Looks
from postroom.archive.sources.mbox import MboxSource
from postroom.archive.sources.model import Arrival, Item, Known, Problem
from postroom.archive.sources.streams import HEAD_BYTES

IGNORED_SUFFIXES = ("msf",)
"""Thunderbird's index beside each mbox: known to hold no mail."""


class TreeSource:
    """All mail files below a directory."""

    def __init__(self, path: str) -> None:
        self.name = names.native("folder:" + path)
        self._root = path
        self._done = self._total = 0
        self._mbox: MboxSource | None = None
        self._cursors: dict[str, str] = {}
        self._removable: dict[str, tuple[str, tuple[int, int]]] = {}

    def progress(self) -> tuple[int, int]:
        inner = self._mbox
        return self._done + (inner.progress()[0] if inner else 0), self._total

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        self._cursors = _cursors(cursor)
        self._done, self._mbox = 0, None
        self._total = sum(files.size(entry) for _, entry in self._walk("") if isinstance(entry, os.DirEntry))
        for directory, entry in self._walk(""):
            if isinstance(entry, Problem):
                yield entry
            else:
                yield from self._file(directory, entry, known)

    def removable(self, before_ms: int | None) -> Iterator[str]:
        """Native ids of the files that were written before that moment (UTC milliseconds); None = of all."""
        for directory, entry in self._walk(""):
            if isinstance(entry, os.DirEntry) and files.is_older(entry, before_ms):
                state = entry.stat(follow_symlinks=False)
                native_id = names.native(directory + entry.name, state.st_size, state.st_mtime_ns)
                self._removable[native_id] = entry.path, (state.st_size, state.st_mtime_ns)
                yield native_id

    def remove(self, native_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Remove files that `removable` gave since the last call; (native id, reason) of each that could not be."""
        for native_id in native_ids:
            path, known = self._removable[native_id]
            try:
                state = os.lstat(path)
                if (state.st_size, state.st_mtime_ns) == known:
                    os.unlink(path)
                else:
                    yield native_id, "it was changed meanwhile"
            except FileNotFoundError:
                continue
            except OSError as error:
                yield native_id, files.reason(error)
        self._removable.clear()

    def _walk(self, relative: str) -> Iterator[tuple[str, os.DirEntry[str] | Problem]]:
        """(directory below the root, file in it); files of a directory before its subdirectories."""
        below = []
        try:
            for entry in files.entries(f"{self._root}/{relative}"):
                if entry.is_file(follow_symlinks=False):
                    if files.suffix(entry.name) not in IGNORED_SUFFIXES:
                        yield relative, entry
                elif entry.is_dir(follow_symlinks=False):
                    below.append(entry.name)
                else:
                    yield relative, _problem(relative, entry.name, files.odd_entry(entry))
        except OSError as error:
            yield relative, _problem(relative, "", files.reason(error))
        for name in below:
            yield from self._walk(f"{relative}{name}/")

    def _file(self, directory: str, entry: os.DirEntry[str], known: Known) -> Iterator[Item]:
        try:
            state = entry.stat(follow_symlinks=False)
            native_id = names.native(directory + entry.name, state.st_size, state.st_mtime_ns)
            if not known(native_id):
                yield from self._new_file(directory, entry, native_id, known)
        except OSError as error:
            yield _problem(directory, entry.name, files.reason(error))
        else:
            self._done += state.st_size

    def _new_file(self, directory: str, entry: os.DirEntry[str], native_id: str, known: Known) -> Iterator[Item]:
        descriptor, state = files.open_regular(entry.path)
        try:
            head = os.read(descriptor, HEAD_BYTES)
            kind = files.looks(entry.name, head)
            if kind is Looks.MESSAGE:
                body = files.read_rest(descriptor, head, state.st_size)
        finally:
            os.close(descriptor)
        parts = names.split_path(directory)
        if kind is Looks.MESSAGE:
            yield files.arrival(files.folder_of(parts), native_id, body, state)
        elif kind is Looks.MBOX:
            yield from self._mbox_file(directory, entry, known)
        elif not entry.name.startswith("."):
            yield Problem(files.folder_of(parts), native_id, "not a mail message" if head else "empty file")

    def _mbox_file(self, directory: str, entry: os.DirEntry[str], known: Known) -> Iterator[Item]:
        relative = names.native(directory + entry.name)
        folder = files.folder_of(names.split_path(directory), entry.name)
        self._mbox = MboxSource(entry.path, folder=folder, prefix=relative + "|")
        others = "".join(f"{json.dumps(key)}:{value}," for key, value in self._cursors.items() if key != relative)
        for item in self._mbox.arrivals(self._cursors.get(relative), known):
            if isinstance(item, Arrival) and item.cursor:
                self._cursors[relative] = item.cursor
                item = replace(item, cursor=f"{{{others}{json.dumps(relative)}:{item.cursor}}}")
            yield item
        self._mbox = None


def _problem(directory: str, name: str, reason: str) -> Problem:
    return Problem(files.folder_of(names.split_path(directory)), names.native(directory + name), reason)


def _cursors(cursor: str | None) -> dict[str, str]:
    """The mbox cursors in a cursor of ours, each as text; what is none of ours is left out."""
    try:
        found = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return {key: json.dumps(value) for key, value in found.items()} if isinstance(found, dict) else {}
