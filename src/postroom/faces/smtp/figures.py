"""What /metrics tells of mail: what became of recipients, and the queue of what leaves."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from postroom.workspace.clock import to_ms
from postroom.workspace.delivery import outgoing
from postroom.workspace.store.store import Store

FATES: Final = {"2": "delivered", "4": "deferred", "5": "refused"}
"""By the first digit of the answer."""


class Tally(Collector):
    """Counts the answers about recipients. Safe to use from threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: Counter[str] = Counter()

    def count(self, answers: Iterable[str]) -> None:
        """Final answers only: a recipient that may be sent to is none yet."""
        with self._lock:
            self._counted.update(FATES[answer[0]] for answer in answers)

    def collect(self) -> Iterator[Metric]:
        found = CounterMetricFamily(
            "postroom_mail_received", "Recipients of mail that came by LMTP or SMTP.", labels=["fate"]
        )
        with self._lock:
            for fate in FATES.values():
                found.add_metric([fate], self._counted[fate])
        yield found


class Waiting(Collector):
    """The queue of what leaves, looked at when it is asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[Metric]:
        with self._store.read() as unit:
            length, since_ms = outgoing.count(unit), outgoing.oldest_ms(unit)
            age_s = 0.0 if since_ms is None else (to_ms(unit.now) - since_ms) / 1000
        yield GaugeMetricFamily("postroom_outgoing_recipients", "Recipients whose mail waits to be sent.", length)
        yield GaugeMetricFamily(
            "postroom_outgoing_oldest_seconds", "How long the oldest of them waits, deferred mail left out.", age_s
        )
