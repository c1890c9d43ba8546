"""What it costs to import mail again that did not change, against reading and hashing its files."""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks.bench import Bench
from benchmarks.claim import Bound, Claim, Rounds


def measure(bench: Bench) -> Claim:
    """Seconds of the second import of the same Maildir into the same home, opening and closing included."""
    home = bench.home()
    results: list[dict[str, Any]] = []

    def ours() -> float:
        results.append(bench.child("take", home, bench.mail.root))
        return float(results[-1]["s"])

    bench.warm()
    rounds = Rounds.of(bench.repeat, lambda: bench.seconds("digest", bench.mail.root), ours)
    return Claim(
        "reingest",
        median(rounds.ours_s),
        "s",
        1 / rounds.ratio(),
        Bound("ratio", "at most", 4.0, 3.0),
        {"messages": bench.mail.messages, **rounds.detail("read+sha256")},
        {"nothing is stored twice": all(result["stored"] == 0 for result in results)},
    )
