"""What /metrics tells, in Prometheus' text form."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """One registry per server, so that two in one process do not count together."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "postroom_requests",
            "Requests answered.",
            ("face", "function", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "postroom_request_seconds",
            "From the first byte of a request to the last of its answer; long polls included.",
            ("face", "function"),
            buckets=SECONDS,
            registry=self._registry,
        )
        # Finding these takes longer than counting.
        self._counted = cache(self._requests.labels)
        self._timed = cache(self._seconds.labels)

    def answered(self, face: str, function: str, status: int, seconds: float) -> None:
        """Count one request. `function` must come from a closed list: each value costs memory for good."""
        self._counted(face, function, status).inc()
        self._timed(face, function).observe(seconds)

    def gauge(self, name: str, help: str, value: Callable[[], float]) -> None:  # noqa: A002
        """Add a figure that is asked for when it is read."""
        Gauge(name, help, registry=self._registry).set_function(value)

    def register(self, collector: Collector) -> None:
        """Add figures with labels of their own, such as those per store."""
        self._registry.register(collector)

    def text(self) -> bytes:
        """All of it."""
        return generate_latest(self._registry)
