"""One server for all tests of To Do: each test has a list of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.faces.graph.graph_server import ANNA, Client, World, running


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("todo")) as found:
        yield found


@pytest.fixture(scope="module")
def anna(world: World) -> Client:
    return world.caller(world.tokens.user(ANNA, "Tasks.ReadWrite"))


@pytest.fixture
def tasks(anna: Client, request: pytest.FixtureRequest) -> str:
    """The path of the tasks of an empty list."""
    made = anna.done("POST", "/me/todo/lists", 201, json={"displayName": request.node.name})
    return f"/me/todo/lists/{made['id']}/tasks"
