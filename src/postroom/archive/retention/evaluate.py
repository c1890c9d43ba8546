"""What policies and holds say of the messages of one store: the catalogue knows who is there, the index what matches.

What the index does not know yet, or could not read, is judged for the message: it is never due, and protected by
whatever might protect it.
"""

from __future__ import annotations

from array import array
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from postroom.archive.instance.identifiers import name_key
from postroom.archive.instance.periods import later_ms
from postroom.archive.mount import Mount
from postroom.archive.retention.criteria import reads_content
from postroom.archive.retention.holds import Hold
from postroom.archive.retention.policies import Policy, sound_ms
from postroom.archive.search.query import Everything, Node
from postroom.archive.view import folders_named
from postroom.errors import Invalid, WrongState

LIVE: Final = 1
INDEXED: Final = 2
WAITING: Final = 4
KEPT: Final = 8
DUE: Final = 16
HELD: Final = 32
NO_DATE: Final = -(1 << 62)


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds now: policies that are switched on, the global one among them, and holds in force."""

    policies: tuple[Policy, ...]
    holds: tuple[Hold, ...]
    legal_hold: bool = False

    @property
    def asks_index(self) -> bool:
        """Whether anything but the catalogue is needed to tell what is protected."""
        return bool(self.holds) or any(policy.criteria or policy.reference == "MessageDate" for policy in self.policies)


class _Numbers(Protocol):
    """A number for each message."""

    def __getitem__(self, number: int, /) -> int: ...
    def __setitem__(self, number: int, value: int, /) -> None: ...


@dataclass(slots=True)
class Verdicts:
    """By message number: flags, and which policy (counted from 1) removes it. `why` tells what keeps a message; only
    when some were asked about."""

    numbers: range | Sequence[int]
    flags: _Numbers
    policy: _Numbers
    why: dict[int, str] | None

    def due(self) -> Iterator[int]:
        """What is to be removed now."""
        # INDEXED too: of a message that the index has lost nobody knows what it is.
        mask, wanted = LIVE | INDEXED | WAITING | KEPT | DUE | HELD, LIVE | INDEXED | DUE
        return (number for number in self.numbers if self.flags[number] & mask == wanted)

    def held(self) -> Iterator[int]:
        """What would be removed, were there no hold."""
        mask, wanted = LIVE | KEPT | DUE | HELD, LIVE | DUE | HELD
        return (number for number in self.numbers if self.flags[number] & mask == wanted)

    def count(self, flag: int) -> int:
        """How many of the messages that are there have a flag."""
        return sum(1 for number in self.numbers if self.flags[number] & (flag | LIVE) == flag | LIVE)


def evaluate(mount: Mount, rules: Rules, now_ms: int, among: Sequence[int] | None = None) -> Verdicts:
    """Judge every message of an open store, or those of `among`. Raises WrongState, Damaged.

    Whoever deletes by it holds the store's write lock, so that the outbox tells everything that is not indexed.
    """
    table = _Table(mount, rules, now_ms, among)
    table.read()
    for place, policy in enumerate(rules.policies, 1):
        with _named(f"policy {policy.name!r}"):
            table.apply(place, policy)
    for hold in rules.holds:
        with _named(f"hold {hold.name!r}"):
            table.hold(hold)
    if rules.legal_hold:
        table.hold_all()
    return table.verdicts


@contextmanager
def _named(what: str) -> Iterator[None]:
    """A query that the index cannot answer (the beginning of too many words) stops everything: it may mean all."""
    try:
        yield
    except Invalid as error:
        raise WrongState(f"What the {what} covers cannot be told, so nothing is deleted. {error}") from error


class _Table:
    """All rows of the catalogue in arrays, or some in dicts."""

    def __init__(self, mount: Mount, rules: Rules, now_ms: int, among: Sequence[int] | None) -> None:
        self._mount, self._rules, self._now_ms = mount, rules, now_ms
        self._among = None if among is None else frozenset(among)
        self._archived: _Numbers
        self._archive: _Numbers
        self._dates: _Numbers
        if among is None:
            size = mount.store.catalogue.number("next") or 1
            flags: _Numbers = bytearray(size)
            self._archived, self._dates = array("q", bytes(8 * size)), array("q", [NO_DATE]) * size
            self._archive = array("i", bytes(4 * size))
            self.verdicts = Verdicts(range(size), flags, array("H", bytes(2 * size)), None)
        else:
            self._archived, self._archive = dict.fromkeys(among, 0), dict.fromkeys(among, 0)
            self._dates = dict.fromkeys(among, NO_DATE)
            self.verdicts = Verdicts(list(among), dict.fromkeys(among, 0), dict.fromkeys(among, 0), {})
        self._numbers: Container[int] = range(size) if among is None else self._among or ()
        self._waiting: list[int] = []
        self._unread: list[int] = []

    # Reading

    def read(self) -> None:
        """Who is there, what waits for the index, what the index has and of which date."""
        flags, archived, archive = self.verdicts.flags, self._archived, self._archive
        catalogue, numbers = self._mount.store.catalogue, self._numbers
        for number, in_archive, time_ms in catalogue.rows(self._live()):
            if number in numbers:
                flags[number] = LIVE
                archived[number], archive[number] = time_ms, in_archive
        # Before the index is read: what leaves the outbox afterwards was in the index by then.
        waiting = [number for (number,) in catalogue.rows("SELECT DISTINCT message FROM outbox")]
        dates = self._dates
        for date_s, number in self._each(Everything()):
            if number in numbers:
                flags[number] |= INDEXED
                dates[number] = date_s * 1000
        self._waiting = [number for number in waiting if number in numbers and flags[number] & LIVE]
        self._waiting += [n for n in self.verdicts.numbers if flags[n] & (LIVE | INDEXED) == LIVE]
        for number in self._waiting:
            flags[number] |= WAITING
            dates[number] = NO_DATE
        if any(self._needs_content()):
            self._unread = [n for n in self._not_read() if n in numbers and flags[n] & LIVE]

    def _not_read(self) -> Iterable[int]:
        summaries = self._mount.summaries
        if summaries is None or self._among is None:
            return summaries.unread() if summaries else ()
        return [number for number, summary in summaries.get(list(self._among)).items() if summary.problems]

    def _live(self) -> str:
        some = "" if self._among is None else f" AND number IN ({','.join(str(int(n)) for n in self._among)})"
        return f"SELECT number, archive, archived_ms FROM message WHERE deleted_ms IS NULL{some}"  # noqa: S608

    def _each(self, node: Node) -> Iterator[tuple[int, int]]:
        index, store = self._mount.indexer.index, self._mount.row.id
        return index.each(
            node, store=store, resolve=lambda path: folders_named(self._mount, path), among=self._among
        )  # fmt: skip

    def _matching(self, node: Node) -> Iterator[int]:
        return (number for _, number in self._each(node) if number in self._numbers)

    def _needs_content(self) -> Iterator[bool]:
        nodes = [self._node(policy) for policy in self._rules.policies] + [hold.node for hold in self._rules.holds]
        return (reads_content(node) for node in nodes if node is not None)

    def _node(self, policy: Policy) -> Node | None:
        return policy.criteria.node(self._now_ms / 1000) if policy.criteria else None

    # Judging

    def apply(self, place: int, policy: Policy) -> None:
        """A policy, the `place`th."""
        node = self._node(policy)
        excluded = self._excluded(policy)
        limit_ms = policy.newest_over_ms(self._now_ms)
        surely = self.verdicts.numbers if node is None else self._matching(node)
        self._judge(surely, place, policy, limit_ms, excluded, sure=True)
        if node is not None:
            self._judge(self._unsure(node), place, policy, limit_ms, excluded, sure=False)

    def _judge(
        self, numbers: Iterable[int], place: int, policy: Policy, limit_ms: int, excluded: frozenset[int], *, sure: bool
    ) -> None:
        flags, archived, archive, dates = self.verdicts.flags, self._archived, self._archive, self._dates
        by_message, deletes, chosen = policy.reference == "MessageDate", policy.deletes and sure, self.verdicts.policy
        for number in numbers:
            if not flags[number] & LIVE or archive[number] in excluded:
                continue
            start_ms = archived[number]
            if by_message:
                start_ms = sound_ms(start_ms, dates[number])
            if start_ms > limit_ms:
                flags[number] |= KEPT
                self._tell(number, policy, start_ms, sure=sure)
            elif deletes:
                flags[number] |= DUE
                chosen[number] = chosen[number] or place

    def _unsure(self, node: Node) -> list[int]:
        """What the query may mean, and nobody can tell."""
        return self._waiting + (self._unread if reads_content(node) else [])

    def _excluded(self, policy: Policy) -> frozenset[int]:
        names = {name_key(name) for name in policy.criteria.excluded} if policy.criteria else set()
        rows = self._mount.store.catalogue.folders().values() if names else ()
        return frozenset(row.id for row in rows if not row.parent and name_key(row.name) in names)

    def hold(self, hold: Hold) -> None:
        """A hold covers what matches, and what may match."""
        node = hold.node
        if isinstance(node, Everything):
            self._mark_held(self.verdicts.numbers, f"The hold {hold.name!r} covers it.")
            return
        self._mark_held(self._matching(node), f"The hold {hold.name!r} covers it.")
        unsure = f"Whether the hold {hold.name!r} covers it cannot be told: {{}}"
        self._mark_held(self._waiting, unsure.format("it is not indexed yet. Try later."))
        if reads_content(node):
            self._mark_held(self._unread, unsure.format("not all of it could be read."))

    def hold_all(self) -> None:
        """The legal hold of the compliance configuration."""
        self._mark_held(self.verdicts.numbers, "Nothing can be deleted while the legal hold is on.")

    def _mark_held(self, numbers: Iterable[int], why: str) -> None:
        flags, reasons = self.verdicts.flags, self.verdicts.why
        for number in numbers:
            flags[number] |= HELD
            if reasons is not None:
                reasons[number] = why

    def _tell(self, number: int, policy: Policy, start_ms: int, *, sure: bool) -> None:
        reasons = self.verdicts.why
        if reasons is None or number in reasons:
            return
        end_ms = later_ms(start_ms, policy.period, policy.unit, year_end=policy.year_end)
        day = datetime.fromtimestamp(end_ms / 1000, UTC).date()
        doubt = "" if sure else ", as it may match and cannot be told"
        reasons[number] = f"The retention policy {policy.name!r} keeps it until {day}{doubt}."
