"""The store of the workspace: opens database and files, gives units of work."""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from postroom.errors import WrongState
from postroom.migrations import load
from postroom.sqlite import Database
from postroom.workspace.clock import Clock, now
from postroom.workspace.store import contents
from postroom.workspace.store.arriving import Arriving
from postroom.workspace.store.blobs import SWEEP_AFTER_S, Blobs
from postroom.workspace.store.changes import Changes
from postroom.workspace.store.disk import file_errors, sync_directory
from postroom.workspace.store.items import Items
from postroom.workspace.store.kinds import Kind, Kinds
from postroom.workspace.store.links import Links
from postroom.workspace.store.signing import KEY_BYTES, Signer
from postroom.workspace.store.texts import Texts

logger = logging.getLogger(__name__)

FILE: Final = "workspace.db"
_NEW_KEY = "INSERT OR IGNORE INTO fact VALUES ('key', ?)"
_NEEDED = f"SELECT {contents.NEEDED}"


class Unit:
    """One transaction and what can be done in it. All of it happens at one time, `now`."""

    def __init__(
        self, connection: sqlite3.Connection, kinds: Kinds, blobs: Blobs, signer: Signer, moment: datetime
    ) -> None:
        self.connection = connection
        """For a workload's own tables."""
        self.now = moment
        self.blobs = contents.Contents(connection, blobs)
        self.items = Items(connection, kinds, signer, moment)
        self.changes = Changes(connection, self.items.pager, signer)
        self.texts = Texts(connection)
        self.links = Links(connection, self.items)
        self.after_commit: list[Callable[[], None]] = []
        """Called once what was written is safe. What they raise goes to the log: the unit stands."""


class Store:
    """Opens or creates what lies in `directory`. Safe to use from threads.

    Everything, in units too, raises Unavailable, NoSpace, WrongState or Damaged when the disk cannot be used.
    """

    def __init__(self, directory: Path, kinds: Sequence[Kind], clock: Clock = now) -> None:
        self._kinds, self._clock = Kinds(kinds), clock
        self.on_commit: Final[list[Callable[[], None]]] = []
        """Called after every unit that wrote, as `Unit.after_commit` is; they must not wait."""
        with file_errors(directory):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.blobs: Final = Blobs(directory / "blobs")
        """The files, for what is too large for a unit to wait for."""
        schema = load("postroom.workspace.store", "workspace")
        with file_errors(directory):
            self._database = Database(directory / FILE, schema)
        try:
            with file_errors(directory):
                sync_directory(directory)
                sync_directory(directory.parent)
            self._check_columns()
            self._signer = Signer(self._key())
        except BaseException:
            self._database.close()
            raise

    @contextmanager
    def read(self) -> Iterator[Unit]:
        """A unit that sees one state, whatever is written meanwhile."""
        with self._database.read() as connection:
            yield self._unit(connection)

    @contextmanager
    def write(self, *, synced: bool = True) -> Iterator[Unit]:
        """A unit that is committed and synced when the block ends, undone when it raises. One at a time.

        `synced` False is for what can be lost in a power cut, though not when the program ends.
        """
        with self._database.write(synced=synced) as connection:
            unit = self._unit(connection)
            yield unit
            unit.blobs.settle()
        for call in (*unit.after_commit, *self.on_commit):
            try:
                call()
            except Exception:
                logger.exception("What follows a commit failed; what was written stands")

    def arriving(self, most_bytes: int) -> Arriving:
        """A file for content that is on its way in; the caller closes it."""
        return Arriving(*self.blobs.begin(), most_bytes)

    def seal(self, purpose: str, content: object) -> str:
        """A token that nobody can make or read into; `content` is what JSON can hold."""
        return self._signer.seal(purpose, content)

    def opened(self, purpose: str, token: str, field: str) -> Any:
        """What was sealed for this purpose. Raises Invalid for `field`."""
        return self._signer.opened(purpose, token, field)

    def sweep(self, *, older_than_s: float = SWEEP_AFTER_S) -> int:
        """Remove contents that nothing needs any more; files when they are older. How many."""
        return self._tidy() + self.blobs.sweep(self._is_needed, older_than_s=older_than_s)

    def close(self) -> None:
        """Calls after it raise Unavailable."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _unit(self, connection: sqlite3.Connection) -> Unit:
        return Unit(connection, self._kinds, self.blobs, self._signer, self._clock())

    def _key(self) -> bytes:
        with self._database.write() as connection:
            connection.execute(_NEW_KEY, (secrets.token_bytes(KEY_BYTES),))
            return bytes(connection.execute("SELECT value FROM fact WHERE name = 'key'").fetchone()["value"])

    def _tidy(self) -> int:
        gone = 0
        while hashes := self._loose():
            with self._database.write() as connection:
                gone += contents.tidy(connection, hashes)
        return gone

    def _loose(self) -> list[str]:
        with self._database.read() as connection:
            return contents.loose(connection)

    def _is_needed(self, blob_hash: str) -> bool:
        with self._database.read() as connection:
            return bool(connection.execute(_NEEDED, {"hash": blob_hash}).fetchone()[0])

    def _check_columns(self) -> None:
        with self._database.read() as connection:
            for kind in self._kinds:
                rows = connection.execute("SELECT name FROM pragma_table_info(?)", (kind.table,))
                missing = {column.name for column in kind.columns} - {row["name"] for row in rows}
                if missing:
                    raise WrongState(f"The table {kind.table} has no column {', '.join(sorted(missing))}.")
