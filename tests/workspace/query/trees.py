"""Trees for property tests, and shortcuts to write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal as OneOf
from typing import get_args

from hypothesis import strategies as st

from postroom.workspace.query.functions import FUNCTIONS
from postroom.workspace.query.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Comparison,
    Compute,
    In,
    Lambda,
    Literal,
    Node,
    Not,
    Or,
    Path,
    Value,
)

Quantifier = OneOf["any", "all"]

names = st.sampled_from(
    ["subject", "isRead", "from", "a", "b", "c1", "größe", "x_y", "microsoft.graph.message", "$count"]
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
instants = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
numbers = st.integers(-(10**39), 10**39) | st.floats(allow_nan=False, allow_infinity=False, width=32)
durations = st.timedeltas(timedelta(days=-(10**8)), timedelta(days=10**8))
values: st.SearchStrategy[Value] = st.one_of(
    st.none(), st.booleans(), texts, numbers, instants, st.dates(), st.times(), durations
)


@st.composite
def paths(draw: st.DrawFn) -> Path:
    return Path(tuple(draw(st.lists(names, min_size=1, max_size=3))))


literals = values.map(Literal)
leaves: st.SearchStrategy[Node] = st.one_of(literals, paths())


@st.composite
def calls(draw: st.DrawFn, inner: st.SearchStrategy[Node]) -> Call:
    function = FUNCTIONS[draw(st.sampled_from(sorted(FUNCTIONS)))]
    arguments = draw(st.lists(inner, min_size=function.least, max_size=function.most))
    return Call(function.name, tuple(arguments))


def lists(inner: st.SearchStrategy[Node], least: int) -> st.SearchStrategy[tuple[Node, ...]]:
    return st.lists(inner, min_size=least, max_size=3).map(tuple)


def above(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    comparisons: st.SearchStrategy[Comparison] = st.sampled_from(get_args(Comparison))
    operators: st.SearchStrategy[Arithmetic] = st.sampled_from(get_args(Arithmetic))
    quantifiers: st.SearchStrategy[Quantifier] = st.sampled_from(["any", "all"])
    return st.one_of(
        st.builds(Compare, comparisons, inner, inner),
        st.builds(Compute, operators, inner, inner),
        st.builds(In, inner, lists(literals, 0)),
        st.builds(And, lists(inner, 2)),
        st.builds(Or, lists(inner, 2)),
        st.builds(Not, inner),
        st.builds(Lambda, quantifiers, paths(), st.sampled_from(["x", "subject"]), inner),
        st.builds(Lambda, st.just("any"), paths(), st.just(""), st.none()),
        calls(inner),
    )


trees: st.SearchStrategy[Node] = st.recursive(leaves, above, max_leaves=12)

UTC_DAY = datetime(2024, 1, 31, tzinfo=UTC)
DAY = date(2024, 1, 31)
NOON = time(12)
HOUR = timedelta(hours=1)


def path(text: str) -> Path:
    return Path(tuple(text.split("/")))


def compare(left: str, operator: Comparison, value: Value) -> Compare:
    return Compare(operator, path(left), Literal(value))
