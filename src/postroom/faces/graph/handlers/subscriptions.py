"""Subscriptions. The resource of one is a path of this very API: whoever may read it may be told of its changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from postroom.errors import Invalid
from postroom.faces.graph import access, path, queries
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.errors import WIRE, Refused, Row, codes
from postroom.faces.graph.handlers.calls import asks_contents
from postroom.faces.graph.handlers.sites_calls import web_of
from postroom.faces.graph.outlook.names import is_outlook
from postroom.faces.graph.result import Created, Many, Nothing, One, Result
from postroom.faces.graph.route import USER
from postroom.faces.graph.routes import ROUTES
from postroom.faces.graph.table import Found, Table
from postroom.workspace.delivery.notifying_rows import Target
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.options import Options
from postroom.workspace.query.project import project
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import watched as calendars
from postroom.workspace.workloads.calendar.kinds import CONTENTS as EVENT_CONTENTS
from postroom.workspace.workloads.calendar.kinds import EVENT
from postroom.workspace.workloads.contacts import watched as contacts
from postroom.workspace.workloads.contacts.kinds import CONTACT
from postroom.workspace.workloads.directory.kinds import GROUP, OWNER, key_of
from postroom.workspace.workloads.directory.kinds import USER as USER_KIND
from postroom.workspace.workloads.mail.kinds import CONTENTS as MAIL_CONTENTS
from postroom.workspace.workloads.mail.kinds import MESSAGE
from postroom.workspace.workloads.mail.watched import folder_number, prepare
from postroom.workspace.workloads.sites.kinds import LIST
from postroom.workspace.workloads.sites.lists import list_key
from postroom.workspace.workloads.subscriptions.subscriptions import NotValidated, TooMany
from postroom.workspace.workloads.todo import watched as todo
from postroom.workspace.workloads.todo.kinds import TASK

WIRE.update({
    NotValidated: Row(400, codes("ValidationError", "ValidationError", "ValidationError", "ValidationError")),
    TooMany: Row(403, codes("ExtensionError", "ExtensionError", "ExtensionError", "ExtensionError")),
})  # fmt: skip
TYPE: Final = SCHEMA.entity("subscription")
PAGE: Final = 100
MOST_RESOURCE: Final = 4096
WATCH: Final = frozenset({"filter", "select"})

_INSIDE: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    MESSAGE: (MAIL_CONTENTS, "/v1.0/me/messages/{id}/$value"),
    EVENT: (EVENT_CONTENTS, "/v1.0/me/events/{id}/attachments"),
}
"""Properties that tell what is in an item, and a path that only those may read who may know it."""

Finder = Callable[[Unit], Target]


@implements("subscriptions.list")
def subscriptions(call: Call) -> Result:
    rows = call.workspace.subscriptions.list(call.caller)
    return Many(page_of(rows, call.options, TYPE, PAGE, None))


@implements("subscriptions.get")
def subscription(call: Call, subscription: str) -> Result:
    found = call.workspace.subscriptions.get(call.caller, subscription)
    return One(project(found, call.options, TYPE))


@implements("subscriptions.create")
def create(call: Call) -> Result:
    find = _finder(call, call.given("resource"), data=bool(call.given("includeResourceData")))
    made = call.workspace.subscriptions.create(
        call.caller, call.document, find, immutable=call.prefer.immutable_ids, push=_outlook(call)
    )
    return Created(made)


def _outlook(call: Call) -> str:
    """Where Outlook REST is, for who came that way."""
    return call.base_url if call.incoming is not None and is_outlook(call.incoming.path) else ""


@implements("subscriptions.change")
def change(call: Call, subscription: str) -> Result:
    _check_again(call, subscription)
    return One(call.workspace.subscriptions.change(call.caller, subscription, call.document))


@implements("subscriptions.delete")
def delete(call: Call, subscription: str) -> Result:
    call.workspace.subscriptions.delete(call.caller, subscription)
    return Nothing()


@implements("subscriptions.reauthorize")
def reauthorize(call: Call, subscription: str) -> Result:
    _check_again(call, subscription)
    call.workspace.subscriptions.reauthorize(call.caller, subscription)
    return Nothing()


def _check_again(call: Call, subscription: str) -> None:
    """Whether this token, too, may read what is watched. Raises Refused."""
    found = call.workspace.subscriptions.get(call.caller, subscription)
    _finder(call, found["resource"], data=bool(found["includeResourceData"]))


@cache
def _table() -> Table:
    return Table(ROUTES)


def _finder(call: Call, resource: object, *, data: bool) -> Finder:
    """What a resource names, once the caller may read it, with its contents for `data`. Raises Invalid, Refused."""
    if not isinstance(resource, str) or not 0 < len(resource) <= MOST_RESOURCE:
        raise Invalid("resource", "a path, such as me/mailFolders('inbox')/messages")
    where, _, query = resource.partition("?")
    found = _table().find("GET", path.parse(f"/v1.0/{where.lstrip('/')}").segments)
    target = _TARGETS.get(found.route.key)
    if target is None or found.rest:
        raise Refused(400, "InvalidRequest", f"Changes of the resource '{resource}' cannot be subscribed to.")
    access.check(found.route, call.caller)
    mailbox = ""
    if found.route.path.startswith(USER):
        mailbox = access.mailbox_of(found.route, call.caller, found.user, call.workspace.people)
    options = _options(found, query)
    contents, inside = _INSIDE.get(found.route.type, (frozenset(), ""))
    if inside and (data or asks_contents(options, contents)):
        # What suffices for a list may not suffice for what is in the items.
        access.check(_table().find("GET", path.parse(inside).segments).route, call.caller)
    if found.route.type == MESSAGE:
        prepare(call.workspace.mail, mailbox, found.keys[-1] if found.keys else None)
    if found.route.type == EVENT:
        calendars.prepare(call.workspace.calendar, mailbox)
    if found.route.type == CONTACT:
        contacts.prepare(call.workspace.store, mailbox)
    if found.route.type == TASK:
        todo.prepare(call.workspace.store, mailbox)
    if found.route.type == LIST:
        mailbox = web_of(replace(call, place=found.place))
    return lambda unit: replace(target(unit, found, mailbox), query=query)


def _options(found: Found, query: str) -> Options:
    pairs = queries.parse(query).options
    for name, _ in pairs:
        if queries.bare(name) not in WATCH:
            raise Refused(400, "InvalidRequest", f"The query option '{name}' is not supported in a resource.")
    # Whatever stands in it must be known to the type as well.
    options = queries.options_for(found.route, pairs, None)
    page_of([], options, SCHEMA.entity(found.route.type), None, None)
    return options


def _messages(unit: Unit, found: Found, mailbox: str) -> Target:  # noqa: ARG001  as all of them are called
    return Target(MESSAGE, mailbox)


def _folder_messages(unit: Unit, found: Found, mailbox: str) -> Target:
    return Target(MESSAGE, mailbox, folder_number(unit, mailbox, found.keys[-1]))


def _objects(kind: str) -> Callable[[Unit, Found, str], Target]:
    return lambda _, found, mailbox: Target(kind, OWNER, key=_object_key(found, mailbox))


def _object_key(found: Found, mailbox: str) -> bytes | None:
    name = mailbox or (found.keys[0] if found.keys else "")
    key = key_of(name)
    if name and key is None:
        raise Invalid("resource", "the id of a group")
    return key


def _contacts(unit: Unit, found: Found, mailbox: str) -> Target:
    """Of the default folder, or of the one that is named."""
    return Target(CONTACT, mailbox, contacts.folder_number(unit, mailbox, found.keys[-1] if found.keys else None))


def _events(unit: Unit, found: Found, mailbox: str) -> Target:  # noqa: ARG001  as all of them are called
    return Target(EVENT, mailbox)


def _calendar_events(unit: Unit, found: Found, mailbox: str) -> Target:
    """Of the default calendar, or of the one that is named."""
    return Target(EVENT, mailbox, calendars.calendar_number(unit, mailbox, found.keys[-1] if found.keys else None))


def _tasks(unit: Unit, found: Found, mailbox: str) -> Target:
    return Target(TASK, mailbox, todo.list_number(unit, mailbox, found.keys[0]))


def _list(unit: Unit, found: Found, mailbox: str) -> Target:
    """A list of the site whose mailbox this is."""
    return Target(LIST, mailbox, key=list_key(unit, mailbox, found.keys[0]))


_TARGETS: Final[Mapping[str, Callable[[Unit, Found, str], Target]]] = {
    "mail.messages.list": _messages,
    "mail.folder_messages.list": _folder_messages,
    "mail.child_messages.list": _folder_messages,
    "calendar.events.list": _events,
    "calendar.default_events.list": _calendar_events,
    "calendar.calendar_events.list": _calendar_events,
    "contacts.contacts.list": _contacts,
    "contacts.folder_contacts.list": _contacts,
    "contacts.child_contacts.list": _contacts,
    "todo.tasks.list": _tasks,
    "sites.lists.get": _list,
    "directory.users.list": _objects(USER_KIND),
    "directory.users.get": _objects(USER_KIND),
    "directory.groups.list": _objects(GROUP),
    "directory.groups.get": _objects(GROUP),
}
"""From the key of the route that reads a resource to what is watched."""
