"""One server for all tests of contacts: each test has folders or contacts of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.faces.graph.graph_server import ANNA, BERT, Client, World, running


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("contacts")) as found:
        yield found


@pytest.fixture(scope="module")
def anna(world: World) -> Client:
    return world.caller(world.tokens.user(ANNA, "Contacts.ReadWrite", "Mail.ReadWrite"))


@pytest.fixture(scope="module")
def bert(world: World) -> Client:
    return world.caller(world.tokens.user(BERT, "Contacts.ReadWrite"))


@pytest.fixture
def folder(anna: Client, request: pytest.FixtureRequest) -> str:
    """The path of an empty folder."""
    made = anna.done("POST", "/me/contactFolders", 201, json={"displayName": request.node.name})
    return f"/me/contactFolders/{made['id']}"
