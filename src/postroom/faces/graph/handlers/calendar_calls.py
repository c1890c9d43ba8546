"""What handlers of calendars share: errors, and one handler for several paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from inspect import Parameter, Signature, signature
from typing import Final

from postroom.errors import Denied
from postroom.faces.graph.access import denied, holds
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import Handler, implements
from postroom.faces.graph.errors import WIRE, Row, codes
from postroom.faces.graph.handlers import calls
from postroom.faces.graph.handlers.doing import doer
from postroom.faces.graph.result import Result
from postroom.faces.graph.route import Family
from postroom.faces.graph.routes.calendar import BASIC
from postroom.workspace.recurrence.given import BadRecurrence
from postroom.workspace.workloads.calendar import errors
from postroom.workspace.workloads.calendar.calendar import Calendar
from postroom.workspace.workloads.calendar.events import DEFAULT
from postroom.workspace.workloads.calendar.kinds import CONTENTS
from postroom.workspace.workloads.calendar.meetings import sharing
from postroom.workspace.workloads.items.doer import check_in
from postroom.workspace.workloads.items.wish import Wish

IN_NAME: Final = frozenset({"accept", "tentativelyAccept", "decline", "cancel", "forward"})
"""What sends mail in the owner's name."""
CHANGES: Final = frozenset({"delta", "view_delta"})


def _every(code: str) -> Mapping[Family, str]:
    return codes(code, code, code, code)


WIRE.update({
    errors.UnknownZone: Row(400, _every("TimeZoneNotSupportedException"), lambda error, _: "The following TimeZone "
                            f"value is not supported: '{error.name}'."),
    errors.BadTimes: Row(400, _every("ErrorPropertyValidationFailure")),
    BadRecurrence: Row(400, _every("ErrorPropertyValidationFailure")),
    errors.CrossesNeighbour: Row(400, _every("ErrorOccurrenceCrossingBoundary")),
    errors.NoWindow: Row(400, _every("ErrorInvalidParameter"), lambda *_: "This request requires a time window "
                         "specified by the query string parameters StartDateTime and EndDateTime."),
    errors.WindowTooLarge: Row(400, _every("ErrorCalendarViewRangeTooBig")),
    errors.NoSeries: Row(400, _every("ErrorInvalidRequest")),
    errors.NotRemovable: Row(400, _every("ErrorCannotDeleteObject")),
})  # fmt: skip


def wish(call: Call) -> Wish:
    """Raises Refused for a time zone that nobody knows, and for what the caller's scopes leave out."""
    basic = not holds(call.route, call.caller, beside=BASIC)
    if basic and calls.asks_contents(call.options, CONTENTS):
        raise denied(call.route.family)
    return replace(calls.wish(call), basic=basic)


@dataclass(frozen=True, slots=True)
class Place:
    """A path that leads to events. `above` are the keys before those of an event; `calendar` is the one it leads to,
    None for the whole mailbox, empty for the last of `above`."""

    above: tuple[str, ...] = ()
    calendar: str | None = None
    of_group: bool = False
    """The mailbox is that of the group named first."""

    def calendar_of(self, keys: tuple[str, ...]) -> str | None:
        return keys[-1] if self.calendar == "" else self.calendar


PLACES: Final = {
    "events": Place(),
    "default_events": Place(calendar=DEFAULT),
    "calendar_events": Place(("calendar",), ""),
    "group_calendar_events": Place(("group", "calendar"), ""),
    "group_events": Place(("group",), None, of_group=True),
    "group_default_events": Place(("group",), DEFAULT, of_group=True),
}


def calendar(call: Call) -> Calendar:
    return call.workspace.calendar


def of_group(call: Call, group: str) -> Call:
    """The call with the mailbox of a group. Raises NotFound, and Denied for who is not in it."""
    check_in(call.workspace.groups, group, doer(call))
    return replace(call, mailbox=group.lower())


def is_guest(call: Call) -> bool:
    """Whether a user calls for the calendar of somebody else."""
    return call.caller.user_id not in (None, call.mailbox)


def _shared(call: Call, calendar_id: str | None, below: tuple[str, ...]) -> tuple[Call, str | None]:
    """The call as a guest may make it, and the calendar it is for: the whole mailbox is nobody else's.

    Raises Denied, NotFound.
    """
    if not is_guest(call):
        return call, calendar_id
    user, write = call.caller.user_id or "", call.route.method != "GET"
    if below:
        access = call.workspace.meetings.sharing.event(call.mailbox, user, below[0], write=write)
    else:
        named = None if calendar_id in (None, DEFAULT) else calendar_id
        access = call.workspace.meetings.sharing.calendar(call.mailbox, user, named)
        calendar_id = calendar_id or DEFAULT
    if write:
        sharing.check_write(access)
        sharing.check_people(access, call.document)
    action = call.route.key.rpartition(".")[2]
    if action in IN_NAME:
        sharing.check_delegate(access)
    if action in CHANGES and not access.sees_private:
        raise Denied("Changes of a shared calendar are for delegates who may see private events.")
    return replace(call, options=sharing.narrowed(call.options, access)), calendar_id


@dataclass(frozen=True, slots=True)
class _OnPath:
    """A handler on one of the paths that lead to events."""

    handler: Handler
    place: Place

    def __call__(self, call: Call, *keys: str) -> Result:
        count = len(self.place.above)
        above, below = keys[:count], keys[count:]
        if self.place.of_group:
            return self.handler(of_group(call, above[0]), self.place.calendar_of(above), *below)
        call, calendar_id = _shared(call, self.place.calendar_of(above), below)
        return self.handler(call, calendar_id, *below)

    @property
    def __signature__(self) -> Signature:
        """The handler's with the keys of this path, for `dispatch.faults`."""
        call, _, *below = signature(self.handler).parameters.values()
        above = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in self.place.above]
        return Signature([call, *above, *below])


def on_events(name: str) -> Callable[[Handler], Handler]:
    """A handler of `events.<name>` on every path that leads to events; after the call it gets the calendar."""

    def register(handler: Handler) -> Handler:
        for group, place in PLACES.items():
            implements(f"calendar.{group}.{name}")(_OnPath(handler, place))
        return handler

    return register
