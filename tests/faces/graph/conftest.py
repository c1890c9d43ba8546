"""A server of Graph for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faces.graph.graph_server import ANNA, Client, World, running

from postroom.settings import Graph


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Anna is its administrator."""
    with running(tmp_path, Graph(admins=(ANNA.address,))) as found:
        yield found


@pytest.fixture
def anna(world: World) -> Client:
    """Anna, through an app that may do with the directory what there is to do."""
    scopes = ("User.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All", "People.Read")
    return world.caller(world.tokens.user(ANNA, *scopes))


@pytest.fixture
def app(world: World) -> Client:
    """An app by itself that may read the directory."""
    return world.caller(world.tokens.app("User.Read.All", "Group.Read.All"))
