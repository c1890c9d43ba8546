"""One server for all tests of calendars; each test has a person of its own, whose calendar is empty at first."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from tests.faces.graph.graph_server import Client, World, running

from postroom.settings import Graph
from postroom.workspace.people import Person

SCOPES = ("Calendars.ReadWrite", "Group.ReadWrite.All")
PEOPLE: list[Person] = []


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    graph = Graph(online_meeting_url="https://meet.one.test/", calendar_occurrences=400, webhooks_inside=True)
    with running(tmp_path_factory.mktemp("graph"), graph, PEOPLE) as found:
        yield found


@pytest.fixture
def person() -> Person:
    number = len(PEOPLE) + 1
    PEOPLE.append(Person(str(uuid4()), f"user{number}@one.test", f"User {number}"))
    return PEOPLE[-1]


@pytest.fixture
def me(server: World, person: Person) -> Client:
    return server.caller(server.tokens.user(person, *SCOPES))
