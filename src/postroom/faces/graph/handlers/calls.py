"""What handlers of several workloads share: the wish of a call, its time zone, changes with their links."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, tzinfo
from typing import Final

from postroom.errors import Invalid
from postroom.faces.graph import result
from postroom.faces.graph.call import Call
from postroom.faces.graph.errors import WIRE, Refused, Row, codes
from postroom.faces.graph.result import Document, Result
from postroom.workspace.query.options import Options
from postroom.workspace.query.walk import paths
from postroom.workspace.query.zones import zone
from postroom.workspace.store.changes import Delta
from postroom.workspace.workloads.items import errors
from postroom.workspace.workloads.items.wish import Wish

WIRE.update({
    errors.Conflict: Row(412, codes("ErrorIrresolvableConflict", "PreconditionFailed", "resourceModified",
                                    "PreconditionFailed")),
    errors.RangeRefused: Row(416, codes("invalidRange", "BadRequest", "invalidRange")),
})  # fmt: skip

CHANGES: Final = frozenset({"created", "updated", "deleted"})


def wish(call: Call) -> Wish:
    """Raises Refused for a time zone that nobody knows."""
    return Wish(
        call.options,
        immutable=call.prefer.immutable_ids,
        text=call.prefer.body_type == "text",
        unsafe=call.prefer.unsafe_html,
        zone=zone_of(call),
        zone_name=call.prefer.timezone or "UTC",
        if_match=call.if_match,
        flags=frozenset(name for name, value in call.parameters.items() if value.lower() == "true"),
    )


def asks_contents(options: Options, contents: Collection[str]) -> bool:
    """Whether the options tell what is in an item, names in lower case: a search or a filter does so, too."""
    asked = paths(options.filter) if options.filter is not None else []
    asked += [one.path for one in options.orderby] + [one.path for one in options.expand]
    return options.search is not None or any(name.lower() in contents for path in asked for name in path.names)


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
