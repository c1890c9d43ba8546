"""Who organizes a meeting and changes it here tells those who take part: a hook of the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from postroom.workspace.people import Person
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import refs
from postroom.workspace.workloads.calendar.core import Commit
from postroom.workspace.workloads.calendar.given import NEVER, address_of
from postroom.workspace.workloads.calendar.meetings import letters
from postroom.workspace.workloads.calendar.meetings.core import Core, addresses, given_address, others
from postroom.workspace.workloads.calendar.meetings.entries import SEQUENCE, sequence_of
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.items.wish import Document

OWN: Final = frozenset({
    "categories", "showAs", "isReminderOn", "reminderMinutesBeforeStart", "responseStatus", "hasAttachments",
    "transactionId", "bodyPreview", "_series", SEQUENCE,
})  # fmt: skip
"""What is nobody's business but the organizer's."""
ANEW: Final = frozenset({"start", "end", "isAllDay", "recurrence"})
"""When these are others, everybody has to answer again."""


@dataclass(frozen=True, slots=True)
class _Ready:
    person: Person
    prepared: object


class Telling:
    """`Hook` of calendars."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def prepare(self, mailbox: str, event_id: str | None, given: Mapping[str, Any]) -> object:
        """None where nobody has to be told, as for calendars of groups: these have no mail."""
        person = self._core.calendar.people.find(mailbox)
        people = list(given["attendees"]) if isinstance(given.get("attendees"), list) else []
        if event_id is not None:
            with self._core.calendar.store.read() as unit:
                people += refs.found(unit, mailbox, event_id).document.get("attendees") or []
        known = [address for one in people if (address := given_address(one))]
        if person is None or not known:
            return None
        return _Ready(person, self._core.post.prepare(person, known))

    def committed(self, unit: Unit, commit: Commit, prepared: object) -> None:
        ready = prepared if isinstance(prepared, _Ready) else None
        document = commit.after or commit.before or {}
        if ready is None or not document.get("isOrganizer") or document.get("isDraft"):
            return
        before, after = (others(one or {}, ready.person) for one in (commit.before, commit.after))
        if commit.what == "deleted":
            self._cancel(unit, ready, commit.ref, before, final=True)
        elif commit.what == "created":
            self._request(unit, ready, commit.ref, after)
        else:
            self._change(unit, ready, commit, before, after)

    def _change(self, unit: Unit, ready: _Ready, commit: Commit, before: list[Document], after: list[Document]) -> None:
        told = commit.changed - OWN
        if not told:
            return
        known, now = set(addresses(before)), set(addresses(after))
        self._cancel(unit, ready, commit.ref, [one for one in before if address_of(one).lower() not in now])
        if told <= {"attendees"}:
            self._request(unit, ready, commit.ref, [one for one in after if address_of(one).lower() not in known])
        elif after:
            self._request(unit, ready, _renewed(unit, commit.ref, anew=not ANEW.isdisjoint(told)), after)

    def _request(self, unit: Unit, ready: _Ready, ref: Ref, people: list[Document]) -> None:
        groups = [[one] for one in people] if ref.document.get("hideAttendees") else [people]
        for some in groups:
            if some:
                self._core.post.send(unit, ready.person, letters.request(unit, ref, some), ready.prepared)

    def _cancel(self, unit: Unit, ready: _Ready, ref: Ref, people: list[Document], *, final: bool = False) -> None:
        if people and not ref.document.get("isCancelled"):
            letter = letters.cancellation(unit, ref, people, final=final)
            self._core.post.send(unit, ready.person, letter, ready.prepared)


def _renewed(unit: Unit, ref: Ref, *, anew: bool) -> Ref:
    """The event with the next sequence; `anew`: nobody has answered yet."""
    whole = ref.document
    changed: Document = {SEQUENCE: sequence_of(whole) + 1}
    if anew:
        status = {"response": "none", "time": NEVER}
        changed["attendees"] = [{**one, "status": status} for one in whole.get("attendees") or []]
    unit.items.update(ref.changed, ref.changed.document | changed)
    return refs.again(unit, ref)
