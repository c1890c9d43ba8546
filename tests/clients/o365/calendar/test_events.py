"""What an event says, what is sent of it, and what the original got wrong there."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder

from O365.calendar import Attendee, AttendeeType, Event, EventResponse, EventShowAs, EventType
from O365.message import Message

BERLIN = ZoneInfo("Europe/Berlin")
TEN = dt.datetime(2026, 5, 4, 10)


def test_an_event_reads_what_the_service_told(series: Event) -> None:
    assert repr(series) == "Subject: Roof (on: 2026-05-04 from: 12:00:00 to: 13:00:00)"
    assert series.start == dt.datetime(2026, 5, 4, 12, tzinfo=BERLIN)
    assert series.event_type is EventType.SeriesMaster
    assert series.organizer.address == "anna@example.com"
    assert series.online_meeting_url == "https://meet.example.com/1"
    assert series.get_body_text().strip() == "It leaks"
    assert series.show_as is EventShowAs.Busy
    assert series.location["displayName"] == "Roof"
    (bob,) = series.attendees
    assert bob.response_status is not None
    assert (bob.attendee_type, bob.response_status.status) == (AttendeeType.Optional, EventResponse.Accepted)
    assert repr(bob.response_status) == "accepted"
    assert series.response_status is not None
    assert series.response_status.response_time is None


def test_a_new_event_is_created_in_its_calendar_and_asking_again_makes_no_second_one(con: Recorder, new: Event) -> None:
    new.start = TEN
    new.location = "Roof"
    new.is_online_meeting = True
    new.attendees.add(["bob@example.com", ("Carl", "carl@example.com"), ("Nobody", None)])
    con.will(REFUSED, Answer({"id": "E1", "iCalUId": "u", "createdDateTime": "2026-01-01T00:00:00Z"}))
    assert not new.save()
    assert new.save()
    first, second = con.calls
    assert first.path == second.path == "/me/calendars/work/events"
    assert first.data["transactionId"] == second.data["transactionId"] == new.transaction_id
    assert second.data["end"] == {"dateTime": "2026-05-04T10:30:00", "timeZone": "W. Europe Standard Time"}
    assert second.data["isOnlineMeeting"] is True
    assert second.data["location"] == {"displayName": "Roof"}
    assert [one["type"] for one in second.data["attendees"]] == ["required", "required"]
    assert (new.object_id, new.ical_uid) == ("E1", "u")
    with pytest.raises(ValueError, match="transaction_id"):
        new.transaction_id = "other"


def test_only_what_was_changed_is_sent(con: Recorder, series: Event) -> None:
    assert series.save()
    series.subject = "Roof, again"
    series.attendees.remove("bob@example.com")
    assert series.save()
    assert con.asked == [("patch", "/me/events/series")]
    assert con.last.data == {"subject": "Roof, again", "attendees": []}
    assert series.save()
    assert len(con.calls) == 1


def test_an_event_without_a_start_can_be_shown_but_not_saved(con: Recorder, new: Event) -> None:
    assert repr(new) == "Subject: Roof"
    with pytest.raises(ValueError, match="start"):
        new.save()
    assert not con.calls


@pytest.mark.parametrize("zone", [dt.UTC, dt.timezone(dt.timedelta(hours=5))])
def test_times_may_be_in_any_zone(zone: dt.tzinfo, new: Event) -> None:
    new.start = TEN.replace(tzinfo=zone)
    assert new.start == TEN.replace(tzinfo=zone)
    assert new.to_api_data(["start"])["start"]["timeZone"] == "W. Europe Standard Time"


def test_whole_days_are_midnights_of_at_least_a_day(new: Event) -> None:
    new.start, new.end = dt.datetime(2026, 5, 4, 10), dt.datetime(2026, 5, 5, 0, 30)
    new.is_all_day = True
    data = new.to_api_data(["start", "end"])
    assert [data[key]["dateTime"] for key in ("start", "end")] == ["2026-05-04T00:00:00", "2026-05-06T00:00:00"]
    new.end = dt.date(2026, 5, 4)
    new.is_all_day = True
    assert new.end == dt.datetime(2026, 5, 5, tzinfo=BERLIN)


def test_whole_days_of_the_service_keep_their_dates(calendar: Any) -> None:
    midnight = {"dateTime": "2026-05-04T00:00:00.0000000", "timeZone": "UTC"}
    event = Event(parent=calendar, __cloud_data__={"isAllDay": True, "start": midnight, "end": midnight})
    assert event.start == dt.datetime(2026, 5, 4, tzinfo=BERLIN)


def test_events_share_nothing_and_a_body_can_be_emptied(calendar: Any) -> None:
    one, other = calendar.new_event(), calendar.new_event()
    one.locations.append({"displayName": "Roof"})
    one.body = None
    assert (other.locations, one.to_api_data()["body"]["content"]) == ([], "")


def test_a_reminder_that_is_set_is_on(new: Event) -> None:
    new.is_reminder_on = False
    new.remind_before_minutes = 45
    assert (new.is_reminder_on, new.to_api_data()["reminderMinutesBeforeStart"]) == (True, 45)


def test_forwarding_is_forbidden_by_a_property_of_exchange(new: Event) -> None:
    new.no_forwarding = True
    (told,) = new.to_api_data()["singleValueExtendedProperties"]
    assert told["value"] == "true"
    assert told["id"].endswith("Name DoNotForward")
    assert Event(parent=new, __cloud_data__={"singleValueExtendedProperties": [told]}).no_forwarding


def test_wrong_values_are_refused_when_they_are_set(new: Event) -> None:
    for name, value in [("start", "tomorrow"), ("show_as", "asleep"), ("categories", 5), ("sensitivity", 1)]:
        with pytest.raises(ValueError):
            setattr(new, name, value)


def test_attachments_of_a_saved_event_are_sent_once(con: Recorder, series: Event) -> None:
    series.attachments.add([(b"x", "x.txt")])
    series.subject = "With a plan"
    assert series.save()
    assert con.asked == [("post", "/me/events/series/attachments"), ("patch", "/me/events/series")]
    assert con.last.data == {"subject": "With a plan"}


def test_attachments_that_the_service_did_not_take_with_a_new_event_follow(con: Recorder, new: Event) -> None:
    new.start = TEN
    new.attachments.add([(b"x", "x.txt")])
    con.will(Answer({"id": "E1", "hasAttachments": False}))
    assert new.save()
    assert con.asked == [("post", "/me/calendars/work/events"), ("post", "/me/events/E1/attachments")]


def test_a_large_attachment_of_a_new_event_follows_in_pieces(con: Recorder, new: Event) -> None:
    new.start = TEN
    new.attachments.add([(b"x" * 3_200_000, "x.bin")])
    con.will(Answer({"id": "E1"}), Answer({"uploadUrl": "https://up.example.com/1"}), Answer(status_code=201))
    assert new.save()
    assert [path.removeprefix("/me") for _, path in con.asked] == [
        "/calendars/work/events",
        "/events/E1/attachments/createUploadSession",
        "https://up.example.com/1",
    ]
    assert "attachments" not in con.calls[0].data


def test_an_event_can_be_attached_to_a_message(series: Event) -> None:
    message = Message(parent=series)
    message.attachments.add(series)
    (data,) = message.attachments.to_api_data()
    assert data["item"]["@odata.type"] == "#microsoft.graph.event"


def test_answers_go_to_the_organizer_unless_told_otherwise(con: Recorder, series: Event, new: Event) -> None:
    series.accept_event()
    series.accept_event("Perhaps", tentatively=True)
    series.decline("No", send_response=False)
    series.cancel_event("Rain")
    base = "/me/events/series"
    assert [path for _, path in con.asked] == [
        f"{base}/accept", f"{base}/tentativelyAccept", f"{base}/decline", f"{base}/cancel"]  # fmt: skip
    assert [call.data for call in con.calls] == [
        None, {"comment": "Perhaps"}, {"comment": "No", "sendResponse": False}, {"comment": "Rain"}]  # fmt: skip
    for call in (new.accept_event, new.decline_event, new.cancel_event, new.delete):
        with pytest.raises(RuntimeError):
            call()


def test_attendees_note_their_changes(series: Event) -> None:
    bob = series.attendees[0]
    for change in (
        lambda: setattr(bob, "attendee_type", "resource"),
        lambda: setattr(bob, "address", "robert@example.com"),
        lambda: series.attendees.add(Attendee("dora@example.com", name="Dora")),
        series.attendees.clear,
    ):
        series._track_changes.clear()
        change()
        assert series._track_changes == {"attendees"}
    assert (len(series.attendees), repr(series.attendees)) == (0, "Attendees Count: 0")
    with pytest.raises(ValueError, match="attendee"):
        series.attendees.add(5)


# Series.


def test_a_recurrence_without_an_end_stays_without_one(series: Event) -> None:
    rule = series.recurrence
    assert rule.to_api_data()["range"] == {"type": "noEnd", "startDate": "2026-05-04", "recurrenceTimeZone": "UTC"}
    assert (rule.end_date, rule.occurrences, rule.recurrence_type) == (None, None, "weekly")
    assert repr(rule) == "Weekly: on monday every 2 weeks. Starting on 2026-05-04 with no end"


def test_a_recurrence_begins_with_its_event(new: Event) -> None:
    new.recurrence.set_daily(1, end=dt.datetime(2026, 9, 10))
    new.start = TEN
    assert new.to_api_data()["recurrence"]["range"]["startDate"] == "2026-05-04"
    assert repr(new.recurrence) == "Daily: every 1 day. Starting on 2026-05-04 ending on 2026-09-10"


RULES = [
    (("set_daily", (3,), {}), {"type": "daily", "interval": 3}),
    (("set_weekly", (1,), {"days_of_week": ["friday", "monday"], "first_day_of_week": "sunday"}),
     {"type": "weekly", "interval": 1, "daysOfWeek": ["monday", "friday"], "firstDayOfWeek": "sunday"}),
    (("set_monthly", (1,), {"day_of_month": 5}), {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 5}),
    (("set_monthly", (1,), {"days_of_week": {"monday"}, "index": "last"}),
     {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["monday"], "index": "last"}),
    (("set_yearly", (1, 3), {"day_of_month": 5}),
     {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 5, "month": 3}),
    (("set_yearly", (2, 3), {"days_of_week": ["friday"]}),
     {"type": "relativeYearly", "interval": 2, "daysOfWeek": ["friday"], "index": "first", "month": 3}),
]  # fmt: skip


@pytest.mark.parametrize(("call", "pattern"), RULES)
def test_each_pattern_is_written_and_read(call: Any, pattern: dict[str, Any], new: Event) -> None:
    name, args, kwargs = call
    new.start = TEN
    getattr(new.recurrence, name)(*args, **kwargs, occurrences=4)
    told = new.to_api_data()["recurrence"]
    assert told["pattern"] == pattern
    assert (told["range"]["type"], told["range"]["numberOfOccurrences"]) == ("numbered", 4)
    assert Event(parent=new, __cloud_data__={"recurrence": told}).recurrence.to_api_data() == told


def test_a_recurrence_needs_a_day_and_can_be_taken_away(con: Recorder, series: Event) -> None:
    with pytest.raises(ValueError, match="day_of_month or days_of_week"):
        series.recurrence.set_monthly(1)
    with pytest.raises(ValueError, match="only one"):
        series.recurrence.set_monthly(1, day_of_month=1, days_of_week=["monday"])
    series.recurrence.clear()
    assert series.save()
    assert con.last.data == {"recurrence": None}


def test_occurrences_are_asked_for_between_exact_times(con: Recorder, series: Event, new: Event) -> None:
    con.will(Answer({"value": [{"id": "o1", "type": "occurrence"}]}))
    (found,) = series.get_occurrences(dt.datetime(2026, 1, 1, 15), dt.date(2026, 2, 1))
    assert found.event_type is EventType.Occurrence
    assert con.last.path == "/me/events/series/instances"
    assert con.last.params["startDateTime"] == "2026-01-01T15:00:00+01:00"
    assert con.last.params["endDateTime"] == "2026-02-01T00:00:00+01:00"
    assert list(new.get_occurrences(TEN, TEN)) == []
