"""What all parts of mail share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from postroom.errors import NotFound
from postroom.settings import Settings
from postroom.workspace.clock import Clock
from postroom.workspace.people import People, Person
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items.letters import NO_MEETINGS, Meetings
from postroom.workspace.workloads.mail import headers

Wake = Callable[[], None]
IsContact = Callable[[Unit, str, str], bool]
"""Whether an address is one of somebody whom a mailbox knows."""


@dataclass
class Core:
    """`wake` is called when something new waits to be sent; `is_contact` asks another workload; `ready` remembers which
    folders there are for sure."""

    store: Store
    people: People
    clock: Clock
    settings: Settings
    wake: Wake = lambda: None
    is_contact: IsContact = lambda *_: False
    ready: set[tuple[str, str]] = field(default_factory=set)
    meetings: Meetings = NO_MEETINGS
    """What calendars do about mail."""

    def person(self, mailbox: str) -> Person:
        """Raises NotFound for a mailbox that belongs to nobody."""
        found = self.people.find(mailbox)
        if found is None:
            raise NotFound("user", mailbox)
        return found


def recipient_of(person: Person) -> dict[str, Any]:
    return headers.recipient(person.address, person.name)


def own_addresses(person: Person) -> frozenset[str]:
    return frozenset(one.lower() for one in (person.address, *person.other_addresses))
