"""Files that hold files: zip and its families, OLE, tar, gzip, bzip2. Their members' text becomes their own."""

from __future__ import annotations

import bz2
import tarfile
import zipfile
import zlib
from typing import IO, Final

from postroom.archive.extract import office, outlook
from postroom.archive.extract.blob import Blob
from postroom.archive.extract.context import Context, Problem

_MACRO_SHEETS: Final = frozenset({"xl/workbook.xml", "xl/workbook.bin"})


def read_zip(context: Context, blob: Blob) -> str:
    """A package by what it holds, or the members of a plain zip with their names."""
    with blob.open(context.limits.attachment_bytes) as source, zipfile.ZipFile(source) as package:
        names = set(package.namelist())
        if "word/document.xml" in names:
            return office.word(context, package)
        if "ppt/presentation.xml" in names:
            return office.slides(context, package)
        if names & _MACRO_SHEETS:
            _check_package(context, package)
            return office.sheets(context, blob)
        if "mimetype" in names and "content.xml" in names:
            return office.open_document(context, package)
        return _members(context, package)


def _check_package(context: Context, package: zipfile.ZipFile) -> None:
    """The spreadsheet library inflates by itself: refuse bombs before it sees them."""
    for info in package.infolist():
        office.member(context, package, info.filename).close()


def _members(context: Context, package: zipfile.ZipFile) -> str:
    found: list[str] = []
    with context.deeper():
        for info in package.infolist():
            if info.is_dir():
                continue
            found.append(info.filename)
            try:
                with office.member(context, package, info.filename) as source:
                    _inside(context, found, info.filename, source.read())
            except Problem as problem:
                raise Problem(str(problem), "\n".join(found)) from problem
    return "\n".join(found)


def _inside(context: Context, found: list[str], name: str, raw: bytes) -> None:
    """Adds what a member says; its damage is told in the words of the container."""
    with context.collecting() as inner:
        context.attach(name, "", Blob(raw))
    for attachment in inner:
        if attachment.filename != name:
            found.append(attachment.filename)
        found.append(attachment.text)


def read_tar(context: Context, blob: Blob) -> str:
    with blob.open(context.limits.attachment_bytes) as source:
        return _tar_members(context, source)


def _tar_members(context: Context, source: IO[bytes]) -> str:
    found: list[str] = []
    with context.deeper(), tarfile.open(fileobj=source, mode="r:") as archive:
        for info in archive:
            context.member()
            if not info.isfile():
                continue
            found.append(info.name)
            context.unpack(info.size)
            content = archive.extractfile(info) if info.size <= context.limits.attachment_bytes else None
            if content is not None:
                _inside(context, found, info.name, content.read())
    return "\n".join(found)


def read_gzip(context: Context, blob: Blob) -> str:
    return _single(context, blob, zlib.decompressobj(wbits=31))


def read_bzip2(context: Context, blob: Blob) -> str:
    return _single(context, blob, bz2.BZ2Decompressor())


def _single(context: Context, blob: Blob, decompressor: zlib._Decompress | bz2.BZ2Decompressor) -> str:
    """The one member of a compressed stream, a tar as often as not."""
    limit = max(1 << 20, min(context.limits.attachment_bytes, blob.size * context.limits.archive_ratio))
    raw = decompressor.decompress(blob.whole(context.limits.attachment_bytes), limit + 1)
    if len(raw) > limit:
        raise Problem("too large when unpacked")
    context.member()
    context.unpack(len(raw))
    found: list[str] = []
    with context.deeper():
        _inside(context, found, "", raw)
    return "\n".join(filter(None, found))


def read_ole(context: Context, blob: Blob) -> str:
    """An Outlook message, an old spreadsheet, an encrypted package; other old formats give no text."""
    import olefile

    with blob.open(context.limits.attachment_bytes) as source, olefile.OleFileIO(source) as ole:
        if ole.exists("__properties_version1.0"):
            with context.deeper():
                return outlook.message(context, ole)
        if ole.exists("Workbook") or ole.exists("Book"):
            return office.sheets(context, blob)
        if ole.exists("EncryptedPackage"):
            raise Problem("encrypted")
    return ""
