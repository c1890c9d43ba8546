"""One claim: what was measured, what it must be, and the line that says so."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Bound:
    """What `ratio` or `value` is held against: at least or at most `must`; `goal` is where we want to be."""

    of: str
    side: str
    must: float
    goal: float | None = None

    def holds(self, measured: float) -> bool:
        """True when the measured number is on the right side of `must`."""
        return measured >= self.must if self.side == "at least" else measured <= self.must


@dataclass(frozen=True, slots=True)
class Claim:
    """The outcome of one benchmark. `also` holds further conditions by name; all must be true."""

    claim: str
    value: float
    unit: str
    ratio: float | None
    bound: Bound
    detail: dict[str, object]
    also: dict[str, bool] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """True when the bound and every further condition hold."""
        measured = self.ratio if self.bound.of == "ratio" else self.value
        return measured is not None and self.bound.holds(measured) and all(self.also.values())

    def line(self, *, judged: bool = True) -> str:
        """The claim as one line of JSON; `holds` is null when nobody can judge from this little mail."""
        return json.dumps(
            {
                "claim": self.claim,
                "value": _short(self.value),
                "unit": self.unit,
                "ratio": _short(self.ratio),
                "bound": f"{self.bound.of} {self.bound.side}",
                "must": self.bound.must,
                "goal": self.bound.goal,
                "holds": self.holds if judged else None,
                "detail": _short({**self.detail, **({"also": self.also} if self.also else {})}),
            }
        )


@dataclass(frozen=True, slots=True)
class Rounds:
    """The same two things measured several times, turn by turn: seconds of ours and of the baseline."""

    ours_s: Sequence[float]
    baseline_s: Sequence[float]

    @classmethod
    def of(cls, repeat: int, baseline: Callable[[], float], ours: Callable[[], float]) -> Rounds:
        """Measure both, `repeat` times in turn, so that other work on the machine meets both."""
        pairs = [(baseline(), ours()) for _ in range(repeat)]
        return cls([ours for _, ours in pairs], [base for base, _ in pairs])

    def ratio(self) -> float:
        """Median of baseline ÷ ours, round by round: 0.5 means half as fast as the baseline."""
        return median(base / ours for ours, base in zip(self.ours_s, self.baseline_s, strict=True))

    def detail(self, baseline: str) -> dict[str, object]:
        """Every single time, for the spread."""
        return {"seconds": list(self.ours_s), f"{baseline} seconds": list(self.baseline_s)}


def _short(value: object) -> object:
    """Numbers with three decimals: more is noise."""
    match value:
        case bool() | int():
            return value
        case float():
            return round(value, 3)
        case dict():
            return {key: _short(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_short(inner) for inner in value]
    return value
