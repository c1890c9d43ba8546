"""Passwords that an instance needs itself, encrypted with AES-256-GCM under a key file beside `instance.db`.

Whoever has the database without `secrets.key`, as in a backup, has no password. A value is bound to its place and name:
moved to another setting it cannot be read.
"""

from __future__ import annotations

import base64
import errno
import os
import tempfile
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from postroom.archive.storage.packs import sync_directory
from postroom.errors import Damaged, NoSpace, Unavailable

KEY_FILE: Final = "secrets.key"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
FORM: Final = "1:"
"""Begins each sealed text: which cipher and which form."""


class Secrets:
    """Seals and opens secrets with the key in `directory`; the first seal makes the key."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / KEY_FILE

    def seal(self, place: str, name: str, secret: str) -> str:
        """The secret as text that may be stored. Raises Damaged for a key that is none, Unavailable, NoSpace."""
        key = self._key() or self._new_key()
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + AESGCM(key).encrypt(nonce, secret.encode(), _bound(place, name))
        return FORM + base64.b64encode(sealed).decode()

    def open(self, place: str, name: str, sealed: str) -> str:
        """What was sealed for this place and name. Raises Damaged, which says what to do."""
        key = self._key()
        if key is None:
            raise Damaged(
                f"The file {KEY_FILE} is missing, without which the {name} of the {place} cannot be read. "
                f"Put the file back, or set the {name} again."
            )
        try:
            raw = base64.b64decode(sealed.removeprefix(FORM), validate=True)
            return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(place, name)).decode()
        except (InvalidTag, ValueError) as error:
            raise Damaged(
                f"The {name} of the {place} was not encrypted with this {KEY_FILE}, or was changed since. "
                f"Put the right file back, or set the {name} again."
            ) from error

    def _key(self) -> bytes | None:
        try:
            key = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(f"The file {self.path} cannot be read: {error}") from error
        if len(key) != KEY_BYTES:
            raise Damaged(f"The file {self.path} is no key: it has {len(key)} bytes, not {KEY_BYTES}.")
        return key

    def _new_key(self) -> bytes:
        """Durable when this returns: nothing is encrypted with a key that a crash may take away."""
        try:
            self._write(os.urandom(KEY_BYTES))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise NoSpace(self.path) from error
            raise Unavailable(f"The file {self.path} cannot be written: {error}") from error
        # Another process may have been first; its key is the one.
        return self._key() or self._new_key()

    def _write(self, key: bytes) -> None:
        """Put a key in place, unless there is one."""
        descriptor, draft = tempfile.mkstemp(prefix=KEY_FILE, dir=self.path.parent)  # mode 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(key)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, self.path)
            except FileExistsError:
                return
            sync_directory(self.path.parent)
        finally:
            Path(draft).unlink()


def _bound(place: str, name: str) -> bytes:
    return f"{place}\0{name}".encode()
