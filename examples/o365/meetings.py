"""Look when others are free, and invite them to a meeting each week, four times."""

from __future__ import annotations

import datetime as dt

from examples.o365.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("--with", dest="people", nargs="+", required=True)
    made.add_argument("--on", type=dt.date.fromisoformat, required=True)
    options = made.parse_args(arguments)
    schedule = connect(options, "calendar_all").schedule()
    day = dt.datetime.combine(options.on, dt.time())
    for person in schedule.get_availability(options.people, day, day + dt.timedelta(days=1)):
        print(f"{person['scheduleId']}: {person['availabilityView'].count('free')} free hours")
    meeting = schedule.new_event("Site meeting")
    meeting.start = day.replace(hour=10)
    meeting.end = day.replace(hour=11)
    meeting.location = "The yard"
    meeting.attendees.add(options.people)
    meeting.recurrence.set_weekly(
        1, days_of_week=[options.on.strftime("%A")], first_day_of_week="monday", occurrences=4
    )
    meeting.save()
    until = day + dt.timedelta(weeks=5)
    for event in schedule.get_events(query="subject eq 'Site meeting'", start_recurring=day, end_recurring=until):
        print(f"{event.start:%Y-%m-%d %H:%M} {event.subject}")


if __name__ == "__main__":
    main()
