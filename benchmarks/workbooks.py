"""How long a range of 50,000 cells takes to be written into a workbook of a drive, and to be read again.

The baseline is openpyxl alone, with the same numbers and texts: the file is loaded, the cells are set, it is saved;
then it is loaded, and the cells are read. Ours has it open in a process of its own, and every write is a version of the
file that is synced before it is answered.
"""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any, Final

import msgspec
import openpyxl
from tests.faces.graph.graph_server import ANNA, SomePeople

from benchmarks.bench import Bench
from benchmarks.claim import Bound, Claim, Rounds
from postroom.settings import Graph, Settings
from postroom.workspace.workbook.addresses import letters
from postroom.workspace.workbook.graph.steps import Request, Step
from postroom.workspace.workloads.files.core import At, Look
from postroom.workspace.workloads.items.doer import Doer
from postroom.workspace.workloads.workbooks.workbooks import Place
from postroom.workspace.workspace import Workspace

ROWS, COLUMNS = 1000, 50
FEW_ROWS: Final = 100
FEW_MAIL: Final = 2_000
NAME: Final = "book.xlsx"


def measure(bench: Bench) -> Claim:
    """Seconds of both, the write and the read."""
    rows = ROWS if bench.mail.messages >= FEW_MAIL else FEW_ROWS
    values = [[row * column if column % 5 else f"text {row}" for column in range(COLUMNS)] for row in range(rows)]
    path = bench.scratch / NAME
    openpyxl.Workbook().save(path)
    with Workspace(bench.scratch / "workspace", SomePeople(), Settings(graph=Graph(enabled=True))) as workspace:
        place = _put(workspace, path.read_bytes())
        _ask(workspace, place, rows, {"values": values})  # the process is up, as for everything but the first request
        rounds = Rounds.of(bench.repeat, lambda: _alone(path, values), lambda: _ours(workspace, place, values))
        read = _ask(workspace, place, rows)
    return Claim(
        "workbook_range",
        min(rounds.ours_s),
        "s",
        rounds.ratio(),
        Bound("ratio", "at least", 0.7, 1.5),
        {"cells": rows * COLUMNS, **rounds.detail("openpyxl")},
        {"what was written is read": read == values},
    )


def _put(workspace: Workspace, content: bytes) -> Place:
    look, at = Look(Doer("bench", ANNA.id, ANNA.name)), At(ANNA.id, steps=(("root", ""), ("path", NAME)))
    arriving = workspace.store.arriving(1 << 20)
    try:
        arriving.write(content)
        workspace.files.contents.put(look, at, arriving)
    finally:
        arriving.close()
    return Place(look, at, "bench")


def _ask(workspace: Workspace, place: Place, rows: int, body: dict[str, Any] | None = None) -> Any:
    address = f"A1:{letters(COLUMNS)}{rows}"
    steps = (Step("worksheets"), Step("Sheet"), Step("range", None, {"address": address}))
    verb, select = ("GET", ("values",)) if body is None else ("PATCH", ("address",))
    told = workspace.workbooks.ask(place, Request(verb, steps, body, select=select))
    return None if body is not None else msgspec.json.decode(told.values["values"])


def _ours(workspace: Workspace, place: Place, values: list[list[Any]]) -> float:
    start = time.perf_counter()
    _ask(workspace, place, len(values), {"values": values})
    _ask(workspace, place, len(values))
    return time.perf_counter() - start


def _alone(path: Path, values: list[list[Any]]) -> float:
    start = time.perf_counter()
    book = openpyxl.load_workbook(path)
    for at, row in enumerate(values, 1):
        for along, value in enumerate(row, 1):
            book.worksheets[0].cell(at, along, value)
    book.save(path)
    again = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    read = [[cell.value for cell in row] for row in again.worksheets[0].iter_rows()]
    assert len(read) == len(values)
    return time.perf_counter() - start
