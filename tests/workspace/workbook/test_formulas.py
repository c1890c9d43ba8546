"""Expected values are Excel's, as its documentation and people who use it have them."""

# ruff: noqa: E501 - a table

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.workspace.workbook.desk import Desk, desk

from postroom.workspace.workbook.book import Book
from postroom.workspace.workbook.calc.registry import FUNCTIONS
from postroom.workspace.workbook.calc.tree import Unreadable, parse

TABLE = [
    ["Name", "Count", "Price"], ["apple", 10, 1.5], ["Pear", 5, 2], ["plum", 20, 0.5], ["fig", None, "n/a"],
    ["date", 3, True],
]  # fmt: skip
CASES: dict[str, Any] = {
    "=1+2*3^2": 19, "=-2^2": 4, "=2^3^2": 64, "=50%*10": 5, '="a"&1&TRUE': "a1TRUE", "=1=1.0": True, '="A"="a"': True,
    "=0.1+0.2=0.3": True, "=1/0": "#DIV/0!", "=1/0+1": "#DIV/0!", '="x"+1': "#VALUE!", '="5"+1': 6, "=nothing": "#NAME?",
    "=SUM(B2:B6)": 38, "=SUM(B2:B6,100,TRUE)": 139, "=SUM(B:B)": 38, "=AVERAGE(B2:B6)": 9.5, "=COUNT(A1:C6)": 7,
    "=COUNTA(A1:C6)": 17, "=COUNTBLANK(A1:C6)": 1, "=MAX(B2:C6)": 20, "=MIN(B2:B6)": 3, "=MEDIAN(B2:B6)": 7.5,
    "=PRODUCT(B2:B3)": 50, "=SUMSQ(3,4)": 25, "=STDEV.S(1,2,3,4)": 1.2909944487358056, "=VAR.P(1,2,3,4)": 1.25,
    "=LARGE(B2:B6,2)": 10, "=SMALL(B2:B6,1)": 3, "=RANK(10,B2:B6)": 2, "=PERCENTILE(B2:B6,0.5)": 7.5,
    "=QUARTILE({1,2,3,4},1)": 1.75, "=MODE(1,2,2,3)": 2, "=SUMPRODUCT(B2:B4,C2:C4)": 35,
    '=SUMPRODUCT((A2:A4="pear")*B2:B4)': 5, '=COUNTIF(B2:B6,">4")': 3, '=COUNTIF(A2:A6,"p*")': 2, '=COUNTIF(A:A,"<>x")': 1048576,
    '=SUMIF(A2:A6,"p*",B2:B6)': 25, '=SUMIFS(B2:B6,B2:B6,">4",C2:C6,"<2")': 30, '=AVERAGEIF(B2:B6,">5")': 15,
    '=MAXIFS(B2:B6,A2:A6,"p*")': 20, '=COUNTIFS(A2:A6,"p*",B2:B6,"<10")': 1, "=SUBTOTAL(9,B2:B6)": 38,
    '=VLOOKUP("pear",A2:C6,3,FALSE)': 2, '=VLOOKUP("kiwi",A2:C6,2,FALSE)': "#N/A", "=VLOOKUP(6,{1,2;5,3;9,4},2)": 3,
    '=HLOOKUP("Count",A1:C6,3,FALSE)': 5, '=MATCH("plum",A1:A6,0)': 4, "=MATCH(6,{1,5,9})": 2, "=INDEX(A1:C6,2,3)": 1.5,
    "=SUM(INDEX(B1:C6,0,1))": 38, '=XLOOKUP("fig",A2:A6,B2:B6,"none")': 0, "=LOOKUP(6,{1,5,9},{10,50,90})": 50, "=ROWS(A1:C6)": 6,
    "=COLUMN(C1)": 3, '=IF(B2>5,"many","few")': "many", "=IF(FALSE,1/0,2)": 2, "=IFERROR(1/0,7)": 7, "=IFNA(NA(),3)": 3,
    '=IFS(B3>7,"a",TRUE,"b")': "b", '=SWITCH(2,1,"a",2,"b","c")': "b", '=CHOOSE(2,"a","b")': "b", "=AND(TRUE,B2>5)": True,
    "=OR(FALSE,B2>50)": False, "=XOR(TRUE,TRUE)": False, "=NOT(0)": True, "=ISBLANK(B5)": True, "=ISNUMBER(B2)": True,
    "=ISERROR(1/0)": True, "=ISNA(NA())": True, "=TYPE(TRUE)": 4, "=ERROR.TYPE(1/0)": 2, "=ROUND(2.345,2)": 2.35,
    "=ROUND(-2.5,0)": -3, "=ROUNDUP(2.1,0)": 3, "=ROUNDDOWN(-2.9,0)": -2, "=ROUND(1234,-2)": 1200, "=TRUNC(8.9)": 8,
    "=INT(-8.9)": -9, "=MOD(-3,2)": 1, "=MOD(3,-2)": -1, "=QUOTIENT(-10,3)": -3, "=CEILING(2.5,1)": 3, "=FLOOR(2.5,1)": 2,
    "=CEILING(-2.5,-2)": -4, "=MROUND(10,3)": 9, "=EVEN(1.5)": 2, "=ODD(-1.5)": -3, "=POWER(5,2)": 25, "=SQRT(-1)": "#NUM!",
    "=0^0": "#NUM!", "=LOG(100)": 2, "=LOG(8,2)": 3, "=FACT(5)": 120, "=COMBIN(8,2)": 28, "=GCD(24,36)": 12, "=LCM(5,2)": 10,
    "=SIGN(-3)": -1, "=ABS(-4)": 4, "=ATAN2(1,1)*4=PI()": True, "=DEGREES(PI())": 180, '=LEN("abc ")': 4,
    '=LEFT("Sale",2)&RIGHT("Price",1)': "Sae", '=MID("Fluid Flow",7,20)': "Flow", '=UPPER("aé")': "AÉ",
    '=UPPER("straße")': "STRAßE",
    '=FIND("b","\U0001f600ab")&LEN("\U0001f600")': "42",
    '=PROPER("this is 76BudGet")': "This Is 76Budget", '=TRIM("  a   b ")': "a b", '=FIND("M","Miriam",3)': "#VALUE!",
    '=SEARCH("e?","Statements",6)': 7, '=SUBSTITUTE("2011","1","2",2)': "2012", '=REPLACE("abcdef",3,2,"*")': "ab*ef",
    '=REPT("ab",3)': "ababab", '=EXACT("a","A")': False, '=VALUE("$1,000")': 1000, '=TEXT(1234.567,"$#,##0.00")': "$1,234.57",
    '=TEXT(0.285,"0.0%")': "28.5%", '=CHAR(65)&CODE("a")': "A97", '=CONCAT("a",B2:B3,1)': "a1051", '=TEXTJOIN(", ",TRUE,A2:A4)': "apple, Pear, plum",
    "=FIXED(1234.567,1)": "1,234.6", "=DATE(2008,14,2)": 39846, "=DATE(2024,2,30)": 45352, '=DATEVALUE("8/22/2011")': 40777,
    "=TIME(12,0,0)": 0.5, "=YEAR(39634)": 2008, "=MONTH(39634)&DAY(39634)": "75", "=HOUR(0.75)": 18, "=WEEKDAY(39492)": 5,
    "=WEEKDAY(39492,2)": 4, "=WEEKNUM(40977)": 10, "=ISOWEEKNUM(40977)": 10, "=EDATE(40558,1)": 40589, "=EOMONTH(40544,1)": 40602,
    "=DAYS(40617,40588)": 29, "=DAYS360(40573,40575)": 1, '=DATEDIF(36892,37622,"Y")': 2, "=NETWORKDAYS(41183,41334)": 110,
    "=WORKDAY(39722,151)": 39933, "=PMT(0.08/12,10,10000)": -1037.0320893591606, "=FV(0.06/12,10,-200,-500,1)": 2581.4033740601,
    "=PV(0.08/12,240,500)": -59777.1458512, "=NPER(0.01,-100,-1000,10000,1)": 59.6738656742946, "=NPV(0.1,-10000,3000,4200,6800)": 1188.44341233522,
    "=ROUND(IRR({-70000,12000,15000,18000,21000,26000}),6)": 0.086631, "=ROUND(RATE(48,-200,8000),6)": 0.007701, "=SLN(30000,7500,10)": 2250,
    "=ROUND(IPMT(0.1/12,1,36,8000),4)": -66.6667, "=ROUND(PPMT(0.1/12,1,24,2000),4)": -75.6232,
}  # fmt: skip


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = desk(tmp_path_factory.mktemp("formulas"))
    made.write("A1:C6", TABLE)
    return made


