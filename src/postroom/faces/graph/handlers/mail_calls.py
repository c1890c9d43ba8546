"""What handlers of mail share: what scopes leave out of a wish, one handler for several paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from postroom.faces.graph.access import denied, holds
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import Handler
from postroom.faces.graph.errors import WIRE, Row, codes
from postroom.faces.graph.handlers import calls, paths
from postroom.faces.graph.routes.mail import BASIC
from postroom.workspace.workloads.items.wish import Wish
from postroom.workspace.workloads.mail import errors
from postroom.workspace.workloads.mail.kinds import CONTENTS
from postroom.workspace.workloads.mail.mail import Mail

WIRE.update({
    errors.Distinguished: Row(403, codes("ErrorDeleteDistinguishedFolder", "BadRequest", "notAllowed")),
    errors.InvalidRecipients: Row(400, codes("ErrorInvalidRecipients", "BadRequest", "invalidRequest")),
    errors.NotSentAs: Row(403, codes("ErrorSendAsDenied", "Forbidden", "accessDenied")),
})  # fmt: skip

ABOVE: Final = {"messages": (), "folder_messages": ("folder",), "child_messages": ("folder", "child")}
"""Keys that stand before those of a message, by the groups of routes."""


def mail(call: Call) -> Mail:
    return call.workspace.mail


def wish(call: Call) -> Wish:
    """Raises Refused for a time zone that nobody knows, and for what the caller's scopes leave out."""
    basic = not holds(call.route, call.caller, beside=BASIC)
    if basic:
        _check_basic(call)
    return replace(calls.wish(call), basic=basic, raw=True)


def _check_basic(call: Call) -> None:
    """Raises Refused."""
    if calls.asks_contents(call.options, CONTENTS):
        raise denied(call.route.family)


def on_messages(name: str) -> Callable[[Handler], Handler]:
    """A handler of `messages.<name>` on every path that leads to messages.

    When its first parameter after the call is `folder`, it gets the folder of the path, or None.
    """

    return paths.on_paths("mail", ABOVE, name)


def on_folder(name: str) -> Callable[[paths.InFolder], None]:
    """A handler of one folder; see `paths.on_folder`."""
    return paths.on_folder("mail", name)
