"""A calendar on a connection that records, in the zone of Berlin."""

from __future__ import annotations

from typing import Any

import pytest
from tests.clients.o365.mail.doubles import Recorder

from O365.calendar import Calendar, Event, Schedule
from O365.connection import MSGraphProtocol

SERIES: dict[str, Any] = {
    "id": "series",
    "subject": "Roof",
    "type": "seriesMaster",
    "body": {"contentType": "html", "content": "<html><body><p>It leaks</p></body></html>"},
    "start": {"dateTime": "2026-05-04T10:00:00.0000000", "timeZone": "UTC"},
    "end": {"dateTime": "2026-05-04T11:00:00.0000000", "timeZone": "UTC"},
    "location": {"displayName": "Roof"},
    "attendees": [
        {
            "type": "optional",
            "status": {"response": "accepted", "time": "2026-01-01T00:00:00Z"},
            "emailAddress": {"name": "Bob", "address": "bob@example.com"},
        }
    ],
    "organizer": {"emailAddress": {"name": "Anna", "address": "anna@example.com"}},
    "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
    "recurrence": {
        "pattern": {"type": "weekly", "interval": 2, "daysOfWeek": ["monday"], "firstDayOfWeek": "sunday",
                    "month": 0, "dayOfMonth": 0, "index": "first"},
        "range": {"type": "noEnd", "startDate": "2026-05-04", "endDate": "0001-01-01", "recurrenceTimeZone": "UTC",
                  "numberOfOccurrences": 0},
    },
    "onlineMeeting": {"joinUrl": "https://meet.example.com/1"},
}  # fmt: skip


@pytest.fixture
def con() -> Recorder:
    return Recorder()


@pytest.fixture
def protocol() -> MSGraphProtocol:
    return MSGraphProtocol(timezone="Europe/Berlin")


@pytest.fixture
def schedule(con: Recorder, protocol: MSGraphProtocol) -> Schedule:
    return Schedule(con=con, protocol=protocol)


@pytest.fixture
def calendar(schedule: Schedule) -> Calendar:
    told = {
        "id": "work",
        "name": "Work",
        "color": "lightBlue",
        "owner": {"name": "Anna", "address": "anna@example.com"},
    }
    return Calendar(parent=schedule, __cloud_data__=told)


@pytest.fixture
def new(calendar: Calendar) -> Event:
    return calendar.new_event("Roof")


@pytest.fixture
def series(calendar: Calendar) -> Event:
    return Event(parent=calendar, __cloud_data__=SERIES)
