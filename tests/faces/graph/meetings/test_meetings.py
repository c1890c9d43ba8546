"""Meetings over HTTP: answers, free and busy times, suggestions, reminders, shared calendars."""

from __future__ import annotations

import email
import email.policy
from typing import Any

import pytest
from tests.faces.graph.calendar.giving import at, event, view, weekly
from tests.faces.graph.meetings.conftest import Two

DAY = ("2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z")


def attendee(address: str, kind: str = "required") -> dict[str, Any]:
    return {"type": kind, "emailAddress": {"address": address, "name": address}}


def test_a_meeting_is_called_answered_and_taken_back(two: Two) -> None:
    made = two.create(attendees=[attendee(two.other.address)])
    (message,) = two.theirs.get("/me/messages?$expand=microsoft.graph.eventMessage/event")["value"]
    theirs = message["event"]
    assert (message["meetingMessageType"], theirs["responseStatus"]["response"]) == ("meetingRequest", "notResponded")
    path = f"/me/events/{theirs['id']}"
    assert two.theirs("POST", f"{path}/tentativelyAccept", json={"comment": "Perhaps"}).status_code == 202
    assert two.theirs("POST", f"{path}/accept").status_code == 202  # no body at all
    mine = two.mine.get(f"/me/events/{made['id']}")
    assert mine["attendees"][0]["status"]["response"] == "accepted"
    for name in ("accept", "decline"):
        assert two.mine.refused("POST", f"/me/events/{made['id']}/{name}", json={})[1] == "ErrorInvalidRequest"
    assert two.theirs.refused("POST", f"{path}/cancel", json={}) == (400, "ErrorInvalidRequest")
    assert two.theirs.refused("POST", f"{path}/accept", json={"sendResponse": "no"})[0] == 400
    assert two.mine("POST", f"/me/calendar/events/{made['id']}/cancel", json={"Comment": "Snow"}).status_code == 202
    assert two.mine.refused("GET", f"/me/events/{made['id']}") == (404, "ErrorItemNotFound")
    assert two.theirs.get(path)["subject"] == "Canceled: Round"
    assert two.theirs("POST", f"{path}/decline", json={}).status_code == 400  # it was cancelled


def newest(two: Two) -> Any:
    """The message that came last."""
    return two.theirs.get("/me/messages")["value"][0]


def test_an_event_can_be_had_as_icalendar_and_forwarded(two: Two) -> None:
    made = two.create(recurrence=weekly("friday"))
    answer = two.mine("GET", f"/me/events/{made['id']}/$value")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "RRULE:FREQ=WEEKLY" in answer.text
    days = "startDateTime=2024-03-01T00:00:00Z&endDateTime=2024-03-20T00:00:00Z"
    second = two.mine.get(f"/me/events/{made['id']}/instances?{days}")["value"][1]
    changed = {"subject": "Secret", "sensitivity": "private"}
    two.mine.done("PATCH", f"/me/events/{second['id']}", 200, json=changed)
    given = {"emailAddress": {"address": two.other.address}, "role": "read"}
    two.mine.done("POST", "/me/calendar/calendarPermissions", 201, json=given)
    path = f"events/{made['id']}/$value"
    assert "Secret" in two.mine("GET", f"/me/{path}").text
    seen = two.theirs("GET", f"/users/{two.owner.id}/{path}").text
    assert ("Secret" in seen, "EXDATE:20240308" in seen.replace(";VALUE=DATE", "")) == (False, True)
    to = [{"emailAddress": {"address": two.other.address}}]
    (mine,) = (one for one in two.mine.get("/me/calendar/calendarPermissions")["value"] if one["isRemovable"])
    role = {"role": "delegateWithoutPrivateEventAccess"}
    two.mine.done("PATCH", f"/me/calendar/calendarPermissions/{mine['id']}", 200, json=role)
    forward = f"/users/{two.owner.id}/events/{made['id']}/forward"
    assert two.theirs("POST", forward, json={"toRecipients": to}).status_code == 202
    raw = two.theirs("GET", f"/me/messages/{newest(two)['id']}/$value").content
    parts = email.message_from_bytes(raw, policy=email.policy.default).walk()
    came = "".join(str(one.get_content()) for one in parts if one.get_content_maintype() == "text")
    assert ("RRULE" in came, "Secret" in came) == (True, False)
    two.mine.done("DELETE", f"/me/events/{second['id']}", 204)
    assert two.mine("POST", f"/me/events/{made['id']}/forward", json={"ToRecipients": to}).status_code == 202
    assert two.theirs.get("/me/messages")["value"][0]["subject"] == "FW: Round"
    assert two.mine.refused("POST", f"/me/events/{made['id']}/forward", json={})[0] == 400


