"""Filters of names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.management.filters import fits


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        (None, "elm", True),
        ("*", "elm", True),
        ("elm", "elm", True),
        ("ELM", "elm", True),
        ("el", "elm", False),
        ("e*", "elm", True),
        ("?lm", "elm", True),
        ("?m", "elm", False),
        ("oak, e*", "elm", True),
        ("oak,ash", "elm", False),
        ("", "elm", False),
        (",", "elm", False),
        ("[e]lm", "elm", False),
        ("e.m", "elm", False),
        (".*", "elm", False),
    ],
)
def test_what_fits(pattern: str | None, name: str, expected: bool) -> None:
    assert fits(pattern)(name) is expected


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters=",*?"), min_size=1, max_size=20))
def test_a_name_fits_itself_and_a_star(name: str) -> None:
    assert fits("*")(name)
    if name.strip() == name:
        assert fits(name)(name)
