"""Compares a store's index with its catalogue, and makes it again, wholly or for one archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from postroom.archive.mount import Mount
from postroom.archive.search import query
from postroom.errors import NotFound, Unavailable

EVERYTHING: Final = query.parse("")
LIVE: Final = 1
WAITING: Final = 2
INDEXED: Final = 4
LOOK_S: Final = 0.2

Progress = Callable[[int, int], None]
"""Told messages done and in all; may raise Cancelled."""


def index_faults(mount: Mount) -> Iterator[str]:
    """What the index of an open store does not hold and should, or the reverse. Messages in the outbox may do both."""
    if mount.indexer.error:
        yield f"the index is not kept up to date: {mount.indexer.error}"
    with mount.indexer.paused():
        states = _states(mount)
        for number in mount.indexer.index.message_numbers():
            if number >= len(states):
                yield f"message {number} is in the index, but was never in the store"
            elif states[number] & INDEXED:
                yield f"message {number} is in the index twice"
            else:
                states[number] |= INDEXED
    for number, state in enumerate(states):
        if state == LIVE:
            yield f"message {number} is missing in the index"
        elif state == INDEXED:
            yield f"message {number} is in the index, but is not in the store any more"


def _states(mount: Mount) -> bytearray:
    """A byte per message number: of five million messages five megabytes, where sets would take half a gigabyte."""
    catalogue = mount.store.catalogue
    with catalogue.snapshot():
        states = bytearray(int(catalogue.fact("next", 1)))
        for (number,) in catalogue.rows("SELECT number FROM message WHERE deleted_ms IS NULL"):
            states[number] |= LIVE
        for (number,) in catalogue.rows("SELECT message FROM outbox"):
            states[number] |= WAITING
    return states


def documents(mount: Mount, archive: int) -> int:
    """How many messages of an archive the index holds. Raises WrongState, Damaged."""
    return mount.indexer.index.search(EVERYTHING, frozenset({archive}), limit=1).total


def rebuild(mount: Mount, progress: Progress) -> None:
    """Make the whole index again beside the old one, which answers meanwhile. May raise Cancelled from `progress`."""
    mount.indexer.rebuild(progress)
    mount.select_index(selected=False)


def rebuild_archive(mount: Mount, archive: str, progress: Progress) -> None:
    """Read the messages of one archive again into the index. Raises NotFound, Unavailable when indexing fails.

    A store has one index for all archives; when that cannot be used, all of it is made again.
    """
    row = mount.store.catalogue.folder(archive) if "/" not in archive else None
    if row is None:
        raise NotFound("archive in this store", archive)
    if mount.indexer.error:
        rebuild(mount, progress)
        return
    total = _put_out(mount, row.id)
    while not mount.indexer.wait(LOOK_S, lambda left: progress(max(0, total - left), total)):
        if mount.indexer.error:
            raise Unavailable(f"Indexing stopped: {mount.indexer.error}")


def _put_out(mount: Mount, archive: int) -> int:
    """Put an archive into the outbox, and what the index should not hold any more; returns how much there is to do."""
    catalogue = mount.store.catalogue
    with mount.indexer.paused():
        states = _states(mount)
        stale = [n for n in mount.indexer.index.message_numbers() if n >= len(states) or not states[n] & LIVE]
    with mount.store.write_lock:
        catalogue.db.executemany("INSERT INTO outbox (message) VALUES (?)", [(number,) for number in stale])
        catalogue.db.execute(
            "INSERT INTO outbox (message) SELECT number FROM message WHERE archive = ? AND deleted_ms IS NULL"
            " ORDER BY number",
            (archive,),
        )
        total = catalogue.pending()
    mount.indexer.wake()
    return total
