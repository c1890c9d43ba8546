"""Maildir and Maildir++: messages in `cur` and `new` of the folder and its subfolders.

A subfolder is `.Sub.Name` beside `cur` (Maildir++) or a plain directory that is a Maildir itself; both may nest. The
native id is the folder and the unique part of the file name, which stays when flags change or `new` becomes `cur`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from postroom.archive.sources import files, names
from postroom.archive.sources.model import Item, Known, Problem

INSIDES = ("cur", "new", "tmp")


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of a Maildir: its directory, that below the root ('' = the root), its name in the archive."""

    path: str
    relative: str
    name: str


def is_maildir(directory: str) -> bool:
    """A Maildir, or a directory with one right below it. Raises OSError."""
    return _has_insides(directory) or any(
        entry.is_dir(follow_symlinks=False) and _has_insides(entry.path) for entry in files.entries(directory)
    )


def _has_insides(directory: str) -> bool:
    return os.path.isdir(directory + "/cur") and os.path.isdir(directory + "/new")


class MaildirSource:
    """A Maildir with all its subfolders. It resumes by `known` alone and ignores cursors."""

    def __init__(self, path: str) -> None:
        self.name = names.native("maildir:" + path)
        self._root = path
        self._done = self._total = 0
        self._removable: dict[str, str] = {}

    def progress(self) -> tuple[int, int]:
        return self._done, self._total

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        self._done = 0
        self._total = sum(self._size(folder) for folder in self._folders("", ()) if isinstance(folder, Folder))
        for folder in self._folders("", ()):
            if isinstance(folder, Problem):
                yield folder
            else:
                yield from self._messages(folder, known)

    def removable(self, before_ms: int | None) -> Iterator[str]:
        """Native ids of the messages whose files were written before that moment (UTC milliseconds); None = of all."""
        for folder in self._folders("", ()):
            if isinstance(folder, Folder):
                for entry in (*self._entries(folder, "new"), *self._entries(folder, "cur")):
                    if isinstance(entry, os.DirEntry) and files.is_older(entry, before_ms):
                        native_id = _native(folder, entry.name)
                        self._removable[native_id] = entry.path
                        yield native_id

    def remove(self, native_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Remove messages that `removable` gave since the last call; (native id, reason) of each that could not be."""
        for native_id in native_ids:
            try:
                os.unlink(_now_at(self._removable[native_id]))
            except FileNotFoundError:
                continue
            except OSError as error:
                yield native_id, files.reason(error)
        self._removable.clear()

    def _folders(self, relative: str, components: tuple[str, ...]) -> Iterator[Folder | Problem]:
        path = f"{self._root}/{relative}" if relative else self._root
        folder = Folder(path, relative, names.folder(components))
        below = []
        inside = _has_insides(path)
        try:
            for entry in files.entries(path):
                if entry.is_symlink() and entry.is_dir():
                    yield Problem(folder.name, names.native(relative, entry.name), files.odd_entry(entry))
                elif entry.is_dir(follow_symlinks=False) and entry.name not in INSIDES:
                    below.append(entry.name)
                elif not inside and not entry.name.startswith("."):
                    # Beside `cur` lie a server's own files; elsewhere it may be somebody's mail.
                    yield Problem(folder.name, names.native(relative, entry.name), "outside of a Maildir folder")
        except OSError as error:
            yield Problem(folder.name, names.native(relative), files.reason(error))
            return
        yield folder
        for name in below:
            inner = names.maildir_components(name) if name.startswith(".") else (names.mutf7(name),)
            yield from self._folders(f"{relative}/{name}" if relative else name, (*components, *inner))

    def _entries(self, folder: Folder, inside: str) -> Iterator[os.DirEntry[str] | Problem]:
        try:
            for entry in files.entries(f"{folder.path}/{inside}"):
                if entry.name.startswith("."):
                    continue
                if entry.is_file(follow_symlinks=False):
                    yield entry
                else:
                    yield Problem(folder.name, names.native(folder.relative, entry.name), files.odd_entry(entry))
        except FileNotFoundError:
            return  # A folder may lack `new` or `cur`: nothing is in it.
        except OSError as error:
            yield Problem(folder.name, names.native(folder.relative, inside), files.reason(error))

    def _size(self, folder: Folder) -> int:
        return sum(
            files.size(entry)
            for inside in ("new", "cur")
            for entry in self._entries(folder, inside)
            if isinstance(entry, os.DirEntry)
        )

    def _messages(self, folder: Folder, known: Known) -> Iterator[Item]:
        # `new` comes first: what moves to `cur` meanwhile is met there.
        gone: set[str] = set()
        for inside in ("new", "cur"):
            yield from self._inside(folder, inside, known, gone)
        if gone:
            # Renamed while we read: flags were changed. Look once more, for these only.
            again = set(gone)
            for inside in ("new", "cur"):
                yield from self._inside(folder, inside, lambda native_id: native_id not in again, gone)
        for native_id in sorted(gone):
            yield Problem(folder.name, native_id, "vanished during the run")

    def _inside(self, folder: Folder, inside: str, known: Known, gone: set[str]) -> Iterator[Item]:
        """The messages in `new` or `cur`; `gone` gains those that vanished and loses those that were found."""
        for entry in self._entries(folder, inside):
            if isinstance(entry, Problem):
                yield entry
                continue
            native_id = _native(folder, entry.name)
            if known(native_id):
                self._done += files.size(entry)
                continue
            try:
                body, state = files.read_file(entry.path)
            except FileNotFoundError:
                gone.add(native_id)
            except OSError as error:
                yield Problem(folder.name, native_id, files.reason(error))
            else:
                gone.discard(native_id)
                self._done += state.st_size
                yield files.arrival(folder.name, native_id, body, state)


def _native(folder: Folder, name: str) -> str:
    return names.native(folder.relative, name.partition(":")[0])


def _now_at(path: str) -> str:
    """Where the file is now: another program may have changed its flags meanwhile, or taken it from `new` to `cur`."""
    if os.path.lexists(path):
        return path
    directory, name = os.path.split(path)
    unique, cur = name.partition(":")[0], os.path.join(os.path.dirname(directory), "cur")
    found = (entry.path for entry in files.entries(cur) if entry.name.partition(":")[0] == unique)
    return next(found, path)
