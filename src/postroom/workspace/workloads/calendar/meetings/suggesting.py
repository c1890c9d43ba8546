"""Times at which people could meet. Source: Microsoft Graph, findMeetingTimes.

Candidates begin every half an hour within the windows given; how sure one is, is the mean over the people of how free
they are: 100 for free, 49 for tentative or unknown, 0 for busy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.people import Person
from postroom.workspace.query.literals import duration
from postroom.workspace.query.zones import zone
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import times
from postroom.workspace.workloads.calendar.errors import WindowTooLarge
from postroom.workspace.workloads.calendar.meetings.core import Core, given_address, own_addresses
from postroom.workspace.workloads.calendar.meetings.schedules import MOST_DAYS, Busy, Schedules, moment
from postroom.workspace.workloads.calendar.spans import Window
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish

STEP: Final = timedelta(minutes=30)
USUAL: Final = timedelta(minutes=30)
AHEAD: Final = timedelta(days=7)
"""Where no windows are given."""
MOST_SLOTS: Final = 50
MOST_ATTENDEES: Final = 100
MOST_CANDIDATES: Final = 100
USUAL_CANDIDATES: Final = 20
USUAL_PERCENTAGE: Final = 50.0
_SURE: Final = {"free": 100.0, "workingElsewhere": 100.0, "tentative": 49.0, "unknown": 49.0, "busy": 0.0, "oof": 0.0}


@dataclass(frozen=True, slots=True)
class _Guest:
    """`busy` is None for somebody of whom nothing is known."""

    document: Document
    busy: Busy | None

    @property
    def required(self) -> bool:
        return self.document.get("type") != "optional"

    def at(self, begin: datetime, end: datetime) -> str:
        return "unknown" if self.busy is None else self.busy.at(begin, end)


@dataclass(frozen=True, slots=True)
class _Asked:
    windows: Sequence[Window]
    length: timedelta
    most: int
    percentage: float
    organizer_optional: bool
    reasons: bool
    work: bool
    locations: list[Document]


@dataclass(frozen=True, slots=True)
class _Candidate:
    begin: datetime
    end: datetime
    confidence: float
    organizer: str
    people: list[tuple[Document, str]]


class Suggesting:
    def __init__(self, core: Core, schedules: Schedules) -> None:
        self._core, self._schedules = core, schedules

    def find(self, mailbox: str, given: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        """meetingTimeSuggestionsResult. Raises Invalid."""
        given = {name.lower(): value for name, value in given.items() if value is not None}
        owner = self._core.calendar.owner(mailbox)
        people = self._people(owner, given.get("attendees") or [])
        with self._core.calendar.store.read() as unit:
            asked = _asked(given, unit.now, wish)
            span = Window(min(one.begin for one in asked.windows), max(one.end for one in asked.windows), wish.zone)
            organizer = self._taken(unit, owner, owner, span)
            guests = [_Guest(one, self._taken(unit, person, owner, span)) for one, person in people]
            hours = self._core.settings_of(unit, owner).get("workingHours") or {}
        me = _Guest({}, organizer)
        found = [_candidate(me, guests, begin, asked.length) for begin in _begins(asked, hours)]
        fitting = [one for one in found if _fits(one, asked)]
        fitting.sort(key=lambda one: (-one.confidence, one.begin))
        rows = [_shown(one, place, asked, wish) for place, one in enumerate(fitting[: asked.most], start=1)]
        return {"emptySuggestionsReason": _reason(rows, found, asked), "meetingTimeSuggestions": rows}

    def _people(self, owner: Person, given: Any) -> list[tuple[Document, Person | None]]:
        if not isinstance(given, list) or len(given) > MOST_ATTENDEES:
            raise Invalid("attendees", f"a list of at most {MOST_ATTENDEES} people")
        own = own_addresses(owner)
        if not all(given_address(one) for one in given):
            raise Invalid("attendees/emailAddress/address", "an address")
        others = [one for one in given if given_address(one).lower() not in own]
        rows = [{"type": one.get("type") or "required", "emailAddress": dict(one["emailAddress"])} for one in others]
        return [(one, self._core.calendar.people.find(given_address(one))) for one in rows]

    def _taken(self, unit: Unit, person: Person | None, caller: Person, span: Window) -> Busy | None:
        """None for who has no calendar here, does not show it, or has more in it than is looked at."""
        if person is None or person.guest or not self._schedules.sees_times(unit, person, caller):
            return None
        try:
            return Busy(self._schedules.taken(unit, person, span))
        except WindowTooLarge:
            return None


def _asked(given: Mapping[str, Any], now: datetime, wish: Wish) -> _Asked:
    constraint = given.get("timeconstraint") or {}
    if not isinstance(constraint, Mapping):
        raise Invalid("timeConstraint", "an object")
    length = duration(str(given["meetingduration"])) if "meetingduration" in given else USUAL
    if length is None or not timedelta() < length <= timedelta(days=1):
        raise Invalid("meetingDuration", "a duration such as PT1H, of a day at the most")
    most = given.get("maxcandidates", USUAL_CANDIDATES)
    if not isinstance(most, int) or not _number(most, "maxCandidates", MOST_CANDIDATES) >= 1:
        raise Invalid("maxCandidates", f"1 to {MOST_CANDIDATES}")
    return _Asked(
        _windows(constraint.get("timeSlots") or constraint.get("timeslots") or [], now, wish),
        length,
        most,
        _number(given.get("minimumattendeepercentage", USUAL_PERCENTAGE), "minimumAttendeePercentage", 100),
        bool(given.get("isorganizeroptional")),
        bool(given.get("returnsuggestionreasons")),
        str(constraint.get("activityDomain") or "work").lower() == "work",
        _locations(given.get("locationconstraint")),
    )


def _number(value: Any, name: str, most: int) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:
        raise Invalid(name, f"0 to {most}")
    return float(value)


def _locations(constraint: Any) -> list[Document]:
    """Where it could be: passed on, for there are no rooms here whose times are known."""
    found = constraint.get("locations") if isinstance(constraint, Mapping) else None
    places = found if isinstance(found, list) else []
    return [{"displayName": str(one.get("displayName") or "")} for one in places if isinstance(one, Mapping)]


def _windows(given: Any, now: datetime, wish: Wish) -> list[Window]:
    if not isinstance(given, list) or len(given) > MOST_SLOTS:
        raise Invalid("timeConstraint/timeSlots", f"a list of at most {MOST_SLOTS} slots")
    if not given:
        return [Window(now, now + AHEAD, wish.zone)]
    found = []
    for one in given:
        slot = one if isinstance(one, Mapping) else {}
        begin, end = (moment(slot.get(name), f"timeSlots/{name}") for name in ("start", "end"))
        window = Window(begin, end, wish.zone)
        if not window.begin < window.end <= window.begin + timedelta(days=MOST_DAYS):
            raise Invalid("timeSlots/end", f"a time after the start, at most {MOST_DAYS} days")
        found.append(window)
    if max(one.end for one in found) - min(one.begin for one in found) > timedelta(days=MOST_DAYS):
        raise Invalid("timeConstraint/timeSlots", f"slots within {MOST_DAYS} days")
    return found


def _begins(asked: _Asked, hours: Mapping[str, Any]) -> Iterator[datetime]:
    """Every half an hour, each once."""
    seen: set[datetime] = set()
    for window in asked.windows:
        at = window.begin
        over = timedelta(minutes=at.minute % 30, seconds=at.second, microseconds=at.microsecond)
        at += STEP - over if over else timedelta()
        while at + asked.length <= window.end:
            if at not in seen and (not asked.work or _is_work(at, at + asked.length, hours)):
                seen.add(at)
                yield at
            at += STEP


def _is_work(begin: datetime, end: datetime, hours: Mapping[str, Any]) -> bool:
    """Within the working hours of whoever asks."""
    where: tzinfo = zone(str((hours.get("timeZone") or {}).get("name") or "UTC")) or UTC
    first, last = begin.astimezone(where), end.astimezone(where)
    opens, closes = (time.fromisoformat(str(hours.get(name))[:8]) for name in ("startTime", "endTime"))
    days = [str(day).lower() for day in hours.get("daysOfWeek") or []]
    same = first.date() == last.date()
    return same and f"{first:%A}".lower() in days and first.time() >= opens and last.time() <= closes


def _candidate(me: _Guest, guests: Sequence[_Guest], begin: datetime, length: timedelta) -> _Candidate:
    end = begin + length
    people = [(one.document, one.at(begin, end)) for one in guests]
    organizer = me.at(begin, end)
    counted = [organizer, *(status for _, status in people)]
    confidence = sum(_SURE[status] for status in counted) / len(counted)
    return _Candidate(begin, end, round(confidence, 1), organizer, people)


def _fits(one: _Candidate, asked: _Asked) -> bool:
    if _SURE[one.organizer] == 0 and not asked.organizer_optional:
        return False
    counted = [status for guest, status in one.people if guest.get("type") != "optional"] or ["free"]
    return sum(_SURE[status] for status in counted) / len(counted) >= asked.percentage


def _reason(rows: list[Document], found: Sequence[_Candidate], asked: _Asked) -> str:
    if rows:
        return ""
    if found and not asked.organizer_optional and all(_SURE[one.organizer] == 0 for one in found):
        return "OrganizerUnavailable"
    if not found:
        return "Unknown"
    unknown = any(status == "unknown" for one in found for _, status in one.people)
    return "AttendeesUnavailableOrUnknown" if unknown else "AttendeesUnavailable"


def _shown(one: _Candidate, place: int, asked: _Asked, wish: Wish) -> Document:
    slot = {
        name: times.shown(times.stored(at), wish.zone, wish.zone_name, is_all_day=False)
        for name, at in (("start", one.begin), ("end", one.end))
    }
    free = all(_SURE[status] == 100 for _, status in one.people)
    why = "all attendees are available" if free else "most attendees are available"
    return {
        "confidence": one.confidence,
        "order": place,
        "organizerAvailability": one.organizer,
        "suggestionReason": f"Suggested because it is one of the nearest times when {why}." if asked.reasons else None,
        "meetingTimeSlot": slot,
        "attendeeAvailability": [{"attendee": guest, "availability": status} for guest, status in one.people],
        "locations": asked.locations,
    }
