"""Calls the handler of a function that works on an archive, and notes it in the audit log of the instance."""

from __future__ import annotations

from collections.abc import Mapping

from mailstore.contract import Function
from postroom.archive.instance import events
from postroom.errors import Invalid, PostroomError
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import Handler
from postroom.faces.mailstore.server.errors import as_sent


def perform(call: Call, handler: Handler, function: Function, arguments: Mapping[str, object]) -> object:
    """The result. Raises PostroomError, which names values as the caller named them."""
    audit = call.archive.instance.audit
    try:
        result = handler(call, **arguments)
    except PostroomError as error:
        audit.record(events.API_CALL, call.by, ok=False, target=function.name)
        if isinstance(error, Invalid):
            raise as_sent(error, function) from error
        raise
    audit.record(events.API_CALL, call.by, target=function.name)
    return result
