"""What the extractor gives, what limits it, and where text of expensive attachments is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one message; every one is a setting. Sizes in bytes, text in characters, time in seconds."""

    time_s: float = 20.0
    memory_bytes: int = 512 * MIB
    text_chars: int = 4 * MIB
    attachment_chars: int = MIB
    header_chars: int = 64 << 10
    attachment_bytes: int = 64 * MIB
    attachments: int = 2_000
    depth: int = 20
    pages: int = 2_000
    archive_members: int = 1_000
    archive_bytes: int = 256 * MIB
    archive_ratio: int = 200
    whole_bytes: int = 16 * MIB
    message_bytes: int = 4 * GIB
    read_attachments: bool = True
    """False: attachments are named, measured and hashed but not read. What a message gets that killed a worker."""
    extensions: frozenset[str] | None = None
    """Only attachments of these types are read (`kinds.is_wanted`); None = all that can be."""
    read_structure: bool = True
    """False: no parser sees the message; what follows the header is one text. What it gets that killed another."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment; `digest` is the 32-byte BLAKE3 of its decoded bytes, `size` their number.

    `problem` is '' or a short reason why `text` is missing or not all there: "time limit", "encrypted",
    "too large", "damaged: ...".
    """

    filename: str
    media_type: str
    size: int
    digest: bytes
    text: str
    problem: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """A message as words. Addresses are display text with the addresses in it; `date_s` is UTC seconds."""

    subject: str = ""
    sender: str = ""
    to: str = ""
    cc: str = ""
    bcc: str = ""
    date_s: int | None = None
    message_id: str = ""
    body: str = ""
    attachments: tuple[Attachment, ...] = ()
    problems: tuple[str, ...] = ()


class TextCache(Protocol):
    """Text by digest of the decoded attachment, so that an expensive one is read once.

    For a pool it must be picklable: workers only `get`, the pool's own process does every `put`.
    """

    def get(self, digest: bytes) -> str | None: ...

    def put(self, digest: bytes, text: str) -> None: ...
