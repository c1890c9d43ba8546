"""Copies an instance into a folder, and back. A backup is an instance: same files, same format, plus `backup.json`.

Mail may arrive meanwhile. Catalogue and instance database are snapshots by SQLite's own backup; packs are copied after
the catalogue, so they hold at least what it knows, and opening the copy rolls the rest forward. Sealed packs that the
backup has already are not copied again; files the archive no longer has stay where they are.

An update that ends early leaves the backup as it was: new files stand beside the old ones as `<name>.new` until all of
them are synced; then `backup.json.next` is written, which is the commit point, and they are put in place.

`secrets.key` stays at home: who finds a backup has all mail, but not the passwords of other servers. After a restore
they are set again, or the key is put back from where the administrator keeps it; nothing else needs it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

from postroom.archive.instance.instance import Instance
from postroom.archive.mount import Mount
from postroom.archive.storage import packs
from postroom.archive.storage.catalogue import is_full
from postroom.errors import Damaged, NoSpace, NotFound, Unavailable, WrongState

MANIFEST: Final = "backup.json"
NEXT: Final = "backup.json.next"
UNFINISHED: Final = "backup.unfinished"
"""Says of a folder without manifest that it is a backup in the making."""
DRAFT: Final = ".new"
COPY_BYTES: Final = 1 << 20

Progress = Callable[[int, int], None]
"""Told bytes done and in all; may raise Cancelled, which leaves an older backup usable."""


class _Copier:
    """Copies files with their SHA-256, each beside its place as a draft, and tells how far it is."""

    def __init__(self, target: Path, total: int, progress: Progress) -> None:
        self.target, self.total, self.progress = target, total, progress
        self.done = 0
        self.files: dict[str, dict[str, Any]] = {}

    def copy(self, source: Path, name: str, known: dict[str, Any] | None = None) -> None:
        """Copy one file; what the last backup has with this size and time stays."""
        status = source.stat()
        facts = {"size": status.st_size, "mtime_ns": status.st_mtime_ns}
        target = self.target / name
        if known and all(known.get(k) == v for k, v in facts.items()) and target.is_file():
            self.files[name] = known
        else:
            self.files[name] = {**facts, "sha256": self._transfer(source, target, status.st_size)}
        self._tell(status.st_size)

    def snapshot(
        self, source: Path, name: str, adjust: Callable[[sqlite3.Connection], None] = lambda _db: None
    ) -> None:
        """Copy a SQLite database in one consistent state; `adjust` may change the copy."""
        target = self.target / name
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft(target)
        draft.unlink(missing_ok=True)
        uri = f"{source.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as old, closing(sqlite3.connect(draft)) as new:
            old.backup(new)
            with new:
                adjust(new)
        _sync(draft)
        self.files[name] = {"size": draft.stat().st_size, "sha256": _digest(draft)}
        self._tell(source.stat().st_size)

    def _transfer(self, source: Path, target: Path, size: int) -> str:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft(target)
        hasher = hashlib.sha256()
        with source.open("rb") as old, draft.open("wb") as new:
            while size and (piece := old.read(min(COPY_BYTES, size))):
                hasher.update(piece)
                new.write(piece)
                size -= len(piece)
            new.flush()
            os.fsync(new.fileno())
        return hasher.hexdigest()

    def _tell(self, size: int) -> None:
        self.done += size
        self.progress(min(self.done, self.total), self.total)


def create_backup(
    instance: Instance,
    directory: Path,
    mounts: list[Mount],
    target: Path,
    *,
    with_indexes: bool,
    progress: Progress,
    waiting: Callable[[str], object] | None = None,
) -> int:
    """Write or update the backup in `target`; returns bytes in it. `waiting` as for `Mount.alone`.

    Raises NoSpace, WrongState, Unavailable.
    """
    try:
        _claim(target)
        known = _read_manifest(target)["files"] if (target / MANIFEST).is_file() else {}
        copier = _Copier(target, sum(_size(mount.directory) for mount in mounts), progress)
        for mount in mounts:
            with mount.alone("it is being copied into a backup", waiting):
                _copy_store(copier, mount, f"stores/{mount.row.id}", known, with_indexes=with_indexes)
        instance.audit.flush()
        head = instance.audit.head()
        copier.snapshot(directory / "instance.db", "instance.db", partial(_point_to_copies, mounts))
        # Noted outside the log: only against this can it be seen that somebody cut off its end.
        noted = {"events": head.events, "batches": head.batches, "chain": head.chain.hex()}
        document = {"format": 1, "audit": noted, "files": copier.files}
        _write_manifest(target, document)
        _settle(target)
    except (OSError, sqlite3.Error) as error:
        if _is_full(error):
            raise NoSpace(target) from error
        raise Unavailable(f"The backup in {target} could not be written: {error}") from error
    return sum(int(file["size"]) for file in copier.files.values())


def _claim(target: Path) -> None:
    """Make the folder a backup in the making, or ready for an update. Raises WrongState for a folder of others."""
    ours = any((target / name).is_file() for name in (MANIFEST, NEXT, UNFINISHED))
    if target.exists() and not ours and (not target.is_dir() or any(target.iterdir())):
        raise WrongState(f"{target} is neither an empty folder nor a backup. Name another.")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    _settle(target)
    for draft in target.rglob("*" + DRAFT):
        draft.unlink()
    if not (target / MANIFEST).is_file():
        (target / UNFINISHED).touch()


def _settle(target: Path) -> None:
    """Put the drafts of a committed update in place; again after a crash, when not all of them were."""
    if not (target / NEXT).is_file():
        return
    for name in _read_manifest(target, NEXT)["files"]:
        if _draft(target / name).is_file():
            _draft(target / name).replace(target / name)
            packs.sync_directory((target / name).parent)
    (target / NEXT).replace(target / MANIFEST)
    (target / UNFINISHED).unlink(missing_ok=True)
    packs.sync_directory(target)


def _draft(path: Path) -> Path:
    return path.with_name(path.name + DRAFT)


def _is_full(error: OSError | sqlite3.Error) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT) if isinstance(error, OSError) else is_full(error)


def _copy_store(copier: _Copier, mount: Mount, name: str, known: dict[str, Any], *, with_indexes: bool) -> None:
    directory = mount.directory
    copier.copy(directory / "STORE", f"{name}/STORE", known.get(f"{name}/STORE"))
    if (directory / "catalog.db").is_file():
        copier.snapshot(directory / "catalog.db", f"{name}/catalog.db")
    for number in packs.pack_numbers(directory / "packs"):
        path = packs.pack_path(directory / "packs", number)
        copier.copy(path, f"{name}/packs/{path.name}", known.get(f"{name}/packs/{path.name}"))
    if with_indexes and mount.is_open:
        with mount.indexer.paused():
            for path in sorted((directory / "index").rglob("*")):
                if path.is_file():
                    file = f"{name}/{path.relative_to(directory)}"
                    copier.copy(path, file, known.get(file))


def _point_to_copies(mounts: list[Mount], db: sqlite3.Connection) -> None:
    """In the backup every store lies under its id; the first names keep clear of those to come."""
    for prefix in ("moving/", "stores/"):
        for mount in mounts:
            db.execute("UPDATE store SET path = ? WHERE id = ?", (f"{prefix}{mount.row.id}", mount.row.id))


def restore_backup(source: Path, directory: Path, progress: Progress = lambda _done, _total: None) -> int:
    """Copy a backup into an instance folder that is missing or empty, comparing every SHA-256; returns bytes copied.

    Raises NotFound when `source` is no backup, WrongState when the folder is in use, Damaged naming the file.
    """
    # A committed update may not be in place yet, and a backup may lie where nothing can be written: it is only read.
    updated = (source / NEXT).is_file()
    document = _read_manifest(source, NEXT if updated else MANIFEST)
    if directory.exists() and any(directory.iterdir()):
        raise WrongState(f"The folder {directory} is not empty. Restore into a new home (--home).")
    draft = directory.with_name(directory.name + ".restoring")
    shutil.rmtree(draft, ignore_errors=True)
    total = sum(int(facts["size"]) for facts in document["files"].values())
    copier = _Copier(draft, total, progress)
    try:
        for name, facts in document["files"].items():
            path = source / name
            if updated and _draft(path).is_file():
                path = _draft(path)
            path = path.resolve()
            if not path.is_relative_to(source.resolve()) or not path.is_file():
                raise Damaged(f"The backup lacks the file {name}.")
            copier.copy(path, name)
            if copier.files[name]["sha256"] != facts["sha256"]:
                raise Damaged(f"The file {name} of the backup has changed since it was written.")
            _draft(draft / name).replace(draft / name)
        if directory.exists():
            directory.rmdir()
        draft.chmod(0o700)
        draft.rename(directory)
        packs.sync_directory(directory.parent)
    except OSError as error:
        if _is_full(error):
            raise NoSpace(directory) from error
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return total


def _read_manifest(directory: Path, name: str = MANIFEST) -> dict[str, Any]:
    try:
        document = json.loads((directory / name).read_text())
        if document["format"] != 1:
            raise Damaged(f"The backup has format {document['format']}; this version reads 1.")
        _check_files(document["files"])
    except FileNotFoundError as error:
        raise NotFound("backup in the folder", str(directory)) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Damaged(f"The file {name} of the backup cannot be read.") from error
    return dict(document)


def _check_files(files: dict[str, dict[str, Any]]) -> None:
    """A backup may come from a stranger: its names must stay within it, whatever links lie on their way."""
    for name, facts in files.items():
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts or "\0" in name or name != "/".join(parts):
            raise Damaged(f"The backup names a file outside of it: {name!r}.")
        if int(facts["size"]) < 0:
            raise ValueError(name)


def _write_manifest(target: Path, document: dict[str, Any]) -> None:
    """The commit point of an update: all that the manifest names is synced, as a draft or in place."""
    for folder in {(target / name).parent for name in document["files"]}:
        packs.sync_directory(folder)
    draft = _draft(target / MANIFEST)
    with draft.open("w") as file:
        json.dump(document, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target / NEXT)
    packs.sync_directory(target)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _size(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
