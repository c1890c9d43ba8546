"""Events: lists, one, changes, what has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from postroom.errors import NotFound
from postroom.workspace.query.page import Page
from postroom.workspace.store.changes import Delta
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.reading import ANY, Any_, Where
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import given as taking
from postroom.workspace.workloads.calendar import instants, places, refs, views, writing
from postroom.workspace.workloads.calendar.core import Core
from postroom.workspace.workloads.calendar.given import FIXED
from postroom.workspace.workloads.calendar.kinds import EVENT
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.calendar.showing import showing
from postroom.workspace.workloads.items.matching import check_match
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish

DEFAULT: Final = "calendar"
"""Stands for the default calendar where an id of one does."""
DELTA_PAGE: Final = 10


def place(unit: Unit, mailbox: str, calendar: str | None) -> Item | None:
    """The calendar that a path names: an id, `DEFAULT`; None is all of the mailbox."""
    if calendar is None:
        return None
    return places.calendar(unit, mailbox, None if calendar == DEFAULT else calendar)


def _checked(given: Mapping[str, Any], *, partial: bool) -> Document:
    """What hooks may look at before the unit. Raises Invalid."""
    return taking.given(given, partial=partial).document


class Events:
    """`calendar` is the id of a calendar or `DEFAULT`; None is the whole mailbox."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, mailbox: str, calendar: str | None, wish: Wish = PLAIN) -> Page:
        """Single events and masters of series."""
        places.prepare(self._core, mailbox)
        with self._core.store.read() as unit:
            found = unit.items.page(self._listing(unit, mailbox, calendar, wish))
            rows = showing(self._core, unit, mailbox, wish)([Ref(item) for item in found.rows])
        return Page(rows, found.cursor, found.count)

    def get(self, mailbox: str, event_id: str, wish: Wish = PLAIN, calendar: str | None = None) -> Document:
        """A single event, a master, an occurrence."""
        places.prepare(self._core, mailbox)
        with self._core.store.read() as unit:
            ref = self._found(unit, mailbox, event_id, calendar)
            return self._shown(unit, ref, wish)

    def create(self, mailbox: str, calendar: str | None, given: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        """In the default calendar, or in the one given."""
        places.prepare(self._core, mailbox)
        owner, prepared = self._core.owner(mailbox), self._core.prepare(mailbox, None, _checked(given, partial=False))
        with self._core.store.write() as unit:
            above = place(unit, mailbox, calendar or DEFAULT)
            assert above is not None
            ref = writing.create(self._core, unit, owner, above, given, prepared=prepared)
            return self._shown(unit, ref, wish)

    def update(
        self,
        mailbox: str,
        event_id: str,
        given: Mapping[str, Any],
        wish: Wish = PLAIN,
        calendar: str | None = None,
    ) -> Document:
        """Of an occurrence it makes an exception. Raises Conflict, ReadOnly, Invalid."""
        prepared = self._core.prepare(mailbox, event_id, _checked(given, partial=True))
        with self._core.store.write() as unit:
            ref = self._found(unit, mailbox, event_id, calendar)
            check_match(ref.changed, wish.if_match)
            check_fixed(given, views.whole(ref), FIXED)
            return self._shown(unit, writing.change(self._core, unit, ref, given, prepared=prepared), wish)

    def delete(self, mailbox: str, event_id: str, if_match: str | None = None, calendar: str | None = None) -> None:
        """A series goes as a whole; an occurrence is cancelled."""
        prepared = self._core.prepare(mailbox, event_id, {})
        with self._core.store.write() as unit:
            ref = self._found(unit, mailbox, event_id, calendar)
            check_match(ref.changed, if_match)
            writing.remove(self._core, unit, ref, prepared=prepared)

    def exceptions(self, mailbox: str, event_id: str, wish: Wish = PLAIN) -> Page:
        """The changed occurrences of a series."""
        with self._core.store.read() as unit:
            ref = refs.found(unit, mailbox, event_id)
            found = refs.exceptions_of(unit, ref.item) if ref.day is None else []
            return instants.page_of(unit, found, wish, showing(self._core, unit, mailbox, wish))

    def delta(
        self, mailbox: str, calendar: str | None, wish: Wish = PLAIN, carried: Mapping[str, Any] | None = None
    ) -> tuple[list[Document], Delta]:
        """Changed events as they are now, single ones and masters; what is gone is in the second."""
        places.prepare(self._core, mailbox)
        with self._core.store.read() as unit:
            listing = replace(self._listing(unit, mailbox, calendar, wish), default_page=DELTA_PAGE)
            found = unit.changes.since(listing, wish.options.delta or wish.options.cursor, carried=carried)
            shown = replace(wish, options=found.options)
            return views.all_shown(unit, [Ref(item) for item in found.items], shown), found

    def _listing(self, unit: Unit, mailbox: str, calendar: str | None, wish: Wish) -> Listing:
        above: Where | Any_ = place(unit, mailbox, calendar) or ANY
        options = replace(wish.options, filter=instants.dated(wish.options.filter, wish.zone))
        return Listing(
            mailbox, (EVENT,), above, options=options, view=lambda item: views.for_filter(Ref(item), wish),
            zone=wish.zone,
        )  # fmt: skip

    def _found(self, unit: Unit, mailbox: str, event_id: str, calendar: str | None) -> Ref:
        ref, above = refs.found(unit, mailbox, event_id), place(unit, mailbox, calendar)
        if above is not None and (ref.item.parent is None or ref.item.parent.number != above.number):
            raise NotFound(EVENT, event_id)
        return ref

    def _shown(self, unit: Unit, ref: Ref, wish: Wish) -> Document:
        return showing(self._core, unit, ref.mailbox, wish)([ref])[0]
