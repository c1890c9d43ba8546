"""One workspace for all tests of meetings; each test has people of its own, whose calendars are empty at first."""

from __future__ import annotations

import email
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Any
from uuid import uuid4

import pytest
from tests.workspace.mail.house import Directory, SetClock, wish

from postroom.settings import Settings, Smtp
from postroom.workspace.icalendar import Calendar, read
from postroom.workspace.people import Person
from postroom.workspace.workloads.calendar.spans import Window
from postroom.workspace.workspace import Workspace

Document = dict[str, Any]


@dataclass
class Office:
    """Anna calls meetings, Bob comes to them."""

    workspace: Workspace
    people: Directory
    clock: SetClock
    anna: Person
    bob: Person

    def event(self, person: Person) -> Document:
        """The only event of somebody."""
        (found,) = self.events(person)
        return found

    def events(self, person: Person) -> list[Document]:
        return self.workspace.calendar.events.page(person.id, None).rows

    def view(self, person: Person) -> list[Document]:
        window = Window(self.clock.time.replace(month=1, day=1), self.clock.time.replace(month=12, day=31))
        return self.workspace.calendar.windows.view(person.id, None, window).rows

    def mail(self, person: Person, folder: str = "inbox") -> list[Document]:
        """The newest first, with the events they are about."""
        options = wish(expand="microsoft.graph.eventMessage/event")
        return self.workspace.mail.messages.page(person.id, folder, options).rows

    def call(self, subject: str = "Round", to: tuple[str, ...] = (), **more: Any) -> Document:
        """A meeting that Anna calls, with Bob and others."""
        people = [self.bob.address, *to]
        return self.workspace.calendar.events.create(self.anna.id, None, meeting(subject, *people) | more)

    def left(self) -> list[tuple[str, Message, Calendar]]:
        """What waits to be sent from Anna or Bob to people elsewhere: recipient, message, its iCalendar text."""
        with self.workspace.store.read() as unit:
            rows = unit.connection.execute(
                "SELECT recipient, holder FROM outgoing WHERE mailbox IN (?, ?) ORDER BY number",
                (self.anna.id, self.bob.id),
            ).fetchall()
            raws = [(row["recipient"], unit.items.held(row["holder"])) for row in rows]
            found = [(name, email.message_from_bytes(unit.blobs.read(blob.hash))) for name, blob in raws if blob]
        return [(name, message, read(calendar_part(message))) for name, message in found]

    def arrives(self, raw: bytes, sender: str = "eve@elsewhere.test") -> None:
        """At Bob's."""
        self.workspace.mail.deliver(sender, [self.bob.address], raw)


def calendar_part(message: Message) -> bytes:
    (part,) = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
    assert part.get_param("method")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def meeting(subject: str, *people: str) -> Document:
    return {
        "subject": subject,
        "body": {"contentType": "html", "content": "<p>Bring the <b>plans</b></p>"},
        "start": {"dateTime": "2026-03-02T09:00:00", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": "2026-03-02T10:00:00", "timeZone": "Europe/Berlin"},
        "location": {"displayName": "Hall"},
        "attendees": [{"type": "required", "emailAddress": {"address": one, "name": one}} for one in people],
    }


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Directory, SetClock]]:
    people, clock = Directory([]), SetClock()
    settings = Settings(smtp=Smtp(message_bytes=200_000))
    with Workspace(tmp_path_factory.mktemp("workspace"), people, settings, clock) as workspace:
        yield workspace, people, clock


@pytest.fixture
def office(house: tuple[Workspace, Directory, SetClock]) -> Office:
    workspace, people, clock = house
    number = len(people.persons)
    anna, bob = (Person(str(uuid4()), f"{name}{number}@example.org", f"{name} {number}") for name in ("anna", "bob"))
    people.persons += [anna, bob]
    return Office(workspace, people, clock, anna, bob)