@pytest.mark.parametrize("formula", CASES)
def test_a_formula_is_what_excel_makes_of_it(sheet: Desk, formula: str) -> None:
    sheet.write("E1", formula)
    found, expected = sheet.one("E1"), CASES[formula]
    assert found == (pytest.approx(expected, rel=1e-9) if isinstance(expected, float) else expected)


def test_there_is_a_case_for_most_functions() -> None:
    called = {name for name in FUNCTIONS if any(f"{name}(" in formula for formula in CASES)}
    assert len(called) > 110


@pytest.mark.parametrize(
    "formula", ["=LET(x,1,x)", "=SUM(A1:A3 B1:B3)", "=OFFSET(A1,1,0)", "=A1:A3", "=A1:A3*2", "=[1]x!A1", "=E1"]
)
def test_what_cannot_be_computed_says_so(sheet: Desk, formula: str) -> None:
    sheet.book.write(sheet.book.worksheet("Sheet1"), 1, 5, formula, is_formula=True)
    sheet.book.changed()
    assert sheet.one("E1") == "#BUSY!"
    assert sheet.one("E1", "valueTypes") == "Error"


def test_what_depends_on_it_says_so_too_and_the_rest_is_computed(sheet: Desk) -> None:
    sheet.write("E1:E3", [["=OFFSET(A1,1,0)"], ["=E1&1"], ["=B2+1"]])
    assert sheet.read("E1:E3") == [["#BUSY!"], ["#BUSY!"], [11]]


