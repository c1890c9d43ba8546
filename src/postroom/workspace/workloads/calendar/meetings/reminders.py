"""Reminders of events: which there are in a window, dismissed, put off.

What was dismissed or put off stands in the event itself, by the begin of the occurrence: an occurrence does not become
an exception by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from postroom.errors import WrongState
from postroom.workspace.query.literals import instant_text
from postroom.workspace.store import ids
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import places, refs, spans, times, views
from postroom.workspace.workloads.calendar.meetings.core import Core
from postroom.workspace.workloads.calendar.meetings.schedules import moment
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.calendar.spans import Window
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish

DISMISSED: Final = "_dismissed"
"""The begin of the last occurrence whose reminder is done with."""
SNOOZED: Final = "_snoozed"
"""When the reminder comes again, by the begin of the occurrence; of no more than the last few."""
MOST_SNOOZED: Final = 20


class Reminders:
    def __init__(self, core: Core) -> None:
        self._core = core

    def view(self, mailbox: str, window: Window, wish: Wish = PLAIN) -> list[Document]:
        """Of events in a window, by when they come."""
        calendar = self._core.calendar
        places.prepare(calendar, mailbox)
        with calendar.store.read() as unit:
            found = spans.between(unit, mailbox, window, calendar.settings.calendar_occurrences)
            all_of = refs.all_of(unit, (one.place for one in found))
        due = [(at, ref) for ref in all_of if (at := _due(ref)) is not None]
        return [_shown(ref, at, wish) for at, ref in sorted(due, key=lambda one: one[0])]

    def dismiss(self, mailbox: str, event_id: str) -> None:
        """Of a series it is the reminder of all occurrences up to now."""
        with self._core.calendar.store.write() as unit:
            ref = _reminding(unit, mailbox, event_id)
            begin = ref.begin
            if ref.day is None and ref.series is not None:
                begin = max(begin, unit.now + _before(ref))
            known = str(ref.item.document.get(DISMISSED) or "")
            _note(unit, ref, {DISMISSED: max(known, instant_text(begin))})

    def snooze(self, mailbox: str, event_id: str, at: Mapping[str, Any] | None) -> None:
        """Have it come at that time. Raises Invalid, WrongState."""
        again = moment(at, "newReminderTime")
        with self._core.calendar.store.write() as unit:
            ref = _reminding(unit, mailbox, event_id)
            begin, known = instant_text(ref.begin), dict(ref.item.document.get(SNOOZED) or {})
            whole = {**known, begin: instant_text(again)}
            kept = {name: whole[name] for name in sorted(whole)[-MOST_SNOOZED:]}
            dismissed = str(ref.item.document.get(DISMISSED) or "")
            _note(unit, ref, {SNOOZED: kept, DISMISSED: "" if dismissed == begin else dismissed})


def _reminding(unit: Unit, mailbox: str, event_id: str) -> Ref:
    """Raises WrongState for an event without a reminder."""
    ref = refs.found(unit, mailbox, event_id)
    if not ref.document.get("isReminderOn"):
        raise WrongState("The event has no reminder; isReminderOn is false.")
    return ref


def _note(unit: Unit, ref: Ref, changed: Document) -> None:
    unit.items.update(ref.item, ref.item.document | changed)


def _before(ref: Ref) -> timedelta:
    return timedelta(minutes=int(ref.document.get("reminderMinutesBeforeStart") or 0))


def _due(ref: Ref) -> datetime | None:
    """When the reminder comes; None when there is none any more."""
    document, begin = ref.document, instant_text(ref.begin)
    again = (document.get(SNOOZED) or {}).get(begin)
    if again is not None and begin > str(document.get(DISMISSED) or ""):
        return datetime.fromisoformat(again)
    if not document.get("isReminderOn") or document.get("isCancelled"):
        return None
    return None if begin <= str(document.get(DISMISSED) or "") else ref.begin - _before(ref)


def _shown(ref: Ref, at: datetime, wish: Wish) -> Document:
    whole = views.whole(ref, wish)
    return {
        "eventId": whole["id"],
        "eventStartTime": whole["start"],
        "eventEndTime": whole["end"],
        "changeKey": ids.change_key(ref.changed),
        "eventSubject": whole.get("subject"),
        "eventLocation": whole.get("location"),
        "eventWebLink": whole["webLink"],
        "reminderFireTime": times.shown(times.stored(at), wish.zone, wish.zone_name, is_all_day=False),
    }
