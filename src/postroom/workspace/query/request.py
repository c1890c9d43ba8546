"""From the names and values of a query string to Options.

Names stand with or without `$`, in any case. Names without `$` that are no option of OData belong to the route: they
are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.query.errors import NotOffered, UnknownOption
from postroom.workspace.query.options import Expand, Options, Order
from postroom.workspace.query.parser import Parser, parse_filter
from postroom.workspace.query.split import Part, split
from postroom.workspace.query.tokens import check_length
from postroom.workspace.query.tree import Path

MOST_EXPANDED: Final = 6
"""Levels of `$expand` in one another."""
_LARGEST: Final = 2**31 - 1

IGNORED: Final = frozenset({"format", "api-version"})
NOT_OFFERED: Final = frozenset({"apply", "compute"})

Fields = dict[str, Any]
Readers = Mapping[str, tuple[str, Callable[[str, int], Any]]]
"""Option → (field of Options, what reads its value at a level of `$expand`)."""


def parse_options(pairs: Iterable[tuple[str, str]], *, page_size: int | None = None) -> Options:
    """`page_size` is what `Prefer: odata.maxpagesize` asks for. Raises Invalid, UnknownOption, NotOffered."""
    return Options(page_size=page_size, **_fields(pairs, _READERS, 0))


def _fields(pairs: Iterable[tuple[str, str]], readers: Readers, level: int) -> Fields:
    fields: Fields = {}
    for given, value in pairs:
        name = given.strip().lower()
        known = name.removeprefix("$")
        if known in readers:
            field, read = readers[known]
            if field in fields:
                raise Invalid(f"${known}", "to be given once")
            fields[field] = read(value, level)
        elif known in NOT_OFFERED:
            raise NotOffered(f"${known}")
        elif name.startswith("$") and known not in IGNORED:
            raise UnknownOption(given.strip()[:100])
    return fields


def parse_select(text: str, _: int = 0) -> tuple[Path, ...]:
    """`subject,from/emailAddress`, `*`."""
    return tuple(_path(part, "$select") for part in split(text, ",", "$select"))


def parse_orderby(text: str, _: int = 0) -> tuple[Order, ...]:
    """`a desc,b/c asc`."""
    return tuple(_order(part) for part in split(text, ",", "$orderby"))


def parse_expand(text: str, level: int = 0) -> tuple[Expand, ...]:
    """`attachments,children($select=id;$expand=thumbnails)`."""
    if level >= MOST_EXPANDED:
        raise Invalid("$expand", f"at most {MOST_EXPANDED} levels in one another")
    return tuple(_expand(part, level) for part in split(text, ",", "$expand"))


def _path(part: Part, option: str) -> Path:
    parser = Parser(part.text, option, part.position)
    path = parser.path()
    parser.expect_end()
    return path


def _order(part: Part) -> Order:
    parser = Parser(part.text, "$orderby", part.position)
    path = parser.path()
    descending = parser.accept_word("desc")
    if not descending:
        parser.accept_word("asc")
    parser.expect_end()
    return Order(path, descending)


def _expand(part: Part, level: int) -> Expand:
    name, bracket, rest = part.text.partition("(")
    path = _path(Part(name.strip(), part.position), "$expand")
    if not bracket:
        return Expand(path, Options())
    if not rest.endswith(")"):
        raise Invalid("$expand", f"nothing behind the options of {name.strip()[:100]!r}")
    fields = _fields(_pairs(rest[:-1]), _NESTED, level + 1)
    levels = fields.pop("levels", 1)
    return Expand(path, Options(**fields), levels)


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    for part in split(text, ";", "$expand"):
        name, sign, value = part.text.partition("=")
        if not sign:
            raise Invalid("$expand", f"'=' behind {name[:100]!r}")
        yield name, value.strip()


def _whole(option: str) -> Callable[[str, int], int]:
    def read(text: str, _: int) -> int:
        plain = text.strip()
        if not (plain.isascii() and plain.isdigit() and len(plain) <= 10 and int(plain) <= _LARGEST):
            raise Invalid(option, f"a whole number from 0 to {_LARGEST}")
        return int(plain)

    return read


def _levels(text: str, level: int) -> int | None:
    return None if text.strip().lower() == "max" else _whole("$levels")(text, level)


def _flag(text: str, _: int) -> bool:
    plain = text.strip().lower()
    if plain not in ("true", "false"):
        raise Invalid("$count", "true or false")
    return plain == "true"


def _text(option: str) -> Callable[[str, int], str]:
    def read(text: str, _: int) -> str:
        check_length(text, option)
        return text

    return read


_READERS: Final[Readers] = {
    "filter": ("filter", lambda text, _: parse_filter(text)),
    "search": ("search", _text("$search")),
    "orderby": ("orderby", parse_orderby),
    "select": ("select", parse_select),
    "expand": ("expand", parse_expand),
    "top": ("top", _whole("$top")),
    "skip": ("skip", _whole("$skip")),
    "skiptoken": ("cursor", _text("$skiptoken")),
    "deltatoken": ("delta", _text("$deltatoken")),
    "count": ("count", _flag),
}
_NESTED: Final[Readers] = {**_READERS, "levels": ("levels", _levels)}
