"""What handlers of mail share: the wish of a call, changes with their links, one handler for several paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from inspect import Parameter, Signature, signature
from typing import Final

from postroom.errors import Invalid
from postroom.faces.graph import result
from postroom.faces.graph.access import denied, holds
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import Handler, implements
from postroom.faces.graph.errors import WIRE, Refused, Row, codes
from postroom.faces.graph.result import Document, Result
from postroom.faces.graph.routes.mail import BASIC
from postroom.workspace.query.options import Options
from postroom.workspace.query.walk import paths
from postroom.workspace.query.zones import zone
from postroom.workspace.store.changes import Delta
from postroom.workspace.workloads.mail import errors
from postroom.workspace.workloads.mail.mail import Mail
from postroom.workspace.workloads.mail.wish import CONTENTS, Wish

WIRE.update({
    errors.Conflict: Row(412, codes("ErrorIrresolvableConflict", "PreconditionFailed", "resourceModified",
                                    "PreconditionFailed")),
    errors.Distinguished: Row(403, codes("ErrorDeleteDistinguishedFolder", "BadRequest", "notAllowed")),
    errors.InvalidRecipients: Row(400, codes("ErrorInvalidRecipients", "BadRequest", "invalidRequest")),
    errors.NotSentAs: Row(403, codes("ErrorSendAsDenied", "Forbidden", "accessDenied")),
    errors.RangeRefused: Row(416, codes("invalidRange", "BadRequest", "invalidRange")),
})  # fmt: skip

CHANGES: Final = frozenset({"created", "updated", "deleted"})
ABOVE: Final = {"messages": (), "folder_messages": ("folder",), "child_messages": ("folder", "child")}
"""Keys that stand before those of a message, by the groups of routes."""


def mail(call: Call) -> Mail:
    return call.workspace.mail


def wish(call: Call) -> Wish:
    """Raises Refused for a time zone that nobody knows, and for what the caller's scopes leave out."""
    basic = not holds(call.route, call.caller, beside=BASIC)
    if basic:
        _check_basic(call)
    return Wish(
        call.options,
        basic=basic,
        immutable=call.prefer.immutable_ids,
        text=call.prefer.body_type == "text",
        unsafe=call.prefer.unsafe_html,
        zone=zone_of(call),
        if_match=call.if_match,
        flags=frozenset(name for name, value in call.parameters.items() if value.lower() == "true"),
        raw=True,
    )


def _check_basic(call: Call) -> None:
    """Raises Refused."""
    if asks_contents(call.options):
        raise denied(call.route.family)


def asks_contents(options: Options) -> bool:
    """Whether the options tell what is in a message: a search or a filter does so, too."""
    asked = paths(options.filter) if options.filter is not None else []
    asked += [one.path for one in options.orderby] + [one.path for one in options.expand]
    return options.search is not None or any(name.lower() in CONTENTS for path in asked for name in path.names)


def zone_of(call: Call) -> tzinfo:
    name = call.prefer.timezone
    if not name:
        return UTC
    found = zone(name)
    if found is None:
        message = f"The following TimeZone value is not supported: '{name}'."
        raise Refused(400, "TimeZoneNotSupportedException", message)
    return found


def destination(call: Call) -> str:
    """Where something is moved or copied. Raises Invalid."""
    found = call.given("destinationId")
    if not isinstance(found, str) or not found:
        raise Invalid("destinationId", "the id or the well-known name of a folder")
    return found


def changes(rows: list[Document], delta: Delta, kind: str, *, immutable: bool) -> Result:
    """A page of changes, of those kinds that the first call asked for."""
    asked = str(delta.carried.get("changeType") or "")
    wanted = {word.strip().lower() for word in asked.split(",") if word.strip()} or CHANGES
    shown = [
        row
        for row, item in zip(rows, delta.items, strict=True)
        if ("created" if item.number in delta.created else "updated") in wanted
    ]
    if "deleted" in wanted:
        gone = delta.removed_ids(immutable=immutable)
        shown += [
            {"@odata.type": f"#microsoft.graph.{kind}", "id": one, "@removed": {"reason": "deleted"}} for one in gone
        ]
    return result.Delta(shown, delta.token if delta.more else None, None if delta.more else delta.token)


@dataclass(frozen=True, slots=True)
class _OnPath:
    """A handler on one of the paths that lead to messages; `above` names the folders before them."""

    handler: Handler
    above: tuple[str, ...]
    with_folder: bool

    def __call__(self, call: Call, *keys: str) -> Result:
        folders, below = keys[: len(self.above)], keys[len(self.above) :]
        if self.with_folder:
            return self.handler(call, folders[-1] if folders else None, *below)
        return self.handler(call, *below)

    @property
    def __signature__(self) -> Signature:
        """The handler's with the folders of this path, for `dispatch.faults`."""
        call, *below = signature(self.handler).parameters.values()
        folders = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in self.above]
        return Signature([call, *folders, *(one for one in below if one.name != "folder")])


def on_messages(name: str) -> Callable[[Handler], Handler]:
    """A handler of `messages.<name>` on every path that leads to messages.

    When its first parameter after the call is `folder`, it gets the folder of the path, or None.
    """

    def register(handler: Handler) -> Handler:
        with_folder = "folder" in signature(handler).parameters
        for group, above in ABOVE.items():
            implements(f"mail.{group}.{name}")(_OnPath(handler, above, with_folder))
        return handler

    return register


def on_folder(name: str) -> Callable[[Callable[[Call, str, str | None], Result]], None]:
    """A handler of one folder, on every path that leads to it. It gets the folder above where the path names one."""

    def register(handler: Callable[[Call, str, str | None], Result]) -> None:
        @implements(f"mail.folders.{name}")
        def anywhere(call: Call, folder: str) -> Result:
            return handler(call, folder, None)

        @implements(f"mail.children.{name}")
        def in_folder(call: Call, folder: str, child: str) -> Result:
            return handler(call, child, folder)

    return register
