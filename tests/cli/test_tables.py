"""What tables look like on terminals of each width, and to programs."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from postroom.cli.show import table

LONG = "anna.maria.bergmann-schulze@sales.example.com"
COLUMNS = ("address", "name", "quota in MB>", "language", "administers", "status")
ROWS = [
    (LONG, "Anna Maria Bergmann-Schulze", "unlimited", "en_US", "everything", "active"),
    ("bob@example.com", "Bob", 500, "de_DE", "", "disabled"),
]


def shown(width: int, *, terminal: bool = True, rows: list[tuple[object, ...]] | None = None) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=terminal, color_system=None, soft_wrap=True)
    console.print(table(*COLUMNS, rows=ROWS if rows is None else rows))
    return out.getvalue()


def test_a_wide_terminal_has_a_line_for_each_row() -> None:
    lines = [line.split() for line in shown(140).splitlines() if "@" in line]
    assert lines == [
        [LONG, "Anna", "Maria", "Bergmann-Schulze", "unlimited", "en_US", "everything", "active"],
        ["bob@example.com", "Bob", "500", "de_DE", "disabled"],
    ]


def test_texts_are_folded_between_words_before_addresses_are() -> None:
    lines = shown(115).splitlines()
    assert max(map(len, lines)) <= 115
    assert any(LONG in line and "Anna Maria" in line and "Schulze" not in line for line in lines)


def test_a_narrow_terminal_has_a_block_for_each_row() -> None:
    assert shown(80).splitlines() == [
        LONG,
        "  name          Anna Maria Bergmann-Schulze",
        "  quota in MB   unlimited",
        "  language      en_US",
        "  administers   everything",
        "  status        active",
        "bob@example.com",
        "  name          Bob",
        "  quota in MB   500",
        "  language      de_DE",
        "  status        disabled",
    ]


@pytest.mark.parametrize("width", [10, 40, 80])
def test_programs_get_a_line_for_each_row_however_wide(width: int) -> None:
    assert [line.split()[0] for line in shown(width, terminal=False).splitlines() if "@" in line] == [
        LONG,
        "bob@example.com",
    ]


def test_a_path_is_folded_and_an_address_beside_it_is_not() -> None:
    text = shown(100, rows=[("bob@example.com", "/var/vmail/" + "y" * 100, "", "", "", "")])
    assert "bob@example.com" in text
    assert text.count("y") == 100
    assert max(map(len, text.splitlines())) <= 100


@given(
    width=st.integers(20, 200),
    name=st.text(st.characters(categories=["L", "N", "Zs"]), max_size=80),
    address=st.from_regex(r"[a-z.]{1,60}@[a-z.]{1,60}", fullmatch=True),
)
def test_no_address_is_ever_broken(width: int, name: str, address: str) -> None:
    for terminal in (True, False):
        assert address in shown(width, terminal=terminal, rows=[(address, name, "", "", "", "active")])
