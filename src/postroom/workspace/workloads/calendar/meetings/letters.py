"""The letters about meetings: invitation, update, cancellation, answer."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, Final

from postroom.workspace.icalendar import Calendar, Entry, write
from postroom.workspace.people import Person
from postroom.workspace.store.rows import Body
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import views
from postroom.workspace.workloads.calendar.given import address_of
from postroom.workspace.workloads.calendar.meetings import entries
from postroom.workspace.workloads.calendar.meetings.core import body_of, own_addresses, recipient, split
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.items import attached, text
from postroom.workspace.workloads.items.kinds import CONTENT, FILE
from postroom.workspace.workloads.items.letters import Carried, Letter
from postroom.workspace.workloads.items.wish import Document, Wish

CANCELED: Final = "Canceled: "
ANSWERS: Final[Mapping[str, str]] = {
    "accepted": "Accepted: ",
    "tentativelyAccepted": "Tentative: ",
    "declined": "Declined: ",
}
PROPOSED: Final = "New Time Proposed: "
_WISH: Final = Wish(immutable=True)


def request(
    unit: Unit, ref: Ref, people: list[Document], *, comment: str = "", prefix: str = "", private: bool = True
) -> Letter:
    """An invitation, or the news of a meeting that was changed; perhaps without its private occurrences."""
    to, optional = split(people)
    shown = people if ref.document.get("hideAttendees") else None
    found = entries.series(unit, ref, unit.now, people=shown, private=private)
    return Letter(
        f"{prefix}{ref.document.get('subject') or ''}",
        _with_comment(body_of(unit, ref), comment),
        to,
        "REQUEST",
        write(Calendar("REQUEST", found)),
        ref.id(_WISH),
        optional,
        str(ref.document.get("importance") or "normal"),
        _files(unit, ref),
    )


def cancellation(unit: Unit, ref: Ref, people: list[Document], comment: str = "", *, final: bool = True) -> Letter:
    """`final`: the meeting goes. Who was only taken out of it may be invited again, with the same sequence."""
    to, optional = split(people)
    found = entries.entry(unit, ref, unit.now, comment=comment, people=people)
    document = {name: value for name, value in found.document.items() if name != "recurrence"}
    told = Entry(found.uid, document | {"isCancelled": True, "isReminderOn": False}, found.sequence + final,
                 found.stamp, found.original, text=found.text, comment=comment)  # fmt: skip
    raw = write(Calendar("CANCEL", (told,)))
    body = _with_comment(body_of(unit, ref), comment)
    return Letter(f"{CANCELED}{ref.document.get('subject') or ''}", body, to, "CANCEL", raw, None, optional)


def answer(
    unit: Unit, ref: Ref, person: Person, response: str, comment: str, proposed: Mapping[str, Any] | None
) -> Letter:
    """To the organizer; with another time that would do it is a proposal."""
    # As the invitation names them, which may be by another address.
    own = own_addresses(person)
    people = [one for one in ref.document.get("attendees") or [] if address_of(one).lower() in own]
    me = {"type": "required", **recipient(person), **(people[0] if people else {}), "status": {"response": response}}
    found = entries.entry(unit, ref, unit.now, comment=comment, people=[me])
    document = found.document | dict(proposed or {})
    document.pop("recurrence", None)
    told = Entry(found.uid, document, found.sequence, found.stamp, found.original, comment=comment)
    method = "COUNTER" if proposed else "REPLY"
    subject = f"{PROPOSED if proposed else ANSWERS[response]}{ref.document.get('subject') or ''}"
    organizer = {"emailAddress": dict(ref.document["organizer"]["emailAddress"])}
    raw = write(Calendar(method, (told,)))
    return Letter(subject, Body("text", comment), [organizer], method, raw, ref.id(_WISH))


def _with_comment(body: Body, comment: str) -> Body:
    if not comment:
        return body
    if body.content_type == "html":
        return Body("html", text.document(f"<div>{escape(comment)}</div><br>\r\n{text.fragment(body.content)}"))
    return Body("text", f"{comment}\r\n\r\n{body.content}" if body.content else comment)


def _files(unit: Unit, ref: Ref) -> tuple[Carried, ...]:
    found = []
    for one in unit.items.children(views.attachments_of(ref), FILE):
        document = one.document
        if unit.items.blob(one, CONTENT) is not None:
            found.append(
                Carried(
                    str(document.get("name") or ""),
                    str(document.get("contentType") or ""),
                    attached.content_of(unit, one),
                    bool(document.get("isInline")),
                    str(document.get("contentId") or ""),
                )
            )
    return tuple(found)
