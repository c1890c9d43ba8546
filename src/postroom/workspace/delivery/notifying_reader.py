"""From the log of changes to what is posted: which subscription is told what.

What a subscription is told is written down in one unit with how far the log was read, so that nothing is lost or told
twice here; `notifying.py` posts it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl

from postroom.errors import PostroomError, Unavailable
from postroom.workspace.clock import to_ms
from postroom.workspace.delivery import notifying_push
from postroom.workspace.delivery import notifying_rows as rows
from postroom.workspace.delivery.notifying_rows import Subscription
from postroom.workspace.errors import TooOld
from postroom.workspace.query.evaluate import Evaluator
from postroom.workspace.query.options import Options
from postroom.workspace.query.request import parse_options
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.changes import Change
from postroom.workspace.store.items import What
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit

logger = logging.getLogger(__name__)

BATCH: Final = 500
"""Changes that are read at once."""
SAVE_AFTER: Final = 10_000
"""Changes of no interest to anybody after which it is written down how far the log was read."""
MISSED: Final = "missed"
REMOVED: Final = "subscriptionRemoved"
REAUTHORIZE: Final = "reauthorizationRequired"

Document = dict[str, Any]


class Source(Protocol):
    """What a workload says about items of one kind that are watched."""

    @property
    def type(self) -> str:
        """As notifications name it: `#Microsoft.Graph.Message`."""

    def path(self, unit: Unit, change: Change, item_id: str) -> str:
        """What notifications name as the resource: `Users/{id}/Messages/{id}`."""

    def id_of(self, change: Change, *, immutable: bool) -> str:
        """The id that the changed item had then."""

    def is_shown(self, unit: Unit, change: Change) -> bool:
        """Whether those who watch the whole mailbox see it."""

    def for_filter(self, unit: Unit, item: Item) -> Document:
        """What a `$filter` is asked of."""

    def document(self, unit: Unit, item: Item, options: Options, *, immutable: bool) -> Document:
        """What is sent along, by `$select`."""


Seal = Callable[[Mapping[str, Any], Mapping[str, Any]], Document]
"""`(document of the subscription, document of the item)` → `encryptedContent`."""


@dataclass
class LogReader:
    """`sources` by kind. `allowed`: whether who made a subscription may still see what it watches."""

    store: Store
    sources: Mapping[str, Source]
    seal: Seal
    allowed: Callable[[Subscription], bool]
    _reached: int = 0
    _saved: int = 0
    _evaluators: dict[str, Evaluator] = field(default_factory=dict)

    def read(self) -> bool:
        """One batch of the log. Whether there may be more."""
        try:
            with self.store.read() as unit:
                first = rows.first_after(unit)
                if first is None:
                    return False
                start = max(self._reached, rows.reached(unit), first)
                changes = unit.changes.after(start, BATCH)
                told, refused = self._told(unit, changes)
        except TooOld:
            self._missed()
            return True
        if changes:
            self._write(changes[-1].number, told, refused)
        return len(changes) == BATCH

    def save(self) -> None:
        """Write down how far the log was read."""
        if self._reached > self._saved:
            with self.store.write() as unit:
                rows.set_reached(unit, self._reached)
            self._saved = self._reached

    def _write(
        self, reached: int, told: Sequence[tuple[Subscription, Document]], refused: Sequence[Subscription]
    ) -> None:
        if told or refused:
            with self.store.write() as unit:
                for subscription, content in told:
                    # It may have been deleted meanwhile.
                    if rows.find(unit, subscription.id) is not None:
                        _put(unit, subscription, content)
                for subscription in refused:
                    end(unit, subscription, "access was taken away")
                rows.set_reached(unit, reached)
            self._saved = reached
        self._reached = reached
        if reached - self._saved >= SAVE_AFTER:
            self.save()

    def _missed(self) -> None:
        """The log begins later than it was read to: those who have a URL for it are told."""
        with self.store.write() as unit:
            for subscription in rows.all_alive(unit):
                lifecycle(unit, subscription.id, MISSED)
            self._reached = self._saved = unit.changes.last
            rows.set_reached(unit, self._reached)

    def _told(
        self, unit: Unit, changes: Sequence[Change]
    ) -> tuple[list[tuple[Subscription, Document]], list[Subscription]]:
        found = rows.watching(unit, {change.mailbox for change in changes})
        by_place: dict[tuple[str, str], list[Subscription]] = {}
        refused: list[Subscription] = []
        for one in found:
            if self.allowed(one):
                by_place.setdefault((one.target.mailbox, one.target.kind), []).append(one)
            else:
                refused.append(one)
        told = []
        for change, same in with_same(changes):
            for one in by_place.get((change.mailbox, change.kind), ()):
                if one.changes & same:
                    continue
                content = self._content_or_missed(unit, one, change)
                if content is not None:
                    told.append((one, content))
        return told, refused

    def _content_or_missed(self, unit: Unit, one: Subscription, change: Change) -> Document | None:
        """One damaged item must not keep all others waiting for ever."""
        try:
            return self._content(unit, one, change)
        except Unavailable:
            raise
        except PostroomError as error:
            logger.warning("A change cannot be told: %s", error, extra={"subscription": one.id}, exc_info=True)
            return {"lifecycleEvent": MISSED}

    def _content(self, unit: Unit, one: Subscription, change: Change) -> Document | None:
        """What this subscription is told of a change; None for nothing."""
        source = self.sources[change.kind]
        if change.number <= one.after or change.what not in one.changes or not _is_watched(unit, source, one, change):
            return None
        options = options_of(one.target.query)
        item = unit.items.find(change.key)
        if item is not None and not self._passes(unit, source, item, options):
            return None
        item_id = source.id_of(change, immutable=one.immutable)
        resource = source.path(unit, change, item_id)
        data = {"@odata.type": source.type, "@odata.id": resource, "id": item_id}
        if item is not None and change.what != "deleted":
            data["@odata.etag"] = ids.etag(item)
        content: Document = {"changeType": change.what, "resource": resource, "resourceData": data}
        if one.document.get("includeResourceData"):
            there = item is not None and change.what != "deleted"
            shown = source.document(unit, item, options, immutable=one.immutable) if there and item else {"id": item_id}
            content["encryptedContent"] = self.seal(one.document, shown)
        return content

    def _passes(self, unit: Unit, source: Source, item: Item, options: Options) -> bool:
        """By its `$filter`. What is gone passes: nobody knows any more what it was."""
        if options.filter is None:
            return True
        evaluator = self._evaluators.setdefault(item.kind, Evaluator(SCHEMA.entity(item.kind)))
        return evaluator.holds(options.filter, source.for_filter(unit, item))


def _put(unit: Unit, one: Subscription, content: Document) -> None:
    if "lifecycleEvent" in content:
        lifecycle(unit, one.id, content["lifecycleEvent"])
    else:
        rows.put(unit, one.id, content, to_ms(unit.now))


def _is_watched(unit: Unit, source: Source, one: Subscription, change: Change) -> bool:
    if one.target.key is not None:
        return change.key == one.target.key
    if one.target.parent is not None:
        return change.parent == one.target.parent
    return source.is_shown(unit, change)


def with_same(changes: Sequence[Change]) -> Iterator[tuple[Change, frozenset[What]]]:
    """Each update with what else happened to the same item at the same time: whoever is told that, needs no more.

    Items are read after all of these changes, so that nothing is lost by it.
    """
    last: dict[bytes, Change] = {}
    seen: dict[bytes, frozenset[What]] = {}
    for change in changes:
        before = last.get(change.key)
        same = before is not None and (before.at_ms, before.generation) == (change.at_ms, change.generation)
        known = seen.get(change.key, frozenset()) if same else frozenset()
        yield change, known if change.what == "updated" else frozenset()
        last[change.key], seen[change.key] = change, known | {change.what}


@lru_cache(maxsize=1024)
def options_of(query: str) -> Options:
    """The query options of a resource, checked when the subscription was made."""
    return parse_options(parse_qsl(query, keep_blank_values=True))


def lifecycle(unit: Unit, subscription_id: str, event: str) -> None:
    """Tell its program what becomes of a subscription, if it wants to know."""
    content, now_ms = {"lifecycleEvent": event}, to_ms(unit.now)
    if rows.has_lifecycle(unit, subscription_id):
        rows.put(unit, subscription_id, content, now_ms, lifecycle=True)
        return
    one = rows.find(unit, subscription_id)
    if event == MISSED and one is not None and notifying_push.tells_missed(one):
        rows.put(unit, subscription_id, content, now_ms)


def end(unit: Unit, one: Subscription, why: str) -> None:
    """It ends without its program having asked."""
    lifecycle(unit, one.id, REMOVED)
    rows.end(unit, one.id, why)
