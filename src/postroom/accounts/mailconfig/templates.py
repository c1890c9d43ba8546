"""The templates beside this file: configuration with holes, and files of named queries."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Literal

Dialect = Literal["sqlite", "pgsql", "mysql"]

_HOLE: Final = re.compile(r"<<([\w-]+)>>")
_NAMED: Final = re.compile(r"^-- query: (?P<name>\S+)$", re.MULTILINE)
_ONLY: Final = re.compile(r"\s+-- (?P<dialects>(?:sqlite|pgsql|mysql)(?:, (?:sqlite|pgsql|mysql))*)$")


@dataclass(frozen=True, slots=True)
class Query:
    """A query of one dialect: what it is for, and its lines."""

    help: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """A search in a directory; the parts of the filter, one behind the other."""

    help: tuple[str, ...]
    base: str
    scope: str
    filter: tuple[str, ...]
    result: str


def text(name: str) -> str:
    """A template as it stands."""
    return (files(__package__) / "templates" / name).read_text("utf-8")


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with all its holes `<<name>>` filled; a line that is nothing but a hole filled with nothing goes."""
    lines = (
        "" if _HOLE.fullmatch(line.strip()) and not values[line.strip()[2:-2]] else f"{_line(line, values)}\n"
        for line in template.splitlines()
    )
    return "".join(lines)


def _line(line: str, values: Mapping[str, str]) -> str:
    return _HOLE.sub(lambda hole: values[hole[1]], line)


def queries(name: str, dialect: Dialect) -> dict[str, Query]:
    """The queries of an SQL file, by name, without the lines that are for other dialects."""
    _, *parts = _NAMED.split(text(name))
    return {query: _query(body, dialect) for query, body in zip(parts[::2], parts[1::2], strict=True)}


def _query(body: str, dialect: Dialect) -> Query:
    lines = body.strip().splitlines()
    told = tuple(line.removeprefix("--").strip() for line in lines if line.startswith("--"))
    return Query(told, tuple(_of_dialect((line for line in lines if not line.startswith("--")), dialect)))


def _of_dialect(lines: Iterator[str], dialect: Dialect) -> Iterator[str]:
    for line in lines:
        only = _ONLY.search(line)
        if only is None:
            yield line
        elif dialect in only["dialects"].split(", "):
            yield line[: only.start()]


def searches(name: str, values: Mapping[str, str]) -> dict[str, Search]:
    """The searches of a file of an LDAP directory, by name."""
    parser = configparser.ConfigParser(interpolation=None)
    whole = text(name)
    parser.read_string(whole)
    return {section: _search(parser[section], _comments(whole, section), values) for section in parser.sections()}


def _search(section: configparser.SectionProxy, told: tuple[str, ...], values: Mapping[str, str]) -> Search:
    return Search(
        told,
        _line(section.get("base", ""), values),
        section.get("scope", ""),
        tuple(section["filter"].split()),
        section.get("result", ""),
    )


def _comments(whole: str, section: str) -> tuple[str, ...]:
    _, _, behind = whole.partition(f"[{section}]\n")
    told = []
    for line in behind.splitlines():
        if not line.startswith("#"):
            break
        told.append(line.removeprefix("#").strip())
    return tuple(told)
