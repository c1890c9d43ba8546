"""Mail in a tar, read in one pass, packed with gzip, bzip2, xz, zstd or not at all; or one packed mbox or message.

The native id is the member's path, size and time of change.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from typing import BinaryIO

from postroom.archive.sources import files, member, names
from postroom.archive.sources.model import Item, Known, Problem
from postroom.archive.sources.streams import UNPACK_ERRORS, Peeked, Unpacked

HEADER_DATA_BYTES = 1 << 20
READ_BYTES = 256 << 10
_TAR_ERRORS = (*UNPACK_ERRORS, tarfile.TarError)
_CARRIES_HEADER = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


class Member(tarfile.TarInfo):
    """A header that makes damage known: `tarfile` takes a bad header after the first for the end of the archive."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Member:
        if not buf:
            raise tarfile.ReadError("it ends without an end mark")
        try:
            info = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if not any(buf):
                raise  # the end mark
            raise tarfile.ReadError(f"{error}; the rest is unread") from error
        # Such a header is read into memory whole, however long it says it is.
        if info.type in _CARRIES_HEADER and info.size > HEADER_DATA_BYTES:
            raise tarfile.ReadError("a header of unreasonable length; the rest is unread")
        return info


def is_tar(head: bytes) -> bool:
    """Whether this, 512 bytes or more, is the start of a tar with something in it."""
    try:
        tarfile.TarInfo.frombuf(head[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


class PackedSource:
    """A tar, packed or not; or a packed mbox or message."""

    def __init__(self, path: str) -> None:
        self.name = names.native("tar:" + path)
        self._path = path
        self._base = os.path.basename(path)
        self._done = self._total = 0

    def progress(self) -> tuple[int, int]:
        return self._done, self._total

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        try:
            with open(self._path, "rb") as file:
                self._total = os.fstat(file.fileno()).st_size
                for item in self._items(Unpacked(file), known):
                    self._done = file.tell()
                    yield item
        except _TAR_ERRORS as error:
            yield Problem("", names.native(self._base), _reason(error))
        self._done = self._total

    def _items(self, unpacked: Unpacked, known: Known) -> Iterator[Item]:
        stream = Peeked(unpacked)
        if is_tar(stream.head):
            return _members(stream, known)
        # One file, packed: its name less the packer's extension says what it is.
        base = self._base.removesuffix(f".{unpacked.codec}")
        state = os.stat(self._path)
        native_id = names.native(base, state.st_size, state.st_mtime_ns)
        if known(native_id):
            return iter(())
        return member.items(stream, [base], native_id, state.st_mtime_ns // 1_000_000, known)


def _members(stream: Peeked, known: Known) -> Iterator[Item]:
    with tarfile.open(fileobj=_file(stream), mode="r|", bufsize=READ_BYTES, tarinfo=Member) as archive:
        while info := archive.next():
            # The list would grow with the archive; streaming needs none of it.
            archive.members.clear()  # type: ignore[attr-defined]
            if not info.isdir():
                yield from _member(archive, info, known)


def _file(stream: Peeked) -> BinaryIO:
    return stream  # type: ignore[return-value]  # in stream mode tarfile only reads


def _member(archive: tarfile.TarFile, info: tarfile.TarInfo, known: Known) -> Iterator[Item]:
    path = names.split_path(info.name)
    native_id = names.native(info.name, info.size, int(info.mtime))
    if known(native_id):
        return
    content = archive.extractfile(info) if info.isreg() and not info.issparse() else None
    if content is None:
        yield Problem(files.folder_of(path[:-1]), native_id, "not a regular file")
        return
    yield from member.items(Peeked(content), path, native_id, int(info.mtime * 1000), known)


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError):
        return files.reason(error)
    return f"damaged: {error}"
