"""Order hints."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.errors import Invalid
from postroom.workspace.workloads.planner.order import between, first, hint

NOW = datetime(2024, 1, 31, 10, tzinfo=UTC)
HINTS = st.from_regex(r"[0-9A-Za-z]{0,6}[1-9A-Za-z]", fullmatch=True)


@given(HINTS, HINTS)
def test_there_is_always_room_between_two_hints(one: str, other: str) -> None:
    low, high = sorted((one, other))
    if low < high:
        for _ in range(50):
            middle = between(low, high)
            assert low < middle < high
            low = middle


@given(st.lists(HINTS, min_size=1, max_size=8))
def test_at_either_end_there_is_room_too(hints: list[str]) -> None:
    low, high = min(hints), max(hints)
    assert hint(f" {low}!", "orderHint", NOW) < low
    assert hint(f"{high} !", "orderHint", NOW) > high


def test_what_is_new_comes_first() -> None:
    assert hint(" !", "orderHint", NOW + timedelta(microseconds=1)) < hint(" !", "orderHint", NOW)


def test_a_request_may_stand_in_a_request() -> None:
    """Two things put between a and c before either was answered."""
    assert "a" < hint("a a c!!", "orderHint", NOW) < between("a", "c") < hint("a c! c!", "orderHint", NOW) < "c"


def test_what_was_computed_stays_as_it_is() -> None:
    given_ = first(NOW)
    assert hint(given_, "orderHint", NOW) == given_


@pytest.mark.parametrize(
    "wrong", ["", "!", "c a!", "a a!", "a b", "a!b c!", "é !", 3, None, "x" * 2000, "a" * 400 + " !!"]
)
def test_what_is_no_hint_is_refused(wrong: object) -> None:
    with pytest.raises(Invalid):
        hint(wrong, "orderHint", NOW)
