"""Takes everything new of a source into an archive: batches, cursors, progress, problems.

The cursor of a source travels in the batch whose messages it stands behind, so an interrupted import goes on where the
last commit ended and stores nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from postroom.archive.instance.identifiers import name_key
from postroom.archive.sources import Arrival, Item, Problem, Source, names
from postroom.archive.storage.store import clean
from postroom.archive.storage.writer import Incoming, Receipt
from postroom.errors import Cancelled, Invalid, PostroomError

BATCH_MESSAGES: Final = 1_000
BATCH_BYTES: Final = 16 << 20
PROBLEMS_KEPT: Final = 1_000


class Target(Protocol):
    """Where imported mail goes: the stores of an instance."""

    def add(self, items: list[Incoming], cursors: dict[str, str]) -> list[Receipt]:
        """Durable when it returns."""

    def knows(self, source: str, native_id: str) -> bool:
        """True when some store has this item of this source."""

    def cursor(self, source: str) -> str | None:
        """How far the source was read."""


@dataclass(slots=True)
class ImportResult:
    """What an import did. Sizes in bytes; `problems` holds the first thousand."""

    seen: int = 0
    stored: int = 0
    contents: int = 0
    known: int = 0
    size: int = 0
    failed: int = 0
    problems: list[Problem] = field(default_factory=list)


def ingest(
    source: Source,
    target: Target,
    archive: str,
    *,
    max_message_bytes: int,
    batch_messages: int = BATCH_MESSAGES,
    progress: Callable[[ImportResult, int, int], None] = lambda _result, _done, _total: None,
    problems: Callable[[Sequence[Problem]], None] = lambda _problems: None,
) -> ImportResult:
    """Archive what is new in `source` below `archive`, or where each arrival says.

    `progress` is told the counts, and bytes done and in all (0 = unknown), after each batch; what it raises ends the
    import with everything committed so far kept. `problems` is told what did not arrive before a cursor that went past
    it is stored. Raises NoSpace, Unavailable, WrongState, and what the source raises, after what came before that is
    stored: else a source that fails after a while each time would never get any further. Repeat to go on.
    """
    result = ImportResult()
    batch: list[Incoming] = []
    failed: list[Problem] = []
    size = 0
    cursor: str | None = None
    broken: PostroomError | None = None

    def commit() -> None:
        nonlocal size, cursor
        if failed:
            problems(failed)
            failed.clear()
        if batch or cursor is not None:
            receipts = target.add(batch, {source.name: cursor} if cursor is not None else {})
            for item, receipt in zip(batch, receipts, strict=True):
                result.stored += receipt.message_is_new
                result.contents += receipt.content_is_new
                result.known += not receipt.message_is_new
                result.size += len(item.body)
        batch.clear()
        size, cursor = 0, None
        progress(result, *source.progress())

    def known(native_id: str) -> bool:
        found = target.knows(source.name, native_id)
        result.seen += found
        result.known += found
        if found and result.seen % batch_messages == 0:
            # What is all known commits nothing, and must be told and cancelled all the same.
            progress(result, *source.progress())
        return found

    def arrivals() -> Iterator[Item]:
        nonlocal broken
        try:
            yield from source.arrivals(target.cursor(source.name), known)
        except Cancelled:
            raise
        except PostroomError as error:
            broken = error

    for item in arrivals():
        result.seen += 1
        # Also of one that cannot be stored: its reason is kept, so what comes behind it need not wait.
        cursor = item.cursor or cursor if isinstance(item, Arrival) else cursor
        coming = _incoming(item, source.name, archive, max_message_bytes)
        if isinstance(coming, Problem):
            result.failed += 1
            failed.append(coming)
            if len(result.problems) < PROBLEMS_KEPT:
                result.problems.append(coming)
        else:
            # All copies of one message in one commit: whoever finds the first finds the others.
            batch += coming
            size += len(coming[0].body)
        if len(batch) + len(failed) >= batch_messages or size >= BATCH_BYTES:
            commit()
    commit()
    if broken is not None:
        raise broken
    return result


def _incoming(item: Item, source: str, archive: str, max_message_bytes: int) -> list[Incoming] | Problem:
    """A message for each archive it goes to, or why it cannot be stored.

    The first has the native id as the source knows it; the others have their archive in it, as an item of a source
    belongs to one message.
    """
    if isinstance(item, Problem):
        return item
    if len(item.body) > max_message_bytes:
        return Problem(item.folder, item.native_id, f"larger than archive.max_message_bytes ({max_message_bytes})")
    first, *others = sorted(set(item.archives), key=name_key) or [archive]
    ids = [item.native_id, *(names.native(item.native_id, "archive", name_key(other)) for other in others)]
    try:
        return [
            clean(
                Incoming(
                    to, item.folders.get(to, item.folder), source, native_id, item.body, item.received_ms,
                    envelope=item.envelopes.get(to),
                )
            )
            for to, native_id in zip([first, *others], ids, strict=True)
        ]  # fmt: skip
    except Invalid as error:
        return Problem(item.folder, item.native_id, f"cannot be stored: {error}")
