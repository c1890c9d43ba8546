"""From a path to its source."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO

from postroom.archive.sources import files, maildir, streams, tars
from postroom.archive.sources.files import Looks
from postroom.archive.sources.mbox import MboxSource
from postroom.archive.sources.model import Source
from postroom.archive.sources.single import FileSource, InputSource
from postroom.archive.sources.split import Dialect
from postroom.archive.sources.tree import TreeSource
from postroom.archive.sources.zips import ZipSource
from postroom.errors import Invalid

KINDS = ("auto", *Dialect, "maildir", "folder", "zip", "tar", "eml")

_FORMATS = "an mbox, a Maildir, a folder of mail files, a zip, a tar or one message"
_DIRECTORIES = ("maildir", "folder")


def open_source(path: str | Path, *, kind: str = "auto", stdin: BinaryIO | None = None) -> Source:
    """The mail at `path`; '-' is standard input, with one message or an mbox.

    `kind` is one of KINDS: `mbox` finds the quoting itself, `folder` is a tree of messages and mboxes (EML, MH,
    Thunderbird), `tar` may be packed. Raises Invalid for `path` or `kind`, naming what was found.
    """
    if kind not in KINDS:
        raise Invalid("kind", f"one of {', '.join(KINDS)}, not {kind!r}")
    if str(path) == "-":
        return _input(stdin or sys.stdin.buffer, kind)
    absolute = os.path.realpath(path)
    try:
        if stat.S_ISDIR(_mode(absolute)):
            return _directory(absolute, kind)
        return _file(absolute, kind)
    except OSError as error:
        raise Invalid("path", f"{_FORMATS}; {str(path)!r}: {files.reason(error)}") from error


def _mode(path: str) -> int:
    mode = os.stat(path).st_mode
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        raise Invalid("path", f"{_FORMATS}; {path!r} is neither file nor directory")
    return mode


def _input(stream: BinaryIO, kind: str) -> Source:
    if kind not in ("auto", "eml", *Dialect):
        raise Invalid("kind", f"eml or an mbox kind for standard input, not {kind!r}")
    dialect = Dialect(kind) if kind in list(Dialect) else None
    return InputSource(stream, dialect, message=kind == "eml")


def _directory(path: str, kind: str) -> Source:
    if kind not in ("auto", *_DIRECTORIES):
        raise Invalid("kind", f"maildir or folder, as {path!r} is a directory, not {kind!r}")
    found = maildir.is_maildir(path)
    if kind == "maildir" and not found:
        raise Invalid("kind", f"folder; {path!r} has no `cur` and `new`, so it is no Maildir")
    return maildir.MaildirSource(path) if found and kind != "folder" else TreeSource(path)


def _file(path: str, kind: str) -> Source:
    if kind in _DIRECTORIES:
        raise Invalid("kind", f"a kind of file, as {path!r} is no directory, not {kind!r}")
    with open(path, "rb") as file:
        head = file.read(streams.HEAD_BYTES)
        chosen = _detected(path, head) if kind == "auto" else kind
    match chosen:
        case "zip":
            return ZipSource(path)
        case "tar":
            return tars.PackedSource(path)
        case "eml":
            return FileSource(path)
        case _:
            return MboxSource(path, Dialect(chosen))


def _detected(path: str, head: bytes) -> str:
    base = os.path.basename(path)
    if files.suffix(base) == "eml":
        return "eml"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if streams.codec(head) or tars.is_tar(head):
        return "tar"
    # A spool file that was read out is an empty mbox.
    if head.startswith(b"From ") or not head.strip():
        return "mbox"
    if files.looks(base, head) is Looks.MESSAGE:
        return "eml"
    raise Invalid("path", f"{_FORMATS}; {path!r} starts with {head[:16]!r}, which is none of them")
