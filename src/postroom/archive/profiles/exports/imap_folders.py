"""The folders of a mailbox that mail is exported into, found and made."""

from __future__ import annotations

import re
from typing import Final

from imapclient.imap_utf7 import encode

from postroom.archive.profiles.connectors.imap_folders import Folder, folder_key
from postroom.archive.profiles.connectors.imap_session import Session
from postroom.archive.profiles.connectors.mailserver import Refused

_ODD: Final = re.compile(r"[.\\/%*#~&^]")
"""Signs that some servers take in no name."""


class Folders:
    """Folders by their path. A name that the server refuses is tried once more with '_' for its odd signs."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._there = {one.raw for one in session.folders() if "\\noselect" not in one.flags}
        self._prefix, self._delimiter = session.repeated(lambda: session.connection().top())

    def found(self, path: tuple[str, ...]) -> Folder | None:
        """The folder, when it is there."""
        return next((self._folder(raw, path) for raw in self._names(path) if raw in self._there), None)

    def made(self, path: tuple[str, ...]) -> Folder:
        """A new folder, with those above it. Raises Refused."""
        first, second = self._names(path)
        try:
            return self._create(first, path)
        except Refused:
            if first == second:
                raise
            return self._create(second, path)

    def _create(self, raw: bytes, path: tuple[str, ...]) -> Folder:
        self._session.repeated(lambda: self._session.connection().create(raw))
        self._there.add(raw)
        return self._folder(raw, path)

    def _names(self, path: tuple[str, ...]) -> tuple[bytes, bytes]:
        """As it is, and without odd signs."""
        return self._raw(path), self._raw(tuple(_ODD.sub("_", part) for part in path))

    def _raw(self, path: tuple[str, ...]) -> bytes:
        parts = [part.replace(self._delimiter, "_") if self._delimiter else part for part in path]
        return self._prefix + bytes(encode((self._delimiter or "_").join(parts)))

    def _folder(self, raw: bytes, path: tuple[str, ...]) -> Folder:
        return Folder(raw, folder_key(raw), "/".join(path))
