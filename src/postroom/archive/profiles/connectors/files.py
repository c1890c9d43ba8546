"""Mail that lies in files of the server: EML folders, mbox, Maildir, Thunderbird; one mailbox, or a folder per user."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from postroom.archive.profiles.common import DELETE, TARGET, archive_name
from postroom.archive.profiles.connector import Context, Target
from postroom.archive.profiles.connectors.parts import Below, BelowEmptied, Shut
from postroom.archive.profiles.details import Details, Key
from postroom.archive.sources import files, names
from postroom.archive.sources.detect import open_source
from postroom.archive.sources.maildir import MaildirSource
from postroom.archive.sources.tree import TreeSource
from postroom.archive.storage.store import clean_path
from postroom.errors import Invalid, Unavailable

PATH: Final = Key("sourcePath", "File or folder on the server.", required=True, also=("path", "directory"))
BATCH: Final = Key(
    "folderPerUser", "Whether each folder in `sourcePath` is the mail of one archive, named like the folder.",
    kind="flag", default=False,
)  # fmt: skip
FOLDER: Final = Key("targetFolder", "Folder of the archive below which the mail is put; its top when left out.")
KEYS: Final = (PATH, TARGET, BATCH, FOLDER)
EMPTIED: Final = (*KEYS, DELETE)


@dataclass(frozen=True, slots=True)
class FileConnector:
    """`kind` is one of `sources.KINDS`."""

    name: str
    kind: str
    keys: tuple[Key, ...] = KEYS

    def check(self, details: Details) -> None:
        check_places(details)

    @contextmanager
    def open(self, details: Details, context: Context) -> Iterator[Iterator[Target]]:
        path = context.path(f"details.{PATH.name}", details.text(PATH.name))
        if not path.exists():
            raise Unavailable(f"There is nothing at {path}. Is the disk there?")
        yield self._targets(path, details, context)

    def _targets(self, path: Path, details: Details, context: Context) -> Iterator[Target]:
        below = details.text(FOLDER.name)
        if not details.flag(BATCH.name):
            try:
                yield self._target(details.text(TARGET.name), path, below)
            except Invalid as error:
                raise Invalid(f"details.{PATH.name}", error.expected) from error
            return
        for place in folders_in(path):
            context.stop()
            try:
                yield self._target(names.component(place.name), place, below)
            except Invalid as error:
                yield Target(names.component(place.name), Shut(names.native("shut:", place), str(error)))

    def _target(self, archive: str, path: Path, below: str) -> Target:
        source = open_source(path, kind=self._kind_of(path))
        if isinstance(source, MaildirSource | TreeSource):
            return Target(archive, BelowEmptied(source, below))
        return Target(archive, Below(source, below))

    def _kind_of(self, path: Path) -> str:
        """A folder of mboxes is a tree; a Maildir in a batch may hold its own under another name."""
        if self.kind == "mbox" and path.is_dir():
            return "folder"
        if self.kind == "folder" and path.is_file():
            return "auto"
        return self.kind


def check_places(details: Details) -> None:
    """Raises Invalid for details that do not say to which archive the mail goes."""
    if details.flag(BATCH.name) == bool(details.text(TARGET.name)):
        raise Invalid(f"details.{TARGET.name}", f"an archive, or none and {BATCH.name} true")
    if not details.flag(BATCH.name):
        archive_name(details)
    if folder := details.text(FOLDER.name):
        clean_path(f"details.{FOLDER.name}", folder)


def folders_in(path: Path) -> Iterator[Path]:
    """The folders of a batch, by name. Raises Unavailable."""
    try:
        for entry in files.entries(os.fspath(path)):
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                yield Path(entry.path)
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {files.reason(error)}") from error


EML: Final = FileConnector("EML", "folder", EMPTIED)
MBOX: Final = FileConnector("MBOX", "mbox")
MAILDIR: Final = FileConnector("Maildir", "maildir", EMPTIED)
THUNDERBIRD: Final = FileConnector("Thunderbird", "folder")
