"""The facade of mail: what faces and delivery call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from postroom.settings import Settings as AllSettings
from postroom.workspace.clock import Clock
from postroom.workspace.delivery.recipients import Fate
from postroom.workspace.people import People
from postroom.workspace.store.store import Store
from postroom.workspace.workloads.items.extensions import Extensions
from postroom.workspace.workloads.items.letters import Meetings
from postroom.workspace.workloads.items.uploads import Uploads
from postroom.workspace.workloads.mail import autoreply
from postroom.workspace.workloads.mail.attachments import Attachments, Drafts
from postroom.workspace.workloads.mail.categories import Categories
from postroom.workspace.workloads.mail.core import Core
from postroom.workspace.workloads.mail.delivering import Delivering
from postroom.workspace.workloads.mail.folders import Folders
from postroom.workspace.workloads.mail.kinds import MESSAGE
from postroom.workspace.workloads.mail.lookups import Lookups
from postroom.workspace.workloads.mail.messages import Messages
from postroom.workspace.workloads.mail.overrides import Overrides
from postroom.workspace.workloads.mail.posting import Posting
from postroom.workspace.workloads.mail.rule_list import Rules
from postroom.workspace.workloads.mail.sending import Sending
from postroom.workspace.workloads.mail.settings import Settings


class Mail:
    """All methods of its parts take the UUID of a mailbox first."""

    def __init__(self, store: Store, people: People, clock: Clock, settings: AllSettings, uploads: Uploads) -> None:
        self._core = Core(store, people, clock, settings)
        self.folders = Folders(self._core)
        self.messages = Messages(self._core)
        self.attachments = Attachments(self._core)
        self.uploads = uploads
        uploads.targets[MESSAGE] = Drafts()
        self.rules = Rules(self._core)
        self.categories = Categories(self._core)
        self.overrides = Overrides(self._core)
        self.extensions = Extensions(store, MESSAGE)
        self.settings = Settings(self._core)
        self.lookups = Lookups(self._core)
        self._delivering = Delivering(self._core)
        self.sending = Sending(self._core, self._delivering)
        self.posting = Posting(self._core, self.sending)
        """For workloads that write letters."""

    def deliver(self, sender: str, recipients: Sequence[str], data: bytes) -> Mapping[str, Fate]:
        """Into the mailboxes of those who are ours, all in one unit; what became of each recipient.

        When this returns it survives power loss. Raises Unavailable, NoSpace: then nobody has got it.
        """
        return self._delivering.deliver(sender, recipients, data)

    @property
    def delivering(self) -> Delivering:
        """For the queue, which ends what it delivers in the same unit."""
        return self._delivering

    @property
    def core(self) -> Core:
        return self._core

    def on_meetings(self, meetings: Meetings) -> None:
        """Have calendars told of messages about meetings."""
        self._core.meetings = meetings

    def on_outgoing(self, wake: Callable[[], None]) -> None:
        """Have this called whenever something new waits to be sent."""
        self._core.wake = wake

    def tend(self) -> None:
        """What is to be done every hour."""
        with self._core.store.write() as unit:
            autoreply.tend(unit)
