"""Calendars, their events in a window, and when people are free."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder, page

from O365.calendar import Calendar, CalendarColor, Schedule
from O365.utils import QueryBuilder

MAY, JUNE = dt.date(2026, 5, 1), dt.date(2026, 6, 1)


def test_calendars_are_listed_found_made_and_changed(con: Recorder, schedule: Schedule) -> None:
    con.will(page({"id": "a", "name": "A"}), page({"id": "b", "name": "B's"}), Answer({"id": "c"}), Answer({"id": "d"}))
    assert [one.name for one in schedule.list_calendars()] == ["A"]
    found = schedule.get_calendar(calendar_name="B's")
    assert found is not None
    assert con.last.params == {"$filter": "name eq 'B''s'", "$top": 1}
    assert schedule.get_calendar("c") == Calendar(parent=schedule, __cloud_data__={"id": "c"})
    assert schedule.new_calendar("D") is not None
    assert schedule.new_calendar("") is None
    for names in ((), ("a", "b")):
        with pytest.raises(RuntimeError):
            schedule.get_calendar(*names)
    found.name, found.color = "B", CalendarColor.LightRed
    assert found.update()
    assert con.last.data == {"name": "B", "color": "lightRed"}
    assert found.delete()
    assert not found.delete()
    assert not found.update()


def test_a_calendar_has_an_owner_and_a_colour(calendar: Calendar) -> None:
    assert (repr(calendar), calendar.color) == ("Calendar: Work from Anna <anna@example.com>", CalendarColor.LightBlue)


def test_events_are_shown_between_two_times(con: Recorder, calendar: Calendar) -> None:
    calendar.get_events(start_recurring=MAY, end_recurring="2026-06-01T00:00:00Z", limit=None)
    assert con.last.path == "/me/calendars/work/calendarView"
    assert con.last.params == {
        "startDateTime": "2026-05-01T00:00:00+02:00", "endDateTime": "2026-06-01T00:00:00Z", "$top": 999}  # fmt: skip
    with pytest.raises(ValueError, match="include_recurring=False"):
        calendar.get_events()


def test_the_two_times_may_be_conditions_of_a_query(con: Recorder, calendar: Calendar) -> None:
    chained = calendar.new_query("start").greater_equal(dt.datetime(2026, 5, 1))
    chained.chain("and").on_attribute("end").less_equal(dt.datetime(2026, 6, 1))
    builder = QueryBuilder(calendar.protocol)
    made = builder.greater_equal("start", dt.datetime(2026, 5, 1)) & builder.less_equal("end", dt.datetime(2026, 6, 1))
    times = {"startDateTime": "2026-04-30T22:00:00", "endDateTime": "2026-05-31T22:00:00", "$top": 25}
    for query in (chained, made):
        before = query.as_params()
        calendar.get_events(query=query)
        assert con.last.params == times
        calendar.get_events(start_recurring=query, end_recurring=query)
        assert con.last.params == times
        calendar.get_events(start_recurring=query, end_recurring=query, query=query)
        assert con.last.params == times
        assert query.as_params() == before
    calendar.get_events(query=made & builder.equals("subject", "Roof"))
    assert con.last.params == {**times, "$filter": "subject eq 'Roof'"}
    calendar.get_events(query=chained.chain("and").on_attribute("subject").equals("Roof"))
    assert con.last.params == {**times, "$filter": "subject eq 'Roof'"}


def test_without_recurring_ones_events_and_series_are_listed(con: Recorder, schedule: Schedule, calendar: Any) -> None:
    con.will(page({"id": "1", "hasAttachments": True}), page({"name": "x", "contentBytes": ""}))
    (event,) = calendar.get_events(include_recurring=False, download_attachments=True, batch=5)
    assert [attachment.name for attachment in event.attachments] == ["x"]
    assert con.asked == [("get", "/me/calendars/work/events"), ("get", "/me/events/1/attachments")]
    schedule.get_events(include_recurring=False, query="subject eq 'a'", order_by="subject")
    assert con.last.path == "/me/calendar/events"
    assert con.last.params == {"$top": 25, "$filter": "subject eq 'a'", "$orderby": "subject"}
    con.will(REFUSED)
    assert list(schedule.get_events(include_recurring=False)) == []


def test_one_event_is_found_by_its_id_or_by_a_query(con: Recorder, schedule: Schedule, calendar: Calendar) -> None:
    con.will(Answer({"id": "E/1"}), Answer({"id": "2"}), page({"id": "3"}), Answer({"id": "4"}))
    assert calendar.get_event("E/1") is not None
    assert con.last.path == "/me/calendars/work/events/E%2F1"
    unsaved = Calendar(parent=schedule)
    assert unsaved.get_event("2") is not None
    assert con.last.path == "/me/events/2"
    assert calendar.get_event(calendar.new_query().equals("subject", "Roof")) is not None
    assert con.last.params == {"$filter": "subject eq 'Roof'", "$top": 1}
    assert calendar.get_event(None) is None
    default = schedule.get_default_calendar()
    assert default is not None
    assert default.calendar_id == "4"


def test_when_people_are_free_is_told_in_words(con: Recorder, schedule: Schedule) -> None:
    time = {"dateTime": "2026-05-01T10:00:00", "timeZone": "UTC"}
    busy = {"status": "busy", "start": time, "end": time}
    con.will(page({"scheduleId": "bob@example.com", "availabilityView": "01249", "scheduleItems": [busy]}))
    (found,) = schedule.get_availability(["bob@example.com"], dt.datetime(2026, 5, 1), dt.datetime(2026, 5, 2), 30)
    assert con.last.path == "/me/calendar/getSchedule"
    assert con.last.data["startTime"] == {"dateTime": "2026-05-01T00:00:00", "timeZone": "W. Europe Standard Time"}
    assert con.last.data["availabilityViewInterval"] == 30
    assert found["availabilityView"] == ["free", "tentative", "busy", "working elsewhere", "unkknown"]
    assert found["scheduleItems"][0]["start"].hour == 12
