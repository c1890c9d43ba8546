"""Accept, decline, cancel, forward. What changes here and the letter that tells of it are one unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from postroom.errors import Invalid, WrongState
from postroom.workspace.clock import moment
from postroom.workspace.people import Person
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import refs, times, writing
from postroom.workspace.workloads.calendar.given import address_of
from postroom.workspace.workloads.calendar.meetings import letters
from postroom.workspace.workloads.calendar.meetings.core import Core, addresses, given_address, others, own_addresses
from postroom.workspace.workloads.calendar.meetings.entries import INTENDED
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.items.wish import Document

Response = Literal["accepted", "tentativelyAccepted", "declined"]
COMMENT_CHARS: Final = 64 << 10
MOST_FORWARDED: Final = 500


class NotForOrganizer(WrongState):
    """Who organizes a meeting does not answer it."""

    def __init__(self) -> None:
        super().__init__("Your request can't be completed. You can't respond to this meeting because you're the "
                         "meeting organizer.")  # fmt: skip


class NotOrganizer(WrongState):
    """Only who organizes a meeting may do this."""

    def __init__(self) -> None:
        super().__init__("Your request can't be completed. You need to be an organizer to cancel a meeting.")


class Answering:
    """All take the UUID of a mailbox and the id of an event: single, series or occurrence."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def answer(
        self,
        mailbox: str,
        event_id: str,
        response: Response,
        comment: str = "",
        *,
        send: bool = True,
        proposed: Mapping[str, Any] | None = None,
    ) -> None:
        """What is declined leaves the calendar. Raises NotForOrganizer, WrongState, Invalid, NotFound."""
        person, comment = self._core.calendar.owner(mailbox), _comment(comment)
        with self._core.calendar.store.read() as unit:
            ref = refs.found(unit, mailbox, event_id)
        _check_answer(ref, proposed, send=send)
        prepared = self._core.post.prepare(person, addresses([ref.document.get("organizer") or {}]))
        with self._core.calendar.store.write() as unit:
            ref = refs.found(unit, mailbox, event_id)
            _check_answer(ref, proposed, send=send)
            when = _times(proposed, ref)
            ref = self._answered(unit, person, ref, response)
            if send:
                letter = letters.answer(unit, ref, person, response, comment, when)
                self._core.post.send(unit, person, letter, prepared)
            if response == "declined":
                writing.remove(self._core.calendar, unit, ref, quiet=True)

    def _answered(self, unit: Unit, person: Person, ref: Ref, response: Response) -> Ref:
        """As the mailbox has it then, the own row of the list, too."""
        document, own = ref.document, own_addresses(person)
        status = {"response": response, "time": moment(unit.now)}
        people = [
            {**one, "status": status} if address_of(one).lower() in own else one
            for one in document.get("attendees") or []
        ]
        shown_as = str(document.get(INTENDED) or "busy") if response == "accepted" else "tentative"
        values = {"responseStatus": status, "attendees": people}
        return writing.change(self._core.calendar, unit, ref, {"showAs": shown_as}, own=values, quiet=True)

    def cancel(self, mailbox: str, event_id: str, comment: str = "") -> None:
        """Those who take part are told; the event goes. Raises NotOrganizer."""
        person, comment = self._core.calendar.owner(mailbox), _comment(comment)
        with self._core.calendar.store.read() as unit:
            people = others(refs.found(unit, mailbox, event_id).document, person)
        prepared = self._core.post.prepare(person, addresses(people)) if people else None
        with self._core.calendar.store.write() as unit:
            ref = refs.found(unit, mailbox, event_id)
            people = others(ref.document, person)
            if not ref.document.get("isOrganizer"):
                raise NotOrganizer
            if people:
                letter = letters.cancellation(unit, ref, people, comment)
                self._core.post.send(unit, person, letter, prepared)
            writing.remove(self._core.calendar, unit, ref, quiet=True)

    def forward(
        self, mailbox: str, event_id: str, to: Sequence[Mapping[str, Any]], comment: str = "", *, private: bool = True
    ) -> None:
        """The invitation, to others; without `private` no such occurrences of a series. Raises Invalid."""
        person, comment = self._core.calendar.owner(mailbox), _comment(comment)
        people = _recipients(to)
        prepared = self._core.post.prepare(person, addresses(people))
        with self._core.calendar.store.write() as unit:
            ref = refs.found(unit, mailbox, event_id)
            letter = letters.request(unit, ref, people, comment=comment, prefix="FW: ", private=private)
            self._core.post.send(unit, person, letter, prepared)


def _check_answer(ref: Ref, proposed: Mapping[str, Any] | None, *, send: bool) -> None:
    document = ref.document
    if document.get("isOrganizer") or not address_of(document.get("organizer") or {}):
        raise NotForOrganizer
    if document.get("isCancelled"):
        raise WrongState("The meeting was cancelled; it can be deleted.")
    if proposed is not None and not send:
        raise Invalid("proposedNewTime", "sendResponse true, for the organizer must hear of it")
    if proposed is not None and (document.get("allowNewTimeProposals") is False or (ref.series and ref.day is None)):
        raise Invalid("proposedNewTime", "a meeting that allows it, and of a series an occurrence")


def _times(proposed: Mapping[str, Any] | None, ref: Ref) -> Document | None:
    """Raises Invalid."""
    if proposed is None:
        return None
    found = times.times_of({**proposed, "isAllDay": ref.is_all_day}, None)
    return found.document()


def _recipients(to: Sequence[Mapping[str, Any]]) -> list[Document]:
    found = [dict(one) for one in to if given_address(one)]
    if not found or len(to) > MOST_FORWARDED or len(found) < len(to):
        raise Invalid("toRecipients", f"1 to {MOST_FORWARDED} recipients with addresses")
    return found


def _comment(text: object) -> str:
    if not isinstance(text, str | None):
        raise Invalid("comment", "a text")
    return (text or "")[:COMMENT_CHARS]