def test_a_schedule_says_when_somebody_is_free_and_no_more(two: Two) -> None:
    two.create("Secret", "09:00", "10:30", location={"displayName": "Hall"})
    two.create("Away", "12:00", "13:00", showAs="oof")
    two.create("Elsewhere", "14:00", "15:00", showAs="workingElsewhere")
    two.create("Perhaps", "09:00", "11:00", showAs="tentative")
    asked = {
        "Schedules": [two.owner.address, "nobody@one.test"], "startTime": at("2024-03-01T09:00:00"),
        "endTime": at("2024-03-01T15:00:00"), "availabilityViewInterval": 60,
    }  # fmt: skip
    found, unknown = two.theirs.done("POST", "/me/calendar/getSchedule", 200, json=asked)["value"]
    assert (found["scheduleId"], found["availabilityView"]) == (two.owner.address, "220304")
    assert [one["status"] for one in found["scheduleItems"]] == ["busy", "tentative", "oof", "workingElsewhere"]
    assert all("subject" not in one and "location" not in one for one in found["scheduleItems"])
    assert found["workingHours"]["startTime"] == "08:00:00.0000000"
    assert (unknown["error"]["responseCode"], unknown["scheduleItems"]) == ("ErrorMailRecipientNotFound", [])
    own = two.mine.done("POST", "/me/calendar/getSchedule", 200, json=asked)["value"][0]
    assert own["scheduleItems"][0]["subject"] in ("Secret", "Perhaps")
    path = "/me/calendar/calendarPermissions"
    two.mine.done("PATCH", f"{path}/{two.mine.get(path)['value'][0]['id']}", 200, json={"role": "none"})
    hidden = two.theirs.done("POST", "/me/calendar/getSchedule", 200, json=asked)["value"][0]
    assert (hidden["error"]["responseCode"], hidden["availabilityView"]) == ("ErrorNoFreeBusyAccess", "")
    times = {"attendees": [attendee(two.owner.address)], "minimumAttendeePercentage": 0,
             "timeConstraint": {"timeSlots": [{"start": asked["startTime"], "end": asked["endTime"]}]}}  # fmt: skip
    rows = two.theirs.done("POST", "/me/findMeetingTimes", 200, json=times)["meetingTimeSuggestions"]
    assert {one["attendeeAvailability"][0]["availability"] for one in rows} == {"unknown"}
    wrongs: tuple[dict[str, Any], ...] = (
        {"availabilityViewInterval": 4}, {"Schedules": []}, {"endTime": at("2024-03-01T08:00:00")},
        {"endTime": at("2034-03-01T08:00:00")}, {"startTime": None},
    )  # fmt: skip
    for wrong in wrongs:
        assert two.mine.refused("POST", "/me/calendar/getSchedule", json={**asked, **wrong})[0] == 400


def test_meeting_times_are_those_at_which_most_are_free(two: Two) -> None:
    two.create("Mine", "09:00", "10:00")
    given = event("2024-03-01T11:00:00", "2024-03-01T12:00:00")
    two.theirs.done("POST", "/me/events", 201, json=given)
    asked = {
        "attendees": [attendee(two.other.address), attendee("guest@elsewhere.test", "optional")],
        "timeConstraint": {"timeSlots": [{"start": at("2024-03-01T09:00:00"), "end": at("2024-03-01T13:00:00")}]},
        "meetingDuration": "PT1H", "returnSuggestionReasons": True, "maxCandidates": 2,
        "minimumAttendeePercentage": 100,
    }  # fmt: skip
    found = two.mine.done("POST", "/me/findMeetingTimes", 200, json=asked)
    rows = found["meetingTimeSuggestions"]
    assert [one["meetingTimeSlot"]["start"]["dateTime"][11:16] for one in rows] == ["10:00", "12:00"]
    assert [one["availability"] for one in rows[0]["attendeeAvailability"]] == ["free", "unknown"]
    assert (rows[0]["order"], rows[0]["organizerAvailability"], found["emptySuggestionsReason"]) == (1, "free", "")
    slot = {"timeSlots": [{"start": at("2024-03-01T11:00:00"), "end": at("2024-03-01T12:00:00")}]}
    none = two.mine.done("POST", "/me/findMeetingTimes", 200, json={**asked, "timeConstraint": slot})
    assert none == none | {"meetingTimeSuggestions": [], "emptySuggestionsReason": "AttendeesUnavailableOrUnknown"}
    night = {"timeSlots": [{"start": at("2024-03-01T01:00:00"), "end": at("2024-03-01T03:00:00")}]}
    for domain, count in (("work", 0), ("unrestricted", 2)):
        constraint = {**night, "activityDomain": domain}
        rows = two.mine.done("POST", "/me/findMeetingTimes", 200, json={**asked, "timeConstraint": constraint})
        assert len(rows["meetingTimeSuggestions"]) == count
    assert two.mine.refused("POST", "/me/findMeetingTimes", json={**asked, "meetingDuration": "P400D"})[0] == 400


