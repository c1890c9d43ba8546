"""One server for all tests of a module; each test has a workbook of its own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import count
from typing import Any

import openpyxl
import pytest
from tests.faces.graph.graph_server import ANNA, BERT, Client, World, running

from postroom.settings import Graph

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    settings = Graph(workbooks=3, workbook_cells=60_000, workbook_range_cells=50_000, workbook_request_s=20.0)
    with running(tmp_path_factory.mktemp("workbooks"), settings) as found:
        yield found


@pytest.fixture(scope="module")
def anna(world: World) -> Client:
    return world.caller(world.tokens.user(ANNA, "Files.ReadWrite.All"))


@pytest.fixture(scope="module")
def bert(world: World) -> Client:
    return world.caller(world.tokens.user(BERT, "Files.ReadWrite.All"))


def packed(workbook: Any) -> bytes:
    """The bytes of a workbook of openpyxl's."""
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


def put(client: Client, content: bytes, name: str = "") -> str:
    """Where a file lies that has this content."""
    path = f"/me/drive/root:/{name or f'book {next(_NUMBERS)}.xlsx'}:"
    made = client.done("PUT", f"{path}/content", 201, content=content)
    return f"/me/drive/items/{made['id']}"


@pytest.fixture(scope="module")
def still(anna: Client) -> str:
    """A workbook that nobody changes."""
    return _empty(anna)


@pytest.fixture
def item(anna: Client) -> str:
    """A workbook with one empty sheet."""
    return _empty(anna)


def _empty(anna: Client) -> str:
    made = openpyxl.Workbook()
    made.worksheets[0].title = "Sheet1"
    return put(anna, packed(made))
