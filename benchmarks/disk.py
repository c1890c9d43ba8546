"""How much disk a whole home takes, index and all, against the bytes of the mail."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.claim import Bound, Claim


def measure(bench: Bench) -> Claim:
    """Allocated bytes of everything in the home after indexing and closing."""
    home, raw = bench.home(), bench.mail.size_bytes
    parts: Counter[str] = Counter()
    for path in home.rglob("*"):
        parts[_part(path.relative_to(home))] += path.lstat().st_blocks * 512
    taken = parts.total()
    return Claim(
        "disk",
        taken / 1e6,
        "MB",
        taken / raw,
        Bound("ratio", "at most", 0.65, 0.5),
        {
            "messages": bench.mail.messages,
            "raw MB": raw / 1e6,
            "part of raw": {name: size / raw for name, size in parts.most_common() if size},
        },
    )


def _part(path: Path) -> str:
    """`packs`, `index`, `catalog.db` … of any store; the rest of the home by its first name."""
    return path.parts[4] if path.parts[2:3] == ("stores",) and len(path.parts) > 4 else "rest"
