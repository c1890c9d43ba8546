from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook
from tests.faces.graph.graph_server import ANNA, SomePeople

from postroom.filetexts import FileTexts
from postroom.settings import Archive, Graph, Settings
from postroom.workspace.workloads.files.core import At, Look
from postroom.workspace.workloads.items.doer import Doer
from postroom.workspace.workspace import Workspace

LOOK = Look(Doer("app", ANNA.id, ANNA.name), "https://x/v1.0")


def put(workspace: Workspace, name: str, content: bytes) -> None:
    arriving = workspace.store.arriving(1 << 20)
    try:
        arriving.write(content)
        workspace.files.contents.put(LOOK, At(ANNA.id, steps=(("root", ""), ("path", name))), arriving)
    finally:
        arriving.close()


@pytest.fixture
def sheet(tmp_path: Path) -> bytes:
    book = Workbook()
    book.worksheets[0]["A1"] = "Wolkenkuckucksheim"
    book.save(tmp_path / "x.xlsx")
    return (tmp_path / "x.xlsx").read_bytes()


def test_files_are_found_by_the_words_in_them(tmp_path: Path, sheet: bytes) -> None:
    settings = Settings(graph=replace(Graph(), enabled=True))
    with (
        closing(FileTexts(Archive())) as texts,
        Workspace(tmp_path / "workspace", SomePeople(), settings, text_of=texts) as workspace,
    ):
        put(workspace, "a.xlsx", sheet)
        put(workspace, "b.txt", "Grüße aus Wolkenhausen".encode())
        put(workspace, "c.bin", b"\0\1\2wolken")
        workspace.files.background.work()
        search = workspace.files.search
        root = At(ANNA.id)
        assert [row["name"] for row in search.page(LOOK, root, "wolken").rows] == ["a.xlsx", "b.txt"]
        assert [row["name"] for row in search.page(LOOK, root, "GRÜSSE wolken").rows] == []
        assert [row["name"] for row in search.page(LOOK, root, "grüße").rows] == ["b.txt"]
        put(workspace, "b.txt", b"something else")
        workspace.files.background.work()
        assert [row["name"] for row in search.page(LOOK, root, "wolken").rows] == ["a.xlsx"]
