"""How fast a store is verified: everything read back and compared, against reading and hashing the mail's files."""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks.bench import Bench
from benchmarks.claim import Bound, Claim, Rounds


def measure(bench: Bench) -> Claim:
    """MB of mail verified per second."""
    home = bench.home()
    results: list[dict[str, Any]] = []

    def ours() -> float:
        results.append(bench.child("verify", home))
        return float(results[-1]["s"])

    bench.warm()
    rounds = Rounds.of(bench.repeat, lambda: bench.seconds("digest", bench.mail.root), ours)
    return Claim(
        "verify",
        bench.mail.size_bytes / 1e6 / median(rounds.ours_s),
        "MB/s",
        rounds.ratio(),
        Bound("ratio", "at least", 0.5, 0.6),
        {
            "messages": bench.mail.messages,
            "MB": bench.mail.size_bytes / 1e6,
            **rounds.detail("read+sha256"),
            "index compared too, further seconds": [result["index_s"] for result in results],
            "faults": results[-1]["faults"],
        },
        {"no faults": not any(result["faults"] for result in results)},
    )
