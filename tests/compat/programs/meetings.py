"""A meeting that two people have, by an app that may act for both: called, answered, asked about, taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any


def run(account: Any, given: dict[str, Any], folder: Path) -> dict[str, Any]:
    zone = account.protocol.timezone
    mine, theirs = account.schedule(), account.schedule(resource=given["friend"])
    event = mine.new_event("Round")
    event.start = datetime(2031, 5, 5, 9, 0, tzinfo=zone)
    event.end = datetime(2031, 5, 5, 10, 0, tzinfo=zone)
    event.location = "Hall"
    event.attendees.add(given["friend"])
    seen: dict[str, Any] = {"called": event.save()}

    inbox = account.mailbox(resource=given["friend"]).inbox_folder()
    (message,) = inbox.get_messages()
    seen["invited"] = (message.subject, message.meeting_message_type.value, message.is_event_message)
    (asked,) = theirs.get_events(include_recurring=False)
    seen["asked"] = (asked.subject, asked.is_organizer, asked.show_as.value, asked.organizer.address == given["user"])
    seen["of the message"] = message.get_event().object_id == asked.object_id
    seen["accepted"] = asked.accept_event("With pleasure")

    def state() -> list[Any]:
        (found,) = mine.get_events(include_recurring=False)
        answers = [(one.address == given["friend"], one.response_status.status) for one in found.attendees]
        return [(is_friend, answer.value if answer else "none") for is_friend, answer in answers]

    seen["answer"] = state()
    (busy,) = theirs.get_availability(
        [given["friend"]], event.start - timedelta(hours=1), event.end + timedelta(hours=1), 60
    )
    seen["times"] = busy["availabilityView"]
    event.start, event.end = event.start + timedelta(hours=3), event.end + timedelta(hours=3)
    seen["moved"] = (event.save(), state())
    (again,) = theirs.get_events(include_recurring=False)
    seen["perhaps"] = (again.start == event.start, again.accept_event("Perhaps", tentatively=True), state())
    seen["declined"] = (again.decline_event(send_response=False), state())
    seen["left"] = list(theirs.get_events(include_recurring=False))
    seen["cancelled"] = event.cancel_event("Snow")
    seen["mail"] = sorted(one.subject for one in inbox.get_messages())
    seen["answers"] = sorted(one.subject for one in account.mailbox().inbox_folder().get_messages())
    return seen


def expected(given: dict[str, Any]) -> dict[str, Any]:
    """What every O365 must have seen."""
    return {
        "called": True,
        "invited": ["Round", "meeting_request", True],
        "asked": ["Round", False, "tentative", True],
        "of the message": True,
        "accepted": True,
        "answer": [[True, "accepted"]],
        "times": ["free", "busy", "free"],
        "moved": [True, [[True, "none"]]],
        "perhaps": [True, True, [[True, "tentatively_accepted"]]],
        "declined": [True, [[True, "tentatively_accepted"]]],
        "left": [],
        "cancelled": True,
        "mail": ["Canceled: Round", "Round", "Round"],
        "answers": ["Accepted: Round", "Tentative: Round"],
    }
