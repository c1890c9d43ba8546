"""The long-running calls of a management API, with what a server does for them: metrics, expiry, an orderly end."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from postroom.web.parts import Parts
from postroom.work import Work


def opened_work(parts: Parts, database: Path, metric: str) -> Work:
    """Closed with the server. `metric` counts those that run."""
    work = Work(database, parts.settings.work)
    parts.undo.append(partial(work.close, 0))
    parts.metrics.gauge(metric, "Long-running calls.", lambda: len(work.running()))
    parts.server.hourly.append(work.expire)
    parts.server.on_drain.append(work.release)
    parts.server.on_stop.append(partial(work.close, parts.settings.web.stop_timeout_s))
    return work
