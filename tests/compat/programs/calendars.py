"""What the README of the original shows of calendars and events, with words of ours. Runs on either O365."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

LARGE = 3_300_000


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
    found = schedule.get_calendar(calendar_name="Work")
    seen["found"] = found.calendar_id == made.calendar_id
    shift = found.new_event("Shift")
    shift.start = datetime(2031, 5, 5, 6, 0, tzinfo=zone)
    seen["shift"] = (shift.save(), [one.subject for one in found.get_events(include_recurring=False)])
    seen["shift later"] = (shift.end - shift.start) == timedelta(minutes=30)

    event = default.new_event()
    event.subject = "Tea at four"
    event.body = "Bring cake."
    event.location = "Garden"
    event.start = datetime(2031, 5, 6, 16, 0, tzinfo=zone)
    event.end = datetime(2031, 5, 6, 17, 0, tzinfo=zone)
    event.remind_before_minutes = 45
    event.sensitivity = EventSensitivity.Private
    event.show_as = EventShowAs.Tentative
    event.categories = ["Private matters"]
    note = folder / "note.txt"
    note.write_text("An attached note.")
    event.attachments.add(str(note))
    seen["saved"] = event.save()
    again = default.get_event(event.object_id)
    seen["event"] = (again.subject, again.location["displayName"], again.remind_before_minutes, again.categories)
    seen["times"] = (again.start == event.start, again.end == event.end, again.ical_uid == event.ical_uid)
    seen["kinds"] = (again.sensitivity.value, again.show_as.value, again.event_type.value, again.is_organizer)
    seen["attached"] = again.has_attachments
    again.attachments.download_attachments()
    again.attachments[0].save(folder, "again.txt")
    seen["note"] = (folder / "again.txt").read_text()

    again.subject = "Tea at five"
    again.start = datetime(2031, 5, 6, 17, 0, tzinfo=zone)
    again.end = datetime(2031, 5, 6, 18, 0, tzinfo=zone)
    seen["changed"] = again.save()

    whole = default.new_event("Holiday")
    whole.start = date(2031, 5, 8)
    whole.is_all_day = True
    seen["holiday"] = (whole.save(), default.get_event(whole.object_id).is_all_day)

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

    begin, end = datetime(2031, 5, 5, tzinfo=zone), datetime(2031, 5, 19, tzinfo=zone)
    window = {"include_recurring": True, "start_recurring": begin, "end_recurring": end}
    events = list(default.get_events(**window))
    seen["fortnight"] = [(one.subject, one.event_type.value) for one in events]
    master = default.get_event(series.object_id)
    seen["master"] = (
        master.event_type.value,
        master.recurrence.recurrence_type,
        master.recurrence.end_date.isoformat(),
    )
    occurrences = list(master.get_occurrences(start=begin, end=datetime(2031, 6, 1, tzinfo=zone)))
    seen["occurrences"] = [(one.start - series.start).days for one in occurrences]
    seen["of the master"] = all(one.series_master_id == master.object_id for one in occurrences)

    moved = occurrences[1]
    moved.subject = "Round, moved"
    moved.start = moved.start + timedelta(hours=2)
    moved.end = moved.end + timedelta(hours=2)
    seen["moved"] = moved.save()
    seen["cancelled"] = occurrences[2].delete()
    left = list(master.get_occurrences(start=begin, end=datetime(2031, 6, 1, tzinfo=zone)))
    seen["left"] = [(one.subject, (one.start - series.start).seconds) for one in left]

    ask = default.new_query()
    query = ask.greater_equal("start", datetime(2031, 5, 6, 12, 0, tzinfo=zone))
    query = query & ask.less_equal("end", datetime(2031, 5, 7, tzinfo=zone))
    seen["by time"] = [one.subject for one in default.get_events(query=query, include_recurring=False)]

    seen["deleted"] = (again.delete(), series.delete(), shift.delete())
    seen["rest"] = [one.subject for one in default.get_events(**window)]
    seen["calendar deleted"] = found.delete()
    seen["calendars left"] = [one.name for one in schedule.list_calendars()]
    return seen


def expected(given: dict[str, Any]) -> dict[str, Any]:
    """What every O365 must have seen."""
    return {
        "default": ["Calendar", True],
        "renamed": True,
        "calendars": ["Calendar", "Work"],
        "found": True,
        "shift": [True, ["Shift"]],
        "shift later": True,
        "saved": True,
        "event": ["Tea at four", "Garden", 45, ["Private matters"]],
        "times": [True, True, True],
        "kinds": ["private", "tentative", "single_instance", True],
        "attached": True,
        "note": "An attached note.",
        "changed": True,
        "holiday": [True, True],
        "series saved": True,
        "fortnight": [
            ["Round", "occurrence"],
            ["Tea at five", "single_instance"],
            ["Holiday", "single_instance"],
            *[["Round", "occurrence"]] * 3,
        ],
        "master": ["series_master", "weekly", "2031-05-22"],
        "occurrences": [0, 3, 7, 10, 14, 17],
        "of the master": True,
        "moved": True,
        "cancelled": True,
        "left": [["Round", 0], ["Round, moved", 7200], *[["Round", 0]] * 3],
        "by time": ["Tea at five"],
        "deleted": [True, True, True],
        "rest": ["Holiday"],
        "calendar deleted": True,
        "calendars left": ["Calendar"],
    }
