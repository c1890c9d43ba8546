"""Whether all that a source has is in the archive: counted per mailbox and day, by asking the source itself.

Nothing is stored. What is archived is known by its native id, so the source need not give it again; what is not is
read, to tell from which day it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import Final

from postroom.archive.automation.calendar import from_ms
from postroom.archive.instance.privileges import Account
from postroom.archive.profiles import connectors
from postroom.archive.profiles.connector import Context, Target
from postroom.archive.profiles.profiles import Profile
from postroom.archive.profiles.results import Problems
from postroom.archive.profiles.scoped import scoped_name
from postroom.archive.sources import Arrival, Item, Problem
from postroom.archive.stores import Stores
from postroom.errors import Cancelled, Invalid, PostroomError
from postroom.work import Process

logger = logging.getLogger(__name__)

MOST_REASONS: Final = 10_000
"""Missing items that are named; of more only the number is told."""
NOT_YET: Final = "not archived yet; the next run takes it"
DELETED: Final = "deleted from the archive"


@dataclass(frozen=True, slots=True)
class Missing:
    """An item of the source that is not in the archive."""

    native_id: str
    folder: str
    reason: str


@dataclass(slots=True)
class Day:
    """One day of a mailbox; `day` None: nobody can say. `source` = `archived` + `missing`; `indexed` can be found."""

    mailbox: str
    day: date | None
    source: int = 0
    archived: int = 0
    indexed: int = 0
    missing: int = 0
    reasons: list[Missing] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Completeness:
    """`days` by mailbox and day. `failed`: mailboxes that could not be read to their end, with the reason."""

    days: list[Day]
    failed: list[tuple[str, str]]

    @property
    def complete(self) -> bool:
        """Everything is there: archived and found by search."""
        return not self.failed and all(day.source == day.archived == day.indexed for day in self.days)


class Check:
    """One check of a profile, which has its secrets, as `account`. Days are those of `zone`."""

    def __init__(
        self, profile: Profile, account: Account, stores: Stores, problems: Problems, zone: tzinfo, process: Process
    ) -> None:
        self._profile, self._account, self._stores, self._problems = profile, account, stores, problems
        self._zone, self._process = zone, process
        self._days: dict[tuple[str, date | None], Day] = {}
        self._failed: list[tuple[str, str]] = []
        self._named = self._seen = 0
        self._waiting: dict[int, set[int]] = {}

    def run(self, context: Context) -> Completeness:
        """Raises Invalid for an export profile, and what the connector raises on opening; Cancelled."""
        if not self._profile.archives:
            raise Invalid("id", "an archiving profile; an export has no source")
        self._account.check("archive")
        self._waiting = {m.row.id: _waiting(m.store.catalogue.outbox(-1)) for m in self._stores.open_mounts()}
        with connectors.archiving(self._profile.connector).open(self._profile.details, context) as targets:
            for target in targets:
                self._mailbox(target, context.stop)
        days = sorted(self._days.values(), key=lambda one: (one.mailbox, one.day or date.min))
        return Completeness(days, self._failed)

    def _mailbox(self, target: Target, stop: Callable[[], None]) -> None:
        mailbox, name = target.archive or target.source.name, scoped_name(target)
        owed = {one.native_id: one.reason for one in self._problems.owed_by(name)}
        counted: set[str] = set()

        def known(native_id: str) -> bool:
            stop()
            return self._known(mailbox, name, native_id, counted)

        try:
            for item in target.source.arrivals(None, known):
                # Some sources read all the same, and give what is known too.
                if isinstance(item, Problem) or not known(item.native_id):
                    self._missing(mailbox, name, item, owed)
        except Cancelled:
            raise
        except PostroomError as error:
            self._failed.append((mailbox, str(error)))
        except Exception as error:
            logger.exception("The mailbox %s of the profile %d broke.", mailbox, self._profile.id)
            self._failed.append((mailbox, f"an internal error ({type(error).__name__}); the server's log says more"))

    def _known(self, mailbox: str, source: str, native_id: str, counted: set[str]) -> bool:
        """Count an item that was stored; sources may ask for one more than once."""
        met = self._stores.met_as(source, native_id)
        if met is None:
            return False
        if native_id not in counted:
            counted.add(native_id)
            day = self._day(mailbox, met.received_ms)
            if met.deleted:
                self._name(day, Missing(native_id, "", DELETED))
            else:
                day.archived += 1
                day.indexed += met.number not in self._waiting.get(met.mount.row.id, ())
        return True

    def _missing(self, mailbox: str, source: str, item: Item, owed: dict[str, str]) -> None:
        if isinstance(item, Arrival):
            # What was deleted and erased is no part of what a store knows.
            new = DELETED if self._stores.deleted(source, item.native_id) else NOT_YET
            reason = owed.get(item.native_id, new)
            self._name(self._day(mailbox, item.received_ms), Missing(item.native_id, item.folder, reason))
        elif item.native_id:
            self._name(self._day(mailbox, None), Missing(item.native_id, item.folder, item.reason))
        else:
            self._failed.append((mailbox, item.reason))

    def _day(self, mailbox: str, time_ms: int | None) -> Day:
        """The row of the next item, which is counted."""
        self._seen += 1
        if self._seen % 1_000 == 0:
            self._process.say(f"{self._seen} messages counted")
        when = None if time_ms is None else from_ms(time_ms).astimezone(self._zone).date()
        day = self._days.setdefault((mailbox, when), Day(mailbox, when))
        day.source += 1
        return day

    def _name(self, day: Day, missing: Missing) -> None:
        day.missing += 1
        if self._named < MOST_REASONS:
            self._named += 1
            day.reasons.append(missing)


def _waiting(outbox: list[tuple[int, int]]) -> set[int]:
    """Messages that the index does not have yet."""
    return {message for _, message in outbox}


def lines(found: Completeness) -> Iterator[str]:
    """What is not complete, a line each."""
    for day in found.days:
        for one in day.reasons:
            where = "/".join(filter(None, (day.mailbox, one.folder)))
            yield f"{where} {day.day or 'unknown day'} {one.native_id}: {one.reason}"
    yield from (f"{mailbox}: {reason}" for mailbox, reason in found.failed)
