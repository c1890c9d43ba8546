"""An archive and a mailbox of its own for each test, in one Graph for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from tests.archive.instances import settings
from tests.archive.profiles.graph.liar import Liar, Lie, liar
from tests.archive.profiles.graph.room import Room

from postroom.archive.archive import Archive
from postroom.testing import LocalGraph, local_graph

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def graph_for_profiles() -> Iterator[LocalGraph]:
    with local_graph() as running:
        yield running


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive", settings()) as opened:
        yield opened


@pytest.fixture
def room(archive: Archive, graph_for_profiles: LocalGraph) -> Room:
    anna = graph_for_profiles.user(f"anna{next(_NUMBERS)}@example.com", name="Anna")
    return Room(archive, graph_for_profiles, anna)


@pytest.fixture
def lying(room: Room) -> Iterator[Callable[..., Liar]]:
    """Puts a liar between the room and its Graph."""
    with ExitStack() as opened:

        def lie(*lies: Lie) -> Liar:
            told = opened.enter_context(liar(room.graph, lies))
            room.graph_url = told.url
            return told

        yield lie
