"""Calendars of the generation before 2.1 with Outlook REST, with words of ours. Runs on O365 2.0.38 and on ours."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any


def run(account: Any, given: dict[str, Any], folder: Path) -> dict[str, Any]:
    from O365.calendar import EventSensitivity, EventShowAs

    zone = account.protocol.timezone
    schedule = account.schedule()
    default = schedule.get_default_calendar()
    seen: dict[str, Any] = {"default": (default.name, default.can_edit)}
    made = schedule.new_calendar("Shifts")
    made.name = "Work"
    seen["renamed"] = made.update()
    seen["calendars"] = sorted(one.name for one in schedule.list_calendars())
    seen["found"] = schedule.get_calendar(calendar_name="Work").calendar_id == made.calendar_id

    event = default.new_event()
    event.subject = "Tea at four"
    event.body = "Bring cake."
    event.location = "Garden"
    event.start = datetime(2031, 5, 6, 16, 0, tzinfo=zone)
    event.end = datetime(2031, 5, 6, 17, 0, tzinfo=zone)
    event.remind_before_minutes = 45
    event.sensitivity = EventSensitivity.Private
    event.show_as = EventShowAs.Tentative
    note = folder / "note.txt"
    note.write_text("An attached note.")
    event.attachments.add(str(note))
    seen["saved"] = event.save()
    again = default.get_event(event.object_id)
    seen["event"] = (again.subject, again.remind_before_minutes, again.sensitivity.value, again.show_as.value)
    seen["times"] = (again.start == event.start, again.end == event.end)
    seen["attached"] = again.has_attachments
    again.attachments.download_attachments()
    again.attachments[0].save(folder, "again.txt")
    seen["note"] = (folder / "again.txt").read_text()
    again.subject = "Tea at five"
    seen["changed"] = again.save()

    series = default.new_event("Round")
    series.start = datetime(2031, 5, 5, 9, 0, tzinfo=zone)
    series.end = datetime(2031, 5, 5, 9, 30, tzinfo=zone)
    series.recurrence.set_weekly(
        1,
        days_of_week=["monday", "thursday"],
        first_day_of_week="monday",
        start=date(2031, 5, 5),
        end=date(2031, 5, 22),
    )
    seen["series saved"] = series.save()
    master = default.get_event(series.object_id)
    seen["master"] = master.event_type.name
    query = default.new_query("start").greater_equal(datetime(2031, 5, 5, tzinfo=zone))
    query.chain("and").on_attribute("end").less_equal(datetime(2031, 5, 12, tzinfo=zone))
    seen["week"] = [one.subject for one in default.get_events(query=query, include_recurring=True)]
    begin, end = datetime(2031, 5, 5, tzinfo=zone), datetime(2031, 6, 1, tzinfo=zone)
    occurrences = list(master.get_occurrences(start=begin, end=end))
    seen["occurrences"] = [(one.start - series.start).days for one in occurrences]
    seen["deleted"] = occurrences[1].delete()
    query = default.new_query("subject").equals("Round")
    seen["masters"] = [one.subject for one in default.get_events(query=query, include_recurring=False)]

    meeting = default.new_event("Meet")
    meeting.start = datetime(2031, 5, 7, 10, 0, tzinfo=zone)
    meeting.attendees.add(given["friend"])
    seen["invited"] = meeting.save()
    invited = default.get_event(meeting.object_id)
    seen["attendees"] = [(one.address, one.attendee_type.value) for one in invited.attendees]
    seen["gone"] = (series.delete(), again.delete(), made.delete())
    return seen


def expected(given: dict[str, Any]) -> dict[str, Any]:
    """What every O365 must have seen."""
    return {
        "default": ("Calendar", True),
        "renamed": True,
        "calendars": ["Calendar", "Work"],
        "found": True,
        "saved": True,
        "event": ("Tea at four", 45, "private", "tentative"),
        "times": (True, True),
        "attached": True,
        "note": "An attached note.",
        "changed": True,
        "series saved": True,
        "master": "SeriesMaster",
        "week": ["Round", "Tea at five", "Round"],
        "occurrences": [0, 3, 7, 10, 14, 17],
        "deleted": True,
        "masters": ["Round"],
        "invited": True,
        "attendees": [(given["friend"], "required")],
        "gone": (True, True, True),
    }
