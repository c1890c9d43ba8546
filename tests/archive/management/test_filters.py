"""Filters of names."""

from __future__ import annotations

from fnmatch import fnmatchcase

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
        ("*", "", True),
        ("*l*", "elm", True),
        ("*m*", "elm", True),
        ("e**m", "elm", True),
        ("*m*l*", "elm", False),
        ("*ab", "aab", True),
        ("*a?*c", "aabac", True),
        ("a*a", "a", False),
    ],
)
def test_what_fits(pattern: str | None, name: str, expected: bool) -> None:
    assert fits(pattern)(name) is expected


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters=",*?"), min_size=1, max_size=20))
def test_a_name_fits_itself_and_a_star(name: str) -> None:
    assert fits("*")(name)
    if name.strip() == name:
        assert fits(name)(name)


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_a_filter_says_what_the_shell_says(pattern: str, name: str) -> None:
    assert fits(pattern)(name) is (pattern != "" and fnmatchcase(name, pattern))


def test_a_filter_of_many_stars_is_no_work() -> None:
    """Tried at all places, these would take longer than anybody lives."""
    assert not fits("*a" * 2000 + "*b")("a" * 64)
    assert not fits(",".join(["*a" * 30 + "*b"] * 60))("a" * 64)
