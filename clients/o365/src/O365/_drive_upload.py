"""Uploads to a drive: small files in one request, others in pieces that go on after a failure."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from O365._attributes import Json
from O365._doing import drive
from O365._transfers import Progress, Source
from O365._upload import missing, upload

if TYPE_CHECKING:
    from O365._drive_folder import Folder

log = logging.getLogger(__name__)

UPLOAD_SIZE_LIMIT_SIMPLE = 1024 * 1024 * 4
"""What is larger goes in pieces."""
UPLOAD_SIZE_LIMIT_SESSION = 1024 * 1024 * 60
CHUNK_SIZE_BASE = 1024 * 320
DEFAULT_UPLOAD_CHUNK_SIZE = 1024 * 1024 * 5
BINARY = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Wish:
    """What becomes of what is uploaded."""

    name: str
    conflict: str | None = None
    created: str | None = None
    modified: str | None = None

    def item(self) -> Json:
        """As the service wants to be told."""
        found: Json = {}
        if self.conflict:
            found["@microsoft.graph.conflictBehavior"] = self.conflict
        if times := self.times():
            found["fileSystemInfo"] = times
        return found

    def times(self) -> Json:
        given = {"createdDateTime": self.created, "lastModifiedDateTime": self.modified}
        return {key: value for key, value in given.items() if value}


class Uploading:
    """One upload into a folder."""

    def __init__(self, folder: Folder, source: Source, wish: Wish, chunk_size: int, progress: Progress | None) -> None:
        self.folder, self.source, self.wish, self.progress = folder, source, wish, progress
        self.piece = piece_size(chunk_size)

    def run(self, *, in_pieces: bool, session_file: str | Path | None) -> Json | None:
        """What the service tells of the file; None when it refuses."""
        # A session cannot carry nothing.
        if self.source.size > UPLOAD_SIZE_LIMIT_SIMPLE or (in_pieces and self.source.size):
            return self._in_pieces(Path(session_file) if session_file else None)
        return self._at_once()

    def _at_once(self) -> Json | None:
        options = {"params": {"@microsoft.graph.conflictBehavior": self.wish.conflict}} if self.wish.conflict else {}
        content = self.source.part(0, self.source.size)
        response = self.folder.con.put(
            self._url("simple_upload"), data=content, headers={"Content-type": BINARY}, **options
        )
        if not response:
            return None
        if self.progress is not None:
            self.progress(self.source.size, self.source.size)
        told: Json = response.json()
        return self._with_times(told) if self.wish.times() else told

    def _with_times(self, told: Json) -> Json:
        """A simple upload does not take them."""
        url = self.folder._endpoint("item", told.get("id"))
        response = self.folder.con.patch(url, data={"fileSystemInfo": self.wish.times()})
        return response.json() if response else told

    def _in_pieces(self, note: Path | None) -> Json | None:
        url, start = self._noted(note) if note is not None else (None, 0)
        if url is None:
            url, start = self._session(), 0
            if url is None:
                return None
            if note is not None:
                _write_note(note, {**self._identity(), "url": url})
        told = self._sent(url, start)
        if told is not None and note is not None:
            note.unlink(missing_ok=True)
        return told

    def _sent(self, url: str, start: int) -> Json | None:
        try:
            last = drive(self.folder.con, upload(url, self.source, self.piece, self.progress, start))
        except OSError as error:
            if not _is_gone(getattr(error, "response", None)) or (landed := self._landed()) is None:
                raise
            return landed
        if _is_gone(last):
            return self._landed()
        told: Json | None = last.json() if last else None
        return told

    def _landed(self) -> Json | None:
        """The file, if it is there: a session ends with it, and the answer that says so may be lost on its way."""
        if self.wish.conflict == "rename":
            return None  # under which name nobody knows
        try:
            response = self.folder.con.get(self._url("by_name"))
        except OSError:
            return None
        told: Json = response.json() if response else {}
        return told if told.get("size") == self.source.size else None

    def _session(self) -> str | None:
        item = self.wish.item()
        response = self.folder.con.post(self._url("create_upload_session"), data={"item": item} if item else None)
        if not response:
            return None
        url: str = response.json()[self.folder._cc("uploadUrl")]
        return url

    def _noted(self, note: Path) -> tuple[str | None, int]:
        """The session that an earlier run began, and how far it came; none when the service has forgotten it."""
        try:
            found = json.loads(note.read_text("utf-8"))
        except (OSError, ValueError):
            return None, 0
        if not isinstance(found, dict) or {**found, "url": ""} != {**self._identity(), "url": ""}:
            return None, 0
        start, state = drive(self.folder.con, missing(str(found["url"]), 0))
        if not state:
            log.info("The upload begins anew: the service does not know the earlier one any more.")
            return None, 0
        return str(found["url"]), start

    def _identity(self) -> Json:
        """What must be the same for an upload to go on."""
        return {"folder": self.folder._place_id(), "name": self.wish.name, "size": self.source.size}

    def _url(self, endpoint: str) -> str:
        return self.folder._url(endpoint, filename=quote(self.wish.name, safe=""))


def _is_gone(response: Any) -> bool:
    return response is not None and response.status_code == 404


def piece_size(wanted: int) -> int:
    """The multiple of 320 KiB next to what is wanted, below the 60 MiB that the service takes at once."""
    multiple = max(wanted // CHUNK_SIZE_BASE, 1) * CHUNK_SIZE_BASE
    return min(multiple, UPLOAD_SIZE_LIMIT_SESSION - CHUNK_SIZE_BASE)


def _write_note(note: Path, found: Json) -> None:
    """Whoever has the address may write the file: it is for the user's eyes only."""
    new = note.with_name(f"{note.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(found, file)
    new.replace(note)
