"""Pack files: append and sync, read one block, walk all records (docs/format.md §2, §5)."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import zstandard

from postroom.archive.storage import format as fmt
from postroom.errors import Damaged

ZSTD_LEVEL: Final = 3
CACHE_BYTES: Final = 8 << 20


def pack_path(directory: Path, number: int) -> Path:
    """Where pack `number` lies in a store's packs folder."""
    return directory / f"{number:08d}.pack"


def pack_numbers(directory: Path) -> list[int]:
    """Numbers of the packs present, ascending."""
    return sorted(int(path.stem) for path in directory.glob("????????.pack") if path.stem.isdigit())


def sync_directory(directory: Path) -> None:
    """Make a create, rename or delete in this folder survive power loss."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Codec:
    """Compresses and decompresses payloads; one object per thread that compresses."""

    def __init__(self) -> None:
        self._dictionaries: dict[int, zstandard.ZstdCompressionDict] = {}
        self._plain = zstandard.ZstdCompressor(level=ZSTD_LEVEL)
        self._trained: zstandard.ZstdCompressor | None = None
        self._local = threading.local()
        self.current = 0
        """Id of the dictionary used for compression; 0 = none."""

    def learn(self, dictionary: int, data: bytes) -> None:
        """Make a dictionary known for reading."""
        self._dictionaries[dictionary] = zstandard.ZstdCompressionDict(data)

    def knows(self, dictionary: int) -> bool:
        return dictionary in self._dictionaries

    def use(self, dictionary: int) -> None:
        """Compress with this known dictionary from now on."""
        data = self._dictionaries[dictionary]
        self._trained = zstandard.ZstdCompressor(level=ZSTD_LEVEL, dict_data=data)
        self.current = dictionary

    def dictionary_bytes(self, dictionary: int) -> bytes:
        return self._dictionaries[dictionary].as_bytes()

    def encode(self, kind: int, plain: bytes) -> bytes:
        """One record, compressed where that makes it smaller."""
        if self._trained:
            stored, codec, dictionary = self._trained.compress(plain), fmt.ZSTD_DICTIONARY, self.current
        else:
            stored, codec, dictionary = self._plain.compress(plain), fmt.ZSTD, 0
        if len(stored) >= len(plain):
            stored, codec, dictionary = plain, fmt.PLAIN, 0
        return fmt.encode_record(kind, plain, stored, codec, dictionary)

    def decode(self, header: fmt.RecordHeader, stored: bytes) -> bytes:
        """The plain bytes of a record, checked. Raises Damaged."""
        fmt.check_stored(header, stored)
        plain = stored if header.codec == fmt.PLAIN else self._decompress(header, stored)
        fmt.check_plain(header, plain)
        return plain

    def _decompress(self, header: fmt.RecordHeader, stored: bytes) -> bytes:
        dictionary = header.dictionary if header.codec == fmt.ZSTD_DICTIONARY else 0
        known: dict[int, zstandard.ZstdDecompressor] = self._local.__dict__.setdefault("decompressors", {})
        try:
            # The frame says its own size and zstd believes it: compare before memory is taken.
            if zstandard.frame_content_size(stored) != header.plain_bytes:
                raise Damaged("the compressed frame and the record header disagree about the length")
            if dictionary not in known:
                data = self._dictionaries[dictionary] if dictionary else None
                known[dictionary] = zstandard.ZstdDecompressor(dict_data=data)
            return known[dictionary].decompress(stored)
        except zstandard.ZstdError as error:
            raise Damaged("the record cannot be decompressed") from error
        except KeyError as error:
            raise Damaged(f"the dictionary {dictionary} is missing") from error


class SyncFailed(OSError):
    """The kernel could not write what was appended, and may have dropped it."""


class PackWriter:
    """The open pack of a store. Not thread-safe: the store's writer lock guards it."""

    def __init__(self, directory: Path, header: fmt.PackHeader, *, size: int = 0, name: str = "") -> None:
        """Create the pack, or go on at `size` when it exists."""
        self.directory, self.number = directory, header.number
        self.path = directory / name if name else pack_path(directory, header.number)
        self._new = size == 0
        self._fd = os.open(self.path, os.O_RDWR | (os.O_CREAT | os.O_EXCL if self._new else 0), 0o600)
        self.size = size
        if self._new:
            try:
                self.append(fmt.encode_pack_header(header))
            except OSError:
                self.discard()
                raise

    def append(self, raw: bytes) -> int:
        """Write at the end; returns the offset. On an error the caller cuts back with `truncate`."""
        offset = self.size
        view = memoryview(raw)
        while view:
            written = os.pwrite(self._fd, view, self.size)
            self.size += written
            view = view[written:]
        return offset

    def sync(self) -> None:
        """Make all that was appended survive power loss."""
        try:
            os.fdatasync(self._fd)
            if self._new:
                sync_directory(self.directory)
                self._new = False
        except OSError as error:
            raise SyncFailed(error.errno, error.strerror) from error

    def truncate(self, size: int) -> None:
        """Cut back to `size` and sync."""
        os.ftruncate(self._fd, size)
        self.size = size
        os.fsync(self._fd)

    def close(self) -> None:
        os.close(self._fd)

    def discard(self) -> None:
        """Close and remove a pack that could not be begun."""
        self.close()
        self.path.unlink()


