"""Events as entries of an iCalendar text, and what an entry gives for an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final

from postroom.workspace.icalendar import Entry, day_in
from postroom.workspace.icalendar.model import Original
from postroom.workspace.query.zones import zone
from postroom.workspace.recurrence.series import start_us
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import refs, times, writing
from postroom.workspace.workloads.calendar.core import Core
from postroom.workspace.workloads.calendar.meetings.core import body_of
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.items import text
from postroom.workspace.workloads.items.wish import Document

SEQUENCE: Final = "_sequence"
"""How often a meeting was changed so that who takes part must look at it again."""
STAMP: Final = "_stamp"
"""When the state of it that is here was written."""
INTENDED: Final = "_intended"
"""How it is shown once it is accepted."""
_OURS: Final = ("recurrence", "subject", "start", "end", "isAllDay", "location", "importance", "sensitivity", "body",
                "categories", "isReminderOn", "reminderMinutesBeforeStart", "responseRequested",
                "allowNewTimeProposals", "showAs")  # fmt: skip
"""Of an entry, what may be given for an event; its people are not asked of anybody."""


def entry(unit: Unit, ref: Ref, stamp: datetime, *, comment: str = "", people: list[Document] | None = None) -> Entry:
    """Of an event as it is here; `people` stand for those who take part."""
    document, body = ref.document, body_of(unit, ref)
    shown = {name: value for name, value in document.items() if not name.startswith("_")}
    shown["body"] = {"contentType": body.content_type, "content": body.content}
    if people is not None:
        shown["attendees"] = people
    if ref.series is not None and ref.series.zone:
        # The days of a rule are those of the zone of the series.
        shown |= dict.fromkeys(("originalStartTimeZone", "originalEndTimeZone"), ref.series.zone)
    plain = text.to_text(body.content) if body.content_type == "html" else body.content
    return Entry(
        str(ref.item.document.get("iCalUId") or ""),
        shown,
        sequence=sequence_of(document),
        stamp=stamp,
        original=_original(ref),
        excluded=_excluded(unit, ref),
        text=plain,
        comment=comment,
    )


def series(
    unit: Unit, ref: Ref, stamp: datetime, *, people: list[Document] | None = None, private: bool = True
) -> tuple[Entry, ...]:
    """The event and, of a series, its changed occurrences; without `private` such ones are left out."""
    exceptions = refs.exceptions_of(unit, ref.item) if ref.day is None and ref.series else []
    event, *changed = (entry(unit, one, stamp, people=people) for one in (ref, *exceptions))
    hidden = [] if private else [one for one in changed if one.document.get("sensitivity") != "normal"]
    gone = tuple(one.original for one in hidden if one.original is not None)
    return replace(event, excluded=(*event.excluded, *gone)), *(one for one in changed if one not in hidden)


def sequence_of(document: Mapping[str, Any]) -> int:
    return int(document.get(SEQUENCE) or 0)


def _original(ref: Ref) -> Original | None:
    if ref.day is None:
        return None
    return date.fromordinal(ref.day) if ref.item.document.get("isAllDay") else ref.original


def _excluded(unit: Unit, ref: Ref) -> tuple[Original, ...]:
    found = ref.series if ref.day is None else None
    if found is None:
        return ()
    days = refs.cancelled_days(unit, ref.item)
    if ref.item.document.get("isAllDay"):
        return tuple(date.fromordinal(day) for day in days)
    return tuple(times.instant_of(times.stored_us(start_us(found, day))) for day in days)


def given(found: Entry) -> Document:
    """As callers give an event."""
    return {name: found.document[name] for name in _OURS if name in found.document}


def exclude(core: Core, unit: Unit, ref: Ref, found: Entry) -> None:
    """Cancel the occurrences of a series that an entry says do not take place."""
    for original in found.excluded:
        ordinal = day(original, ref)
        gone = refs.at(unit, ref.item, ordinal) if ordinal is not None and ref.day is None else None
        if gone is not None:
            writing.remove(core, unit, gone, quiet=True)


def day(original: Original | None, master: Ref | None) -> int | None:
    """The day of an occurrence of a series that is here."""
    if original is None or master is None or master.series is None:
        return None
    where: tzinfo = zone(master.series.zone) or UTC if master.series.zone else UTC
    return day_in(original, where).toordinal()
