"""The byte codec of packs: file header, records, entries. Pure functions; docs/format.md is the law.

Everything read here is untrusted: each decoder checks before it believes, and raises `Damaged` with the reason.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec
from blake3 import blake3

from postroom.archive.storage.ledger import leaf_hash
from postroom.errors import Damaged

FORMAT: Final = 1
PACK_MAGIC: Final = b"PRPACK\x00\x01"
RECORD_MAGIC: Final = b"PRec"
TRAILER_MAGIC: Final = b"PREnd\x00\x00\x00"
RECORD_VERSION: Final = 1

DICTIONARY, BLOCK, COMMIT, CONTENTS = 1, 2, 3, 4
"""Record kinds."""
PLAIN, ZSTD, ZSTD_DICTIONARY = 0, 1, 2
"""Codecs."""
PART, MESSAGE, JOURNAL, ERASED = 1, 2, 3, 4
"""Entry kinds."""

BLOCK_BYTES: Final = 128 << 10
PART_BYTES: Final = 1 << 20
MAX_PLAIN_BYTES: Final = 16 << 20
NO_DIGEST: Final = bytes(32)

_FILE = struct.Struct("<8s16sIQI20s")
_RECORD = struct.Struct("<4sBBBBIIII32sI")
_ENTRY = struct.Struct("<B3xII32s")
_CHECK = struct.Struct("<I")
_TRAILER = struct.Struct("<8sQ")

FILE_HEADER_BYTES: Final = _FILE.size + _CHECK.size
RECORD_HEADER_BYTES: Final = _RECORD.size + _CHECK.size
ENTRY_HEADER_BYTES: Final = _ENTRY.size
TRAILER_BYTES: Final = _TRAILER.size


class Foreign(Damaged):
    """A record that is whole, but of a kind only a newer version can read: never to be taken for a torn end."""


@dataclass(frozen=True, slots=True)
class PackHeader:
    """What the first 64 bytes of a pack say."""

    store: UUID
    number: int
    created_ms: int
    generation: int = 0


@dataclass(frozen=True, slots=True)
class RecordHeader:
    """What the 64 bytes before each payload say."""

    kind: int
    codec: int
    dictionary: int
    stored_bytes: int
    plain_bytes: int
    digest: bytes
    stored_check: int


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One entry of a block; `at` is the offset of its header in the plain block.

    A struct, not a dataclass: there is one for each message read, and it is made four times as fast.
    """

    kind: int
    digest: bytes
    meta: bytes
    body: bytes
    at: int = 0

    def leaf(self) -> bytes | None:
        """The ledger leaf this entry stands for; None for a part, which is no leaf."""
        return leaf_of(self.kind, self.digest, self.meta)


def leaf_of(kind: int, digest: bytes, meta: bytes) -> bytes | None:
    """The ledger leaf of an entry with these; None for a part, which is no leaf."""
    if kind == PART:
        return None
    return digest if kind == ERASED else leaf_hash(digest + meta)


def checked(raw: bytes) -> bytes:
    """The bytes and their check value."""
    return raw + _CHECK.pack(zlib.crc32(raw))


def _check(raw: bytes, what: str) -> None:
    if zlib.crc32(raw[: -_CHECK.size]) != _CHECK.unpack(raw[-_CHECK.size :])[0]:
        raise Damaged(f"the check value of the {what} is wrong")


def encode_pack_header(header: PackHeader) -> bytes:
    """The 64 bytes a pack begins with."""
    return checked(
        _FILE.pack(PACK_MAGIC, header.store.bytes, header.number, header.created_ms, header.generation, bytes(20))
    )


def decode_pack_header(raw: bytes) -> PackHeader:
    """Raises Damaged when the bytes are no pack header of this format."""
    if len(raw) < FILE_HEADER_BYTES:
        raise Damaged("the file is too short for a pack")
    magic, store, number, created, generation, reserved = _FILE.unpack_from(raw)
    if magic != PACK_MAGIC:
        raise Damaged("the file does not begin like a pack of format 1")
    _check(raw[:FILE_HEADER_BYTES], "file header")
    if reserved != bytes(20):
        raise Damaged("reserved bytes of the file header are set")
    return PackHeader(UUID(bytes=store), number, created, generation)


