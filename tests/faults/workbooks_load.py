"""Writes the same number into many cells of a workbook, again and again, until it is killed; tells each that was kept.

`workbooks_load.py folder first-number`.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Final

import openpyxl
from tests.faults.files_load import LOOK, at, opened, put

from postroom.workspace.workbook.graph.steps import Request, Step
from postroom.workspace.workloads.workbooks.workbooks import Place
from postroom.workspace.workspace import Workspace

NAME: Final = "book.xlsx"
ROWS: Final = 400


def prepared(workspace: Workspace) -> None:
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    put(workspace, NAME, content.getvalue())


def write(workspace: Workspace, number: int) -> None:
    steps = (Step("worksheets"), Step("Sheet"), Step("range", None, {"address": f"A1:C{ROWS}"}))
    request = Request("PATCH", steps, {"values": number}, select=("address",))
    workspace.workbooks.ask(Place(LOOK, at(NAME), "load"), request)


def main() -> None:
    number = int(sys.argv[2])
    with opened(Path(sys.argv[1])) as workspace:
        while True:
            write(workspace, number)
            print("written", number, flush=True)
            number += 1


if __name__ == "__main__":
    main()
