"""One store of calendars for all tests of this folder; each test has a mailbox of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from postroom.settings import Graph
from postroom.workspace.people import Person
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.calendar.calendar import Calendar
from postroom.workspace.workloads.calendar.core import Commit
from postroom.workspace.workloads.calendar.kinds import KINDS
from postroom.workspace.workloads.items.kinds import KINDS as ITEM_KINDS
from postroom.workspace.workloads.items.uploads import Uploads

NOW = datetime(2024, 1, 31, 10, tzinfo=UTC)


class Everybody:
    """A directory in which every name is somebody's."""

    def find(self, name: str) -> Person | None:
        return Person(name, f"{name[:8]}@one.test", "Somebody")

    def all(self) -> Iterator[Person]:
        return iter(())

    def authenticate(self, address: str, password: str) -> None:
        return None

    def recipients(self, address: str) -> None:
        return None


class Listener:
    """A hook that writes down what it hears, and may refuse it."""

    def __init__(self) -> None:
        self.heard: list[Commit] = []
        self.refuses = False

    def prepare(self, mailbox: str, event_id: str | None, given: object) -> object:
        return (mailbox, event_id)

    def committed(self, unit: Unit, commit: Commit, prepared: object) -> None:
        assert prepared is not None
        self.heard.append(commit)
        if self.refuses:
            raise ValueError("refused")


@dataclass
class Mine:
    """A mailbox with its calendar."""

    calendar: Calendar
    store: Store
    mailbox: str
    listener: Listener

    def create(self, **given: Any) -> dict[str, Any]:
        return self.calendar.events.create(self.mailbox, None, given)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("calendar"), (*ITEM_KINDS, *KINDS), lambda: NOW) as found:
        yield found


@pytest.fixture
def mine(store: Store) -> Mine:
    calendar = Calendar(store, Everybody(), Graph(), Uploads(store))
    listener = Listener()
    calendar.core.hooks.append(listener)
    return Mine(calendar, store, str(uuid4()), listener)
