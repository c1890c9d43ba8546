"""What /metrics tells of journaled mail."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from typing import Final

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from postroom.archive.journal.journal import Taken

FATES: Final = {"2": "archived", "4": "deferred", "5": "refused"}
"""By the first digit of the answer."""


class Tally(Collector):
    """Counts deliveries by their answer, and what they came to. Safe to use from threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fates: Counter[str] = Counter()
        self._stored = self._known = self._problems = 0

    def count(self, answer: str, taken: Taken | None = None) -> None:
        with self._lock:
            self._fates[FATES[answer[0]]] += 1
            if taken is not None:
                self._stored += taken.stored
                self._known += taken.known
                self._problems += len(taken.problems)

    def collect(self) -> Iterator[Metric]:
        found = CounterMetricFamily("postroom_journal_deliveries", "Mail that servers sent.", labels=["fate"])
        with self._lock:
            for fate in FATES.values():
                found.add_metric([fate], self._fates[fate])
            stored, known, problems = self._stored, self._known, self._problems
        yield found
        yield CounterMetricFamily("postroom_journal_stored", "Messages that are new in an archive.", stored)
        yield CounterMetricFamily("postroom_journal_known", "Messages that an archive had already.", known)
        yield CounterMetricFamily("postroom_journal_problems", "What was archived as it came.", problems)
