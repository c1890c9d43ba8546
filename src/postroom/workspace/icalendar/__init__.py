"""Events as iCalendar (RFC 5545, 5546) and back: pure, no store, bounded whatever somebody sends."""

from __future__ import annotations

from postroom.workspace.icalendar.model import Calendar, Entry, NoSuchRule, Unreadable, day_in
from postroom.workspace.icalendar.reading import read
from postroom.workspace.icalendar.writing import write

__all__ = ["Calendar", "Entry", "NoSuchRule", "Unreadable", "day_in", "read", "write"]
