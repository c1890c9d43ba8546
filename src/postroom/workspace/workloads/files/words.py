"""Reading what came: the words of files for the search, the measures of pictures."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Final

from postroom.errors import Cancelled, Invalid, PostroomError, Unavailable
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import opening, pictures
from postroom.workspace.workloads.files.core import Core, Document

logger = logging.getLogger(__name__)

MOST_CHARS: Final = 1 << 20
_NEXT: Final = "SELECT item FROM drive_unread ORDER BY item LIMIT 1"


class Words:
    def __init__(self, core: Core) -> None:
        self._core = core

    def step(self) -> bool:
        """Read one file. Whether there was one. Raises Unavailable when it may be tried again."""
        with self._core.store.read() as unit:
            row = unit.connection.execute(_NEXT).fetchone()
            item = next(unit.items.at([row[0]]), None) if row else None
        if item is None:
            return False
        try:
            with self._core.store.read() as unit:
                opened = opening.open_item(unit, item)
            text, facets = self._read(opened)
        except (Unavailable, Cancelled):
            raise
        except PostroomError as error:
            # Whoever opens the file is told; here others wait to be read.
            logger.warning("File %d cannot be read: %s", item.number, error)
            text, facets = "", {}
        with self._core.store.write() as unit:
            self._keep(unit, item, text, facets)
        return True

    def interrupt(self) -> None:
        """Reading that is under way ends; the file is read again another time."""
        if self._core.text_of is not None:
            self._core.text_of.close()

    def _read(self, opened: opening.Opened) -> tuple[str, Document]:
        path = opened.content
        if isinstance(path, Path):
            return self._read_file(path, opened)
        arriving = self._core.store.arriving(len(path))
        try:
            arriving.write(path)
            return self._read_file(arriving.path, opened)
        finally:
            arriving.close()

    def _read_file(self, path: Path, opened: opening.Opened) -> tuple[str, Document]:
        if opened.media_type in pictures.TYPES:
            try:
                return "", pictures.measured(path)
            except Invalid as error:
                logger.info("%s is no picture: %s", opened.name, error)
                return "", {}
        if self._core.text_of is None:
            return "", {}
        return self._core.text_of(path, opened.name, opened.media_type)[:MOST_CHARS], {}

    def _keep(self, unit: Unit, item: Item, text: str, facets: Document) -> None:
        """Unless the file was changed meanwhile: then it is read again."""
        now = next(unit.items.at([item.number]), None)
        if now is None or now.document.get("_hash") != item.document.get("_hash"):
            return
        unit.connection.execute("DELETE FROM drive_unread WHERE item = ?", (item.number,))
        name = str(now.document["name"])
        unit.texts.set(now, {"subject": name, "body": text} if text else {"subject": name})
        if facets:
            row = (now.number, now.document["_hash"], json.dumps(facets))
            unit.connection.execute("INSERT OR REPLACE INTO drive_picture VALUES (?, ?, ?)", row)
