"""Meetings by mail: whoever calls one, changes it or answers has everybody's calendar and mailbox follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.workspace.meetings.conftest import Office, meeting

from postroom.errors import NotFound, PostroomError
from postroom.workspace.delivery import outgoing
from postroom.workspace.errors import TooLarge
from postroom.workspace.icalendar import Calendar, Entry, write
from postroom.workspace.workloads.calendar.meetings.answering import NotForOrganizer, NotOrganizer

GUEST = "guest@elsewhere.test"
WEEKLY = {
    "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]},
    "range": {"type": "numbered", "startDate": "2026-03-02", "numberOfOccurrences": 4},
}


def states(event: dict[str, Any]) -> dict[str, str]:
    return {one["emailAddress"]["address"]: one["status"]["response"] for one in event["attendees"]}


def at(text: str, zone: str = "Europe/Berlin") -> dict[str, str]:
    return {"dateTime": text, "timeZone": zone}


def test_an_invitation_is_in_the_calendar_and_the_inbox_of_who_is_here_and_in_the_queue_for_who_is_not(
    office: Office,
) -> None:
    called = office.call(to=(GUEST,))
    event = office.event(office.bob)
    assert (event["isOrganizer"], event["showAs"], event["type"]) == (False, "tentative", "singleInstance")
    assert event["responseStatus"]["response"] == "notResponded"
    assert event["organizer"]["emailAddress"]["address"] == office.anna.address
    assert (event["iCalUId"], event["start"], event["subject"]) == (called["iCalUId"], called["start"], "Round")
    (message,) = office.mail(office.bob)
    assert message["@odata.type"] == "#microsoft.graph.eventMessageRequest"
    assert (message["meetingMessageType"], message["hasAttachments"]) == ("meetingRequest", False)
    assert message["event"]["id"] == event["id"]
    assert message["startDateTime"]["dateTime"] == "2026-03-02T08:00:00.0000000"
    (copy,) = office.mail(office.anna, "sentitems")
    assert copy["event"]["id"] == called["id"]
    ((to, sent, calendar),) = office.left()
    assert to == GUEST
    assert [part.get_content_type() for part in sent.walk()] == [
        "multipart/alternative", "text/plain", "text/html", "text/calendar",
    ]  # fmt: skip
    assert (calendar.method, calendar.entries[0].document["start"]) == ("REQUEST", at("2026-03-02T09:00:00.0000000"))


def test_an_answer_is_in_the_list_of_who_called_the_meeting_and_in_a_message(office: Office) -> None:
    office.call()
    answering = office.workspace.meetings.answering
    answering.answer(office.bob.id, office.event(office.bob)["id"], "accepted", "With pleasure")
    assert states(office.event(office.anna)) == {office.bob.address: "accepted"}
    mine = office.event(office.bob)
    assert (mine["showAs"], mine["responseStatus"]["response"]) == ("busy", "accepted")
    (message,) = office.mail(office.anna)
    assert message["subject"] == "Accepted: Round"
    assert (message["meetingMessageType"], message["responseType"]) == ("meetingAccepted", "accepted")
    assert "With pleasure" in message["body"]["content"]
    assert message["event"]["id"] == office.event(office.anna)["id"]
    with pytest.raises(NotForOrganizer):
        answering.answer(office.anna.id, office.event(office.anna)["id"], "accepted")
    with pytest.raises(NotOrganizer):
        answering.cancel(office.bob.id, mine["id"])


def test_who_was_invited_by_another_address_answers_for_it(office: Office) -> None:
    other = f"other-{office.bob.address}"
    office.people.persons[-1] = replace(office.bob, other_addresses=(other,))
    event = office.workspace.calendar.events.create(office.anna.id, None, meeting("Round", other))
    office.workspace.meetings.answering.answer(office.bob.id, office.event(office.bob)["id"], "accepted")
    found = office.workspace.calendar.events.get(office.anna.id, event["id"])
    assert states(found) == {other: "accepted"}


def test_who_declines_has_no_event_any_more_and_who_sends_no_answer_tells_nobody(office: Office) -> None:
    office.call()
    office.call("Second")
    answering = office.workspace.meetings.answering
    for event in office.events(office.bob):
        answering.answer(office.bob.id, event["id"], "declined", send=event["subject"] == "Round")
    assert office.events(office.bob) == []
    found = {event["subject"]: states(event)[office.bob.address] for event in office.events(office.anna)}
    assert found == {"Round": "declined", "Second": "none"}


def test_another_time_that_is_proposed_is_shown_to_who_called_the_meeting(office: Office) -> None:
    office.call()
    slot = {"start": at("2026-03-03T09:00:00"), "end": at("2026-03-03T10:00:00")}
    event = office.event(office.bob)
    office.workspace.meetings.answering.answer(office.bob.id, event["id"], "tentativelyAccepted", proposed=slot)
    (attendee,) = office.event(office.anna)["attendees"]
    assert attendee["status"]["response"] == "tentativelyAccepted"
    assert attendee["proposedNewTime"]["start"] == at("2026-03-03T09:00:00.0000000")
    (message,) = office.mail(office.anna)
    assert message["subject"] == "New Time Proposed: Round"
    assert message["proposedNewTime"] == attendee["proposedNewTime"]


def test_a_meeting_at_another_time_is_answered_anew_and_one_with_another_subject_is_not(office: Office) -> None:
    called = office.call()
    bobs, events = office.event(office.bob)["id"], office.workspace.calendar.events
    office.workspace.meetings.answering.answer(office.bob.id, bobs, "accepted")
    events.update(office.anna.id, called["id"], {"subject": "Circle", "categories": ["mine"]})
    mine = office.event(office.bob)
    assert (mine["subject"], mine["responseStatus"]["response"], mine["categories"]) == ("Circle", "accepted", [])
    changed = events.update(office.anna.id, called["id"], {"start": at("2026-03-02T09:30:00")})
    assert changed["@odata.etag"] == events.get(office.anna.id, called["id"])["@odata.etag"]
    assert states(changed) == {office.bob.address: "none"}
    mine = office.event(office.bob)
    assert (mine["start"]["dateTime"][11:16], mine["responseStatus"]["response"]) == ("08:30", "notResponded")
    assert [one.get("meetingRequestType") for one in office.mail(office.bob)] == [
        "fullUpdate", "informationalUpdate", "newMeetingRequest",
    ]  # fmt: skip
    before = len(office.mail(office.bob))
    events.update(office.anna.id, called["id"], {"categories": ["x"], "showAs": "free"})
    assert len(office.mail(office.bob)) == before


def test_who_is_added_is_invited_and_who_is_taken_out_is_told_so_and_others_hear_nothing(office: Office) -> None:
    called = office.call(to=(GUEST,))
    others = [{"emailAddress": {"address": GUEST}}, {"emailAddress": {"address": "new@elsewhere.test"}}]
    office.workspace.calendar.events.update(office.anna.id, called["id"], {"attendees": others})
    assert office.event(office.bob)["isCancelled"]
    assert office.event(office.bob)["subject"] == "Canceled: Round"
    assert [(to, found.method) for to, _, found in office.left()] == [
        (GUEST, "REQUEST"), ("new@elsewhere.test", "REQUEST"),
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["cancel", "delete"])
def test_a_meeting_that_is_cancelled_goes_here_and_is_marked_there(office: Office, how: str) -> None:
    called = office.call()
    if how == "cancel":
        office.workspace.meetings.answering.cancel(office.anna.id, called["id"], "Snow")
    else:
        office.workspace.calendar.events.delete(office.anna.id, called["id"])
    assert office.events(office.anna) == []
    mine = office.event(office.bob)
    assert (mine["isCancelled"], mine["showAs"], mine["subject"]) == (True, "free", "Canceled: Round")
    message = office.mail(office.bob)[0]
    assert (message["meetingMessageType"], message["subject"]) == ("meetingCancelled", "Canceled: Round")
    assert ("Snow" in message["body"]["content"]) == (how == "cancel")


def test_of_a_series_an_occurrence_can_be_moved_cancelled_and_answered_by_itself(office: Office) -> None:
    called = office.call(recurrence=WEEKLY)
    events, answering = office.workspace.calendar.events, office.workspace.meetings.answering
    days = [one["id"] for one in office.view(office.anna)]
    events.update(office.anna.id, days[1], {"start": at("2026-03-10T11:00:00"), "end": at("2026-03-10T12:00:00")})
    events.delete(office.anna.id, days[2])
    seen = office.view(office.bob)
    assert [one["start"]["dateTime"][:16] for one in seen] == [
        "2026-03-02T08:00", "2026-03-10T10:00", "2026-03-16T08:00", "2026-03-23T08:00",
    ]  # fmt: skip
    assert [one["isCancelled"] for one in seen] == [False, False, True, False]
    answering.answer(office.bob.id, seen[1]["id"], "declined")
    answering.answer(office.bob.id, seen[3]["id"], "accepted")
    assert [states(one)[office.bob.address] for one in office.view(office.anna)] == ["none", "declined", "accepted"]
    master = events.get(office.anna.id, called["id"])
    assert states(master)[office.bob.address] == "none"
    answering.answer(office.bob.id, office.event(office.bob)["id"], "tentativelyAccepted")
    assert states(events.get(office.anna.id, called["id"]))[office.bob.address] == "tentativelyAccepted"


def test_who_is_taken_out_and_invited_again_has_the_meeting_again_a_series_with_what_was_changed_of_it(
    office: Office,
) -> None:
    called = office.call(recurrence=WEEKLY)
    events = office.workspace.calendar.events
    events.update(office.anna.id, called["id"], {"attendees": []})
    day = office.view(office.anna)[1]["id"]
    events.update(office.anna.id, day, {"start": at("2026-03-10T11:00:00"), "end": at("2026-03-10T12:00:00")})
    events.update(office.anna.id, called["id"], {"subject": "Anew"})
    assert office.event(office.bob)["isCancelled"]
    events.update(office.anna.id, called["id"], {"attendees": called["attendees"]})
    seen = [(one["subject"], one["start"]["dateTime"][:16], one["isCancelled"]) for one in office.view(office.bob)]
    assert {one["showAs"] for one in office.view(office.bob)} == {"tentative"}
    days = ("2026-03-02T08:00", "2026-03-10T10:00", "2026-03-16T08:00", "2026-03-23T08:00")
    assert seen == [("Anew", day, False) for day in days]


def outside(office: Office, method: str = "REQUEST", sequence: int = 0, **more: Any) -> bytes:
    """What Eve, who is elsewhere, sends to Bob."""
    document = {
        "subject": "Elsewhere", "start": at("2026-05-04T15:00:00"), "end": at("2026-05-04T16:00:00"),
        "organizer": {"emailAddress": {"name": "Eve", "address": "eve@elsewhere.test"}},
        "attendees": [{"type": "required", "status": {}, "emailAddress": {"address": office.bob.address}}],
        "showAs": "oof",
    } | more  # fmt: skip
    stamp = office.clock.time + timedelta(minutes=sequence)
    calendar = write(Calendar(method, (Entry(f"eve-{office.bob.id}", document, sequence, stamp),)))
    author = more.get("author", "eve@elsewhere.test")
    head = f"From: {author}\r\nTo: {office.bob.address}\r\nSubject: Elsewhere\r\nMIME-Version: 1.0\r\n"
    return f"{head}Content-Type: text/calendar; method={method}; charset=utf-8\r\n\r\n".encode() + calendar


def test_an_invitation_from_elsewhere_is_kept_and_the_answer_goes_there(office: Office) -> None:
    office.arrives(outside(office))
    event = office.event(office.bob)
    assert (event["subject"], event["showAs"], event["isOrganizer"]) == ("Elsewhere", "tentative", False)
    office.workspace.meetings.answering.answer(office.bob.id, event["id"], "accepted", "Yes")
    assert office.event(office.bob)["showAs"] == "oof"
    ((to, message, calendar),) = office.left()
    assert (to, calendar.method, message["Subject"]) == ("eve@elsewhere.test", "REPLY", "Accepted: Elsewhere")
    (entry,) = calendar.entries
    assert (entry.uid, entry.comment, states(entry.document)) == (
        f"eve-{office.bob.id}", "Yes", {office.bob.address: "accepted"},
    )  # fmt: skip


def test_an_invitation_may_be_in_any_charset(office: Office) -> None:
    raw = outside(office, subject="Büro").replace(b"charset=utf-8", b"charset=iso-8859-1")
    office.arrives(raw.decode().encode("iso-8859-1"))
    assert office.event(office.bob)["subject"] == "Büro"


def test_only_the_organizer_changes_a_meeting_and_only_with_news(office: Office) -> None:
    office.arrives(outside(office, sequence=2))
    office.arrives(outside(office, "CANCEL", 3, author="mallory@elsewhere.test"))
    office.arrives(outside(office, sequence=3, subject="Taken over", author="mallory@elsewhere.test"))
    office.arrives(outside(office, sequence=1, subject="Old news"))
    assert (office.event(office.bob)["subject"], office.event(office.bob)["isCancelled"]) == ("Elsewhere", False)
    assert office.mail(office.bob)[0]["isOutOfDate"] is True
    office.arrives(outside(office, "CANCEL", 3))
    assert office.event(office.bob)["isCancelled"]


def test_an_answer_counts_for_who_sent_it_and_for_the_meeting_as_it_is_now(office: Office) -> None:
    called = office.call(to=(GUEST,))
    office.workspace.calendar.events.update(office.anna.id, called["id"], {"start": at("2026-03-02T08:00:00")})
    sent = office.left()[-1][2].entries[0]

    def answers(author: str, sequence: int) -> str:
        status = {"response": "accepted"}
        attendee = {"type": "required", "status": status, "emailAddress": {"address": GUEST}}
        document = sent.document | {"attendees": [attendee]}
        raw = write(Calendar("REPLY", (Entry(sent.uid, document, sequence, datetime(2026, 2, 1, tzinfo=UTC)),)))
        head = f"From: {author}\r\nMIME-Version: 1.0\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n".encode()
        office.workspace.mail.deliver(author, [office.anna.address], head + raw)
        return states(office.event(office.anna))[GUEST]

    assert answers("mallory@elsewhere.test", sent.sequence) == "none"
    assert answers(GUEST, sent.sequence - 1) == "none"
    assert answers(GUEST, sent.sequence) == "accepted"


@pytest.mark.parametrize("text", [
    b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 1000,
    (b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:x\r\nDTSTART:20260101T000000Z\r\n"
    b"ORGANIZER:mailto:e@x.example\r\nRRULE:FREQ=DAILY;INTERVAL=999;COUNT=2000000000\r\nEND:VEVENT\r\nEND:VCALENDAR"),
    b"\xff\xfe", b"",
])  # fmt: skip
def test_mail_whose_meeting_cannot_be_kept_is_mail_all_the_same(office: Office, text: bytes) -> None:
    head = b"From: e@x.example\r\nMIME-Version: 1.0\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n"
    office.arrives(head + text)
    assert len(office.mail(office.bob)) == 1
    assert office.events(office.bob) == []


def test_a_meeting_and_its_mail_come_from_one_unit(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise PostroomError("The disk went")

    with monkeypatch.context() as broken:
        broken.setattr(outgoing, "add", fails)
        with pytest.raises(PostroomError):
            office.call(to=(GUEST,))
    with pytest.raises(TooLarge):
        office.call(body={"contentType": "text", "content": "x" * 300_000})
    for person in (office.anna, office.bob):
        assert office.events(person) == []
        assert office.mail(person) + office.mail(person, "sentitems") == []
    assert office.left() == []


def test_a_meeting_is_forwarded_with_its_organizer(office: Office) -> None:
    office.call()
    event = office.event(office.bob)
    to = [{"emailAddress": {"address": GUEST, "name": "Guest"}}]
    office.workspace.meetings.answering.forward(office.bob.id, event["id"], to, "For you")
    ((found, message, calendar),) = office.left()
    assert (found, message["Subject"], calendar.method) == (GUEST, "FW: Round", "REQUEST")
    assert calendar.entries[0].document["organizer"]["emailAddress"]["address"] == office.anna.address


def test_files_of_a_meeting_go_with_it(office: Office) -> None:
    plan = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "plan.txt", "contentBytes": "UGxhbg=="}
    office.call(to=(GUEST,), attachments=[plan])
    event = office.event(office.bob)
    assert event["hasAttachments"]
    (found,) = office.workspace.calendar.attachments.page(office.bob.id, event["id"]).rows
    assert (found["name"], found["contentBytes"]) == ("plan.txt", "UGxhbg==")
    assert office.mail(office.bob)[0]["hasAttachments"]
    (_, message, _) = office.left()[0]
    assert [part.get_filename() for part in message.walk() if part.get_filename()] == ["plan.txt"]


def test_hidden_attendees_do_not_hear_of_each_other(office: Office) -> None:
    office.call(to=(GUEST, "second@elsewhere.test"), hideAttendees=True)
    for to, message, calendar in office.left():
        assert [one["emailAddress"]["address"] for one in calendar.entries[0].document["attendees"]] == [to]
        assert message["To"] == to


def test_a_file_of_a_calendar_is_read_back_as_it_was_and_once_only(office: Office) -> None:
    office.call(recurrence=WEEKLY)
    events, files = office.workspace.calendar.events, office.workspace.meetings.files
    days = [one["id"] for one in office.view(office.anna)]
    events.update(office.anna.id, days[1], {"start": at("2026-03-10T11:00:00"), "end": at("2026-03-10T12:00:00")})
    events.delete(office.anna.id, days[2])
    raw = files.export(office.anna.id)
    carl = office.bob
    events.delete(carl.id, office.event(carl)["id"])
    first = files.imported(carl.id, raw)
    assert (first.created, first.changed, first.skipped) == (1, 1, ())
    mine, theirs = ([(one["subject"], one["start"], one["end"], one["type"]) for one in office.view(person)]
                    for person in (office.anna, carl))  # fmt: skip
    assert mine == theirs
    again = files.imported(carl.id, raw)
    assert (again.created, again.skipped) == (0, ())
    assert len(office.events(carl)) == 1
    with pytest.raises(NotFound):
        files.export(office.anna.id, "AAAAAAAAAAAAAAAAAAAAAAAA")
