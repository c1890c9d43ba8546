"""The process of a workbook: what it may not do, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.workspace.workbook.desk import desk

from postroom.workspace.workbook.errors import TooMuch
from postroom.workspace.workbook.graph.steps import Request, Step
from postroom.workspace.workloads.workbooks.process import Ended, Process
from postroom.workspace.workloads.workbooks.wire import Order, Start

LARGE = Step("range", None, {"address": "A1:AX1000"})
WRITE = Request("PATCH", (Step("worksheets"), Step("Sheet1"), LARGE), {"values": 1.5})


def started(memory_bytes: int = 1 << 30, limit_s: float = 30.0) -> Process:
    return Process(Start(memory_bytes, 64 << 20, 100_000, 50_000, 5.0, 30.0), limit_s)


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    made: list[Process] = []
    yield made
    for one in made:
        one.close()


def test_one_that_takes_too_long_is_ended(tmp_path: Path, processes: list[Process]) -> None:
    process = started(limit_s=0.05)
    processes.append(process)
    assert process.ask(Order(str(desk(tmp_path).path))).error is None
    with pytest.raises(TooMuch, match="seconds"):
        process.ask(Order(request=WRITE))
    assert not process.is_running


def test_one_that_eats_memory_says_so_or_ends(tmp_path: Path, processes: list[Process]) -> None:
    process = started(memory_bytes=36 << 20)
    processes.append(process)
    path = str(desk(tmp_path).path)
    try:
        outcome = process.ask(Order(path))
        outcome = process.ask(Order(request=WRITE)) if outcome.error is None else outcome
    except Ended:
        return
    assert outcome.error is not None
    assert outcome.error[0] == "TooMuch"
    assert outcome.spoiled


def test_a_change_that_fails_half_way_spoils_what_is_in_memory(tmp_path: Path, processes: list[Process]) -> None:
    process = started()
    processes.append(process)
    process.ask(Order(str(desk(tmp_path).path)))
    steps = (Step("worksheets"), Step("Sheet1"), Step("range", None, {"address": "A1:A2"}))
    outcome = process.ask(Order(request=Request("PATCH", steps, {"values": [[1], [{}]]})))
    assert outcome.error is not None
    assert (outcome.error[0], outcome.spoiled) == ("InvalidArgument", True)
    outcome = process.ask(Order(str(desk(tmp_path).path)))
    outcome = process.ask(Order(request=Request("PATCH", steps, {"values": [[1]] * 3})))
    assert outcome.error is not None
    assert (outcome.error[0], outcome.spoiled) == ("InvalidArgument", False)
