"""Fetching content that may be large: in pieces, and on from where the connection broke."""

from __future__ import annotations

import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from O365._doing import pause
from O365._transfers import Progress

log = logging.getLogger(__name__)

PIECE = 1024 * 1024
ATTEMPTS = 5
"""How often it is tried without another byte before the download is given up."""
PARTIAL, RANGE_REFUSED = 206, 416
_FORBIDDEN = re.compile(r"[\x00-\x1f/\\]" if os.name != "nt" else r'[\x00-\x1f/\\<>:"|?*]')
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


class Broken(Exception):
    """The connection ended before the content did."""


class Sink:
    """Where content goes to, and how much of it is there."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._first = file.tell() if _can_go_back(file) else None
        self.done = 0

    def write(self, piece: bytes) -> None:
        self._file.write(piece)
        self.done += len(piece)

    def restart(self) -> None:
        """Forget what came. Raises OSError for a stream that cannot go back."""
        if not self.done:
            return
        if self._first is None:
            raise OSError("The download was interrupted, and what was written to the stream cannot be taken back.")
        self._file.seek(self._first)
        self._file.truncate()
        self.done = 0


@dataclass
class Growth:
    """A file that is being written, and whether all of it is there."""

    file: IO[bytes]
    whole: bool = False


@contextmanager
def growing(path: Path) -> Iterator[Growth]:
    """A file that has its name once it is `whole`, and does not stay when it is not."""
    part = path.with_name(f".{secrets.token_hex(8)}.part")  # beside it: a name with more could be too long
    try:
        with part.open("xb") as file:
            growth = Growth(file)
            yield growth
        if growth.whole:
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def fetch(
    con: Any, url: str, sink: Sink, *, params: dict[str, Any], piece: int = PIECE, progress: Progress | None = None
) -> bool:
    """Have the content of `url` written. False for a refusal that does not raise.

    Raises what the connection raises, when it goes on not even after a while.
    """
    fetching = _Fetching(con, url, sink, params, piece, progress)
    failures = 0
    while True:
        before = sink.done
        try:
            return fetching.once()
        except Broken as broken:
            failures = 1 if sink.done > before else failures + 1
            if failures >= ATTEMPTS:
                raise broken.__cause__ or OSError(str(broken)) from None
            log.info("The download was interrupted at byte %d: %s", sink.done, broken)
        pause(con, 2.0 ** (failures - 2) if failures > 1 else 0.0)


class _Fetching:
    """One download, in as many requests as it needs."""

    def __init__(
        self, con: Any, url: str, sink: Sink, params: dict[str, Any], piece: int, progress: Progress | None
    ) -> None:
        self.con, self.url, self.sink, self.params, self.piece, self.progress = con, url, sink, params, piece, progress
        self.tag: str | None = None
        self.total: int | None = None

    def once(self) -> bool:
        """Fetch what is missing. Raises Broken when the connection does not last."""
        if self.sink.done and not self.tag:
            self.sink.restart()  # nobody could tell whether the rest is of the same content
        response = self._asked()
        if response is None:
            raise Broken("The service has no such range.")
        if not response:
            return False
        try:
            self._begin(response)
            for piece in _pieces(response, self.piece):
                self.sink.write(piece)
                if self.progress is not None:
                    self.progress(self.sink.done, self.total)
        finally:
            response.close()
        if self.total is not None and self.sink.done != self.total:
            raise Broken(f"{self.sink.done} of {self.total} bytes came.")
        return True

    def _asked(self) -> Any:
        """The response; None when there is no such range any more."""
        headers = {"Accept-Encoding": "identity"}  # ranges and lengths are those of the content itself
        if self.sink.done:
            headers |= {"Range": f"bytes={self.sink.done}-", "If-Range": str(self.tag)}
        try:
            response = self.con.get(self.url, params=self.params, headers=headers, stream=True)
        except OSError as error:
            status = getattr(getattr(error, "response", None), "status_code", None)
            if status is None and self.sink.done:
                raise Broken(str(error)) from error
            if status != RANGE_REFUSED or not self.sink.done:
                raise
            response = None
        if response is None or (self.sink.done and response.status_code == RANGE_REFUSED):
            self.sink.restart()
            return None
        return response

    def _begin(self, response: Any) -> None:
        """At the range that was asked for, or at the beginning: the content has changed, or there are no ranges."""
        found = _RANGE.fullmatch(response.headers.get("Content-Range") or "")
        if response.status_code == PARTIAL and found and int(found[1]) == self.sink.done:
            self.total = int(found[2])
            return
        self.sink.restart()
        length = response.headers.get("Content-Length")
        self.total = int(length) if length and not response.headers.get("Content-Encoding") else None
        tag = response.headers.get("ETag") or ""
        self.tag = tag if tag.startswith('"') else None  # a weak one does not tell bytes apart


def _pieces(response: Any, size: int) -> Iterator[bytes]:
    """The content. What the caller does with it raises as it is; what the connection raises is Broken."""
    try:
        yield from response.iter_content(size)
    except OSError as error:
        raise Broken(str(error)) from error


def file_name(name: str | None) -> str:
    """A name that the service told as the name of a file here, which cannot lead out of its folder."""
    plain = _FORBIDDEN.sub("-", name or "")
    return plain if plain.strip(". ") else "_" * max(len(plain), 1)


def free_name(name: str, taken: set[str]) -> str:
    """The name, or one like it that is not taken yet; it is from now on. Case does not tell files apart everywhere."""
    path, number = Path(name), 1
    while name.casefold() in taken:
        number += 1
        name = f"{path.stem} ({number}){path.suffix}"
    taken.add(name.casefold())
    return name


def _can_go_back(file: Any) -> bool:
    seekable = getattr(file, "seekable", None)
    return bool(seekable is not None and seekable() and hasattr(file, "truncate"))
