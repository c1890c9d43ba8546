"""How fast mail becomes durable and searchable, against the standard library's parse pass over the same files."""

from __future__ import annotations

import shutil
from statistics import median
from typing import Any

from benchmarks.bench import Bench
from benchmarks.claim import Bound, Claim, Rounds


def measure(bench: Bench) -> Claim:
    """Messages per second from the start of the import until all of them can be found."""
    results: list[dict[str, Any]] = []

    def ours() -> float:
        home = bench.fresh_home()
        results.append(bench.child("take", home, bench.mail.root))
        if len(results) < bench.repeat:
            shutil.rmtree(home)
        return float(results[-1]["s"])

    bench.warm()
    rounds = Rounds.of(bench.repeat, lambda: bench.seconds("parse", bench.mail.root), ours)
    counts = {key: results[-1][key] for key in ("stored", "known", "failed", "problems")}
    return Claim(
        "ingest",
        bench.mail.messages / median(rounds.ours_s),
        "messages/s",
        rounds.ratio(),
        Bound("ratio", "at least", 0.35, 0.6),
        {
            "messages": bench.mail.messages,
            "MB": bench.mail.size_bytes / 1e6,
            **rounds.detail("stdlib parse"),
            "durable after seconds": [result["durable_s"] for result in results],
            **counts,
        },
        {"every message is stored or known": counts["stored"] + counts["known"] == bench.mail.messages},
    )
