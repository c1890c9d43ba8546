"""What handlers of drives share: who asks, and the address of an item."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from postroom.errors import NotFound
from postroom.faces.graph.access import holds
from postroom.faces.graph.call import Call
from postroom.faces.graph.errors import WIRE, Row, codes
from postroom.faces.graph.handlers.calls import wish
from postroom.faces.graph.handlers.doing import doer
from postroom.faces.graph.handlers.sites_calls import drive_at
from postroom.faces.graph.result import Document
from postroom.faces.graph.routes.files import OWN
from postroom.workspace.store.arriving import Arriving
from postroom.workspace.workloads.files import errors
from postroom.workspace.workloads.files.core import GROUP, USER, At, Look
from postroom.workspace.workloads.files.files import Files

BEHAVIOR: Final = "@microsoft.graph.conflictBehavior"
REDEEM: Final = frozenset({"redeemsharinglink", "redeemsharinglinkifnecessary"})


def _row(status: int, code: str) -> Row:
    """Only drives raise these, whatever the family of the route."""
    return Row(status, codes(code, code, code, code))


WIRE.update(
    {
        errors.InvalidName: _row(400, "invalidRequest"),
        errors.NoQuota: _row(507, "quotaLimitReached"),
        errors.Incomplete: _row(400, "invalidRequest"),
        errors.NeedsPassword: _row(401, "unauthenticated"),
        errors.Locked: _row(423, "resourceLocked"),
        errors.NotConverted: _row(406, "notSupported"),
        errors.OutOfOrder: _row(416, "invalidRange"),
    }
)


def files(call: Call) -> Files:
    return call.workspace.files


def look(call: Call) -> Look:
    """Raises Refused for a time zone that nobody knows."""
    return Look(doer(call), call.base_url, wish(call), others=holds(call.route, call.caller, beside=OWN))


def at(call: Call) -> At:
    """The address of what the base of the path leads to."""
    owner, kind, drive = call.mailbox, USER, ""
    of_site = any(name == "site" for name, _ in call.place)
    if of_site:
        found = drive_at(call)
        owner, kind, drive = found.owner, found.kind, found.drive
    steps: list[tuple[str, str]] = []
    for name, value in call.place:
        match name:
            case "me" | "user" | "site" | "site_path" | "list":
                pass
            case "group" | "drive" if of_site:
                pass
            case "group":
                owner, kind = value.lower(), GROUP
            case "drive":
                drive = value
            case _:
                steps.append((name, value))
    return At(owner, kind, drive, tuple(steps) or (("root", ""),))


def own(call: Call) -> At:
    """The default drive of who calls. Raises NotFound for an app without a user."""
    if call.caller.user_id is None:
        raise NotFound("drive", "of an app without a user")
    return At(call.caller.user_id)


def redeem(call: Call, share: str) -> None:
    """`Prefer: redeemSharingLink`: what was opened by a link is reached without it from now on."""
    if not REDEEM.isdisjoint(call.prefer.others):
        files(call).permissions.redeem(look(call), share)


@contextmanager
def arrived(call: Call) -> Iterator[Arriving]:
    """The body as a file, also of a request inside a batch."""
    if isinstance(call.body, Arriving):
        yield call.body
        return
    arriving = call.workspace.store.arriving(call.workspace.settings.graph.upload_bytes)
    try:
        arriving.write(call.body or b"")
        yield arriving
    finally:
        arriving.close()


def parameter(call: Call, name: str) -> str | None:
    """A parameter of the query that begins with @."""
    return call.parameters.get(name.lower())


def path_of(document: Document) -> str:
    """Where an item that was made is found."""
    return f"drives/{document['parentReference']['driveId']}/items/{document['id']}"
