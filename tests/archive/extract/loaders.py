"""What workers of the pool under test load messages with; each function runs in a worker."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from postroom.archive.extract import message, parts
from postroom.archive.extract.blob import Blob
from postroom.archive.extract.context import Context
from postroom.errors import Damaged, NoSpace, Unavailable


def plain(references: Sequence[bytes]) -> Iterable[bytes]:
    """The references are the messages."""
    return references


def files(references: Sequence[str]) -> Iterator[bytes]:
    """The references are paths."""
    return (Path(name).read_bytes() for name in references)


def poisoned(references: Sequence[bytes]) -> Iterable[bytes]:
    """Attachments named spin, crash, hog or worker do what their names say; `worker` tells the process id."""
    message.READERS["text"] = _by_content
    return references


def _by_content(context: Context, blob: Blob) -> str:
    deed = blob.read(100).strip()
    if deed == b"spin":
        while True:
            pass
    if deed == b"crash":
        os.abort()
    if deed == b"hog":
        held = []
        while True:
            held.append(bytearray(1 << 20))
    if deed == b"full":
        raise NoSpace("temporary files")
    if deed == b"exit":
        sys.exit(3)
    return str(os.getpid())


def unparsable(references: Sequence[bytes]) -> Iterable[bytes]:
    """The parser crashes on messages with `crash` in them and hangs on those with `spin`."""
    parse = parts.parse

    def parsed(raw: bytes) -> tuple[parts.Part, str]:
        if b"crash" in raw:
            os.abort()
        while b"spin" in raw:
            pass
        return parse(raw)

    message.parts.parse = parsed  # type: ignore[attr-defined]
    return references


def stuck(references: Sequence[bytes]) -> Iterator[bytes]:
    """Loading itself hangs at the message `stuck`."""
    for reference in references:
        while reference == b"stuck":
            pass
        yield reference


def damaged(references: Sequence[bytes]) -> Iterator[bytes]:
    """The store is damaged at the message `damaged` and locked at `locked`."""
    for reference in references:
        if reference == b"damaged":
            raise Damaged("Record 7 of pack 1 is damaged.")
        if reference == b"locked":
            raise Unavailable("The store is locked.")
        yield reference


class Unreadable:
    """A reference that cannot be unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return int, ("no number",)


def environment(references: Sequence[str]) -> Iterator[bytes]:
    """A message whose body is the value of an environment variable of the worker."""
    return (b"Subject: x\n\n" + os.environ.get(name, "unset").encode() for name in references)
