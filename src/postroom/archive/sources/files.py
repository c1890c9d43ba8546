"""Reading from the file system: entries in order, one file as a body, and what a file looks like.

Symbolic links inside a source are not followed: whoever owns the mail could point them at somebody else's file, and
loops cannot arise. Large files are copied to the spool, not mapped in place: a file that is cut short while mapped
would kill the process.
"""

from __future__ import annotations

import io
import os
import re
import stat
from collections.abc import Iterator
from enum import Enum, auto
from itertools import islice

from postroom.archive.body import CHUNK_BYTES, SPOOL_BYTES, Body, Spool
from postroom.archive.sources import names
from postroom.archive.sources.model import Arrival, Item, Problem
from postroom.archive.sources.split import Splitter

WINDOW_ENTRIES = 50_000


def entries(directory: str) -> Iterator[os.DirEntry[str]]:
    """The entries of a directory, sorted by name in windows of `WINDOW_ENTRIES`: memory stays flat in a huge folder.

    Raises OSError.
    """
    with os.scandir(directory) as scan:
        while window := sorted(islice(scan, WINDOW_ENTRIES), key=lambda entry: entry.name):
            yield from window


def open_regular(path: str) -> tuple[int, os.stat_result]:
    """A descriptor of a regular file, and its state. Raises OSError, also when it is no regular file.

    Not blocking, so that a pipe put in the place of a file cannot hold us.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        raise OSError(0, "not a regular file")
    return descriptor, state


def read_rest(descriptor: int, head: bytes, size: int, threshold: int = SPOOL_BYTES) -> Body:
    """`head` and everything that follows in the file; `size` is what is expected in all."""
    pieces = Spool(threshold)
    pieces.write(head)
    # One byte more than expected: the read that comes back short is the end of the file.
    while piece := os.read(descriptor, min(max(size - pieces.size, 0) + 1, CHUNK_BYTES)):
        pieces.write(piece)
    return pieces.finish()


def read_file(path: str) -> tuple[Body, os.stat_result]:
    """A regular file, byte for byte. Raises OSError."""
    descriptor, state = open_regular(path)
    try:
        return read_rest(descriptor, b"", state.st_size), state
    finally:
        os.close(descriptor)


def reason(error: OSError) -> str:
    """The error as a phrase for a Problem."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]


def size(entry: os.DirEntry[str]) -> int:
    """Bytes, 0 when the file is gone."""
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0


def is_older(entry: os.DirEntry[str], before_ms: int | None) -> bool:
    """Whether a file was written before a moment, UTC milliseconds; None = whenever it was. Gone: no."""
    try:
        written_ms = entry.stat(follow_symlinks=False).st_mtime_ns // 1_000_000
    except OSError:
        return False
    return before_ms is None or written_ms < before_ms


def arrival(folder: str, native_id: str, body: Body, state: os.stat_result) -> Item:
    """A file as an arrival, received when it was last changed; an empty one is a Problem."""
    if not body:
        return Problem(folder, native_id, "empty file")
    return Arrival(folder, native_id, body, state.st_mtime_ns // 1_000_000)


def odd_entry(entry: os.DirEntry[str]) -> str:
    """Why an entry that is neither file nor directory is left out."""
    return "symbolic link, not followed" if entry.is_symlink() else "not a regular file"


# --- what a file looks like


class Looks(Enum):
    MESSAGE = auto()
    MBOX = auto()
    OTHER = auto()


_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_MAIL_FIELD = re.compile(
    rb"^(?:from|to|cc|bcc|sender|reply-to|return-path|received|delivered-to|envelope-to|date|subject|message-id"
    rb"|in-reply-to|mime-version|content-type|x-[\w-]+|dkim-signature|authentication-results|status)[ \t]*:",
    re.MULTILINE | re.IGNORECASE,
)
_HEADER_END = re.compile(rb"\n\r?\n")
MBOX_SUFFIXES = ("mbox", "mbx")


def suffix(base: str) -> str:
    """The lower-case extension; '' when there is none."""
    stem, dot, end = base.rpartition(".")
    return end.lower() if dot and stem else ""


def looks(base: str, head: bytes) -> Looks:
    """What a file of this name with these first bytes is.

    `.eml` is a message whatever it holds. A leading From_ line makes an mbox of `.mbox` files, of files without
    extension unless their name is a number (MH), and of all where a second message starts in `head`; of others a
    message that keeps the line.
    """
    end = suffix(base)
    if end == "eml":
        return Looks.MESSAGE
    named = end in MBOX_SUFFIXES or base in MBOX_SUFFIXES
    if named and not head.strip():
        return Looks.MBOX
    if head.startswith(b"From ") and (named or not (end or base.isdigit()) or _holds_two(head)):
        return Looks.MBOX
    return Looks.MESSAGE if looks_like_mail(head) else Looks.OTHER


def _holds_two(head: bytes) -> bool:
    return sum(1 for _ in islice(Splitter(io.BytesIO(head)), 2)) == 2


def looks_like_mail(head: bytes) -> bool:
    """A header field first (after From_ lines), and one that mail has before the first empty line."""
    while head.startswith((b"From ", b">From ")):
        head = head.partition(b"\n")[2]
    end = _HEADER_END.search(head)
    return bool(_FIELD.match(head) and _MAIL_FIELD.search(head, 0, end.start() + 1 if end else len(head)))


def folder_of(directories: list[str], mbox: str = "") -> str:
    """The archive folder for a message in these directories, or for the mbox file named `mbox` in them.

    `cur` and `new` are Maildir's insides; `.sbd` is how Thunderbird, and `X.mbox/mbox` how Apple Mail, nest.
    """
    if not mbox and directories and directories[-1] in ("cur", "new"):
        directories = directories[:-1]
    parts = [part.removesuffix(".sbd").removesuffix(".mbox") for part in directories]
    if mbox and mbox not in MBOX_SUFFIXES:
        parts.append(mbox.rpartition(".")[0] if suffix(mbox) in MBOX_SUFFIXES else mbox)
    return names.folder(tuple(parts))
