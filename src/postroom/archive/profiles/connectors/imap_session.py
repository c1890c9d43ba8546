"""A mailbox that stays in reach: connects when needed, and again when the line was lost, but not for ever."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from threading import Event
from typing import Final, TypeVar

from postroom.archive.profiles.connectors.imap_answers import Listed, Opened
from postroom.archive.profiles.connectors.imap_folders import Folder
from postroom.archive.profiles.connectors.imap_wire import Connection
from postroom.archive.profiles.connectors.mailserver import Broken, Login, Refused

T = TypeVar("T")

DELAYS_S: Final[tuple[float, ...]] = (0.2, 1.0, 3.0, 10.0)
"""Before the second and each further attempt to connect."""
MOST_FAILURES: Final = 100
"""Broken connections in a row, until a mailbox is given up: messages at which a server always hangs up are found first,
ten failures each."""
TRIES: Final = 3
"""How often one command is tried when connections break at it."""
_LOOK_S: Final = 0.2


class Lost(Broken):
    """Nothing helped: the mailbox is out of reach."""


class Renumbered(Exception):
    """The folder has another UIDVALIDITY than a moment ago: all numbers mean other messages now."""


class Session:
    """A mailbox. Not thread-safe, but for `close`. `stop` raises when the run is to end."""

    def __init__(self, login: Login, stop: Callable[[], None]) -> None:
        self.login, self._stop = login, stop
        self._connection: Connection | None = None
        self._folder: tuple[bytes, bool] | None = None
        self._opened = Opened(0, 0, 0)
        self._failures = 0
        self._welcome = False
        self._closed = Event()

    def close(self) -> None:
        """Say goodbye; nothing is asked after this."""
        self._closed.set()
        if self._connection:
            self._connection.close()
            self._connection = None

    def drop(self) -> None:
        """From another thread: who waits for an answer gets none."""
        self._closed.set()
        if self._connection:
            self._connection.drop()

    def connection(self) -> Connection:
        """Signed in. Raises Lost, Refused."""
        if self._connection is None:
            self._folder = None
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> Connection:
        for delay_s in (*DELAYS_S, None):
            self.check()
            try:
                connection = Connection(self.login)
            except (Broken, Refused) as error:
                # Who was let in before is refused for the moment: there are too many connections, or the old one lasts.
                if isinstance(error, Refused) and not self._welcome:
                    raise
                if delay_s is None:
                    raise Lost(str(error)) from error
                self._wait(delay_s)
            else:
                self._welcome = True
                return connection
        raise AssertionError("unreachable")

    def _wait(self, seconds: float) -> None:
        while seconds > 0 and not self._closed.wait(min(seconds, _LOOK_S)):
            self.check()
            seconds -= _LOOK_S

    def check(self) -> None:
        """Raises what `stop` raises; Lost when it was closed."""
        self._stop()
        if self._closed.is_set():
            raise Lost("the connection was closed")

    # Commands, repeated when the line was lost

    def folders(self) -> list[Listed]:
        """Raises Lost, Broken, Refused."""
        return self.repeated(lambda: self.connection().folders())

    def open(self, folder: Folder, *, write: bool = False) -> Opened:
        """The folder as it is now. Raises Lost, Broken, Refused."""
        return self.repeated(lambda: self._select(folder, write))

    def call(self, folder: Folder, validity: int, action: Callable[[Connection], T]) -> T:
        """Do this in the folder. Raises Lost, Broken, Refused, Renumbered."""
        return self.repeated(lambda: action(self.inside(folder, validity)))

    def uids(self, folder: Folder, validity: int, above: int = 0, criteria: str = "") -> array[int]:
        """As Connection.uids."""
        return self.call(folder, validity, lambda line: line.uids(self._opened.exists, above, criteria))

    def listed(self, folder: Folder, validity: int, above: int) -> tuple[array[int], bool]:
        """UIDs greater than `above`, and whether these are all: the server may tell of more messages than it lists."""
        uids = self.uids(folder, validity, above)
        if above and not uids:
            return uids, True  # no cursor moves
        below = self.call(folder, validity, lambda line: line.count(self._opened.exists, above))
        return uids, len(uids) + below >= self._opened.exists

    def inside(self, folder: Folder, validity: int, *, write: bool = False) -> Connection:
        """A connection with this folder open. Raises Lost, Broken, Refused, Renumbered."""
        connection = self.connection()
        if self._folder not in ((folder.raw, write), (folder.raw, True)):
            self._select(folder, write)
        if self._opened.validity != validity:
            self._folder = None
            raise Renumbered(folder.path)
        return connection

    def _select(self, folder: Folder, write: bool) -> Opened:
        connection = self.connection()
        self._folder = None
        self._opened = connection.open(folder.raw, write=write)
        self._folder = (folder.raw, write)
        return self._opened

    def repeated(self, action: Callable[[], T]) -> T:
        """What `action` gives; done again when the line was lost. Raises Lost, Broken, and what else it raises."""
        for attempt in range(1, TRIES + 1):
            self.check()
            try:
                result = action()
            except Lost:
                raise
            except Broken as error:
                self.failed(error)
                if attempt == TRIES:
                    raise
            else:
                self.worked()
                return result
        raise AssertionError("unreachable")

    def worked(self) -> None:
        """Something came: whatever failed before was not for good."""
        self._failures = 0

    def failed(self, error: Exception) -> None:
        """Count a broken connection and give it up. Raises Lost when there were too many in a row."""
        if not isinstance(error, Broken):
            return
        self._failures += 1
        if self._connection:
            self._connection.drop()
            self._connection = None
        if self._failures >= MOST_FAILURES:
            raise Lost(f"nothing came in {MOST_FAILURES} attempts; the last: {error}") from error