def test_reminders_of_a_window_are_dismissed_and_put_off_one_by_one(two: Two) -> None:
    two.create("Single", "15:00", "16:00", reminderMinutesBeforeStart=30)
    two.create("Quiet", "15:00", "16:00", isReminderOn=False)
    two.create("Daily", recurrence=weekly("friday", "saturday", type="numbered", numberOfOccurrences=3))
    path = "/me/reminderView(StartDateTime='2024-03-01T00:00:00Z',EndDateTime='2024-03-03T00:00:00Z')"

    def fires() -> list[tuple[str, str]]:
        found = two.mine.get(path)["value"]
        return [(one["eventSubject"], one["reminderFireTime"]["dateTime"][8:16]) for one in found]

    assert fires() == [("Daily", "01T08:45"), ("Single", "01T14:30"), ("Daily", "02T08:45")]
    first, single, second = (one["eventId"] for one in two.mine.get(path)["value"])
    two.mine.done("POST", f"/me/events/{first}/dismissReminder", 200)
    two.mine.done("POST", f"/me/events/{second}/snoozeReminder", 200,
                  json={"newReminderTime": at("2024-03-02T08:55:00")})  # fmt: skip
    assert fires() == [("Single", "01T14:30"), ("Daily", "02T08:55")]
    two.mine.done("POST", f"/me/events/{single}/dismissReminder", 200)
    assert fires() == [("Daily", "02T08:55")]
    assert two.mine.get(f"/me/events/{first}")["type"] == "occurrence"
    assert two.mine.refused("POST", f"/me/events/{first}/snoozeReminder", json={})[0] == 400


def test_permissions_are_given_changed_and_taken(two: Two) -> None:
    path = "/me/calendar/calendarPermissions"
    (default,) = two.mine.get(path)["value"]
    assert (default["role"], default["isRemovable"], default["emailAddress"]["name"]) == (
        "freeBusyRead", False, "My Organization",
    )  # fmt: skip
    given = {"emailAddress": {"address": two.other.address}, "role": "READ"}
    made = two.mine.done("POST", path, 201, json=given)
    assert (made["role"], made["isInsideOrganization"], made["isRemovable"]) == ("read", True, True)
    assert two.mine.refused("POST", path, json=given)[0] == 409
    outside = {"emailAddress": {"address": "guest@elsewhere.test"}, "role": "write"}
    assert two.mine.refused("POST", path, json=outside)[0] == 400
    assert two.mine.done("PATCH", f"{path}/{made['id']}", 200, json={"role": "write"})["role"] == "write"
    assert two.mine.done("PATCH", f"{path}/{default['id']}", 200, json={"role": "none"})["role"] == "none"
    assert [one["role"] for one in two.mine.get(path)["value"]] == ["none", "write"]
    assert two.mine("DELETE", f"{path}/{made['id']}").status_code == 204
    assert two.mine.refused("DELETE", f"{path}/{default['id']}")[0] == 403
    roles = two.mine.get(f"/me/calendar/allowedCalendarSharingRoles(User='{two.other.address}')")["value"]
    assert roles[-1] == "delegateWithPrivateEventAccess"
    assert "write" not in two.mine.get("/me/calendar/allowedCalendarSharingRoles(User='x@elsewhere.test')")["value"]


