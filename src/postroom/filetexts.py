"""The words of files, read by what reads attachments for the archive, in processes that may hang or be killed."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from postroom.archive.extract.kinds import EXTENSIONS
from postroom.archive.extract.model import Limits
from postroom.archive.extract.pool import ExtractPool
from postroom.settings import Archive as Settings

_TYPE: Final = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
_UNKNOWN: Final = "application/octet-stream"

File = tuple[str, str, str]
"""Path, name, media type."""


class FileTexts:
    """One process, which begins with the first file and ends when there is nothing to read for a while."""

    def __init__(self, settings: Settings) -> None:
        self._limits = Limits(time_s=settings.extract_timeout_s, memory_bytes=settings.extract_memory_bytes)
        self._lock = threading.Lock()
        self._pool: ExtractPool[File] | None = None

    def __call__(self, path: Path, name: str, media_type: str) -> str:
        """Empty for files that have no words, or too many bytes. Raises Unavailable when it may be tried again."""
        suffix = name.rpartition(".")[2].lower()
        is_text = media_type.startswith("text/") or suffix in EXTENSIONS
        if not is_text or path.stat().st_size > self._limits.attachment_bytes:
            return ""
        (found,) = next(self._opened().map([[(str(path), name, media_type)]]))
        return "\n".join(one.text for one in found.attachments)

    def _opened(self) -> ExtractPool[File]:
        with self._lock:
            if self._pool is None:
                self._pool = ExtractPool(as_messages, workers=1, limits=self._limits)
            return self._pool

    def close(self) -> None:
        with self._lock:
            if self._pool is not None:
                self._pool.close()
                self._pool = None


def as_messages(files: Sequence[File]) -> Iterator[bytes]:
    """Each file as the attachment of a message, which is what the readers read; in the worker."""
    for path, name, media_type in files:
        kind = media_type if _TYPE.fullmatch(media_type) else _UNKNOWN
        head = (
            f'MIME-Version: 1.0\r\nContent-Type: {kind}; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n'
            f"Content-Disposition: attachment; filename*=UTF-8''{quote(name, safe='')}\r\n\r\n"
        )
        yield head.encode() + base64.encodebytes(Path(path).read_bytes())
