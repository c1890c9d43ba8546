"""One member of a zip or tar: what is in it."""

from __future__ import annotations

from collections.abc import Iterator

from postroom.archive.body import spool
from postroom.archive.sources import files, mbox
from postroom.archive.sources.files import Looks
from postroom.archive.sources.model import Arrival, Item, Known, Problem
from postroom.archive.sources.streams import Peeked, pieces


def items(stream: Peeked, path: list[str], native_id: str, received_ms: int | None, known: Known) -> Iterator[Item]:
    """A member of a zip or tar: a message, the messages of an mbox, or a Problem. Errors of the stream pass through."""
    base = path[-1] if path else ""
    folder = files.folder_of(path[:-1])
    match files.looks(base, stream.head):
        case Looks.MBOX:
            yield from mbox.stream(stream, files.folder_of(path[:-1], base), native_id + "|", known)
        case Looks.MESSAGE if stream.head:
            yield Arrival(folder, native_id, spool(pieces(stream)), received_ms)
        case Looks.MESSAGE:
            yield Problem(folder, native_id, "empty file")
        case Looks.OTHER if not base.startswith("."):
            yield Problem(folder, native_id, "not a mail message" if stream.head else "empty file")
        case _:
            return
