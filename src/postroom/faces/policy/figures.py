"""What a policy server counts, for /metrics and for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """Since the start; written by the server's loop only."""

    answered: int = 0
    refused: int = 0
    failed: int = 0
    malformed: int = 0
    turned_away: int = 0
    idle: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its name for Prometheus, what it tells, and how to ask for it."""

    name: str
    help: str
    value: Callable[[], float]


def figures(counts: Counts, connections: Callable[[], int], waiting: Callable[[], int]) -> tuple[Figure, ...]:
    """All figures of a server."""
    return (
        Figure("postroom_policy_requests", "Requests answered.", lambda: counts.answered),
        Figure("postroom_policy_refused", "Requests answered with other than DUNNO.", lambda: counts.refused),
        Figure("postroom_policy_failed", "Requests that the checks could not decide.", lambda: counts.failed),
        Figure("postroom_policy_malformed", "Requests that were none.", lambda: counts.malformed),
        Figure("postroom_policy_turned_away", "Connections over the limit.", lambda: counts.turned_away),
        Figure("postroom_policy_idle", "Connections closed because nothing came.", lambda: counts.idle),
        Figure("postroom_policy_connections", "Open connections.", connections),
        Figure("postroom_policy_waiting", "Requests that wait for the database.", waiting),
    )
