"""Functions of texts."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP
from typing import Any

from postroom.workspace.workbook import formats
from postroom.workspace.workbook.calc import convert
from postroom.workspace.workbook.calc.convert import Faulty, Value
from postroom.workspace.workbook.calc.functions.conditions import wildcard
from postroom.workspace.workbook.calc.functions.numeric import to_digits
from postroom.workspace.workbook.calc.registry import Machine, all_values, function, scalar
from postroom.workspace.workbook.calc.tree import Missing
from postroom.workspace.workbook.values import MOST_CHARACTERS, VALUE, Error, Scalar

_WORD = re.compile(r"[^\W\d_]+")
_CONTROL = re.compile("[\x00-\x1f]")


def _short(value: str) -> str:
    if len(value) > MOST_CHARACTERS:
        raise Faulty(VALUE)
    return value


def _units(value: str) -> bytes:
    return value.encode("utf-16-le", "surrogatepass")


def _cut(value: str, start: int, stop: int) -> str:
    """Excel counts units of UTF-16."""
    return _units(value)[2 * start : 2 * stop].decode("utf-16-le", "replace")


def _size(value: str) -> int:
    return len(_units(value)) // 2


@scalar("LEN", "t")
def len_(value: str) -> Scalar:
    return _size(value)


@scalar("LEFT", "ti")
def left(value: str, count: int = 1) -> Scalar:
    if count < 0:
        raise Faulty(VALUE)
    return _cut(value, 0, count)


@scalar("RIGHT", "ti")
def right(value: str, count: int = 1) -> Scalar:
    if count < 0:
        raise Faulty(VALUE)
    return _cut(value, max(0, _size(value) - count), _size(value))


@scalar("MID", "tii")
def mid(value: str, start: int, count: int) -> Scalar:
    if start < 1 or count < 0:
        raise Faulty(VALUE)
    return _cut(value, start - 1, start - 1 + count)


@scalar("UPPER", "t")
def upper(value: str) -> Scalar:
    """Letter by letter: one that would become two stays, as ß does."""
    return "".join(one.upper() if len(one.upper()) == 1 else one for one in value)


@scalar("LOWER", "t")
def lower(value: str) -> Scalar:
    return value.lower()


@scalar("PROPER", "t")
def proper(value: str) -> Scalar:
    return _WORD.sub(lambda word: word[0][0].upper() + word[0][1:].lower(), value)


@scalar("TRIM", "t")
def trim(value: str) -> Scalar:
    return " ".join(part for part in value.split(" ") if part)


@scalar("CLEAN", "t")
def clean(value: str) -> Scalar:
    return _CONTROL.sub("", value)


@scalar("REPT", "ti")
def rept(value: str, times: int) -> Scalar:
    if times < 0 or len(value) * times > MOST_CHARACTERS:
        raise Faulty(VALUE)
    return value * times


@scalar("EXACT", "tt")
def exact(one: str, other: str) -> Scalar:
    return one == other


@scalar("FIND", "tti")
def find(sought: str, within: str, start: int = 1) -> Scalar:
    place = within.find(sought, _begin(within, start))
    if place < 0:
        raise Faulty(VALUE)
    return _size(within[:place]) + 1


def _begin(within: str, start: int) -> int:
    """Where in a text a search begins; `start` counts units."""
    if start < 1 or start > _size(within) + 1:
        raise Faulty(VALUE)
    return len(_cut(within, 0, start - 1))


@scalar("SEARCH", "tti")
def search(sought: str, within: str, start: int = 1) -> Scalar:
    found = wildcard(sought).search(within, _begin(within, start))
    if found is None:
        raise Faulty(VALUE)
    return _size(within[: found.start()]) + 1


@scalar("SUBSTITUTE", "ttti")
def substitute(value: str, old: str, new: str, instance: int = 0) -> Scalar:
    if instance < 0:
        raise Faulty(VALUE)
    if not old:
        return value
    if not instance:
        return _short(value.replace(old, new))
    parts = value.split(old)
    if len(parts) <= instance:
        return value
    return _short(old.join(parts[:instance]) + new + old.join(parts[instance:]))


@scalar("REPLACE", "tiit")
def replace(value: str, start: int, count: int, new: str) -> Scalar:
    if start < 1 or count < 0:
        raise Faulty(VALUE)
    return _short(_cut(value, 0, start - 1) + new + _cut(value, start - 1 + count, _size(value)))


@scalar("VALUE", "v")
def value_(value: Scalar) -> Scalar:
    if isinstance(value, bool):
        raise Faulty(VALUE)
    return convert.number(value)


@scalar("NUMBERVALUE", "ttt")
def number_value(value: str, decimal: str = ".", group: str = ",") -> Scalar:
    plain = "".join(value.split()).replace(group[:1], "")
    return convert.number(plain.replace(decimal[:1], ".") or "0")


@scalar("TEXT", "vt")
def text_(value: Scalar, form: str) -> Scalar:
    if isinstance(value, bool):
        return convert.text(value)
    if isinstance(value, str):
        try:
            value = convert.number(value)
        except Faulty:
            return formats.shown(value, form)
    found = formats.shown(0 if value is None else value, form)
    if found == formats.TOO_WIDE:
        raise Faulty(VALUE)
    return found


@scalar("FIXED", "nib")
def fixed(number: float, decimals: int = 2, without_commas: bool = False) -> Scalar:
    if decimals > 127:
        raise Faulty(VALUE)
    rounded = to_digits(number, decimals, ROUND_HALF_UP)
    return f"{rounded:{'' if without_commas else ','}.{max(0, decimals)}f}"


@scalar("CHAR", "i")
def char(number: int) -> Scalar:
    """The Windows code page, as Excel in English has it."""
    if not 1 <= number <= 255:
        raise Faulty(VALUE)
    return bytes([number]).decode("cp1252", "replace") if number > 127 else chr(number)


@scalar("CODE", "t")
def code(value: str) -> Scalar:
    if not value:
        raise Faulty(VALUE)
    return value[0].encode("cp1252", "replace")[0]


@scalar("UNICHAR", "i")
def unichar(number: int) -> Scalar:
    if not 1 <= number <= 0x10FFFF or unicodedata.category(chr(number)) == "Cs":
        raise Faulty(VALUE)
    return chr(number)


@scalar("UNICODE", "t")
def unicode_(value: str) -> Scalar:
    if not value:
        raise Faulty(VALUE)
    return ord(value[0])


@scalar("HYPERLINK", "tv")
def hyperlink(link: str, shown: Scalar = None) -> Scalar:
    return link if shown is None else shown


def _joined(machine: Machine, values: tuple[Any, ...]) -> list[str]:
    return [convert.text(one) for one in all_values(machine, [v for v in values if not isinstance(v, Missing)])]


@function("CONCAT", 1)
def concat(machine: Machine, *values: Any) -> Value:
    return _short("".join(_joined(machine, values)))


@function("CONCATENATE", 1)
def concatenate(machine: Machine, *values: Any) -> Value:
    texts = ["" if isinstance(one, Missing) else convert.text(machine.single(one)) for one in values]
    return _short("".join(texts))


@function("TEXTJOIN", 3)
def text_join(machine: Machine, between: Any, skips: Any, *values: Any) -> Value:
    separator = "" if isinstance(between, Missing) else convert.text(machine.single(between))
    skipping = isinstance(skips, Missing) or convert.truth(machine.single(skips))
    found: list[str] = []
    for value in values:
        array = machine.array("" if isinstance(value, Missing) else value)
        for one in array:
            if isinstance(one, Error):
                raise Faulty(one)
            found.append(convert.text(one))
    return _short(separator.join(one for one in found if one or not skipping))
