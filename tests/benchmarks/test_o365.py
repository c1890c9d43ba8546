"""A ratio of ours to the original says something only when the original was the original."""

from __future__ import annotations

from benchmarks.o365 import apart
from tests.compat.environment import FOLDER

THEIRS = str(FOLDER / "lib" / "O365" / "__init__.py")
OURS = "/elsewhere/O365/__init__.py"


def test_the_original_comes_out_of_its_environment_and_ours_does_not() -> None:
    assert apart([THEIRS, THEIRS], [OURS])


def test_one_round_of_ours_against_itself_is_noticed() -> None:
    assert not apart([THEIRS, OURS], [OURS, OURS])


def test_one_round_of_the_original_against_itself_is_noticed() -> None:
    assert not apart([THEIRS], [THEIRS])
