"""Meetings: mail to and from those who take part, answers, free and busy times, reminders, sharing, .ics files."""
