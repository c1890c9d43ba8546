"""A store folder that comes from elsewhere, looked at before anything in it is used.

The packs check themselves, record by record. The databases beside them do not, and SQLite runs what stands in them:
a trigger or a view of a stranger would work for as long as it likes, and a folder that contains itself is walked for
ever. All of them can be made again from the packs, so whatever is odd is refused.
"""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from postroom.archive.storage.catalogue import READING_FAILS, STEPS, failure
from postroom.archive.storage.store import clean_path
from postroom.errors import Damaged, Invalid

DERIVED: Final = ("text.db", "summary.db")
MOST_FOLDERS: Final = 1_000_000
MOST_LEVELS: Final = 1000
_BLANK: Final = re.compile(r"--[^\n]*|\s+")
_AGAIN: Final = "Move it away: it is made again from the packs."


def check_foreign(directory: Path) -> None:
    """Raises Damaged, with what to do, when a store that somebody brings holds anything that Postroom never makes."""
    for path in _inside(directory):
        if not stat.S_ISREG(path.lstat().st_mode):
            raise Damaged(f"{path} is no regular file, as all files of a store are.")
    for name in ("catalog.db", *DERIVED):
        if (directory / name).is_file():
            _check_database(directory / name)


def _inside(directory: Path) -> Iterator[Path]:
    """All that is in a store, folders left out; links are not followed."""
    for root, folders, names in os.walk(directory):
        yield from (Path(root, name) for name in names)
        yield from (Path(root, name) for name in folders if Path(root, name).is_symlink())


def _check_database(path: Path) -> None:
    is_catalogue = path.name == "catalog.db"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            found = _schema(db)
            odd = found - _catalogues() if is_catalogue else {row for row in found if _acts(*row)}
            if odd:
                raise Damaged(f"{path} holds the {' '.join(min(odd)[:2])}, which Postroom does not make. {_AGAIN}")
            if is_catalogue and found:
                _check_epoch(path, db)
                _check_folders(path, db)
    except READING_FAILS as error:
        # What is derived is made anew when it cannot be read.
        if is_catalogue:
            raise failure(path, error) from error


def _schema(db: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Type, name and definition of everything, without comments and blanks."""
    rows = db.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_schema").fetchall()
    return {(str(kind), str(name), _BLANK.sub("", str(sql))) for kind, name, sql in rows}


def _catalogues() -> set[tuple[str, str, str]]:
    """What a catalogue of any version of ours holds; opening brings it to the last."""
    found: set[tuple[str, str, str]] = set()
    with closing(sqlite3.connect(":memory:")) as db:
        for step in STEPS:
            db.executescript(step)
            found |= _schema(db)
    return found


def _acts(kind: str, _name: str, sql: str) -> bool:
    """Whether using it runs what a stranger wrote."""
    return kind not in ("table", "index") or "virtualtable" in sql.lower() or "as(" in sql.lower()


def _check_epoch(path: Path, db: sqlite3.Connection) -> None:
    """It becomes the name of a folder."""
    for (epoch,) in db.execute("SELECT value FROM fact WHERE key = 'epoch'"):
        if not re.fullmatch(r"[0-9a-f]{1,64}", str(epoch)):
            raise Damaged(f"{path} has an epoch that Postroom does not make. {_AGAIN}")


def _check_folders(path: Path, db: sqlite3.Connection) -> None:
    """Each folder has a name that can be stored, and leads to an archive."""
    rows = db.execute("SELECT id, parent, name FROM folder LIMIT ?", (MOST_FOLDERS + 1,)).fetchall()
    parents = {number: parent for number, parent, _ in rows}
    good = {0}
    for number, _, name in rows:
        way = [number]
        while way[-1] not in good and len(way) <= MOST_LEVELS:
            way.append(parents.get(way[-1], way[-1]))
        if len(way) > MOST_LEVELS or not _is_name(name):
            raise Damaged(f"{path} has folders that no archive can have. {_AGAIN}")
        good.update(way)


def _is_name(name: str) -> bool:
    try:
        return "/" not in clean_path("folder", name)
    except Invalid:
        return False