@pytest.mark.parametrize(
    ("role", "reads", "writes", "meets", "private"),
    [
        ("freeBusyRead", False, False, False, False),
        ("limitedRead", False, False, False, False),
        ("read", True, False, False, False),
        ("write", True, True, False, False),
        ("delegateWithoutPrivateEventAccess", True, True, True, False),
        ("delegateWithPrivateEventAccess", True, True, True, True),
    ],
)
def test_others_may_do_with_a_calendar_what_it_was_shared_for(
    two: Two, role: str, reads: bool, writes: bool, meets: bool, private: bool
) -> None:
    plain = two.create("Plain", "09:00", "10:00")
    secret = two.create("Secret", "11:00", "12:00", sensitivity="private")
    meeting = two.create("Meeting", "13:00", "14:00", attendees=[attendee("guest@elsewhere.test")])
    two.mine.done("POST", "/me/calendar/calendarPermissions", 201,
                  json={"emailAddress": {"address": two.other.address}, "role": role})  # fmt: skip
    user = f"/users/{two.owner.address}"

    def status(method: str, path: str, **options: Any) -> bool:
        answer = two.theirs(method, f"{user}{path}", **options)
        assert answer.status_code in (200, 201, 202, 204, 403, 404), answer.text
        return answer.status_code < 300

    assert status("GET", "/calendar") == status("GET", f"/events/{plain['id']}") == status("GET", "/events") == reads
    assert status("GET", f"/events/{secret['id']}") == private
    assert status("GET", f"/events/{plain['id']}/$value") == reads
    if reads:
        seen = {one["subject"] for one in two.theirs.get(view(*DAY, f"{user}/calendarView"))["value"]}
        assert seen == {"Plain", "Meeting", *(["Secret"] if private else [])}
        page = two.theirs.get(f"{user}/events?$top=2&$orderby=subject")
        assert ("@odata.nextLink" in page) == private
        assert two.theirs("GET", f"{user}/events/$count").text == str(len(seen))
        found = two.theirs.get(f"{user}/events?$filter=subject eq 'Secret'")["value"]
        assert [one["id"] for one in found] == ([secret["id"]] if private else [])
        shown = two.theirs.get(f"{user}/calendar")
        assert (shown["canEdit"], shown["canShare"], shown["canViewPrivateItems"]) == (writes, False, private)
    assert status("GET", "/events/delta") == private
    assert status("PATCH", f"/events/{plain['id']}", json={"subject": "Changed"}) == writes
    assert status("POST", "/events", json=event("2024-03-01T16:00:00", "2024-03-01T17:00:00")) == writes
    assert status("PATCH", f"/events/{meeting['id']}", json={"subject": "Changed"}) == meets
    called = event("2024-03-01T18:00:00", "2024-03-01T19:00:00", attendees=[attendee(two.other.address)])
    assert status("POST", "/calendar/events", json=called) == meets
    assert status("POST", f"/events/{plain['id']}/forward", json={"toRecipients": [attendee(two.other.address)]}) == (
        meets
    )
    assert status("DELETE", f"/events/{plain['id']}") == writes
    # What it is shared for is the owner's to say, and what else is in the mailbox nobody else's to see.
    assert not status("GET", "/calendar/calendarPermissions")
    assert not status("GET", "/calendarGroups")
    own = two.world.caller(two.world.tokens.user(two.other, "Calendars.ReadWrite"))
    assert own.refused("GET", f"{user}/events") == (403, "ErrorAccessDenied")


def test_values_of_a_wrong_kind_are_refused_and_break_nothing(two: Two) -> None:
    made = two.create()
    one = f"/me/events/{made['id']}"
    wrongs: tuple[Any, ...] = (5, "x", [5], ["x"], [{"emailAddress": "x"}], [{"emailAddress": {"address": 5}}], [[]])
    for wrong in wrongs:
        calls: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("POST", "/me/events", event("2024-03-01T09:00:00", "2024-03-01T10:00:00", attendees=wrong)),
            ("PATCH", one, {"attendees": wrong}),
            ("POST", f"{one}/forward", {"toRecipients": wrong}),
            ("POST", f"{one}/snoozeReminder", {"newReminderTime": wrong}),
            ("POST", f"{one}/decline", {"proposedNewTime": wrong}),
            ("POST", f"{one}/cancel", {"comment": [wrong]}),
            ("POST", "/me/calendar/getSchedule", {"schedules": [wrong]}),
            ("POST", "/me/findMeetingTimes", {"attendees": wrong}),
            ("POST", "/me/findMeetingTimes", {"timeConstraint": wrong}),
            ("POST", "/me/findMeetingTimes", {"timeConstraint": {"timeSlots": [wrong]}}),
            ("POST", "/me/findMeetingTimes", {"meetingDuration": wrong}),
            ("POST", "/me/calendar/calendarPermissions", {"emailAddress": wrong, "role": "read"}),
            ("POST", "/me/calendar/calendarPermissions", {"emailAddress": {"address": "a@b.c"}, "role": wrong}),
        )
        for method, path, given in calls:
            assert two.mine(method, path, json=given).status_code == 400, (method, path, given)
    for place in (5, {"locations": 5}, {"locations": [5]}):
        assert two.mine("POST", "/me/findMeetingTimes", json={"locationConstraint": place}).status_code == 200
