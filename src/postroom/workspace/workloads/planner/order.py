"""Order hints: texts whose order, by code, is the order of what they hang on.

Clients say between what something goes, `"{before} {after}!"`, where either may be missing, or be such a request itself
that was not answered yet. The answer is a text between the two. Source: Microsoft Graph, order hints in Planner.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final, NoReturn

from postroom.errors import Invalid
from postroom.workspace.store.kinds import to_us

FIRST: Final = " !"
MOST_CHARS: Final = 1000
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_MIDDLE: Final = len(_DIGITS) // 2
_LONG_HENCE: Final = 9_999_999_999_999_999
"""Microseconds: what is newer comes first."""


def hint(given: object, field: str, now: datetime) -> str:
    """The text for a request, or the one that is given when it is none. Raises Invalid."""
    if not isinstance(given, str) or len(given) > MOST_CHARS:
        raise Invalid(field, f"a text of at most {MOST_CHARS} characters")
    return _answered(given, field, now) if given.endswith("!") else _computed(given, field)


def first(now: datetime) -> str:
    """In front of all that was made before."""
    return f"{_LONG_HENCE - to_us(now):016d}P{secrets.choice(_DIGITS[1:])}{secrets.choice(_DIGITS[1:])}"


def between(before: str, after: str | None) -> str:
    """A text behind one and before another; None is the end. Both are of our digits, and in order."""
    made = ""
    for place in range(len(before) + len(after or "") + 1):
        low = _DIGITS.index(before[place]) if place < len(before) else 0
        high = _DIGITS.index(after[place]) if after is not None and place < len(after) else len(_DIGITS)
        if high - low > 1:
            return made + _DIGITS[(low + high) // 2]
        made += _DIGITS[low]
        if high > low:
            after = None  # below the next text already: nothing limits what follows
    return made + _DIGITS[_MIDDLE]


def _answered(text: str, field: str, now: datetime) -> str:
    """A request is its two sides, and a mark behind them: what is inside is answered first."""
    waiting: list[str] = []
    side: str | None = ""  # None behind a mark: the side is the answer that was just given
    for char in text:
        if char not in " !":
            side = _refuse(field) if side is None else side + char
            continue
        if side is not None:
            waiting.append(_computed(side, field) if side else "")
        if char == "!":
            waiting.append(_between(waiting, field, now))
        side = "" if char == " " else None
    return waiting[0] if len(waiting) == 1 else _refuse(field)


def _between(waiting: list[str], field: str, now: datetime) -> str:
    if len(waiting) < 2:
        _refuse(field)
    high, low = waiting.pop(), waiting.pop()
    if high and low >= high:
        _refuse(field)
    return between(low, high or None) if low or high else first(now)


def _computed(text: str, field: str) -> str:
    # Nothing stands between a text and the same one with the lowest digit behind it.
    if not text or set(text) - set(_DIGITS) or text.endswith(_DIGITS[0]):
        raise Invalid(field, "an order hint that this server gave")
    return text


def _refuse(field: str) -> NoReturn:
    raise Invalid(field, "the hints of what stands before and after, in order: a space between, an exclamation mark")
