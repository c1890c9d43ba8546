"""One server for all tests of meetings; each test has an owner of a calendar and somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from tests.faces.graph.calendar.giving import event
from tests.faces.graph.graph_server import Client, World, running

from postroom.workspace.people import Person

PEOPLE: list[Person] = []
SHARED = ("Calendars.ReadWrite.Shared", "Calendars.ReadWrite", "Mail.Read", "MailboxSettings.ReadWrite")


@dataclass
class Two:
    """Each with their calls."""

    world: World
    owner: Person
    other: Person
    mine: Client
    theirs: Client

    def create(self, subject: str = "Round", begin: str = "09:00", end: str = "10:00", **more: Any) -> Any:
        """On the first of March, for the owner."""
        given = event(f"2024-03-01T{begin}:00", f"2024-03-01T{end}:00", subject=subject, **more)
        return self.mine.done("POST", "/me/events", 201, json=given)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("graph"), None, PEOPLE) as found:
        yield found


@pytest.fixture
def two(server: World) -> Two:
    number = len(PEOPLE)
    owner, other = (Person(str(uuid4()), f"{name}{number}@one.test", name.title()) for name in ("owner", "other"))
    PEOPLE.extend((owner, other))
    mine, theirs = (server.caller(server.tokens.user(one, *SHARED)) for one in (owner, other))
    return Two(server, owner, other, mine, theirs)
