"""Calendars and their groups."""

from __future__ import annotations

from contextlib import suppress

from postroom.errors import Denied
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.handlers.calendar_calls import calendar, is_guest, of_group
from postroom.faces.graph.handlers.calls import wish
from postroom.faces.graph.result import Created, Document, Many, Nothing, One, Result
from postroom.workspace.query.page import Page
from postroom.workspace.workloads.calendar.calendars import Calendars
from postroom.workspace.workloads.calendar.meetings.permissions import reaches


def _calendars(call: Call) -> Calendars:
    return calendar(call).calendars


@implements("calendar.calendars.list")
def calendars(call: Call) -> Result:
    return Many(_seen(call, _calendars(call).page(call.mailbox, None, wish(call))))


@implements("calendar.calendars_of_group.list")
def calendars_of_group(call: Call, group: str) -> Result:
    return Many(_seen(call, _calendars(call).page(call.mailbox, group, wish(call))))


@implements("calendar.calendars_of_default_group.list")
def calendars_of_default_group(call: Call) -> Result:
    return Many(_calendars(call).page(call.mailbox, None, wish(call), in_default=True))


@implements("calendar.calendars.create", "calendar.calendars_of_default_group.create")
def create_calendar(call: Call) -> Result:
    return _created(call, None)


@implements("calendar.calendars_of_group.create")
def create_calendar_in_group(call: Call, group: str) -> Result:
    return _created(call, group)


def _as_shared(call: Call, calendar_id: str | None, shown: Document) -> Document:
    """What a guest may do with it. Raises Denied for a calendar that was not shared."""
    if not is_guest(call):
        return shown
    access = call.workspace.meetings.sharing.calendar(call.mailbox, call.caller.user_id or "", calendar_id)
    may = {"canEdit": reaches(access.role, "write"), "canShare": False, "canViewPrivateItems": access.sees_private}
    return shown | {name: value for name, value in may.items() if name in shown}


def _seen(call: Call, page: Page) -> Page:
    """Without those that are not shared with a guest; the count is of those that are left."""
    if not is_guest(call):
        return page
    rows = []
    for one in page.rows:
        with suppress(Denied):
            rows.append(_as_shared(call, one["id"], one))
    return Page(rows, page.cursor, None if page.count is None else len(rows))


def _created(call: Call, group: str | None) -> Result:
    made = _calendars(call).create(call.mailbox, group, call.document, wish(call))
    return Created(made, f"users/{call.mailbox}/calendars/{made['id']}")


@implements("calendar.default.get")
def default_calendar(call: Call) -> Result:
    return One(_as_shared(call, None, _calendars(call).get(call.mailbox, None, wish(call))))


@implements("calendar.default_of_group.get")
def calendar_of_group(call: Call, group: str) -> Result:
    call = of_group(call, group)
    return One(_calendars(call).get(call.mailbox, None, wish(call)))


@implements("calendar.default.change")
def change_default_calendar(call: Call) -> Result:
    return One(_calendars(call).update(call.mailbox, None, call.document, wish(call)))


@implements("calendar.calendars.get")
def calendar_by_id(call: Call, calendar: str) -> Result:
    return One(_as_shared(call, calendar, _calendars(call).get(call.mailbox, calendar, wish(call))))


@implements("calendar.calendars.change")
def change_calendar(call: Call, calendar: str) -> Result:
    return One(_calendars(call).update(call.mailbox, calendar, call.document, wish(call)))


@implements("calendar.calendars.delete", "calendar.calendars.delete_permanently")
def delete_calendar(call: Call, calendar: str) -> Result:
    _calendars(call).delete(call.mailbox, calendar, call.if_match)
    return Nothing()


# Below a group it is the same calendar, whichever group is named.


@implements("calendar.calendars_of_group.get")
def calendar_in_group(call: Call, group: str, calendar: str) -> Result:  # noqa: ARG001
    return calendar_by_id(call, calendar)


@implements("calendar.calendars_of_group.change")
def change_calendar_in_group(call: Call, group: str, calendar: str) -> Result:  # noqa: ARG001
    return change_calendar(call, calendar)


@implements("calendar.calendars_of_group.delete", "calendar.calendars_of_group.delete_permanently")
def delete_calendar_in_group(call: Call, group: str, calendar: str) -> Result:  # noqa: ARG001
    return delete_calendar(call, calendar)


@implements("calendar.groups.list")
def groups(call: Call) -> Result:
    return Many(calendar(call).groups.page(call.mailbox, wish(call)))


@implements("calendar.groups.create")
def create_group(call: Call) -> Result:
    return Created(calendar(call).groups.create(call.mailbox, call.document, wish(call)))


@implements("calendar.groups.get")
def group(call: Call, group: str) -> Result:
    return One(calendar(call).groups.get(call.mailbox, group, wish(call)))


@implements("calendar.default_group.get")
def default_group(call: Call) -> Result:
    return One(calendar(call).groups.get(call.mailbox, None, wish(call)))


@implements("calendar.groups.change")
def change_group(call: Call, group: str) -> Result:
    return One(calendar(call).groups.update(call.mailbox, group, call.document, wish(call)))


@implements("calendar.groups.delete")
def delete_group(call: Call, group: str) -> Result:
    calendar(call).groups.delete(call.mailbox, group)
    return Nothing()
