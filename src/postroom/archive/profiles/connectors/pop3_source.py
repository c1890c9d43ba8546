"""One POP3 mailbox as a source of mail.

**Native ids** are the server's lasting id (UIDL) and the size that it tells. Where what came has another size, the id
ends in `~`: such a message is kept as it came, and never removed. Where the server has no UIDL they are the SHA-256 of
the message and its number among equal ones; all is read each time then, and nothing is removed.

There is no cursor: the list of ids is one answer, and those that are known are not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from threading import Event
from typing import Final, NamedTuple

from postroom.archive.body import Body, chunks, sha256
from postroom.archive.profiles.connectors.mailserver import Broken, Login, Refused
from postroom.archive.profiles.connectors.pop3_wire import Connection, TooLarge
from postroom.archive.sources import Arrival, Item, Known, Problem, names
from postroom.archive.sources.mbox import Occurrences

BATCH: Final = 50
BATCH_BYTES: Final = 4 << 20
HEAD_BYTES: Final = 64 << 10
MOST_HEAD_BYTES: Final = 8 << 20
TRIES: Final = 2
MOST_FAILURES: Final = 20
"""Broken sessions in a row, until the mailbox is given up."""
DELAYS_S: Final[tuple[float, ...]] = (0.2, 1.0, 3.0, 10.0)
ODD: Final = "~"
NO_UIDL: Final = "the server has no UIDL, so that its messages cannot be told apart for sure"
_HEADER_END: Final = re.compile(rb"\r?\n\r?\n")


class Listed(NamedTuple):
    """A message in the list: its lasting id, the size that is told, its number in this session."""

    id: str
    size: int
    number: int


class Pop3Source:
    """A mailbox. `note` is told what is odd; `stop` raises when the run is to end."""

    def __init__(
        self, login: Login, folder: str, most_bytes: int, note: Callable[[str], None], stop: Callable[[], None]
    ) -> None:
        self.name = names.native(f"pop3:{login.name}")
        self._login, self._folder, self._most_bytes, self._note, self._stop = login, folder, most_bytes, note, stop
        self._line: Connection | None = None
        self._done = self._total = self._odd = 0
        self._doubtful: dict[str, bytes] = {}
        self._connected_once = False

    def close(self) -> None:
        """End the session, which frees the mailbox for others."""
        if self._line is not None:
            with suppress(Broken, Refused):
                self._line.quit()
            self._drop()

    def connect(self) -> None:
        """Raises Broken, Refused, so that a wrong password ends a run at once."""
        self._line = self._line or self._connected()

    def progress(self) -> tuple[int, int]:
        return self._done, self._total

    # Reading

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:  # noqa: ARG002  there is none
        """Raises Broken, Refused, when nothing can be read."""
        self._done = self._total = self._odd = 0
        try:
            listed = self._list()
            if listed is None:
                yield from self._by_content(known)
            else:
                yield from self._by_id(listed, known)
        except (Broken, Refused) as error:
            self._drop()
            # What came before is kept; a mailbox of which nothing came cannot be read.
            if not self._done:
                raise
            yield Problem(self._folder, "", f"the mailbox was not read to its end: {error}")
        self.close()
        if self._odd:
            self._note(f"{self._folder}: {self._odd} messages have another size than the server tells; they stay there")

    def _by_id(self, listed: list[Listed], known: Known) -> Iterator[Item]:
        pending = [one for one in listed if not (known(one.id) or known(one.id + ODD))]
        self._total = sum(one.size for one in pending)
        tries: Counter[str] = Counter()
        failures = 0
        while pending:
            self._stop()
            batch, taken, later = _first(pending), 0, list[Listed]()
            try:
                for one, item in zip(batch, self._batch(batch), strict=True):
                    taken, failures = taken + 1, 0
                    if item is None:
                        later.append(one)
                    else:
                        self._done += one.size
                        yield item
            except (Broken, TooLarge) as error:
                failures = self._failed(error, failures)
                broken = pending[taken]
                tries[broken.id] += TRIES if isinstance(error, TooLarge) else 1
                if tries[broken.id] >= TRIES:
                    yield Problem(self._folder, broken.id, str(error))
                    taken += 1
                pending = self._again([*pending[taken:], *later])
            else:
                pending = [*pending[taken:], *later]

    def _failed(self, error: Exception, failures: int) -> int:
        self._drop()
        if failures + 1 >= MOST_FAILURES:
            raise Broken(f"nothing came in {MOST_FAILURES} sessions; the last: {error}") from error
        return failures + 1

    def _again(self, pending: list[Listed]) -> list[Listed]:
        """The same messages under their numbers in a new session; what is gone is left out."""
        listed = self._list()
        if listed is None:
            raise Broken("the server gave ids, and gives them no more")
        now = {one.id: one for one in listed}
        return [now[one.id] for one in pending if one.id in now]

    def _batch(self, batch: list[Listed]) -> Iterator[Item | None]:
        """An item for each; None for one whose length is doubtful, which is asked for once more."""
        asked = [one for one in batch if one.size <= self._most_bytes]
        bodies = self._session.messages([one.number for one in asked], self._most_bytes)
        for one in batch:
            if one.size > self._most_bytes:
                yield Problem(self._folder, one.id, f"{TooLarge(self._most_bytes)}: {one.size} bytes")
                continue
            body = next(bodies)
            yield Problem(self._folder, one.id, str(body)) if isinstance(body, Refused) else self._item(one, body)

    def _item(self, one: Listed, body: Body) -> Item | None:
        """One whose length is not what was told is taken when it comes alike twice: there are servers that err."""
        if _fits(one.size, body):
            return _arrival(self._folder, one.id, body)
        if len(body) > one.size and any(b"+OK" in piece for piece in chunks(body)):
            # Without its end it may have swallowed the answer behind it; then the next would be another message's.
            raise Broken("the message has no end")
        digest, before = sha256(body), self._doubtful.get(one.id)
        self._doubtful[one.id] = digest
        if before is None:
            return None
        if before != digest:
            return Problem(self._folder, one.id, "it came different twice")
        self._odd += 1
        return _arrival(self._folder, one.id + ODD, body)

    def _by_content(self, known: Known) -> Iterator[Item]:
        sizes = self._session.sizes()
        self._total = sum(sizes.values())
        with closing(Occurrences()) as occurrences:
            for number, size in sorted(sizes.items()):
                self._stop()
                try:
                    (body,) = self._session.messages([number], self._most_bytes)
                except TooLarge as error:
                    raise Broken(f"message {number} is {error}, and nothing behind it was read") from error
                self._done += size
                if isinstance(body, Refused):
                    yield Problem(self._folder, "", f"message {number}: {body}")
                elif not known(identity := occurrences.native_id("sha256:", sha256(body))):
                    yield _arrival(self._folder, identity, body)

    # Removing

    def removable(self, before_ms: int | None) -> Iterator[str]:
        """The list is complete, and the session over, before the first is given: removing needs one of its own."""
        listed = self._list()
        if listed is None:
            self._note(f"{self._folder}: nothing is removed: {NO_UIDL}")
        elif before_ms is not None:
            listed = list(self._older(listed, before_ms))
        self.close()
        return iter([one.id for one in listed or ()])

    def _older(self, listed: list[Listed], before_ms: int) -> Iterator[Listed]:
        """Those that came before, as far as their headers tell."""
        for at in range(0, len(listed), BATCH):
            self._stop()
            some = listed[at : at + BATCH]
            heads = self._session.heads([one.number for one in some], MOST_HEAD_BYTES)
            for one, head in zip(some, heads, strict=True):
                came = None if isinstance(head, Refused) else came_ms(head)
                if came is not None and came < before_ms:
                    yield one

    def remove(self, native_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        wanted, failures = set(native_ids), dict[str, str]()
        try:
            for one in self._list() or ():
                if one.id in wanted:
                    self._session.remove(one.number)
            self._session.quit()
        except (Broken, Refused) as error:
            failures = self._still_there(wanted, str(error))
        self._drop()
        yield from failures.items()

    def _still_there(self, wanted: set[str], reason: str) -> dict[str, str]:
        """What a session did not remove that ended in an error."""
        self._drop()
        try:
            return {one.id: reason for one in self._list() or () if one.id in wanted}
        except (Broken, Refused):
            return dict.fromkeys(sorted(wanted), reason)

    # The session

    @property
    def _session(self) -> Connection:
        self.connect()
        assert self._line is not None
        return self._line

    def _list(self) -> list[Listed] | None:
        """In the order of the numbers; None without lasting ids, or when two messages have the same."""
        uids, sizes = self._session.uids(), self._session.sizes()
        if uids is None or not sizes.keys() <= uids.keys() or len(set(uids.values())) < len(uids):
            return None
        return [Listed(names.native(uids[number], size), size, number) for number, size in sorted(sizes.items())]

    def _connected(self) -> Connection:
        for delay_s in (*DELAYS_S, None):
            self._stop()
            try:
                return Connection(self._login)
            except (Broken, Refused) as error:
                # The lock of a session that broke may last a little longer.
                if delay_s is None or (isinstance(error, Refused) and not self._connected_once):
                    raise
                self._wait(delay_s)
            finally:
                self._connected_once = True
        raise AssertionError("unreachable")

    def _wait(self, seconds: float) -> None:
        while seconds > 0:
            self._stop()
            Event().wait(min(seconds, 0.2))
            seconds -= 0.2

    def _drop(self) -> None:
        if self._line is not None:
            self._line.drop()
            self._line = None


def _first(pending: list[Listed]) -> list[Listed]:
    """What is asked for at once."""
    batch, size = pending[:1], pending[0].size
    for one in pending[1:BATCH]:
        size += one.size
        if size > BATCH_BYTES:
            break
        batch.append(one)
    return batch


def _fits(size: int, body: Body) -> bool:
    """Whether a body has this size; some servers count a line end as one byte."""
    return size == len(body) or size == len(body) - sum(piece.count(b"\n") for piece in chunks(body))


def _arrival(folder: str, native_id: str, body: Body) -> Item:
    if not len(body):
        return Problem(folder, native_id, "empty message")
    return Arrival(folder, native_id, body, came_ms(body))


def came_ms(body: Body) -> int | None:
    """When a message came, by the uppermost Received, else its own date; None when neither tells."""
    head = bytes(body[:HEAD_BYTES])
    end = _HEADER_END.search(head)
    message = BytesHeaderParser().parsebytes(head[: end.end()] if end else head)
    for text in (str(message.get("Received", "")).rpartition(";")[2], str(message.get("Date", ""))):
        try:
            found = parsedate_to_datetime(text.strip())
            # A zone of -0000 is UTC whose place is not told.
            return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)
        except (ValueError, TypeError, IndexError, OverflowError, OSError):
            continue
    return None
