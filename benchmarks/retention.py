"""How fast retention policies are judged: every message of a store, against reading its rows from the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from benchmarks.bench import Bench
from benchmarks.claim import Bound, Claim, Rounds

ROWS: Final = 1_000_000
FEW_ROWS: Final = 20_000
"""With little mail, where nothing is judged."""
ENOUGH_MESSAGES: Final = 5_000


def measure(bench: Bench) -> Claim:
    """Messages judged per second, by three policies and a hold."""
    rows = ROWS if bench.mail.messages >= ENOUGH_MESSAGES else FEW_ROWS
    home = bench.scratch / "retention"
    bench.child("retention_fill", home, Path(str(rows)))
    told: dict[str, Any] = bench.child("retention_judge", home, Path(str(bench.repeat)))
    rounds = Rounds(told["s"], told["floor_s"])
    return Claim(
        "retention",
        rows / sorted(told["s"])[len(told["s"]) // 2],
        "messages/s",
        rounds.ratio(),
        Bound("ratio", "at least", 0.1, 0.25),
        {"rows": rows, **rounds.detail("rows read"), "due": told["due"], "held": told["held"]},
        {"the right number is due": told["due"] == told["expected"]},
    )
