"""A workbook on a desk: requests as Graph has them, without a server, and what another library reads of the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook

from postroom.faces.graph.path import parse
from postroom.workspace.workbook.book import Book
from postroom.workspace.workbook.graph.steps import Answer, Request, Step
from postroom.workspace.workbook.graph.walking import Walk


@dataclass
class Desk:
    path: Path
    book: Book

    def ask(self, verb: str, path: str, body: Any = None, **more: Any) -> Any:
        """The value of the answer."""
        return self.answer(verb, path, body, **more).value

    def answer(self, verb: str, path: str, body: Any = None, **more: Any) -> Answer:
        segments = parse(f"v1.0/{path}").segments
        steps = tuple(Step(one.text, one.key, dict(one.arguments or {}), one.raw) for one in segments)
        return Walk(self.book, Request(verb, steps, body, **more)).answer()

    def write(self, address: str, rows: Any, sheet: str = "Sheet1", name: str = "values") -> None:
        self.ask("PATCH", f"worksheets/{sheet}/range(address='{address}')", {name: rows})

    def read(self, address: str, name: str = "values", sheet: str = "Sheet1") -> Any:
        return self.ask("GET", f"worksheets/{sheet}/range(address='{address}')/{name}")

    def one(self, address: str, name: str = "values", sheet: str = "Sheet1") -> Any:
        return self.read(address, name, sheet)[0][0]

    def save(self) -> None:
        """Save it and open what was saved."""
        self.book.save(self.path)
        self.book = Book.open(self.path)

    def read_by_another(self, sheet: str = "Sheet1") -> list[list[Any]]:
        return CalamineWorkbook.from_path(self.path).get_sheet_by_name(sheet).to_python()


def desk(folder: Path, prepare: Callable[[Any], None] = lambda _: None) -> Desk:
    """A workbook with one sheet, which `prepare` fills with openpyxl."""
    made = openpyxl.Workbook()
    made.worksheets[0].title = "Sheet1"
    prepare(made)
    path = folder / "book.xlsx"
    made.save(path)
    return Desk(path, Book.open(path))
