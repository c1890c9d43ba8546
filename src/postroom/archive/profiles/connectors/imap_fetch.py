"""Gets messages of one folder, many at a time; what a server will not send becomes a reason in its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from postroom.archive.body import Body, Spool
from postroom.archive.profiles.connectors.imap_answers import Meta
from postroom.archive.profiles.connectors.imap_folders import Folder
from postroom.archive.profiles.connectors.imap_session import Lost, Session
from postroom.archive.profiles.connectors.imap_wire import Connection
from postroom.archive.profiles.connectors.mailserver import Broken, Refused

WINDOW: Final = 500
"""Messages whose sizes are asked for at a time; the command stays below 8,192 bytes, as RFC 7162 advises."""
BATCH_BYTES: Final = 4 << 20
PIECE_BYTES: Final = 1 << 20
UNTOLD: Final = -1
"""The size of a message whose size the server does not tell."""
TRIES: Final = 2


class Sent(NamedTuple):
    """A message as it came; or `reason`, why it did not."""

    meta: Meta
    body: Body | None
    reason: str = ""


def batches(metas: Iterable[Meta]) -> Iterator[list[Meta]]:
    """At most WINDOW messages and BATCH_BYTES each; what is larger, or of unknown size, comes alone."""
    batch: list[Meta] = []
    size = 0
    for meta in metas:
        alone = meta.size == UNTOLD or meta.size > BATCH_BYTES
        if batch and (alone or len(batch) == WINDOW or size + meta.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        if alone:
            yield [meta]
        else:
            batch.append(meta)
            size += meta.size
    if batch:
        yield batch


class Fetcher:
    """Of one folder under one UIDVALIDITY. `note` is told what is odd."""

    def __init__(
        self, session: Session, folder: Folder, validity: int, most_bytes: int, note: Callable[[str], None]
    ) -> None:
        self._session, self._folder, self._validity = session, folder, validity
        self._most_bytes, self._note = most_bytes, note
        self.wrong_sizes = self.gone = 0

    def metas(self, uids: Sequence[int]) -> list[Meta]:
        """What is told about these. One that is there and of which nothing is told has the size UNTOLD.

        Raises Lost, Renumbered.
        """
        try:
            return self._session.call(self._folder, self._validity, lambda line: self._told(line, uids))
        except Lost:
            raise
        except (Broken, Refused):
            if len(uids) == 1:
                return [Meta(uids[0], UNTOLD, None)]
            half = len(uids) // 2
            return self.metas(uids[:half]) + self.metas(uids[half:])

    def _told(self, line: Connection, uids: Sequence[int]) -> list[Meta]:
        told = line.metas(uids)
        if len(told) < len(uids):
            silent = set(uids) - {meta.uid for meta in told}
            present = line.present(sorted(silent))
            self.gone += len(silent) - len(present)
            told += [Meta(uid, UNTOLD, None) for uid in present]
            told.sort(key=lambda meta: meta.uid)
        return told

    def fetch(self, batch: Sequence[Meta]) -> list[Sent]:
        """One for each that is still there, in order. Raises Lost, Renumbered, NoSpace.

        A part that fails is asked for again in halves, down to the message at which the server always fails.
        """
        sent: list[Sent] = []
        tries: Counter[int] = Counter()
        parts = [list(batch)]
        while parts:
            part = parts.pop()
            try:
                sent += self._part(part, careful=tries[part[0].uid] > 0)
                self._session.worked()
            except Lost:
                raise
            except (Broken, Refused) as error:
                self._session.failed(error)
                tries[part[0].uid] += len(part) == 1
                if len(part) > 1:
                    parts += [part[len(part) // 2 :], part[: len(part) // 2]]
                elif tries[part[0].uid] < TRIES:
                    parts.append(part)
                else:
                    sent.append(Sent(part[0], None, str(error)))
        return sent

    def _part(self, part: list[Meta], *, careful: bool) -> list[Sent]:
        line = self._session.inside(self._folder, self._validity)
        if len(part) == 1 and (careful or not 0 <= part[0].size <= BATCH_BYTES):
            return [self._large(line, part[0])]
        bodies = line.bodies([meta.uid for meta in part])
        missing = [meta.uid for meta in part if meta.uid not in bodies]
        present = line.present(missing) if missing else set()
        self.gone += len(missing) - len(present)
        return [
            self._checked(line, meta, bodies.get(meta.uid))
            for meta in part
            if meta.uid in bodies or meta.uid in present
        ]

    def _checked(self, line: Connection, meta: Meta, body: bytes | None) -> Sent:
        """One whose length is not what was told is taken when it comes alike twice: there are servers that err."""
        if body is None or len(body) != meta.size:
            again = line.bodies([meta.uid]).get(meta.uid)
            if again is None:
                return Sent(meta, None, "the server does not send it")
            if body is not None and again != body:
                return Sent(meta, None, f"the server sent {len(body)} bytes, and then {len(again)}")
            self.wrong_sizes += len(again) != meta.size
            body = again
        return _sent(meta, body)

    def _large(self, line: Connection, meta: Meta) -> Sent:
        """In pieces, so that memory stays flat."""
        if meta.size > self._most_bytes:
            return Sent(meta, None, f"larger than archive.max_message_bytes ({self._most_bytes}): {meta.size} bytes")
        spool, short = Spool(), 0
        while piece := line.piece(meta.uid, spool.size, PIECE_BYTES):
            self._session.check()
            spool.write(piece)
            if spool.size > self._most_bytes:
                return Sent(meta, None, f"larger than archive.max_message_bytes ({self._most_bytes})")
            # Only the last piece may be short; who announced more is asked a few times.
            short += len(piece) < PIECE_BYTES
            if short and (spool.size >= meta.size or short > TRIES):
                break
        self.wrong_sizes += spool.size != meta.size
        return _sent(meta, spool.finish())

    def tell(self) -> None:
        """Note what was odd in this folder."""
        if self.gone:
            self._note(f"{self._folder.path}: {self.gone} messages were removed before they were read")
        if self.wrong_sizes:
            self._note(f"{self._folder.path}: {self.wrong_sizes} messages have another size than the server tells")


def _sent(meta: Meta, body: Body) -> Sent:
    return Sent(meta, body) if len(body) else Sent(meta, None, "empty message")