def encode_record(kind: int, plain: bytes, stored: bytes, codec: int, dictionary: int = 0) -> bytes:
    """Header and payload of one record; `stored` is `plain` after the codec."""
    header = _RECORD.pack(
        RECORD_MAGIC,
        RECORD_VERSION,
        kind,
        codec,
        0,
        0,
        dictionary,
        len(stored),
        len(plain),
        blake3(plain).digest(),
        zlib.crc32(stored),
    )
    return b"".join((header, _CHECK.pack(zlib.crc32(header)), stored))


def decode_record_header(raw: bytes) -> RecordHeader:
    """Raises Damaged when the bytes are no record header, or one this version must refuse."""
    if len(raw) < RECORD_HEADER_BYTES:
        raise Damaged("the record header is cut off")
    magic, version, kind, codec, reserved, key, dictionary, stored, plain, digest, check = _RECORD.unpack_from(raw)
    if magic != RECORD_MAGIC:
        raise Damaged("no record begins here")
    _check(raw[:RECORD_HEADER_BYTES], "record header")
    if version != RECORD_VERSION or reserved:
        raise Foreign(f"record version {version} is unknown")
    if kind not in (DICTIONARY, BLOCK, COMMIT, CONTENTS):
        raise Foreign(f"record kind {kind} is unknown")
    if codec not in (PLAIN, ZSTD, ZSTD_DICTIONARY):
        raise Foreign(f"codec {codec} is unknown")
    if key:
        raise Foreign(f"the record is encrypted with key {key}, which this version cannot use")
    if plain > MAX_PLAIN_BYTES or stored > MAX_PLAIN_BYTES + 4096:
        raise Damaged("the record claims to be larger than a record may be")
    return RecordHeader(kind, codec, dictionary, stored, plain, digest, check)


def check_stored(header: RecordHeader, stored: bytes) -> None:
    """Raises Damaged when the stored bytes are not those the header was written for."""
    if len(stored) != header.stored_bytes:
        raise Damaged("the record is cut off")
    if zlib.crc32(stored) != header.stored_check:
        raise Damaged("the stored bytes of the record have changed")


def check_plain(header: RecordHeader, plain: bytes) -> None:
    """Raises Damaged when the decoded bytes do not have the digest of the header."""
    if len(plain) != header.plain_bytes or blake3(plain).digest() != header.digest:
        raise Damaged("the contents of the record have changed")


def encode_entry(kind: int, digest: bytes, meta: bytes, body: bytes) -> bytes:
    """One entry as it stands in a block."""
    return b"".join((_ENTRY.pack(kind, len(meta), len(body), digest), meta, body))


def entry_at(plain: bytes, at: int) -> Entry:
    """The entry whose header begins at `at`. Raises Damaged when none fits there."""
    if at + ENTRY_HEADER_BYTES > len(plain):
        raise Damaged(f"no entry begins at byte {at} of the block")
    kind, meta_bytes, body_bytes, digest = _ENTRY.unpack_from(plain, at)
    start = at + ENTRY_HEADER_BYTES
    middle = start + meta_bytes
    end = middle + body_bytes
    if end > len(plain) or kind not in (PART, MESSAGE, JOURNAL, ERASED):
        raise Damaged(f"the entry at byte {at} of the block does not fit")
    return Entry(kind, digest, plain[start:middle], plain[middle:end], at)


def entries(plain: bytes) -> Iterator[Entry]:
    """All entries of a plain block, in order."""
    at = 0
    while at < len(plain):
        entry = entry_at(plain, at)
        yield entry
        at += ENTRY_HEADER_BYTES + len(entry.meta) + len(entry.body)


def encode_trailer(contents_offset: int) -> bytes:
    """The 16 bytes a sealed pack ends with."""
    return _TRAILER.pack(TRAILER_MAGIC, contents_offset)


def decode_trailer(raw: bytes) -> int | None:
    """Offset of the table of contents; None when the bytes are no trailer."""
    if len(raw) != TRAILER_BYTES:
        return None
    magic, offset = _TRAILER.unpack(raw)
    return int(offset) if magic == TRAILER_MAGIC else None