@dataclass(frozen=True, slots=True)
class Record:
    """One record met by `walk`; `problem` says why `plain` is None.

    `foreign`: its header is whole, but a newer version wrote it.
    """

    offset: int
    end: int
    kind: int
    plain: bytes | None
    problem: str = ""
    foreign: bool = False


class PackReader:
    """Reads blocks of any pack of a store; thread-safe; keeps the last blocks and open files."""

    def __init__(self, directory: Path, codec: Codec | None = None) -> None:
        self.directory = directory
        self.codec = codec or Codec()
        self._lock = threading.Lock()
        self._files: dict[int, int] = {}
        self._blocks: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        self._cached_bytes = 0

    def block(self, pack: int, offset: int) -> bytes:
        """The plain bytes of the block at this place. Raises Damaged."""
        key = (pack, offset)
        with self._lock:
            plain = self._blocks.get(key)
            if plain is not None:
                self._blocks.move_to_end(key)
                return plain
        try:
            plain = self._read(pack, offset)
        except Damaged as error:
            raise Damaged(f"pack {pack}, record at {offset}: {error}") from error
        self.keep(pack, offset, plain)
        return plain

    def keep(self, pack: int, offset: int, plain: bytes) -> None:
        """Remember the plain bytes of a block that was read, here or by `walk`, as one of the last."""
        key = (pack, offset)
        with self._lock:
            if len(plain) <= 4 * fmt.BLOCK_BYTES and key not in self._blocks:
                self._blocks[key] = plain
                self._cached_bytes += len(plain)
                while self._cached_bytes > CACHE_BYTES:
                    self._cached_bytes -= len(self._blocks.popitem(last=False)[1])

    def entry(self, pack: int, offset: int, at: int) -> fmt.Entry:
        """One entry of a block. Raises Damaged."""
        return fmt.entry_at(self.block(pack, offset), at)

    def forget(self, pack: int | None = None) -> None:
        """Close the file and drop the blocks of a pack that was replaced; of all packs when None."""
        with self._lock:
            for number in [pack] if pack is not None else list(self._files):
                descriptor = self._files.pop(number, None)
                if descriptor is not None:
                    os.close(descriptor)
            self._blocks.clear()
            self._cached_bytes = 0

    def close(self) -> None:
        self.forget()

    def _read(self, pack: int, offset: int) -> bytes:
        descriptor = self._open(pack)
        # One read fetches header and, nearly always, the whole compressed block.
        raw = os.pread(descriptor, fmt.BLOCK_BYTES // 2, offset)
        header = fmt.decode_record_header(raw)
        stored = raw[fmt.RECORD_HEADER_BYTES : fmt.RECORD_HEADER_BYTES + header.stored_bytes]
        if len(stored) < header.stored_bytes:
            stored += os.pread(descriptor, header.stored_bytes - len(stored), offset + len(raw))
        if header.codec == fmt.ZSTD_DICTIONARY and not self.codec.knows(header.dictionary):
            self._learn(pack, header.dictionary)
        return self.codec.decode(header, stored)

    def _open(self, pack: int) -> int:
        with self._lock:
            if pack not in self._files:
                try:
                    self._files[pack] = os.open(pack_path(self.directory, pack), os.O_RDONLY)
                except FileNotFoundError as error:
                    raise Damaged("the pack file is missing") from error
            return self._files[pack]

    def _learn(self, pack: int, dictionary: int) -> None:
        learn(pack_path(self.directory, pack), self.codec)
        if not self.codec.knows(dictionary):
            raise Damaged(f"the dictionary {dictionary} is missing")


def read_pack_header(path: Path) -> fmt.PackHeader:
    """Raises Damaged when the file is no pack."""
    with path.open("rb") as file:
        try:
            return fmt.decode_pack_header(file.read(fmt.FILE_HEADER_BYTES))
        except Damaged as error:
            raise Damaged(f"{path.name}: {error}") from error


def is_sealed(path: Path) -> bool:
    """True when the pack ends with a trailer."""
    return sealed_at(path) is not None


def sealed_at(path: Path) -> int | None:
    """Where the trailer says that the table of contents stands; None when the pack has no trailer."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - fmt.TRAILER_BYTES))
        return fmt.decode_trailer(file.read())


def read_record_header(path: Path, offset: int) -> fmt.RecordHeader:
    """The header of the record at `offset`. Raises Damaged."""
    with path.open("rb") as file:
        file.seek(offset)
        return fmt.decode_record_header(file.read(fmt.RECORD_HEADER_BYTES))


def walk(
    path: Path, codec: Codec, *, start: int = 0, kinds: tuple[int, ...] = (), resync: bool = False
) -> Iterator[Record]:
    """The records of a pack from `start` on, in order; dictionaries become known to `codec` on the way.

    Payloads of kinds not asked for are skipped (`plain` None, no problem). A damaged record is yielded with its
    problem; then the walk goes on after it, or, when its header cannot be believed, ends there or (`resync`) goes on at
    the next record header found.
    """
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        offset = start or fmt.FILE_HEADER_BYTES
        while offset < size:
            raw = os.pread(file.fileno(), fmt.RECORD_HEADER_BYTES, offset)
            if size - offset == fmt.TRAILER_BYTES and fmt.decode_trailer(raw) is not None:
                return
            try:
                header = fmt.decode_record_header(raw)
            except Damaged as error:
                following = _next_header(file.fileno(), offset + 1, size) if resync else size
                yield Record(offset, following, 0, None, str(error), isinstance(error, fmt.Foreign))
                offset = following
                continue
            end = offset + fmt.RECORD_HEADER_BYTES + header.stored_bytes
            wanted = not kinds or header.kind in kinds
            if wanted and header.codec == fmt.ZSTD_DICTIONARY and not codec.knows(header.dictionary) and start:
                learn(path, codec, until=start)  # it stands before the place where this walk began
            if wanted or header.kind == fmt.DICTIONARY or end > size:
                record = _load(file.fileno(), codec, header, offset, end)
                yield record if wanted or record.problem else Record(offset, end, header.kind, None)
            else:
                yield Record(offset, end, header.kind, None)
            offset = end


def learn(path: Path, codec: Codec, until: int | None = None) -> None:
    """Make the dictionaries of a pack known, those that stand before `until` when it is given."""
    for record in walk(path, codec, kinds=(fmt.DICTIONARY,)):
        if until is not None and record.end >= until:
            return


def _load(descriptor: int, codec: Codec, header: fmt.RecordHeader, offset: int, end: int) -> Record:
    stored = os.pread(descriptor, header.stored_bytes, offset + fmt.RECORD_HEADER_BYTES)
    try:
        plain = codec.decode(header, stored)
    except Damaged as error:
        return Record(offset, end, header.kind, None, str(error))
    if header.kind == fmt.DICTIONARY:
        codec.learn(header.dictionary, plain)
    return Record(offset, end, header.kind, plain)


def _next_header(descriptor: int, offset: int, size: int) -> int:
    """Where the next believable record header stands; `size` when there is none."""
    while offset < size:
        raw = os.pread(descriptor, 1 << 20, offset)
        found = raw.find(fmt.RECORD_MAGIC)
        while found >= 0:
            candidate = raw[found : found + fmt.RECORD_HEADER_BYTES]
            if len(candidate) < fmt.RECORD_HEADER_BYTES:
                candidate = os.pread(descriptor, fmt.RECORD_HEADER_BYTES, offset + found)
            try:
                fmt.decode_record_header(candidate)
            except fmt.Foreign:
                pass
            except Damaged:
                found = raw.find(fmt.RECORD_MAGIC, found + 1)
                continue
            return offset + found
        offset += max(1, len(raw) - fmt.RECORD_HEADER_BYTES)
    return size


def dictionary_record(codec: Codec) -> bytes:
    """The record that holds the dictionary in use."""
    data = codec.dictionary_bytes(codec.current)
    return fmt.encode_record(
        fmt.DICTIONARY, data, zstandard.ZstdCompressor(level=19).compress(data), fmt.ZSTD, codec.current
    )


def train(codec: Codec, samples: Iterable[bytes], size: int = 64 << 10) -> bool:
    """Train a dictionary from samples and use it; False when there is too little to learn from."""
    try:
        trained = zstandard.train_dictionary(size, list(samples), level=ZSTD_LEVEL)
    except zstandard.ZstdError:
        return False
    identity = trained.dict_id()
    codec.learn(identity, trained.as_bytes())
    codec.use(identity)
    return True
