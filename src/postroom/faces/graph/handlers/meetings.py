"""Meetings: answers, free and busy times, reminders, permissions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Signature, signature
from typing import Any, Final

from postroom.errors import Invalid
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import Handler, implements
from postroom.faces.graph.errors import WIRE, Row, codes
from postroom.faces.graph.handlers.calendar import window_of
from postroom.faces.graph.handlers.calendar_calls import is_guest, on_events
from postroom.faces.graph.handlers.calls import wish
from postroom.faces.graph.result import Accepted, Created, Many, Nothing, One, Raw, Result, Value
from postroom.workspace.query.page import Page
from postroom.workspace.workloads.calendar.meetings import answering
from postroom.workspace.workloads.calendar.meetings.answering import Response
from postroom.workspace.workloads.calendar.meetings.meetings import Meetings

WIRE.update({
    one: Row(400, codes("ErrorInvalidRequest", "ErrorInvalidRequest", "ErrorInvalidRequest", "ErrorInvalidRequest"))
    for one in (answering.NotForOrganizer, answering.NotOrganizer)
})  # fmt: skip
CALENDAR: Final = "text/calendar; charset=utf-8"


def meetings(call: Call) -> Meetings:
    return call.workspace.meetings


def _answer(call: Call, event: str, response: Response) -> Result:
    send, proposed = call.given("sendResponse"), call.given("proposedNewTime")
    if not isinstance(send, bool | None):
        raise Invalid("sendResponse", "true or false")
    if not isinstance(proposed, Mapping | None):
        raise Invalid("proposedNewTime", "a start and an end")
    comment = call.given("comment") or ""
    meetings(call).answering.answer(call.mailbox, event, response, comment, send=send is not False, proposed=proposed)
    return Accepted()


@on_events("accept")
def accept(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001  the id says where it is
    return _answer(call, event, "accepted")


@on_events("tentativelyAccept")
def accept_tentatively(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001
    return _answer(call, event, "tentativelyAccepted")


@on_events("decline")
def decline(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001
    return _answer(call, event, "declined")


@on_events("cancel")
def cancel(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001
    meetings(call).answering.cancel(call.mailbox, event, call.given("comment") or "")
    return Accepted()


@on_events("forward")
def forward(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001
    to: Any = call.given("toRecipients")
    if not isinstance(to, list):
        raise Invalid("toRecipients", "a list of recipients")
    private = _sees_private(call, event)
    meetings(call).answering.forward(call.mailbox, event, to, call.given("comment") or "", private=private)
    return Accepted()


@on_events("dismissReminder")
def dismiss(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001
    meetings(call).reminders.dismiss(call.mailbox, event)
    return Nothing(200)


@on_events("snoozeReminder")
def snooze(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001
    meetings(call).reminders.snooze(call.mailbox, event, call.given("newReminderTime"))
    return Nothing(200)


@on_events("icalendar")
def icalendar(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001
    return Raw(meetings(call).files.event(call.mailbox, event, private=_sees_private(call, event)), CALENDAR)


def _sees_private(call: Call, event: str) -> bool:
    """A guest may see a series, and private occurrences of it not."""
    if not is_guest(call):
        return True
    return meetings(call).sharing.event(call.mailbox, call.caller.user_id or "", event, write=False).sees_private


@implements("calendar.reminders")
def reminders(call: Call) -> Result:
    return Many(Page(meetings(call).reminders.view(call.mailbox, window_of(call), wish(call)), None, None))


@implements("calendar.times")
def meeting_times(call: Call) -> Result:
    return One(meetings(call).suggesting.find(call.mailbox, call.document, wish(call)))


@dataclass(frozen=True, slots=True)
class _OfDefault:
    """A handler of a calendar, for the default one: its path has no id."""

    handler: Handler

    def __call__(self, call: Call, *keys: str) -> Result:
        return self.handler(call, None, *keys)

    @property
    def __signature__(self) -> Signature:
        """Without the calendar, for `dispatch.faults`."""
        call, _, *below = signature(self.handler).parameters.values()
        return Signature([call, *below])


def on_calendars(name: str) -> Callable[[Handler], Handler]:
    """A handler of a calendar by its id, and of the default one, for which it gets None."""

    def register(handler: Handler) -> Handler:
        implements(f"calendar.calendars.{name}")(handler)
        implements(f"calendar.default.{name}")(_OfDefault(handler))
        return handler

    return register


@on_calendars("schedule")
def schedule(call: Call, calendar: str | None) -> Result:  # noqa: ARG001  it is the people that are asked for
    return Many(Page(meetings(call).schedules.get(call.mailbox, call.document, wish(call)), None, None))


@on_calendars("permissions")
def permissions(call: Call, calendar: str | None) -> Result:
    return Many(meetings(call).permissions.page(call.mailbox, calendar, wish(call)))


@on_calendars("permit")
def permit(call: Call, calendar: str | None) -> Result:
    return Created(meetings(call).permissions.create(call.mailbox, calendar, call.document))


@on_calendars("permission")
def permission(call: Call, calendar: str | None, permission: str) -> Result:
    return One(meetings(call).permissions.get(call.mailbox, calendar, permission, wish(call)))


@on_calendars("change_permission")
def change_permission(call: Call, calendar: str | None, permission: str) -> Result:
    return One(meetings(call).permissions.update(call.mailbox, calendar, permission, call.document))


@on_calendars("delete_permission")
def delete_permission(call: Call, calendar: str | None, permission: str) -> Result:
    meetings(call).permissions.delete(call.mailbox, calendar, permission)
    return Nothing()


@on_calendars("roles")
def roles(call: Call, calendar: str | None) -> Result:
    user = call.argument("user", "").strip("'")
    if not user:
        raise Invalid("User", "the address of somebody")
    found = meetings(call).permissions.allowed_roles(call.mailbox, calendar, user)
    return Value(found, "microsoft.graph.calendarRoleType")
