"""One store of an instance with all that belongs to it: the store, its index, its indexer, its summaries.

`error` says why a store that should be open is not, or is open for reading only.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from postroom.archive.instance.instance import StoreRow
from postroom.archive.search.indexer import Indexer, Wanted
from postroom.archive.search.summary import SummaryDb
from postroom.archive.storage.store import Store
from postroom.archive.storage.writer import Clock
from postroom.errors import PostroomError, Unavailable, WrongState
from postroom.settings import Archive as ArchiveSettings

log = logging.getLogger(__name__)

PATIENCE_S: Final = 5.0
LOOK_S: Final = 0.2


class Mount:
    """A store as the instance sees it. Opening never raises: a store that cannot be opened has an `error`."""

    def __init__(
        self, row: StoreRow, directory: Path, settings: ArchiveSettings, clock: Clock, wanted: Wanted = lambda: None
    ) -> None:
        """`wanted`: which attachments are read for the index (`Indexer`)."""
        self._wanted = wanted
        self.row, self.directory, self._settings, self._clock = row, directory, settings, clock
        self._store: Store | None = None
        self._indexer: Indexer | None = None
        self.summaries: SummaryDb | None = None
        self._error: str | None = None
        self._maintenance = threading.Lock()
        self._doing = ""

    @property
    def error(self) -> str | None:
        """Why the store is not open, or takes no mail though it should; None = all is well."""
        broken = self._store.writer.broken if self._store and self._store.writer else ""
        return self._error or broken or None

    @property
    def is_open(self) -> bool:
        return self._store is not None

    @property
    def store(self) -> Store:
        """The open store. Raises WrongState when it is not open, with the reason."""
        if self._store is None:
            reason = self.error or "it is disabled"
            raise WrongState(f"The store {self.row.name!r} (id {self.row.id}) is not open: {reason}.")
        return self._store

    @property
    def indexer(self) -> Indexer:
        """The indexer of the open store. Raises WrongState."""
        if self._indexer is None:
            _ = self.store
            raise WrongState(f"The store {self.row.name!r} (id {self.row.id}) has no index open.")
        return self._indexer

    @property
    def state(self) -> str:
        """current, normal, writeProtected, disabled or error."""
        if self._store is None:
            return "error" if self.error else "disabled"
        return "writeProtected" if not self._store.writable else self.row.requested_state

    @property
    def index_selected(self) -> bool:
        """Whether somebody marked the index to be rebuilt. The mark lies in the index: with it, it is gone."""
        return self._indexer is not None and self._index_mark.exists()

    def select_index(self, *, selected: bool) -> None:
        """Set or remove that mark. Raises WrongState when the store is not open."""
        if selected:
            self._index_mark.touch()
        else:
            self._index_mark.unlink(missing_ok=True)

    @property
    def _index_mark(self) -> Path:
        return self.indexer.index.directory / "REBUILD"

    @contextmanager
    def alone(self, doing: str, waiting: Callable[[str], object] | None = None) -> Iterator[None]:
        """Inside, nobody else verifies, compacts, merges, copies, recovers or closes this store; mail goes on.

        `doing` says to others why they wait, like "it is being verified". Whoever gives `waiting` waits as long as it
        returns, and it is told what others do; else Unavailable is raised after PATIENCE_S.
        """
        end = time.monotonic() + PATIENCE_S
        while not self._maintenance.acquire(timeout=LOOK_S):
            if waiting:
                waiting(self._doing)
            elif time.monotonic() > end:
                raise Unavailable(f"The store {self.row.name!r} (id {self.row.id}) is busy: {self._doing}. Try later.")
        self._doing = doing
        try:
            yield
        finally:
            self._maintenance.release()

    def open(self) -> None:
        """Open what should be open; sets `error`."""
        self._error = None
        if self._store is not None or self.row.requested_state == "disabled":
            return
        try:
            self._store = Store(
                self.directory,
                self.row.id,
                read_only=self.row.requested_state == "writeProtected",
                clock=self._clock,
                pack_bytes=self._settings.pack_bytes,
                commit_messages=self._settings.commit_messages,
            )
            self._error = self._store.problem or None
            self.summaries = SummaryDb(self.directory / "summary.db", str(self._store.catalogue.fact("epoch")))
            self._indexer = Indexer(self._store, self.summaries, self._settings, self._wanted)
            self._store.on_commit = self._indexer.wake
            self._indexer.start()
        except (PostroomError, OSError) as error:
            log.warning("store not opened", extra={"store": self.row.id, "reason": str(error)})
            self._error = str(error)
            self.close()
        except Exception as error:
            # What nobody foresaw, in a store from elsewhere perhaps: the other stores must open all the same.
            log.exception("store not opened", extra={"store": self.row.id})
            self._error = f"the store cannot be read ({type(error).__name__}); the log says more"
            self.close()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Finish the running commit and the running index step, then close."""
        if self._indexer:
            self._indexer.close()
            self._indexer = None
        if self.summaries:
            self.summaries.close()
            self.summaries = None
        if self._store:
            self._store.close()
            self._store = None
