"""A call as one line of text."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.errors import Invalid
from postroom.work.command_text import Command, of_words, parse

names = st.text(st.characters(codec="utf-8", exclude_characters='="', exclude_categories=("Z", "C")), min_size=1)


@given(names.filter(lambda name: not name.startswith("-")), st.dictionaries(names, st.text()))
def test_what_is_written_is_read_back(function: str, arguments: dict[str, str]) -> None:
    command = Command(function, arguments)
    assert parse(str(command)) == command


@given(st.text())
def test_any_text_is_a_command_or_invalid(text: str) -> None:
    with suppress(Invalid):
        assert parse(text).function


def test_the_form_that_jobs_keep() -> None:
    assert parse("VerifyStore --id=1 --includeIndexes=true") == Command(
        "VerifyStore", {"id": "1", "includeIndexes": "true"}
    )
    assert str(Command("DeleteMessage", {"id": "1:2", "reason": "a b"})) == 'DeleteMessage --id=1:2 --reason="a b"'


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"F --p=C:\mail\2024", r"C:\mail\2024"),
        (r'F --p="C:\my mail\2024"', r"C:\my mail\2024"),
        (r'F --p="\\server\my share\\"', "\\\\server\\my share\\"),
        (r'F --p="say \"hello\""', 'say "hello"'),
        ("F --p=O'Brien", "O'Brien"),
        (r"F --p={\"a\":1}", '{"a":1}'),
        ('F --p=""', ""),
        ("F --p=", ""),
        ("F --p=a=b", "a=b"),
        ("  F \t --p=x  ", "x"),
    ],
)
def test_blanks_quotes_and_backslashes(text: str, value: str) -> None:
    assert parse(text) == Command("F", {"p": value})


@pytest.mark.parametrize("text", ["", "  ", "--id=1", "F id=1", "F --id", "F --=1", "F --id=1 --id=2", 'F --id="1'])
def test_what_is_no_command_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse(text)


def test_words_of_a_shell_are_taken_as_they_are() -> None:
    assert of_words(["F", '--p=a "b" \\']) == Command("F", {"p": 'a "b" \\'})
