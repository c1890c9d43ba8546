"""Notifications: changes are posted to the URLs of subscriptions, in their order, until they are taken or too old.

What waits is in the store and survives a crash. A web server that took something when this program died before it noted
that gets it once more.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import msgspec

from postroom.errors import PostroomError, Unavailable
from postroom.settings import Graph
from postroom.workspace.clock import Clock, to_ms
from postroom.workspace.delivery import notifying_push
from postroom.workspace.delivery import notifying_rows as rows
from postroom.workspace.delivery.notifying_http import Refused
from postroom.workspace.delivery.notifying_reader import MISSED, REAUTHORIZE, LogReader, end, lifecycle
from postroom.workspace.delivery.notifying_rows import Outlet, Subscription, Waiting
from postroom.workspace.store.rows import moment
from postroom.workspace.store.store import Store, Unit

logger = logging.getLogger(__name__)

POST: Final = 50
"""Notifications in one post."""
POSTERS: Final = 8
"""URLs that are posted to at once."""
LOOK_S: Final = 30.0
"""How often the log is looked at when nothing calls for it."""


class Poster(Protocol):
    def post(self, url: str, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Raises Refused."""


@dataclass
class Notifier:
    """`start` reads and posts in threads, until `stop`. `proof` makes the token that a receiver of data can check, for
    the app with this id."""

    store: Store
    reader: LogReader
    poster: Poster
    settings: Graph
    clock: Clock
    tenant: str
    proof: Callable[[str], str]
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _woken: bool = False
    _stopping: bool = False
    _watched: bool = True
    _busy: set[tuple[str, bool]] = field(default_factory=set)
    _thread: threading.Thread | None = None

    def wake(self) -> None:
        """Something was written. Does not wait, and costs nothing while nobody is to be told."""
        if self._watched:
            self.begin()

    def begin(self) -> None:
        """There is a subscription now."""
        with self._changed:
            self._watched = self._woken = True
            self._changed.notify_all()

    def start(self) -> None:
        self._stopping, self._watched, self._woken = False, True, True
        self._thread = threading.Thread(target=self._run, name="notifications")
        self._thread.start()

    def stop(self) -> None:
        """Returns when what is under way has ended. May be called again, or without start."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def run_once(self) -> None:
        """Read the log to its end, see to subscriptions that end, post what is due; for tests, without threads."""
        self._read()
        for outlet in self._due():
            self._post(outlet)

    def _run(self) -> None:
        with ThreadPoolExecutor(POSTERS, "notification") as posters:
            while not self._stopping:
                self._guarded(self._read)
                self._guarded(lambda: self._hand_out(posters))
                self._wait()
        self._guarded(self.reader.save)

    def _guarded(self, do: Callable[[], object]) -> None:
        try:
            do()
        except Unavailable as error:
            logger.warning("Notifications cannot go on just now: %s", error)
        except Exception:
            # A thread that ends would stop all notifications; what could not be done is tried again.
            logger.exception("Notifications met an error")

    def _wait(self) -> None:
        pause_s = LOOK_S
        try:
            pause_s = self._pause_s()
        except PostroomError as error:
            logger.warning("Notifications cannot go on just now: %s", error)
        with self._changed:
            self._changed.wait_for(lambda: self._woken or self._stopping, timeout=pause_s)
            self._woken = False

    def _pause_s(self) -> float:
        with self.store.read() as unit:
            self._watched = rows.first_after(unit) is not None
            now_ms = to_ms(self.clock())
            busy = self._now_busy()
            idle = [one.next_ms for one in rows.due(unit, now_ms + int(LOOK_S * 1000)) if _key(one) not in busy]
        left_s = (min(idle) - now_ms) / 1000 if idle else LOOK_S
        return min(max(left_s, 0.05), LOOK_S)

    def _read(self) -> None:
        while not self._stopping and self.reader.read():
            pass
        self._see_to_ends()

    def _see_to_ends(self) -> None:
        """Those that are over end; those that soon will be are announced, once."""
        now_ms = to_ms(self.clock())
        soon_ms = now_ms + int(self.settings.webhook_warn_s * 1000)
        with self.store.read() as unit:
            pending = [one for one in rows.ending(unit, soon_ms) if one.expires_ms <= now_ms or not one.warned]
        if not pending:
            return
        with self.store.write() as unit:
            # As they are now: they may have been renewed.
            for one in rows.ending(unit, soon_ms):
                if one.expires_ms <= now_ms:
                    end(unit, one, "its time is over")
                elif not one.warned:
                    lifecycle(unit, one.id, REAUTHORIZE)
                    rows.set_warned(unit, one.id, warned=True)
            rows.drop_ended(unit)

    def _due(self) -> Sequence[Outlet]:
        with self.store.read() as unit:
            return rows.due(unit, to_ms(self.clock()))

    def _now_busy(self) -> set[tuple[str, bool]]:
        with self._changed:
            return set(self._busy)

    def _hand_out(self, posters: ThreadPoolExecutor) -> None:
        """One post at a time for each URL: that keeps the order."""
        for outlet in self._due():
            with self._changed:
                if _key(outlet) in self._busy or self._stopping or len(self._busy) >= POSTERS:
                    continue
                self._busy.add(_key(outlet))
            posters.submit(self._post_and_go_on, outlet)

    def _post_and_go_on(self, outlet: Outlet) -> None:
        self._guarded(lambda: self._post(outlet))
        with self._changed:
            self._busy.discard(_key(outlet))
            self._woken = True
            self._changed.notify_all()

    def _post(self, outlet: Outlet) -> None:
        with self.store.read() as unit:
            waiting = rows.waiting(unit, outlet, POST)
            one = rows.find(unit, outlet.subscription, ended=True)
        if one is None:
            return
        refusal = self._refusal(outlet, one, waiting) if waiting else None
        with self.store.write() as unit:
            if refusal is None:
                rows.taken(unit, outlet, waiting[-1].number if waiting else 0, to_ms(unit.now))
            else:
                self._failed(unit, outlet, refusal)
            rows.drop_ended(unit)

    def _refusal(self, outlet: Outlet, one: Subscription, waiting: Sequence[Waiting]) -> Refused | None:
        try:
            if notifying_push.is_push(one):
                content = msgspec.json.encode(notifying_push.body(one, waiting))
                self.poster.post(outlet.url, content, notifying_push.headers(one))
            else:
                self.poster.post(outlet.url, msgspec.json.encode(self._body(one, waiting)))
        except Refused as refusal:
            return refusal
        return None

    def _failed(self, unit: Unit, outlet: Outlet, refusal: Refused) -> None:
        now_ms = to_ms(unit.now)
        wait_s = min(
            self.settings.webhook_retry_first_s * 2 ** min(outlet.attempts, 30), self.settings.webhook_retry_most_s
        )
        oldest_ms = now_ms - int(self.settings.webhook_expire_s * 1000)
        lost = rows.failed(unit, outlet, now_ms + int(wait_s * 1000), oldest_ms)
        about = {"subscription": outlet.subscription, "attempts": outlet.attempts + 1, "lost": lost}
        logger.warning("A notification was not taken: %s.", refusal, extra=about)
        if lost and not outlet.lifecycle:
            lifecycle(unit, outlet.subscription, MISSED)

    def _body(self, one: Subscription, waiting: Sequence[Waiting]) -> dict[str, Any]:
        about = {
            "subscriptionId": one.id,
            "subscriptionExpirationDateTime": moment(one.expires_ms),
            "clientState": one.document.get("clientState"),
            "tenantId": self.tenant,
        }
        elements = [{"id": f"{one.id}_{row.number}", **about, **row.content} for row in waiting]
        body: dict[str, Any] = {"value": elements}
        if any("encryptedContent" in element for element in elements):
            body["validationTokens"] = [self.proof(one.app)]
        return body


def _key(outlet: Outlet) -> tuple[str, bool]:
    return outlet.subscription, outlet.lifecycle
