"""Runs of a mailbox whose server lies now and then, in any order: what is removed was stored, and all is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.archive.profiles.liar import HangUp, Liar, Lies, lying
from tests.archive.profiles.mailboxes import World, details, message

from postroom.archive.profiles.connectors import imap_session
from postroom.archive.profiles.connectors.imap import SINGLE
from postroom.archive.profiles.connectors.imap_source import ImapSource
from postroom.archive.sources import Arrival
from postroom.errors import Denied, Unavailable


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_session, "DELAYS_S", (0.0,))


@dataclass
class Model:
    """An archive in a few lines: it stores as `ingest` does, and removes as a run does. `commit`: items at a time."""

    liar: Liar
    commit: int = 7
    stored: dict[str, bytes] = field(default_factory=dict)
    owed: set[str] = field(default_factory=set)
    cursor: str | None = None
    made: int = 0
    restores: int = 0

    @property
    def date(self) -> str:
        """When messages came: at another second after each restore."""
        return f"02-Mar-2024 10:00:{self.restores:02} +0000"

    def run(self, *, remove: bool = False, most: int | None = None) -> None:
        """One run, which may be killed after `most` items."""
        given = details(SINGLE, self.liar.details())
        try:
            with SINGLE.open(given, World().context()) as (target,):
                assert isinstance(target.source, ImapSource)
                self._take(target.source, most)
                if remove and most is None:
                    ids = [one for one in target.source.removable(None) if one in self.stored]
                    list(target.source.remove(ids))
        except (Unavailable, Denied):
            return

    def _take(self, source: ImapSource, most: int | None) -> None:
        owed = list(self.owed)
        named: set[str] = set()
        for item in source.again(owed):
            if isinstance(item, Arrival):
                self.stored[item.native_id] = bytes(item.body)
            else:
                named.add(item.native_id)
        items = source.arrivals(self.cursor, self.stored.__contains__)
        batch: list[Arrival] = []
        for number, item in enumerate(islice(items, most), 1):
            if isinstance(item, Arrival):
                batch.append(item)
            elif item.native_id:
                self.owed.add(item.native_id)
                named.add(item.native_id)
            if number % self.commit == 0:
                self._commit(batch)
        if most is None:
            self._commit(batch)
            self.owed -= set(owed) - named

    def _commit(self, batch: list[Arrival]) -> None:
        for item in batch:
            self.stored.setdefault(item.native_id, bytes(item.body))
            self.cursor = item.cursor or self.cursor
        batch.clear()

    # What happens at the server

    def arrive(self, count: int) -> None:
        for _ in range(count):
            self.made += 1
            self.liar.top += 1
            self.liar.messages[self.liar.top] = message(f"m{self.made:04}", 200)

    def expunge(self, number: int) -> None:
        for uid in sorted(self.liar.messages)[number :: number + 2]:
            del self.liar.messages[uid]

    def renumber(self, number: int) -> None:
        self.liar.validity += 1
        self.liar.messages = dict(enumerate(self.liar.messages.values(), number + 1))
        self.liar.top = max(self.liar.messages, default=number)

    def restore(self, number: int) -> None:
        """Other messages under old numbers with an old UIDVALIDITY, of the same size; they came at another time."""
        for uid in sorted(self.liar.messages)[number::3]:
            self.made += 1
            self.liar.messages[uid] = message(f"m{self.made:04}", 200)
        self.restores += 1
        self.liar.lies.date = self.date


def hanging(every: int) -> Callable[[int, bytes], bytes]:
    sent = 0

    def body(_uid: int, body: bytes) -> bytes:
        nonlocal sent
        sent += 1
        if sent % every == 0:
            raise HangUp
        return b"{%d}\r\n%s" % (len(body), body)

    return body


def lies(kind: str, number: int, date: str) -> Lies:
    chosen = Lies(date=date)
    match kind:
        case "hangs up":
            chosen.body = hanging(number + 2)
        case "hangs up at one":
            honest = chosen.body

            def body(uid: int, body: bytes) -> bytes:
                if uid % (number + 3) == 0:
                    raise HangUp
                return honest(uid, body)

            chosen.body = body
        case "changes while sending":
            calls = iter(range(1_000_000))
            chosen.body = lambda uid, body: b"{%d}\r\n%s" % (
                len(sent := body + b"x" * next(calls) if uid % (number + 3) == 0 else body), sent
            )  # fmt: skip
        case "lists few":
            chosen.lists = lambda uids: [uid for uid in uids if uid % (number + 2)]
        case "wrong sizes":
            chosen.size = lambda uid, size: size + (uid % (number + 2) == 0)
        case "no dates":
            chosen.date = "never"
        case "no uids":
            chosen.without_uid = True
        case "keeps":
            chosen.keeps = True
    return chosen


KINDS = (
    "hangs up",
    "hangs up at one",
    "changes while sending",
    "lists few",
    "wrong sizes",
    "no dates",
    "no uids",
    "keeps",
)
NUMBER = st.integers(0, 5)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), st.integers(1, 30)),
        st.tuples(st.sampled_from(("expunge", "renumber", "restore")), NUMBER),
        st.tuples(st.sampled_from(KINDS), NUMBER),
        st.tuples(st.sampled_from(("run", "empty")), st.just(0)),
        st.tuples(st.just("killed"), st.integers(0, 40)),
    ),
    max_size=14,
)


@settings(max_examples=60)
@given(STEPS)
def test_what_is_removed_was_stored_and_in_the_end_all_is_stored(steps: list[tuple[str, int]]) -> None:
    with lying(Liar()) as liar:
        model = Model(liar)
        for step, number in steps:
            if step == "run" or step == "empty":
                model.run(remove=step == "empty")
            elif step == "killed":
                model.run(most=number)
            elif step in KINDS:
                liar.lies = lies(step, number, model.date)
            else:
                getattr(model, step)(number)
            assert set(liar.removed) <= set(model.stored.values())
        liar.lies = Lies(date=model.date)
        for _ in range(2):
            model.run()
        there = set(liar.messages.values())
        if "restore" not in dict(steps):
            assert there <= set(model.stored.values())
        model.run(remove=True)
        assert set(liar.removed) <= set(model.stored.values())
