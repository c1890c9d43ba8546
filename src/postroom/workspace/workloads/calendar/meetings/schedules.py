"""Free and busy times: what somebody's default calendar says to others. Source: Microsoft Graph, getSchedule."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.people import Person
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import places, refs, spans, times
from postroom.workspace.workloads.calendar.meetings import permissions
from postroom.workspace.workloads.calendar.meetings.core import Core
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.calendar.spans import Window
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish

MOST_SCHEDULES: Final = 100
MOST_DAYS: Final = 62
MOST_ITEMS: Final = 1000
"""Of one schedule."""
LEAST_MINUTES: Final = 5
MOST_MINUTES: Final = 1440
DIGITS: Final = {"free": 0, "tentative": 1, "busy": 2, "oof": 3, "workingElsewhere": 4}
_WEIGHT: Final = ("free", "workingElsewhere", "tentative", "busy", "oof")
"""Of several at one time the last one is shown."""
_PRIVATE: Final = frozenset({"private", "personal", "confidential"})
UNKNOWN: Final = "ErrorMailRecipientNotFound"
NOT_SHOWN: Final = "ErrorNoFreeBusyAccess"
SEES_TIMES: Final = "freeBusyRead"
TOO_MANY: Final = "ErrorFreeBusyGenerationFailed"


@dataclass(frozen=True, slots=True)
class Taken:
    """A time at which somebody has something."""

    begin: datetime
    end: datetime
    status: str


class Busy:
    """What somebody has, by status: times that touch are one, so that asking for many costs little."""

    def __init__(self, taken: Iterable[Taken]) -> None:
        self.spans: dict[str, list[tuple[datetime, datetime]]] = {status: [] for status in _WEIGHT}
        for one in sorted(taken, key=lambda one: one.begin):
            found = self.spans[one.status]
            if found and one.begin <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], one.end))
            else:
                found.append((one.begin, one.end))

    def at(self, begin: datetime, end: datetime) -> str:
        return next((status for status in reversed(_WEIGHT) if self._has(status, begin, end)), "free")

    def _has(self, status: str, begin: datetime, end: datetime) -> bool:
        spans = self.spans[status]
        place = bisect_left(spans, end, key=lambda one: one[0])  # the last one that begins before the end
        return place > 0 and spans[place - 1][1] > begin


class Schedules:
    def __init__(self, core: Core) -> None:
        self._core = core

    def get(self, mailbox: str, given: Mapping[str, Any], wish: Wish = PLAIN) -> list[Document]:
        """One element for each name asked for, with an error where there is nobody. Raises Invalid."""
        given = {name.lower(): value for name, value in given.items()}
        names = _names(given.get("schedules"))
        window, minutes = _window(given, wish), _minutes(given.get("availabilityviewinterval"))
        caller = self._core.calendar.owner(mailbox)
        found = [(name, self._core.calendar.people.find(name)) for name in names]
        with self._core.calendar.store.read() as unit:
            return [self._one(unit, name, person, caller, window, minutes, wish) for name, person in found]

    def taken(self, unit: Unit, person: Person, window: Window) -> list[Taken]:
        """By begin. Raises WindowTooLarge."""
        return [Taken(ref.begin, ref.end, _status(ref)) for ref in _between(unit, person, window)]

    def sees_times(self, unit: Unit, person: Person, caller: Person) -> bool:
        """Whether somebody may know when another is free."""
        return permissions.reaches(self._role(unit, person, caller), SEES_TIMES)

    def _one(
        self,
        unit: Unit,
        name: str,
        person: Person | None,
        caller: Person,
        window: Window,
        minutes: int,
        wish: Wish,
    ) -> Document:
        if person is None or person.guest:
            return _failed(name, f"There is no mailbox {name!r} here.", UNKNOWN)
        if not self.sees_times(unit, person, caller):
            return _failed(name, f"{name} does not show when they are free.", NOT_SHOWN)
        try:
            found = _between(unit, person, window)
        except Invalid as error:
            return _failed(name, str(error), TOO_MANY)
        role = self._role(unit, person, caller)
        taken = [Taken(ref.begin, ref.end, _status(ref)) for ref in found]
        return {
            "scheduleId": name,
            "availabilityView": view(taken, window, minutes),
            "scheduleItems": [_item(ref, role, wish) for ref in found],
            "workingHours": self._core.settings_of(unit, person).get("workingHours"),
        }

    def _role(self, unit: Unit, person: Person, caller: Person) -> str:
        if person.id == caller.id:
            return permissions.ORDER[-1]
        calendar = unit.items.find(places.key_of(person.id, places.DEFAULT_CALENDAR))
        return permissions.role_of(unit, calendar, caller) if calendar else "freeBusyRead"


def view(taken: Sequence[Taken], window: Window, minutes: int) -> str:
    """A digit for each slot of the window; the last one may be shorter."""
    step = timedelta(minutes=minutes)
    heaviest = ["free"] * -((window.begin - window.end) // step)
    busy = Busy(taken)
    for status in _WEIGHT:
        for begin, end in busy.spans[status]:
            first = max((begin - window.begin) // step, 0)
            last = min(-((window.begin - end) // step), len(heaviest))
            heaviest[first:last] = [status] * (last - first)
    return "".join(str(DIGITS[status]) for status in heaviest)


def _between(unit: Unit, person: Person, window: Window) -> list[Ref]:
    """What lies in the default calendar, but for what was cancelled."""
    calendar = unit.items.find(places.key_of(person.id, places.DEFAULT_CALENDAR))
    if calendar is None:
        return []
    found = spans.between(unit, person.id, window, MOST_ITEMS, within=calendar)
    return [ref for ref in refs.all_of(unit, (one.place for one in found)) if not ref.document.get("isCancelled")]


def _status(ref: Ref) -> str:
    found = str(ref.document.get("showAs") or "busy")
    return found if found in _WEIGHT else "tentative"


def _item(ref: Ref, role: str, wish: Wish) -> Document:
    """What the caller may see of it: others see whether it is private, and its subject from `limitedRead` on."""
    document = ref.document
    private = document.get("sensitivity") in _PRIVATE
    shown: Document = {
        name: times.shown(document[name], wish.zone, wish.zone_name, is_all_day=ref.is_all_day)
        for name in ("start", "end")
    }
    shown["status"] = _status(ref)
    least = "delegateWithPrivateEventAccess" if private else "limitedRead"
    if permissions.reaches(role, least):
        place = (document.get("location") or {}).get("displayName") or ""
        return {"isPrivate": private, "subject": document.get("subject"), "location": place, **shown}
    return {"isPrivate": private, **shown} if permissions.reaches(role, "limitedRead") else shown


def _failed(name: str, message: str, code: str) -> Document:
    error = {"message": message, "responseCode": code}
    return {"scheduleId": name, "availabilityView": "", "scheduleItems": [], "workingHours": None, "error": error}


def _names(given: Any) -> list[str]:
    found = list(given) if isinstance(given, Iterable) and not isinstance(given, str | Mapping) else []
    if not found or len(found) > MOST_SCHEDULES or not all(isinstance(one, str) and one for one in found):
        raise Invalid("schedules", f"1 to {MOST_SCHEDULES} addresses")
    return found


def _minutes(given: Any) -> int:
    minutes = 30 if given is None else given
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise Invalid("availabilityViewInterval", f"{LEAST_MINUTES} to {MOST_MINUTES} minutes")
    return minutes


def _window(given: Mapping[str, Any], wish: Wish) -> Window:
    begin, end = (moment(given.get(name.lower()), name) for name in ("startTime", "endTime"))
    if not begin < end <= begin + timedelta(days=MOST_DAYS):
        raise Invalid("endTime", f"a time after startTime, at most {MOST_DAYS} days")
    return Window(begin, end, wish.zone)


def moment(value: Any, name: str) -> datetime:
    """A dateTimeTimeZone. Raises Invalid."""
    if not isinstance(value, Mapping):
        raise Invalid(name, "a date and time with its time zone")
    return times.moment(value, name).at
