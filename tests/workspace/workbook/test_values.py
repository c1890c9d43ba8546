# ruff: noqa: E501 - tables

from __future__ import annotations

import string
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.workspace.workbook import addresses, formats, references, typed
from postroom.workspace.workbook.addresses import Area
from postroom.workspace.workbook.errors import InvalidReference
from postroom.workspace.workbook.values import from_serial, general, number_text, to_serial

rows = st.integers(1, addresses.ROWS)
columns = st.integers(1, addresses.COLUMNS)
areas = st.builds(
    lambda one, other, left, right: Area(min(one, other), min(left, right), max(one, other), max(left, right)),
    rows, rows, columns, columns,
)  # fmt: skip


@given(areas)
def test_an_address_is_read_as_it_was_written(area: Area) -> None:
    assert addresses.parse(area.text()) == area


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a1", "A1"), ("$B$2:A1", "A1:B2"), ("C:A", "A:C"), ("$2:$2", "2:2"), ("R2C3", "C2"), ("R1C1:R2C2", "A1:B2"),
     ("XFD1048576", "XFD1048576")],
)  # fmt: skip
def test_addresses_have_several_forms(text: str, expected: str) -> None:
    assert addresses.parse(text).text() == expected


@pytest.mark.parametrize("text", ["", "A", "1", "A0", "XFE1", "A1048577", "A1:B", "A1:2", "A1:B2:C3", "A:1", "x" * 300])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidReference):
        addresses.parse(text)


@given(st.text(st.sampled_from(string.ascii_letters + string.digits + " '.äC-"), min_size=1, max_size=31))
def test_a_sheet_is_found_behind_its_quotes(name: str) -> None:
    assert addresses.split_sheet(f"{addresses.quoted(name)}!A1") == (name, "A1")


@given(st.integers(2, 500), st.integers(2, 200), st.integers(1, 500), st.integers(1, 200), st.booleans(), st.booleans())
def test_r1c1_and_back_is_the_same_formula(
    row: int, column: int, to_row: int, to_column: int, row_fixed: bool, column_fixed: bool
) -> None:
    text = references.Corner(to_row, to_column, row_fixed, column_fixed).text()
    formula = f"=SUM({text}:{text})+x!{text}*2"
    there = references.to_r1c1(formula, row, column)
    assert references.from_r1c1(there, row, column).replace(f"{text}:{text}", text) == formula.replace(
        f"{text}:{text}", text
    )


@pytest.mark.parametrize(
    ("text", "value", "form"),
    [
        ("49", 49, None), ("1,234.5", 1234.5, "#,##0.00"), ("12%", 0.12, "0%"), ("$5", 5, "$#,##0.00"), ("(3)", -3, None),
        ("1e3", 1000, "0.00E+00"), ("TRUE", True, None), ("1/15/2016", 42384, "m/d/yyyy"), ("Jan-15-2016", 42384, "m/d/yyyy"),
        ("2016-01-15 6:00", 42384.25, "m/d/yyyy h:mm"), ("10:30 PM", 0.9375, "h:mm"), ("'49", "49", None),
        ("1.2.3", "1.2.3", None), ("x", "x", None), ("2/30/2016", "2/30/2016", None), ("1/2", "1/2", None), ("-", "-", None),
    ],
)  # fmt: skip
def test_a_text_is_what_somebody_would_type(text: str, value: Any, form: str | None) -> None:
    assert typed.read(text) == typed.Typed(value, form)


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (1234.567, "#,##0.00", "1,234.57"), (0.125, "0%", "13%"), (-5, "0.00;(0.00)", "(5.00)"), (0, "0;-0;zero", "zero"),
        (12345, "0.00E+00", "1.23E+04"), (1.005, "0.00", "1.01"), (2.5, "0", "3"), (5551234, "000-0000", "555-1234"),
        (2.25, "# ??/??", "2 1/4"), (1.5, "[h]:mm", "36:00"), (45000.75, "yyyy-mm-dd hh:mm AM/PM", "2023-03-15 06:00 PM"),
        (45000, "dddd, mmmm d", "Wednesday, March 15"), (-1, "yyyy", formats.TOO_WIDE), (5, '"x" 0.0 [Red]', "x 5.0 "),
        (0.5, "General", "0.5"), ("a", '@"!"', "a!"), (True, "0.00", "TRUE"), (1e100, "General", "1E+100"),
        (1234567, "#,##0,", "1,235"), (3.7, "[>3]0;0.0", "4"), (-0.001, "0.00", "0.00"), (0.3, "#.##", ".3"),
    ],
)  # fmt: skip
def test_a_value_is_shown_by_its_format(value: Any, form: str, text: str) -> None:
    assert formats.shown(value, form) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.text('0#?.,;%@EeymdhsGA/\\"[]<>=$ -+', max_size=12))
def test_no_format_breaks_anything(value: float, form: str) -> None:
    assert isinstance(formats.shown(value, form), str)
    assert len(general(value)) <= 13


@given(st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)), st.booleans())
def test_a_date_is_a_number_and_back(moment: datetime, is_1904: bool) -> None:
    if is_1904 and moment < datetime(1904, 1, 1):
        return
    moment = moment.replace(microsecond=0)
    back = from_serial(to_serial(moment, is_1904=is_1904), is_1904=is_1904)
    assert abs(back - moment) <= timedelta(milliseconds=1)


def test_texts_of_numbers_have_fifteen_digits() -> None:
    assert [number_text(one) for one in (0.1 + 0.2, 1e20, 1 / 3, 5.0)] == ["0.3", "1E+20", "0.333333333333333", "5"]
