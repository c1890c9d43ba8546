"""Events: lists, windows, one, what lies in them."""

from __future__ import annotations

from postroom.faces.graph import result
from postroom.faces.graph.call import Call
from postroom.faces.graph.handlers.calendar_calls import calendar, on_events, wish
from postroom.faces.graph.handlers.calls import changes, zone_of
from postroom.faces.graph.handlers.uploads import begun
from postroom.faces.graph.result import Created, Many, Nothing, One, Raw, Result
from postroom.workspace.workloads.calendar.kinds import EVENT, EXCEPTION
from postroom.workspace.workloads.calendar.spans import Window
from postroom.workspace.workloads.calendar.windows import BEGIN, END, window


@on_events("list")
def events(call: Call, place: str | None) -> Result:
    return Many(calendar(call).events.page(call.mailbox, place, wish(call)))


@on_events("create")
def create_event(call: Call, place: str | None) -> Result:
    return Created(calendar(call).events.create(call.mailbox, place, call.document, wish(call)))


@on_events("delta")
def events_delta(call: Call, place: str | None) -> Result:
    wanted = wish(call)
    carried = {"changeType": call.argument("changeType")} if call.argument("changeType") else {}
    rows, delta = calendar(call).events.delta(call.mailbox, place, wanted, carried)
    return changes(rows, delta, EVENT, immutable=wanted.immutable)


def window_of(call: Call) -> Window:
    return window(call.argument(BEGIN), call.argument(END), zone_of(call))


@on_events("view")
def view(call: Call, place: str | None) -> Result:
    return Many(calendar(call).windows.view(call.mailbox, place, window_of(call), wish(call)))


@on_events("view_delta")
def view_delta(call: Call, place: str | None) -> Result:
    asked = {name: call.argument(name) for name in (BEGIN, END)}
    rows, delta = calendar(call).windows.delta(call.mailbox, place, asked, wish(call))
    return result.Delta(rows, delta.token if delta.more else None, None if delta.more else delta.token)


@on_events("get")
def event(call: Call, place: str | None, event: str) -> Result:
    return One(calendar(call).events.get(call.mailbox, event, wish(call), place))


@on_events("change")
def change_event(call: Call, place: str | None, event: str) -> Result:
    return One(calendar(call).events.update(call.mailbox, event, call.document, wish(call), place))


@on_events("delete")
def delete_event(call: Call, place: str | None, event: str) -> Result:
    calendar(call).events.delete(call.mailbox, event, call.if_match, place)
    return Nothing()


@on_events("delete_permanently")
def delete_event_permanently(call: Call, place: str | None, event: str) -> Result:
    calendar(call).events.delete(call.mailbox, event, None, place)
    return Nothing()


@on_events("instances")
def instances(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001  the id says where it is
    return Many(calendar(call).windows.instances(call.mailbox, event, window_of(call), wish(call)))


@on_events("exceptions")
def exceptions(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001
    return Many(calendar(call).events.exceptions(call.mailbox, event, wish(call)))


@on_events("calendar")
def calendar_of(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001
    return One(calendar(call).calendars.of_event(call.mailbox, event, wish(call)))


@on_events("attachments")
def attachments(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001
    return Many(calendar(call).attachments.page(call.mailbox, event, wish(call)))


@on_events("attach")
def attach(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001
    return Created(calendar(call).attachments.add(call.mailbox, event, call.document, wish(call)))


@on_events("attachment")
def attachment(call: Call, place: str | None, event: str, attachment: str) -> Result:  # noqa: ARG001
    return One(calendar(call).attachments.get(call.mailbox, event, attachment, wish(call)))


@on_events("content")
def content(call: Call, place: str | None, event: str, attachment: str) -> Result:  # noqa: ARG001
    media_type, found = calendar(call).attachments.content(call.mailbox, event, attachment)
    return Raw(found, media_type)


@on_events("detach")
def detach(call: Call, place: str | None, event: str, attachment: str) -> Result:  # noqa: ARG001
    calendar(call).attachments.delete(call.mailbox, event, attachment)
    return Nothing()


@on_events("upload")
def upload(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001
    return begun(call, calendar(call).attachments.owner_id(call.mailbox, event), EVENT, EXCEPTION)


@on_events("extensions")
def extensions(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001
    return Many(calendar(call).extensions.page(call.mailbox, event, wish(call)))


@on_events("extend")
def extend(call: Call, place: str | None, event: str) -> Result:  # noqa: ARG001
    return Created(calendar(call).extensions.create(call.mailbox, event, call.document))


@on_events("extension")
def extension(call: Call, place: str | None, event: str, extension: str) -> Result:  # noqa: ARG001
    return One(calendar(call).extensions.get(call.mailbox, event, extension))


@on_events("change_extension")
def change_extension(call: Call, place: str | None, event: str, extension: str) -> Result:  # noqa: ARG001
    return One(calendar(call).extensions.update(call.mailbox, event, extension, call.document))


@on_events("delete_extension")
def delete_extension(call: Call, place: str | None, event: str, extension: str) -> Result:  # noqa: ARG001
    calendar(call).extensions.delete(call.mailbox, event, extension)
    return Nothing()
