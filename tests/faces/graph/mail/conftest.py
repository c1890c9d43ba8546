from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faces.graph.graph_server import ANNA, BERT, Client, World, running

SCOPES = ("Mail.ReadWrite", "Mail.Send", "MailboxSettings.ReadWrite")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running(tmp_path) as found:
        yield found


@pytest.fixture
def anna(world: World) -> Client:
    return world.caller(world.tokens.user(ANNA, *SCOPES))


@pytest.fixture
def bert(world: World) -> Client:
    return world.caller(world.tokens.user(BERT, *SCOPES))
