"""Making, changing and removing events inside a unit.

`own` are stored properties that only the server sets: organizer, answers, `iCalUId`. What is done `quiet` no hook hears
of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.people import Person
from postroom.workspace.recurrence.days import backwards, days
from postroom.workspace.recurrence.series import Series
from postroom.workspace.store.items import UNSET
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import former, recurring, refs, spans, times
from postroom.workspace.workloads.calendar import given as taking
from postroom.workspace.workloads.calendar.core import Commit, Core, Prepared
from postroom.workspace.workloads.calendar.errors import CrossesNeighbour
from postroom.workspace.workloads.calendar.given import TIMES, Given
from postroom.workspace.workloads.calendar.kinds import EVENT, EXCEPTION
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.items import attachments, extended
from postroom.workspace.workloads.items.kinds import ATTACHMENTS
from postroom.workspace.workloads.items.wish import Document

SAME_TRANSACTION: Final = True
"""Whether a second event with a `transactionId` that is there already is answered with the first one."""
_NOTHING: Final[Mapping[str, Any]] = {}


def create(
    core: Core,
    unit: Unit,
    owner: Person,
    calendar: Item,
    given: Mapping[str, Any],
    *,
    own: Mapping[str, Any] = _NOTHING,
    quiet: bool = False,
    prepared: Prepared | None = None,
) -> Ref:
    """A new event. Raises Invalid and what is derived from it."""
    found = taking.given(given, partial=False)
    known = _known(unit, calendar.mailbox, found.document.get("transactionId"))
    if known is not None:
        return Ref(known)
    document = taking.new(owner, unit.now) | found.document | dict(own)
    document["attendees"] = own.get("attendees") or taking.attendees(found.document.get("attendees") or (), ())
    series, placed = _placed(core, found.document, times.times_of(found.document, None))
    document |= placed
    _meet(core, document, str(document["iCalUId"]))
    item = unit.items.add(calendar.mailbox, EVENT, calendar, document, body=found.body)
    spans.keep(unit, item, series)
    ref = Ref(_attach(unit, item, found))
    if quiet:
        return ref
    return _told(core, unit, Commit("created", item.mailbox, ref, None, ref.document), prepared)


def change(
    core: Core,
    unit: Unit,
    ref: Ref,
    given: Mapping[str, Any],
    *,
    own: Mapping[str, Any] = _NOTHING,
    quiet: bool = False,
    prepared: Prepared | None = None,
) -> Ref:
    """Another state of an event; of an occurrence it makes an exception. Raises Invalid and what is derived from it."""
    found, before = taking.given(given, partial=True), ref.document
    document = found.document | dict(own)
    if "attendees" in found.document and "attendees" not in own:
        document["attendees"] = taking.attendees(found.document["attendees"], before.get("attendees") or ())
    document |= extended.merged(before, document)
    document.pop("transactionId", None)
    # Attachments have calls of their own. python-o365 uploads new ones, and sends them once more with the event.
    taken = Given(document, found.body)
    now = _change_event(core, unit, ref, taken) if ref.day is None else _change_occurrence(core, unit, ref, taken)
    if quiet:
        return now
    changed = frozenset(name for name in document if before.get(name) != now.document.get(name))
    changed |= {"body"} if found.body is not None else frozenset()
    return _told(core, unit, Commit("changed", ref.mailbox, now, before, now.document, changed), prepared)


def _told(core: Core, unit: Unit, commit: Commit, prepared: Prepared | None) -> Ref:
    """The event as it is when every hook has done what it does."""
    core.tell(unit, commit, core.unprepared if prepared is None else prepared)
    return refs.again(unit, commit.ref) if core.hooks else commit.ref


def remove(core: Core, unit: Unit, ref: Ref, *, quiet: bool = False, prepared: Prepared | None = None) -> None:
    """The event with all there is of it; an occurrence alone is cancelled from then on."""
    before = ref.document
    if not quiet:  # while it can still be read
        core.tell(unit, Commit("deleted", ref.mailbox, ref, before, None), prepared or core.unprepared)
        ref = refs.again(unit, ref)
    if ref.day is None:
        unit.items.remove(ref.item)
        former.remember(unit, ref.item, unit.changes.last)
        return
    if ref.exception is not None:
        unit.items.remove(ref.exception)
    spans.cancel(unit, ref.item, ref.day)
    unit.items.touch(ref.item)


def _attach(unit: Unit, item: Item, found: Given) -> Item:
    """What was given with a new event."""
    for one in found.attachments:
        attachments.add_given(unit, item, one)
    return follow(unit, item) if found.attachments else item


def follow(unit: Unit, item: Item) -> Item:
    """Bring `hasAttachments` up to date, of an event or an exception."""
    there = any(not one.document.get("isInline") for one in unit.items.children(item, *ATTACHMENTS))
    changed = unit.items.update(item, item.document | {"hasAttachments": there})
    if item.kind == EXCEPTION:
        unit.items.touch(refs.of_exception(unit, item).item)
    return changed


def _known(unit: Unit, mailbox: str, transaction_id: str | None) -> Item | None:
    if not transaction_id or not SAME_TRANSACTION:
        return None
    return unit.items.first(mailbox, EVENT, where={"transaction_id": transaction_id})


def _placed(core: Core, document: Mapping[str, Any], when: times.Times) -> tuple[Series | None, Document]:
    recurrence = document.get("recurrence")
    if recurrence is None:
        return None, recurring.single(when)
    return recurring.compiled(recurrence, when, core.settings.calendar_occurrences)


def _change_event(core: Core, unit: Unit, ref: Ref, found: Given) -> Ref:
    """A single event or a master."""
    item, document = ref.item, found.document
    whole, series = item.document | document, ref.series
    if not (TIMES | {"recurrence"}).isdisjoint(document):
        series, placed = _placed(core, whole, times.times_of(document, times.read(item.document)))
        whole = {name: value for name, value in whole.items() if name != "_series"} | placed
    _meet(core, whole, str(whole.get("iCalUId")))
    changed = unit.items.update(item, whole, UNSET if found.body is None else found.body)
    if series != ref.series or whole["start"] != item.document["start"] or whole["end"] != item.document["end"]:
        _begin_anew(unit, ref, changed)
        spans.keep(unit, changed, series)
    return Ref(changed)


def _begin_anew(unit: Unit, ref: Ref, changed: Item) -> None:
    """Another series has other occurrences: what was changed and cancelled in the old one goes."""
    if ref.series is None:
        return
    for one in refs.exceptions_of(unit, ref.item):
        unit.items.remove(one.changed)
    spans.forget(unit, ref.item)
    former.remember(unit, ref.item, changed.change)


def _change_occurrence(core: Core, unit: Unit, ref: Ref, found: Given) -> Ref:
    """Its exception, made if there is none yet."""
    document, day = found.document, ref.day
    assert day is not None
    if document.get("recurrence") is not None:
        raise Invalid("recurrence", "no value, for an occurrence does not recur itself")
    before = ref.document
    if not TIMES.isdisjoint(document):
        was = times.read(before)
        when = times.times_of(document, was)
        document = {name: value for name, value in document.items() if name not in TIMES}
        if when != was:
            _check_between(unit, ref, when.begin)
            document |= when.document()
    # What is as in the master goes on following it.
    document = {name: value for name, value in document.items() if before.get(name) != value}
    _meet(core, document, str(before.get("iCalUId")))
    ref = with_exception(unit, ref)
    assert ref.exception is not None
    body = UNSET if found.body is None else found.body
    exception = unit.items.update(ref.exception, ref.exception.document | document, body)
    now = Ref(unit.items.touch(ref.item), day, exception)
    spans.keep_exception(unit, now.item, day, exception, now.document)
    return now


def with_exception(unit: Unit, ref: Ref) -> Ref:
    """An occurrence with an exception, that says nothing if it is new."""
    if ref.exception is not None or ref.day is None:
        return ref
    exception = unit.items.add(ref.mailbox, EXCEPTION, ref.item, {})
    now = Ref(ref.item, ref.day, exception)
    spans.keep_exception(unit, ref.item, ref.day, exception, now.document)
    return now


def own_attachments(unit: Unit, ref: Ref, exception: Item) -> Item:
    """With copies of what is attached to the master, unless it has its own already."""
    if "hasAttachments" in exception.document:
        return exception
    for one in unit.items.children(ref.item, *ATTACHMENTS):
        copied = unit.items.add(ref.mailbox, one.kind, exception, one.document)
        for role, blob in unit.items.blobs(one).items():
            unit.items.attach(copied, role, blob)
    kept = exception.document | {"hasAttachments": bool(ref.item.document.get("hasAttachments"))}
    return unit.items.update(exception, kept)


def _check_between(unit: Unit, ref: Ref, begin: datetime) -> None:
    """Raises CrossesNeighbour."""
    series, day = ref.series, ref.day
    assert series is not None
    assert day is not None
    before = _first(unit, ref.item, backwards(series.rule, day))
    after = _first(unit, ref.item, days(series.rule, day + 1))
    if (before and begin <= before.begin) or (after and begin >= after.begin):
        raise CrossesNeighbour


def _first(unit: Unit, master: Item, candidates: Iterable[int]) -> Ref | None:
    """The first of these days that was not cancelled."""
    return next((one for day in candidates if (one := refs.at(unit, master, day)) is not None), None)


def _meet(core: Core, document: Document, uid: str) -> None:
    """An online meeting has a URL of this server's setting, and none when that is not set."""
    if not document.get("isOnlineMeeting"):
        return
    base = core.settings.online_meeting_url.rstrip("/")
    if not base or document.get("onlineMeeting"):
        return
    document["onlineMeeting"] = {"joinUrl": f"{base}/{uid[-32:].lower()}"}
    if document.get("onlineMeetingProvider") in (None, "unknown"):
        document["onlineMeetingProvider"] = "teamsForBusiness"