@pytest.mark.parametrize(
    ("formula", "value"),
    [("=PV(-1,1E-308,1)", "#NUM!"), ("=PMT(1,1E-308,5,6)", "#NUM!"), ("=NPER(1E-308,5,1E+308,1E+15)", "#NUM!"),
     ('=VALUE(".E+308")', "#VALUE!"), ("=QUOTIENT(1E+300,1E-300)", "#NUM!")],
)  # fmt: skip
def test_numbers_without_an_answer_are_errors(sheet: Desk, formula: str, value: str) -> None:
    sheet.write("E1", [[formula]])
    assert sheet.one("E1") == value


def test_a_circle_ends(sheet: Desk) -> None:
    sheet.write("E1:E3", [["=E2"], ["=E3+1"], ["=E1"]])
    assert sheet.read("E1:E3") == [["#BUSY!"]] * 3


def test_a_column_of_sums_may_be_long(tmp_path: Path) -> None:
    made = desk(tmp_path)
    made.write("A1:A3000", [["=1"]] + [[f"=A{row}+1"] for row in range(1, 3000)])
    assert made.one("A3000") == 3000


def test_excel_s_value_counts_until_something_it_depends_on_changes(tmp_path: Path) -> None:
    made = desk(tmp_path)
    formulas = ["=OFFSET(A1,0,0)+A1", "=A1*2", "=BESSELI(A1,1)", "=NORM.DIST(A2,1,1,TRUE)", "=RANDOM.THING(A2)"]
    made.write("A1:B5", [[row, formula] for row, formula in enumerate(formulas, 1)])
    for row in range(1, 6):
        made.book.machine.kept["Sheet1", row, 2] = 70 + row  # as if the file had come with them
    made.book._changed.clear()
    made.book.changed()
    assert made.read("B1:B5") == [[71], [72], [73], [74], [75]]
    made.write("A3", 9)
    assert made.read("B1:B5") == [["#BUSY!"], [72], [73], [74], ["#BUSY!"]], "of two nobody knows what they depend on"
    made.write("A1", 3)
    assert made.read("B1:B5") == [["#BUSY!"], [6], ["#BUSY!"], [74], ["#BUSY!"]]
    made.ask("PATCH", "worksheets/Sheet1/range(address='5:5')", {"rowHidden": True})
    assert made.one("B4") == 74
    made.save()
    assert made.read("B1:B4") == [["#BUSY!"], [6], ["#BUSY!"], [74]]


def test_time_ends_a_computation_without_a_wrong_value(tmp_path: Path) -> None:
    made = desk(tmp_path)
    made.write("A1:B400", [[1, f"=SUM(B$1:B{row - 1})+SUM(A:A)" if row > 1 else 1] for row in range(1, 401)])
    made.book.machine.budget_s = 0.05
    begun = time.monotonic()
    found = made.read("B1:B400")
    assert time.monotonic() - begun < 5
    made.book.machine.budget_s = 60
    assert made.one("B400") != "#BUSY!", "with more time it is tried again"
    right = Book.open(_saved(made))
    right.machine.begin()
    for (shown,), row in zip(found, range(1, 401), strict=True):
        assert shown in ("#BUSY!", right.value("Sheet1", row, 2))


def _saved(made: Desk) -> Path:
    made.book.save(made.path)
    return made.path


@given(st.text(st.sampled_from("A1$:+-*/^&=<>\"',;(){}[]#!% .SUMIF")))
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        parse(f"={text}")
    except Unreadable:
        return


@pytest.mark.parametrize("formula", ["=" + "(" * 5000 + "1", "=" + "-" * 5000 + "1", "=" + "IF(1," * 3000])
def test_levels_without_end_are_bounded(formula: str) -> None:
    with pytest.raises(Unreadable):
        parse(formula)


def test_the_functions_are_listed_for_people() -> None:
    page = (Path(__file__).parents[3] / "docs" / "workbooks.md").read_text("utf-8")
    told = page.partition("Computed are:")[2].partition("\n\n")[2].partition("\n\n")[0]
    assert sorted(told.replace("\n", " ").rstrip(".").split(", ")) == sorted(FUNCTIONS)
