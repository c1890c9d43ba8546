"""What one message may still cost, and the attachments found so far. Readers of file types work against this."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from postroom.archive.extract import kinds
from postroom.archive.extract.blob import Blob, TooLarge
from postroom.archive.extract.model import Attachment, Limits, TextCache
from postroom.errors import Unavailable

NO_DIGEST: Final = bytes(32)
CALM_SHARE: Final = 0.7
"""Past this share of the time limit nothing new is begun: what was read so far is kept, no kill is needed."""


CACHED: Final = frozenset({"pdf", "zip", "ole", "rtf"})
"""Kinds dear enough to keep. Not those whose members are attachments of their own: they must be walked."""


class Problem(Exception):
    """Why an attachment has no text, or not all: the short reason that is shown."""

    def __init__(self, reason: str, text: str = "") -> None:
        self.text = text
        super().__init__(reason)


Reader = Callable[["Context", Blob], str]
"""Text of one kind of file; raises Problem, TooLarge, or whatever its library raises for damaged bytes."""


class Context:
    """Limits, counters and collected attachments of one message being extracted."""

    def __init__(self, limits: Limits, cache: TextCache | None, readers: Mapping[str, Reader]) -> None:
        self.limits = limits
        self._readers = readers
        self.cache = cache
        self.attachments: list[Attachment] = []
        self.problems: list[str] = []
        self.depth = 0
        self._chars_left = limits.text_chars
        self._unpacked_left = limits.archive_bytes
        self._members_left = limits.archive_members
        self._attachments_left = limits.attachments
        self._until = time.monotonic() + limits.time_s * CALM_SHARE

    def attach(self, filename: str, media_type: str, blob: Blob) -> None:
        """Adds one attachment with its text; whatever goes wrong inside is told as its problem."""
        if not self._admit():
            return
        place = len(self.attachments)
        media_type = media_type.partition(" ")[0].lower()
        text, problem = "", "not read"
        if self.limits.read_attachments:
            text, problem = self._read(filename, media_type, blob)
        # A container stands before what was found in it.
        self.attachments.insert(place, Attachment(filename, media_type, blob.size, blob.digest, text, problem))

    @contextmanager
    def placed(self, filename: str, media_type: str) -> Iterator[list[str]]:
        """An attachment without bytes of its own, a message inside an Outlook file; its text is what is appended."""
        lines: list[str] = []
        place, admitted = len(self.attachments), self._admit()
        yield lines
        if admitted:
            text, cut = self.cut("\n".join(lines), self.limits.attachment_chars)
            problem = "text cut" if cut else ""
            self.attachments.insert(place, Attachment(filename, media_type, 0, NO_DIGEST, text, problem))

    def _read(self, filename: str, media_type: str, blob: Blob) -> tuple[str, str]:
        kind = kinds.kind(blob.head, media_type, filename)
        reader = self._readers.get(kind)
        if reader is None or not kinds.is_wanted(kind, filename, self.limits.extensions):
            return "", ""
        text, problem = self._cached(kind, reader, blob)
        text, cut = self.cut(text.replace("\0", " "), self.limits.attachment_chars)
        return text, problem or ("text cut" if cut else "")

    def _cached(self, kind: str, reader: Reader, blob: Blob) -> tuple[str, str]:
        cache = self.cache if kind in CACHED else None
        known = cache.get(blob.digest) if cache is not None else None
        if known is not None:
            return known, ""
        before = len(self.attachments)
        text, problem = self._guarded(reader, blob)
        if cache is not None and not problem and len(self.attachments) == before:
            cache.put(blob.digest, text[: self.limits.attachment_chars])
        return text, problem

    def _guarded(self, reader: Reader, blob: Blob) -> tuple[str, str]:
        """Foreign parsers of hostile bytes raise anything; Rust ones even beside Exception when they panic."""
        try:
            self.check_time()
            return reader(self, blob), ""
        except Problem as problem:
            return problem.text, str(problem)
        except BaseException as error:  # noqa: BLE001 - describe() raises again what is not about the data
            return "", describe(error)

    def check_time(self) -> None:
        """Raises Problem when the message has used up its time."""
        if time.monotonic() > self._until:
            raise Problem("time limit")

    def cut(self, text: str, limit: int) -> tuple[str, bool]:
        """The text within `limit` and what the message has left, and whether something went."""
        room = min(limit, self._chars_left)
        kept = text if len(text) <= room else text[:room]
        self._chars_left -= len(kept)
        return kept, len(kept) < len(text)

    def member(self) -> None:
        """Counts a member of an archive; raises Problem past the limit."""
        self.check_time()
        self._members_left -= 1
        if self._members_left < 0:
            raise Problem("too many archive members")

    def unpack(self, size: int) -> None:
        """Counts unpacked bytes; raises Problem past the limit of the message."""
        self._unpacked_left -= size
        if self._unpacked_left < 0:
            raise Problem("too large when unpacked")

    def _admit(self) -> bool:
        """Counts an attachment; False past the limit, told once."""
        self._attachments_left -= 1
        if self._attachments_left == -1:
            self.problems.append("too many attachments")
        return self._attachments_left >= 0

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level of nesting; raises Problem past the limit."""
        if self.depth >= self.limits.depth:
            raise Problem("nested too deep")
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1

    @contextmanager
    def collecting(self) -> Iterator[list[Attachment]]:
        """Attachments found inside go to the given list instead of the message's: members of an archive."""
        outer, self.attachments = self.attachments, []
        try:
            yield self.attachments
        finally:
            self.attachments = outer


def describe(error: BaseException) -> str:
    """The short reason for whatever a reader raised; raises it again when it is not about the data."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit, Unavailable)):
        raise error
    if isinstance(error, TooLarge):
        return "too large"
    if isinstance(error, MemoryError):
        return "memory limit"
    if isinstance(error, RecursionError):
        return "nested too deep"
    if isinstance(error, Problem):
        return str(error)
    detail = " ".join(str(error).split())[:120]
    return f"damaged: {detail or type(error).__name__}"
