"""Calendars, events, series and their occurrences; see docs/calendar.md."""
