"""The facade of calendars: what faces call, and what meetings are built on."""

from __future__ import annotations

from collections.abc import Callable

from postroom.settings import Graph
from postroom.workspace.people import People, Person
from postroom.workspace.store.store import Store
from postroom.workspace.workloads.calendar import former
from postroom.workspace.workloads.calendar.belongings import EventAttachments, EventExtensions, EventUploads
from postroom.workspace.workloads.calendar.calendars import Calendars, Groups
from postroom.workspace.workloads.calendar.core import Core
from postroom.workspace.workloads.calendar.events import Events
from postroom.workspace.workloads.calendar.kinds import EVENT, EXCEPTION
from postroom.workspace.workloads.calendar.windows import Windows
from postroom.workspace.workloads.items.uploads import Uploads


class Calendar:
    """All methods of its parts take the UUID of a mailbox first: that of a person, or of a group, which `group` finds
    as if it were one."""

    def __init__(
        self,
        store: Store,
        people: People,
        settings: Graph,
        uploads: Uploads,
        group: Callable[[str], Person | None] = lambda _: None,
    ) -> None:
        self.core = Core(store, people, settings, group)
        self.groups = Groups(self.core)
        self.calendars = Calendars(self.core)
        self.events = Events(self.core)
        self.windows = Windows(self.core)
        self.attachments = EventAttachments(store)
        self.extensions = EventExtensions(store)
        uploads.targets[EVENT] = uploads.targets[EXCEPTION] = EventUploads()

    def tend(self) -> None:
        """What is to be done every hour."""
        with self.core.store.write() as unit:
            former.forget(unit)
