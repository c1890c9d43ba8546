"""The queue of what leaves: tried until it is taken, refused or too old. What it holds survives a crash.

A message for people of ours is delivered and taken out of the queue in one unit, so once. The smarthost has what it
acknowledged; when this program dies before it noted that, it gets the message once more.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from postroom.errors import PostroomError, Unavailable
from postroom.settings import Outgoing
from postroom.workspace.clock import Clock, to_ms
from postroom.workspace.delivery import outgoing, report
from postroom.workspace.delivery.outgoing import Waiting
from postroom.workspace.delivery.recipients import Fate, route
from postroom.workspace.delivery.smarthost import Refusal, Transport
from postroom.workspace.people import People
from postroom.workspace.store.store import Store, Unit

logger = logging.getLogger(__name__)

BATCH: Final = 200
LOOK_S: Final = 60.0
"""How often the queue is looked at when nothing calls for it."""
NOBODY: Final = "5.1.1 There is no such address"


class Post(Protocol):
    """Delivers to people of ours."""

    def deliver(
        self, sender: str, recipients: Sequence[str], data: bytes, also: Callable[[Unit], None] | None = None
    ) -> Mapping[str, Fate]: ...

    def begin(self, unit: Unit, key: bytes) -> bool:
        """The time of a deferred message has come: whether it is still to be sent."""


@dataclass
class Queue:
    """`run_due` tries what is due. `start` does that in a thread, until `stop`."""

    store: Store
    people: People
    post: Post
    transport: Transport
    settings: Outgoing
    clock: Clock
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _woken: bool = False
    _stopping: bool = False
    _thread: threading.Thread | None = None

    def wake(self) -> None:
        """Something new is there. Does not wait."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def start(self) -> None:
        self._stopping, self._woken = False, True
        self._thread = threading.Thread(target=self._run, name="outgoing")
        self._thread.start()

    def stop(self) -> None:
        """Returns when what is under way has ended. May be called again, or without start."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def run_due(self) -> int:
        """Try everything that is due. How many recipients. Raises Unavailable when the store cannot be used."""
        with self.store.read() as unit:
            rows = outgoing.due(unit, BATCH)
        groups: dict[str, list[Waiting]] = {}
        for row in rows:
            groups.setdefault(row.holder, []).append(row)
        for group in groups.values():
            if self._stopping:
                break
            self._try(group)
        return len(rows)

    def _run(self) -> None:
        while not self._stopping:
            try:
                tried = self.run_due()
            except Unavailable as error:
                logger.warning("The outgoing queue cannot go on just now: %s", error)
                tried = 0
            except Exception:
                # A thread that ends would stop all mail; what cannot be sent is tried again.
                logger.exception("The outgoing queue met an error")
                tried = 0
            if tried < BATCH:
                self._wait()

    def _wait(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._woken or self._stopping, timeout=self._pause_s())
            self._woken = False

    def _pause_s(self) -> float:
        try:
            with self.store.read() as unit:
                at_ms = outgoing.next_ms(unit)
        except Unavailable:
            return LOOK_S
        left_s = LOOK_S if at_ms is None else (at_ms - to_ms(self.clock())) / 1000
        return min(max(left_s, 1.0), LOOK_S)

    def _try(self, group: Sequence[Waiting]) -> None:
        """One message to all of its recipients that are due."""
        group = self._begun(group)
        if not group:
            return
        try:
            with self.store.read() as unit:
                blob = unit.items.held(group[0].holder)
                data = unit.blobs.read(blob.hash) if blob else b""
            fates = route(self.people, [row.recipient for row in group]).fates
            ours = [row for row in group if fates[row.recipient] == "ours"]
            if ours:
                self._deliver(ours, data)
        except PostroomError as error:
            self._failed(dict.fromkeys(group, Refusal(f"4.3.0 {error}", final=False)), b"")
            return
        self._failed({row: Refusal(NOBODY, final=True) for row in group if fates[row.recipient] == "unknown"}, data)
        self._send([row for row in group if fates[row.recipient] == "elsewhere"], data)

    def _begun(self, group: Sequence[Waiting]) -> Sequence[Waiting]:
        """A deferred message leaves where it waited in a unit of its own; one that is no longer there is not sent."""
        key = group[0].deferred
        if key is None:
            return group
        with self.store.write() as unit:
            if self.post.begin(unit, key):
                return outgoing.begin(unit, group)
            outgoing.end(unit, group)
            return ()

    def _deliver(self, rows: Sequence[Waiting], data: bytes) -> None:
        self.post.deliver(rows[0].sender, [row.recipient for row in rows], data, lambda unit: outgoing.end(unit, rows))

    def _send(self, rows: Sequence[Waiting], data: bytes) -> None:
        if not rows:
            return
        refused = self.transport.send(rows[0].sender, [row.recipient for row in rows], data)
        sent = [row for row in rows if row.recipient not in refused]
        with self.store.write() as unit:
            outgoing.end(unit, sent)
        self._failed({row: refused[row.recipient] for row in rows if row.recipient in refused}, data)

    def _failed(self, refused: Mapping[Waiting, Refusal], data: bytes) -> None:
        """Later again, or a report to the sender when it never will be sent; in one unit with the end of the rows."""
        if not refused:
            return
        with self.store.write() as unit:
            now_ms = to_ms(unit.now)
            final = [row for row, told in refused.items() if told.final or row.expires_ms <= now_ms]
            for row, told in refused.items():
                logger.warning("Mail could not be sent: %s", told.reason, extra={"recipient": row.recipient})
                if row not in final:
                    outgoing.postpone(unit, row, now_ms + self._wait_ms(row), told.reason)
            self._report(unit, {row: refused[row] for row in final}, data)
            outgoing.end(unit, final)

    def _wait_ms(self, row: Waiting) -> int:
        factor = 2 ** min(row.attempts, 30)
        return int(min(self.settings.retry_first_s * factor, self.settings.retry_most_s) * 1000)

    def _report(self, unit: Unit, refused: Mapping[Waiting, Refusal], data: bytes) -> None:
        for sender in _senders(refused):
            failed = {row.recipient: told.reason for row, told in refused.items() if row.sender == sender}
            host = self.settings.host_name or sender.rpartition("@")[2] or "localhost"
            told = unit.blobs.put(report.failure(sender, failed, data, host, unit.now))
            outgoing.add(unit, "", "", [sender], told, life_s=self.settings.expire_s)
            unit.after_commit.append(self.wake)


def _senders(rows: Iterable[Waiting]) -> list[str]:
    """Nobody is told about a report that could not be sent."""
    return sorted({row.sender for row in rows} - {""})
