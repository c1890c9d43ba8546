"""The lines of an iCalendar text, bounded, cut into its events and its definitions of time zones.

Each event is parsed by itself: a broken one spoils no other, and definitions of time zones never reach the parser,
which would count the rules in them through the centuries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from postroom.workspace.icalendar.model import Unreadable

MOST_BYTES: Final = 16 << 20
LINE_CHARS: Final = 1 << 20
EVENT_CHARS: Final = 4 << 20
EVENT_LINES: Final = 5_000
ZONE_LINES: Final = 2_000
MOST_ZONES: Final = 200
DEPTH: Final = 4
"""Calendar, event, alarm: a level is left over for what others add."""
_PARAMETERS: Final = 200
_FOLD: Final = re.compile(r"\r?\n[ \t]|\r[ \t]")
_END: Final = re.compile(r"\r\n|\n|\r")


@dataclass(slots=True)
class Blocks:
    """`events` and `zones` are lists of unfolded lines, without BEGIN and END of their own."""

    method: str = ""
    events: list[list[str]] = field(default_factory=list)
    zones: list[list[str]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def blocks(raw: bytes, most_events: int, most_bytes: int = MOST_BYTES) -> Blocks:
    """Raises Unreadable for what is no calendar, or beyond the bounds."""
    if len(raw) > most_bytes:
        raise Unreadable(f"at most {most_bytes} bytes")
    found, calendars = Blocks(), 0
    lines = _lines(raw)
    for line in lines:
        name, value = _split(line)
        if name == "BEGIN" and value == "VCALENDAR":
            calendars += 1
        elif name == "BEGIN":
            _take(found, value, list(_block(value, lines)), most_events)
        elif name == "METHOD" and not found.method:
            found.method = value[:20]
    if not calendars:
        raise Unreadable("BEGIN:VCALENDAR and what follows it")
    return found


def _take(found: Blocks, name: str, block: list[str], most_events: int) -> None:
    if name == "VEVENT":
        if len(found.events) + len(found.skipped) >= most_events:
            raise Unreadable(f"at most {most_events} events")
        if len(block) > EVENT_LINES or sum(map(len, block)) > EVENT_CHARS:
            found.skipped.append(f"an event has more than {EVENT_LINES} lines or {EVENT_CHARS} characters")
        else:
            found.events.append(block)
    elif name == "VTIMEZONE" and len(found.zones) < MOST_ZONES and len(block) <= ZONE_LINES:
        found.zones.append(block)


def _block(name: str, lines: Iterator[str]) -> Iterator[str]:
    """The lines up to the end of a component. Raises Unreadable when there is none, or too deep below it."""
    within = [name]
    for line in lines:
        what, value = _split(line)
        if what == "BEGIN":
            within.append(value)
            if len(within) >= DEPTH:
                raise Unreadable(f"components nested less than {DEPTH} deep")
        elif what == "END":
            if within.pop() != value:
                raise Unreadable(f"END of what was begun, not END:{value[:50]}")
            if not within:
                return
        yield line
    raise Unreadable(f"END:{name[:50]}")


def _lines(raw: bytes) -> Iterator[str]:
    text = raw.decode("utf-8-sig", "replace").replace("\0", "")
    for line in _END.split(_FOLD.sub("", text)):
        if len(line) > LINE_CHARS or line[: line.find(":") + 1].count(";") > _PARAMETERS:
            raise Unreadable(f"lines of at most {LINE_CHARS} characters and {_PARAMETERS} parameters")
        if line.strip():
            yield line


def _split(line: str) -> tuple[str, str]:
    """Name and value of a line that says where something begins or ends, or what is done."""
    name, _, value = line.partition(":")
    name = name.strip().upper()
    return (name, value.strip().upper()) if name in ("BEGIN", "END", "METHOD") else ("", "")
