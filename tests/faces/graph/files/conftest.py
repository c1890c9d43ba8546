"""One server for all tests of a module: each works in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from tests.faces.graph.graph_server import ANNA, BERT, Client, World, running

from postroom.settings import Graph

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("files"), Graph(admins=(ANNA.address,), drive_bytes=1 << 30)) as found:
        yield found


@pytest.fixture(scope="module")
def anna(world: World) -> Client:
    return world.caller(world.tokens.user(ANNA, "Files.ReadWrite.All", "Group.ReadWrite.All"))


@pytest.fixture(scope="module")
def bert(world: World) -> Client:
    return world.caller(world.tokens.user(BERT, "Files.ReadWrite.All"))


@pytest.fixture
def folder(anna: Client) -> dict[str, Any]:
    """A folder of Anna's for one test."""
    made = anna.done("POST", "/me/drive/root/children", 201, json={"name": f"test {next(_NUMBERS)}", "folder": {}})
    assert isinstance(made, dict)
    return made
