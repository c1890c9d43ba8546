"""Puts, uploads and copies files until it is killed, and tells each that was acknowledged.

Of a file with number n all bytes are n, so that a mixture of two shows. `files_load.py folder first-number`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.faces.graph.graph_server import ANNA, SomePeople

from postroom.settings import Graph, Settings
from postroom.workspace.store.arriving import Arriving
from postroom.workspace.workloads.files.core import At, Look
from postroom.workspace.workloads.items.doer import Doer
from postroom.workspace.workspace import Workspace

LOOK = Look(Doer("load", ANNA.id, ANNA.name), "https://x/v1.0")
SIZE, RANGE = 150_000, 60_000
LEAVES = 6


def opened(folder: Path) -> Workspace:
    return Workspace(folder, SomePeople(), Settings(graph=Graph(enabled=True, versions=3)))


def at(path: str) -> At:
    return At(ANNA.id, steps=(("root", ""), ("path", path)) if path else (("root", ""),))


def content(number: int) -> bytes:
    return bytes([number % 256]) * SIZE


def arriving(workspace: Workspace, data: bytes) -> Arriving:
    one = workspace.store.arriving(1 << 20)
    one.write(data)
    return one


def put(workspace: Workspace, path: str, data: bytes) -> None:
    one = arriving(workspace, data)
    try:
        workspace.files.contents.put(LOOK, at(path), one)
    finally:
        one.close()


def upload(workspace: Workspace, path: str, data: bytes) -> None:
    given = {"item": {"@microsoft.graph.conflictBehavior": "replace"}}
    token = workspace.files.sessions.begin(LOOK, at(path), given).token
    for begin in range(0, len(data), RANGE):
        one = arriving(workspace, data[begin : begin + RANGE])
        try:
            workspace.files.sessions.put(token, begin, len(data), one, LOOK.base)
        finally:
            one.close()


def prepared(workspace: Workspace) -> None:
    """A folder that is copied again and again."""
    workspace.files.folders.create(LOOK, at(""), {"name": "tree", "folder": {}})
    workspace.files.folders.create(LOOK, at("tree"), {"name": "deep", "folder": {}})
    for number in range(LEAVES):
        put(workspace, f"tree/{'deep/' if number % 2 else ''}leaf{number}", bytes([number]) * 1000)


def main() -> None:
    number = int(sys.argv[2])
    with opened(Path(sys.argv[1])) as workspace:
        workspace.files.background.work()
        while True:
            put(workspace, "put.bin", content(number))
            print("put", number, flush=True)
            upload(workspace, "uploaded.bin", content(number))
            print("uploaded", number, flush=True)
            workspace.files.copies.begin(LOOK, at("tree"), {"name": f"copy{number}"}, None)
            print("copied", number, flush=True)
            workspace.files.background.work()
            number += 1


if __name__ == "__main__":
    main()
