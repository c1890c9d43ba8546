"""Reading many accounts from a CSV file (RFC 4180, UTF-8, a header row), each cell by its row of the API's contract."""

from __future__ import annotations

import csv
import difflib
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from iredadmin.contract import ROUTES, Param
from postroom.accounts.addresses import address
from postroom.errors import Invalid, PostroomError

MAIL: Final = "mail"
CREATE: Final = {param.name: param for param in ROUTES["users.create"].params}
UPDATE: Final = {param.name: param for param in ROUTES["users.update"].params}
PARAMS: Final = {**UPDATE, **CREATE}
"""What may be a column, under its name in the API; its older names and the option's spelling are taken as well."""
FLAGS: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
STATUSES: Final = ("active", "disabled")


@dataclass(frozen=True, slots=True)
class UserRow:
    """One user of the file: arguments for creating it, and those that can be given only afterwards."""

    line: int
    mail: str
    create: Mapping[str, Any] = field(repr=False)
    after: Mapping[str, Any] = field(repr=False)

    @property
    def update(self) -> dict[str, Any]:
        """For a user that exists already."""
        return {**self.create, **self.after}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used; `mail` as it stands there."""

    line: int
    mail: str
    error: PostroomError


class NotCsv(PostroomError):
    """A row that is not CSV, or does not fit the header; or an address for the second time."""


def read(file: Path) -> list[UserRow | BadRow]:
    """All rows, empty ones left out; `-` is standard input.

    Raises Invalid when the file is not UTF-8 or its header names what is no column.
    """
    data = sys.stdin.buffer.read() if str(file) == "-" else file.expanduser().read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(str(file), f"text in UTF-8; byte {error.start + 1} is none") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines = _lines(reader)
    header = next(lines, None)
    if header is None or isinstance(header, BadRow):
        raise Invalid(str(file), "a first row with the names of the columns")
    return list(_once(_rows(lines, _columns(header[1]))))


Line = tuple[int, list[str]]


def _lines(reader: Any) -> Iterator[Line | BadRow]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(line, "", NotCsv(f"This is not CSV: {error}."))
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells


def _columns(header: list[str]) -> list[str]:
    """The names of the API. Raises Invalid for an unknown one, one twice, or no `mail`."""
    columns = [_column(title.strip()) for title in header]
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise Invalid(f"column {twice}", "each column once")
    if MAIL not in columns:
        raise Invalid("columns", f"one named {MAIL}; the first row names the columns")
    return columns


def _column(title: str) -> str:
    known = {MAIL: MAIL}
    for param in PARAMS.values():
        known |= dict.fromkeys(
            (spelling.lower() for spelling in (param.name, param.python, *param.aliases)), param.name
        )
    word = title.lower().replace("-", "_")
    if word in known:
        return known[word]
    if ";" in title:
        raise Invalid("columns", "commas between them, not semicolons")
    close = difflib.get_close_matches(word, known, 1, 0.6)
    nearest = f"a known column; the nearest is {close[0]}" if close else "one of " + ", ".join([MAIL, *PARAMS])
    raise Invalid(f"column {title!r}", nearest)


def _rows(lines: Iterator[Line | BadRow], columns: list[str]) -> Iterator[UserRow | BadRow]:
    for found in lines:
        if isinstance(found, BadRow):
            yield found
            continue
        line, cells = found
        mail = dict(zip(columns, cells, strict=False)).get(MAIL, "").strip()
        try:
            yield _row(line, columns, cells)
        except PostroomError as error:
            yield BadRow(line, mail, error)


def _row(line: int, columns: list[str], cells: list[str]) -> UserRow:
    if len(cells) != len(columns):
        raise NotCsv(f"The row has {len(cells)} cells, the first row {len(columns)}.")
    texts = {name: text for name, text in zip(columns, cells, strict=True) if text.strip()}
    mail = address(texts.pop(MAIL, ""), MAIL)
    values = {name: _value(PARAMS[name], text) for name, text in texts.items()}
    for name in values:
        for other in PARAMS[name].conflicts:
            if other in values:
                raise Invalid(name, f"either {name} or {other}, not both")
    return UserRow(
        line,
        mail,
        {CREATE[name].python: value for name, value in values.items() if name in CREATE},
        {UPDATE[name].python: value for name, value in values.items() if name not in CREATE},
    )


def _value(param: Param, text: str) -> Any:
    if param.secret:
        return text
    word = text.strip()
    match param.kind:
        case "number":
            if not (word.isascii() and word.isdigit()) or len(word) > 18:
                raise Invalid(param.name, "a whole number, at least 0")
            return int(word)
        case "flag":
            return _one_of(param, word, FLAGS)
        case "status":
            return _one_of(param, word, {status: status for status in STATUSES})
        case "list":
            return ",".join(item.strip() for item in word.replace(";", ",").split(",") if item.strip())
        case _:
            return word


def _one_of(param: Param, word: str, known: Mapping[str, Any]) -> Any:
    if word.lower() not in known:
        raise Invalid(param.name, " or ".join(list(known)[:2]) if known is not FLAGS else "yes or no")
    return known[word.lower()]


def _once(rows: Iterator[UserRow | BadRow]) -> Iterator[UserRow | BadRow]:
    seen: dict[str, int] = {}
    for row in rows:
        if isinstance(row, UserRow):
            if row.mail in seen:
                yield BadRow(row.line, row.mail, NotCsv(f"The address stands in line {seen[row.mail]} already."))
                continue
            seen[row.mail] = row.line
        yield row
