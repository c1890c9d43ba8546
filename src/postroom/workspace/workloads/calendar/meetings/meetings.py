"""The facade of meetings: what faces and the command line call, what mail is joined to."""

from __future__ import annotations

from collections.abc import Callable

from postroom.errors import NotFound
from postroom.workspace.people import Person
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import refs, views
from postroom.workspace.workloads.calendar.calendar import Calendar
from postroom.workspace.workloads.calendar.meetings.answering import Answering
from postroom.workspace.workloads.calendar.meetings.arriving import Arriving
from postroom.workspace.workloads.calendar.meetings.core import Core
from postroom.workspace.workloads.calendar.meetings.files import Files
from postroom.workspace.workloads.calendar.meetings.permissions import Permissions
from postroom.workspace.workloads.calendar.meetings.reminders import Reminders
from postroom.workspace.workloads.calendar.meetings.schedules import Schedules
from postroom.workspace.workloads.calendar.meetings.sharing import Sharing
from postroom.workspace.workloads.calendar.meetings.suggesting import Suggesting
from postroom.workspace.workloads.calendar.meetings.telling import Telling
from postroom.workspace.workloads.items.letters import Meetings as Joined
from postroom.workspace.workloads.items.letters import Post
from postroom.workspace.workloads.items.wish import Document, Wish


class Meetings:
    """All methods of its parts take the UUID of a mailbox first. Changes of the calendar are followed from here on."""

    def __init__(self, calendar: Calendar, post: Post, settings_of: Callable[[Unit, Person], Document]) -> None:
        core = Core(calendar.core, post, settings_of)
        calendar.core.hooks.append(Telling(core))
        self._arriving = Arriving(core)
        self.answering = Answering(core)
        self.schedules = Schedules(core)
        self.suggesting = Suggesting(core, self.schedules)
        self.reminders = Reminders(core)
        self.permissions = Permissions(calendar.core)
        self.sharing = Sharing(calendar.core)
        self.files = Files(core)

    @property
    def joined(self) -> Joined:
        """For the mail."""
        return Joined(self._arriving.arrived, _event)


def _event(unit: Unit, mailbox: str, event_id: str, wish: Wish) -> Document | None:
    """None once it is gone."""
    try:
        return views.shown(unit, refs.found(unit, mailbox, event_id), wish)
    except NotFound:
        return None
