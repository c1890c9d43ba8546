"""Retention policies: how long messages must stay, which go afterwards; as dates per message, pure functions.

Source: the product's retention policies (reference, retention and legal hold). The latest minimum and the latest
maximum of all policies that match win.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, get_args

from postroom.archive.instance.identifiers import MAX_NAME_CHARS, checked_text
from postroom.archive.instance.periods import MOST, UNITS, Unit, later_ms, newest_over_ms
from postroom.archive.retention.criteria import Criteria
from postroom.errors import Invalid

Reference = Literal["ArchiveDate", "MessageDate"]
REFERENCES: Final[tuple[Reference, ...]] = get_args(Reference)
OVERALL: Final = "global retention time"
"""Name of the policy that the compliance configuration makes: it protects everything and deletes nothing."""
EARLIEST_MS: Final = int(datetime(1982, 8, 13, tzinfo=UTC).timestamp() * 1000)
"""RFC 822, which says what a Date header is, is of this day: an earlier one is wrong."""


@dataclass(frozen=True, slots=True)
class Policy:
    """`period` counts `unit`s from `reference`, with `year_end` from the end of its year. Messages must stay that long;
    with `deletes` they go afterwards. `criteria` None: every message. `id` 0: it was not stored yet."""

    name: str
    period: int
    unit: Unit
    reference: Reference = "ArchiveDate"
    deletes: bool = False
    criteria: Criteria | None = None
    enabled: bool = True
    year_end: bool = False
    id: int = 0

    def check(self) -> None:
        """Raises Invalid naming the field."""
        if not checked_text("name", self.name, MAX_NAME_CHARS):
            raise Invalid("name", "a name")
        if self.unit not in UNITS:
            raise Invalid("unit", f"one of {', '.join(UNITS)}")
        if not 1 <= self.period <= MOST[self.unit]:
            raise Invalid("period", f"a whole number from 1 to {MOST[self.unit]}")
        if self.reference not in REFERENCES:
            raise Invalid("reference", f"one of {', '.join(REFERENCES)}")
        if self.criteria is not None:
            self.criteria.check()

    def reference_ms(self, archived_ms: int, message_ms: int | None) -> int:
        """The date the period counts from."""
        return archived_ms if self.reference == "ArchiveDate" else sound_ms(archived_ms, message_ms)

    def end_ms(self, archived_ms: int, message_ms: int | None) -> int:
        """When the period is over for a message."""
        return later_ms(self.reference_ms(archived_ms, message_ms), self.period, self.unit, year_end=self.year_end)

    def newest_over_ms(self, now_ms: int) -> int:
        """The latest reference date whose period is over: the same as `end_ms`, for many messages at once."""
        return newest_over_ms(now_ms, self.period, self.unit, year_end=self.year_end)


def overall(years: int) -> tuple[Policy, ...]:
    """The policy for a global retention time of so many years; none for 0."""
    return (Policy(OVERALL, years, "year"),) if years else ()


def sound_ms(archived_ms: int, message_ms: int | None) -> int:
    """The date of a message, or when it was archived if it has none that can be true."""
    if message_ms is None or not EARLIEST_MS <= message_ms <= archived_ms:
        return archived_ms
    return message_ms


def protected_until_ms(matching: Iterable[Policy], archived_ms: int, message_ms: int | None) -> int | None:
    """Until when a message must stay that these policies match; None = it need not."""
    return max((policy.end_ms(archived_ms, message_ms) for policy in matching), default=None)


def due_at_ms(matching: Iterable[Policy], archived_ms: int, message_ms: int | None) -> int | None:
    """When it goes by itself, if nothing protects it longer; None = never."""
    deleting = (policy for policy in matching if policy.deletes)
    return max((policy.end_ms(archived_ms, message_ms) for policy in deleting), default=None)


def is_due(matching: Iterable[Policy], archived_ms: int, message_ms: int | None, now_ms: int) -> bool:
    """Whether policies remove it now. Holds are asked apart."""
    known = tuple(matching)
    due, protected = (date(known, archived_ms, message_ms) for date in (due_at_ms, protected_until_ms))
    return due is not None and protected is not None and due <= now_ms and protected <= now_ms
