"""The workspace: what faces, command line and SMTP call. It knows no HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Final

from postroom.settings import Settings
from postroom.workspace.clock import Clock, now, to_ms
from postroom.workspace.delivery.notifying import Notifier
from postroom.workspace.delivery.notifying_http import Webhooks
from postroom.workspace.delivery.notifying_reader import LogReader, Source
from postroom.workspace.delivery.notifying_rows import Subscription
from postroom.workspace.delivery.queue import Queue
from postroom.workspace.delivery.smarthost import Smarthost
from postroom.workspace.libraries import DrivesOfSites
from postroom.workspace.people import People, Registrar
from postroom.workspace.signin.devices import Most
from postroom.workspace.signin.signin import Rules, Signin
from postroom.workspace.store.kinds import Kind
from postroom.workspace.store.store import Store
from postroom.workspace.workloads.calendar.calendar import Calendar
from postroom.workspace.workloads.calendar.kinds import KINDS as CALENDAR_KINDS
from postroom.workspace.workloads.calendar.meetings.meetings import Meetings
from postroom.workspace.workloads.calendar.watched import WatchedEvents
from postroom.workspace.workloads.contacts.contacts import Contacts, is_known
from postroom.workspace.workloads.contacts.kinds import KINDS as CONTACTS_KINDS
from postroom.workspace.workloads.contacts.watched import WatchedContacts
from postroom.workspace.workloads.directory.directory import Directory
from postroom.workspace.workloads.directory.kinds import KINDS as DIRECTORY_KINDS
from postroom.workspace.workloads.directory.sharing import GroupsOf
from postroom.workspace.workloads.directory.watched import WatchedObjects
from postroom.workspace.workloads.files.core import Core as FilesCore
from postroom.workspace.workloads.files.core import TextOf
from postroom.workspace.workloads.files.files import Files
from postroom.workspace.workloads.files.kinds import KINDS as FILES_KINDS
from postroom.workspace.workloads.items.doer import Doer
from postroom.workspace.workloads.items.kinds import KINDS as ITEM_KINDS
from postroom.workspace.workloads.items.uploads import Uploads
from postroom.workspace.workloads.mail.kinds import KINDS as MAIL_KINDS
from postroom.workspace.workloads.mail.mail import Mail
from postroom.workspace.workloads.mail.settings import values
from postroom.workspace.workloads.mail.watched import WatchedMessages
from postroom.workspace.workloads.planner.kinds import KINDS as PLANNER_KINDS
from postroom.workspace.workloads.planner.planner import Planner
from postroom.workspace.workloads.sites.kinds import KINDS as SITES_KINDS
from postroom.workspace.workloads.sites.kinds import LIST
from postroom.workspace.workloads.sites.sites import Sites
from postroom.workspace.workloads.sites.watched import WatchedLists
from postroom.workspace.workloads.subscriptions.encryption import seal
from postroom.workspace.workloads.subscriptions.subscriptions import Subscriptions
from postroom.workspace.workloads.todo.kinds import KINDS as TODO_KINDS
from postroom.workspace.workloads.todo.todo import Todo
from postroom.workspace.workloads.todo.watched import WatchedTasks
from postroom.workspace.workloads.workbooks.workbooks import Workbooks

KINDS: Final[tuple[Kind, ...]] = (
    *DIRECTORY_KINDS, *ITEM_KINDS, *MAIL_KINDS, *CALENDAR_KINDS, *CONTACTS_KINDS, *TODO_KINDS, *FILES_KINDS,
    *PLANNER_KINDS, *SITES_KINDS,
)  # fmt: skip
"""Of all workloads."""
PRUNED: Final = 10_000
"""How many changes are forgotten in one unit."""
WATCHED: Final[Mapping[str, Source]] = {
    "message": WatchedMessages(),
    "event": WatchedEvents(),
    "contact": WatchedContacts(),
    "todoTask": WatchedTasks(),
    "user": WatchedObjects("User"),
    "group": WatchedObjects("Group"),
    "list": WatchedLists(),
}
"""Kinds whose changes can be subscribed to."""


class Workspace:
    """What users own, in one folder, and who may reach it. `people` is the caller's to close; without a `registrar`
    nobody is made or changed here.

    Raises Unavailable, NoSpace, WrongState or Damaged when the folder cannot be used.
    """

    def __init__(
        self,
        directory: Path,
        people: People,
        settings: Settings,
        clock: Clock = now,
        registrar: Registrar | None = None,
        text_of: TextOf | None = None,
    ) -> None:
        self.path, self.people, self.settings, self.clock = directory, people, settings, clock
        most = Most(settings.graph.device_codes_address, settings.graph.device_codes_app)
        rules = Rules(settings.graph.tenant, settings.graph.admins, most)
        with ExitStack() as opened:
            self.store = opened.enter_context(Store(directory, KINDS, clock))
            self.signin = opened.enter_context(Signin(directory, people, clock, rules))
            self._opened = opened.pop_all()
        self.directory = Directory(self.store, people, settings.graph, self.signin.tenant, registrar)
        self.uploads = Uploads(self.store)
        self.mail = Mail(self.store, people, clock, settings, self.uploads)
        self.groups = groups = GroupsOf(self.store)
        self.calendar = Calendar(self.store, people, settings.graph, self.uploads, groups.person)
        self.meetings = Meetings(self.calendar, self.mail.posting, values)
        self.mail.on_meetings(self.meetings.joined)
        self.planner = Planner(self.store, people, groups)
        self.sites = Sites(self.store, people, groups, self.signin.tenant, DrivesOfSites())
        self.contacts = Contacts(self.store)
        self.todo = Todo(self.store, self.uploads)
        self.files = Files(
            FilesCore(
                self.store, people, clock, settings.graph, groups, self.sites.reaches, text_of, self.mail.sending.note
            )
        )
        self.workbooks = Workbooks(self.files.contents, settings.graph, clock, directory / "workbooks")
        self._opened.callback(self.workbooks.close)
        self.mail.core.is_contact = is_known
        smarthost = Smarthost(settings.outgoing)
        self.queue = Queue(self.store, people, self.mail.delivering, smarthost, settings.outgoing, clock)
        """Sends what leaves, between `start` and `stop`."""
        self.mail.on_outgoing(self.queue.wake)
        self._prepare_notifications(settings)

    def _prepare_notifications(self, settings: Settings) -> None:
        webhooks = Webhooks(settings.graph)
        reader = LogReader(self.store, WATCHED, seal, self._may_watch)
        tokens = self.signin.tokens
        self.notifier = Notifier(
            self.store, reader, webhooks, settings.graph, self.clock, self.signin.tenant, tokens.notification
        )
        """Tells subscribers what has changed, between `start` and `stop`."""
        self.store.on_commit.append(self.notifier.wake)
        self.subscriptions = Subscriptions(self.store, settings.graph, self.clock, webhooks, self.notifier.begin)

    def _may_watch(self, one: Subscription) -> bool:
        """Whether the app is still there, its user still active, and what is watched still there for them."""
        person = self.signin.active(one.user) if one.user else None
        if self.signin.apps.find(one.app) is None or (one.user and person is None):
            return False
        if one.target.kind != LIST or person is None:
            return True
        return self.sites.reaches(one.target.mailbox, Doer(one.app, person.id, admin=self.signin.is_admin(person)))

    def tend(self) -> None:
        """What is to be done every hour: what accounts changed, files that nothing needs, what is over, old changes."""
        self.uploads.tend()
        self.mail.tend()
        self.calendar.tend()
        self.files.tend()
        self.workbooks.tend()
        self.directory.notice()
        self._forget_changes()
        self.store.sweep()
        self.signin.tend()

    def _forget_changes(self) -> None:
        """In pieces, so that nobody waits long."""
        before_ms = to_ms(self.clock() - timedelta(days=self.settings.graph.changes_days))
        forgotten = PRUNED
        while forgotten == PRUNED:
            with self.store.write() as unit:
                forgotten = unit.changes.prune(before_ms, PRUNED)

    def close(self) -> None:
        self._opened.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
