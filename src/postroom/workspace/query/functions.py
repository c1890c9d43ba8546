"""The functions of `$filter`: how many arguments each takes, and what it does with values.

Text is compared without regard to case. A function of null is null, as is one of a value that it is not made for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, TypeGuard, cast
from typing import Literal as OneOf

from postroom.workspace.query import literals
from postroom.workspace.query.budget import Budget
from postroom.workspace.query.tree import Value


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a function may ask besides its arguments: the zone of parts of dates, and the clock."""

    zone: tzinfo
    now: Callable[[], datetime]
    budget: Budget = field(default_factory=Budget)


Sort = OneOf["text", "flag", "number", "moment", "time", "duration", "object", "null", "any"]
"""What values are told apart by when they are checked. `any`: nobody knows."""
Work = Callable[[Sequence[Value], Surroundings], Value]


@dataclass(frozen=True, slots=True)
class Function:
    """`least` is how many arguments it needs. `takes` are the sorts that each of them may have, `gives` that of the
    result. `work` None: the evaluator does it itself, for an argument is the name of a type.
    """

    name: str
    least: int
    takes: tuple[tuple[Sort, ...], ...]
    gives: Sort
    work: Work | None

    @property
    def most(self) -> int:
        return len(self.takes)


def fold(text: str) -> str:
    """Text as it is compared."""
    return text.lower()


def _texts(work: Callable[[str, str], Value]) -> Work:
    def folded(values: Sequence[Value], _: Surroundings) -> Value:
        first, second = values
        return work(fold(first), fold(second)) if isinstance(first, str) and isinstance(second, str) else None

    return folded


def _text(work: Callable[[str], Value]) -> Work:
    def called(values: Sequence[Value], _: Surroundings) -> Value:
        return work(values[0]) if isinstance(values[0], str) else None

    return called


def _number(work: Callable[[float], int]) -> Work:
    def called(values: Sequence[Value], _: Surroundings) -> Value:
        value = values[0]
        if not is_number(value) or not math.isfinite(value):
            return None
        return work(value)

    return called


def _of_date(work: Callable[[date], Value]) -> Work:
    """Of a date, or of an instant as the surroundings' zone shows it."""

    def called(values: Sequence[Value], around: Surroundings) -> Value:
        moment = _local(values[0], around.zone)
        return work(moment) if isinstance(moment, date) else None

    return called


def _of_clock(work: Callable[[time | datetime], Value]) -> Work:
    def called(values: Sequence[Value], around: Surroundings) -> Value:
        moment = _local(values[0], around.zone)
        return work(moment) if isinstance(moment, (time, datetime)) else None

    return called


def _local(value: Value, zone: tzinfo) -> Value:
    if isinstance(value, str):
        value = literals.instant(value, zone) or literals.day(value) or literals.time_of_day(value)
    if not isinstance(value, datetime):
        return value
    try:
        return value.astimezone(zone)
    except OverflowError:  # the first and the last day that there is
        return value


def _substring(values: Sequence[Value], _: Surroundings) -> Value:
    text, start, *rest = values
    length = rest[0] if rest else math.inf
    if not isinstance(text, str) or not is_number(start) or not is_number(length):
        return None
    first = max(start, 0)
    last = first + max(length, 0)
    return text[int(min(first, len(text))) : int(min(last, len(text)))]


def _concat(values: Sequence[Value], _: Surroundings) -> Value:
    return "".join(map(str, values)) if all(isinstance(value, str) for value in values) else None


def _now(_: Sequence[Value], around: Surroundings) -> Value:
    return around.now()


def _total_seconds(values: Sequence[Value], _: Surroundings) -> Value:
    value = literals.duration(values[0]) if isinstance(values[0], str) and values[0] else values[0]
    return value.total_seconds() if isinstance(value, timedelta) else None


def is_number(value: object) -> TypeGuard[float]:
    """Not so is true, though it is an int."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _rounded(number: float) -> int:
    """Halves go away from zero, not to the even number."""
    return math.floor(number + 0.5) if number >= 0 else math.ceil(number - 0.5)


def _date_of(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _time_of(moment: time | datetime) -> time:
    return moment.time() if isinstance(moment, datetime) else moment


def _row(name: str, takes: Sequence[str], gives: Sort, work: Work | None, *, optional: int = 0) -> tuple[str, Function]:
    """`takes`: of each argument the sorts that it may have, with spaces between."""
    sorts = tuple(cast("tuple[Sort, ...]", tuple(one.split())) for one in takes)
    return name, Function(name, len(sorts) - optional, sorts, gives, work)


_TEXT: Final = ("text",)
_TEXTS: Final = ("text", "text")
_NUMBER: Final = ("number",)
_DATE: Final = ("moment",)
_CLOCK: Final = ("moment time",)

FUNCTIONS: Final = dict((
    _row("startswith", _TEXTS, "flag", _texts(lambda text, part: text.startswith(part))),
    _row("endswith", _TEXTS, "flag", _texts(lambda text, part: text.endswith(part))),
    _row("contains", _TEXTS, "flag", _texts(lambda text, part: part in text)),
    _row("substringof", _TEXTS, "flag", _texts(lambda part, text: part in text)),
    _row("indexof", _TEXTS, "number", _texts(lambda text, part: text.find(part))),
    _row("tolower", _TEXT, "text", _text(str.lower)),
    _row("toupper", _TEXT, "text", _text(str.upper)),
    _row("trim", _TEXT, "text", _text(str.strip)),
    _row("length", _TEXT, "number", _text(len)),
    _row("substring", ("text", "number", "number"), "text", _substring, optional=1),
    _row("concat", _TEXTS, "text", _concat),
    _row("year", _DATE, "number", _of_date(lambda moment: moment.year)),
    _row("month", _DATE, "number", _of_date(lambda moment: moment.month)),
    _row("day", _DATE, "number", _of_date(lambda moment: moment.day)),
    _row("hour", _CLOCK, "number", _of_clock(lambda moment: moment.hour)),
    _row("minute", _CLOCK, "number", _of_clock(lambda moment: moment.minute)),
    _row("second", _CLOCK, "number", _of_clock(lambda moment: moment.second)),
    _row("fractionalseconds", _CLOCK, "number", _of_clock(lambda moment: moment.microsecond / 1_000_000)),
    _row("totalseconds", ("duration",), "number", _total_seconds),
    _row("date", _DATE, "moment", _of_date(_date_of)),
    _row("time", _CLOCK, "time", _of_clock(_time_of)),
    _row("now", (), "moment", _now),
    _row("mindatetime", (), "moment", lambda _, __: datetime.min.replace(tzinfo=UTC)),
    _row("maxdatetime", (), "moment", lambda _, __: datetime.max.replace(tzinfo=UTC)),
    _row("round", _NUMBER, "number", _number(_rounded)),
    _row("floor", _NUMBER, "number", _number(math.floor)),
    _row("ceiling", _NUMBER, "number", _number(math.ceil)),
    _row("isof", ("any", "any"), "flag", None, optional=1),
    _row("cast", ("any", "any"), "any", None, optional=1),
))  # fmt: skip
