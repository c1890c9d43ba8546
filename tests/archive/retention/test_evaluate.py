"""Many messages are judged at once, and each as the policies and holds say of it alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.archive.retention.room import BY, DAY_MS, Room, ms

from postroom.archive.instance.periods import UNITS
from postroom.archive.mount import Mount
from postroom.archive.retention.criteria import Criteria
from postroom.archive.retention.evaluate import HELD, KEPT, WAITING, Rules, Verdicts, evaluate
from postroom.archive.retention.holds import Hold
from postroom.archive.retention.policies import REFERENCES, Policy, is_due
from postroom.archive.search.index import StoreIndex
from postroom.archive.search.query import Everything, Node
from postroom.errors import Invalid, WrongState

SUBJECTS = ("invoice", "cv", "invoice cv", "lunch")
ARCHIVES = ("anna", "legal")
WEEK = Policy("A week", 7, "day", deletes=True)


@pytest.fixture
def mount(room: Room) -> Mount:
    return room.archive.stores.get(1)


def judge(room: Room, mount: Mount, *policies: Policy, holds: tuple[Hold, ...] = (), legal: bool = False) -> Verdicts:
    return evaluate(mount, Rules(policies, holds, legal), room.clock())


def hold(query: str) -> Hold:
    return Hold(1, "Case", query, "court", "admin", 0)


# Against the pure functions


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """Messages of all subjects, archives and kinds of date, archived over some years."""
    room = Room(tmp_path_factory.mktemp("whole"))
    room.clock.now_ms = ms(2020, 1, 1)
    for place, subject in enumerate(SUBJECTS * 6):
        dated = (None, ms(2015, 5, 5), room.clock.now_ms, ms(1975, 1, 1), ms(2090, 1, 1))[place % 5]
        room.put(subject, archive=ARCHIVES[place % 7 // 4], date_ms=dated)
        room.clock.days_later(97)
    room.indexed()
    yield room
    room.archive.close()


CRITERIA = st.none() | st.builds(
    Criteria,
    st.none() | st.sampled_from(["invoice", "cv", "-cv", "invoice or lunch"]),
    st.just(("subject",)) | st.just(()),
    excluded=st.just(()) | st.just(("LEGAL",)),
)
POLICIES = st.builds(
    Policy,
    st.text("abc", min_size=1),
    st.integers(1, 80),
    st.sampled_from(UNITS),
    st.sampled_from(REFERENCES),
    st.booleans(),
    CRITERIA,
    year_end=st.booleans(),
)
HOLDS = st.sampled_from([(), (hold("subject:lunch"),), (hold("cv"), hold("folder:legal"))])


def matches(policy: Policy, subject: str, archive: str) -> bool:
    criteria = policy.criteria or Criteria()
    words = subject.split()
    means = {
        None: True, "invoice": "invoice" in words, "cv": "cv" in words, "-cv": "cv" not in words,
        "invoice or lunch": "invoice" in words or "lunch" in words,
    }  # fmt: skip
    return means[criteria.query] and not (criteria.excluded and archive == "legal")


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(POLICIES, max_size=4), HOLDS, st.integers(ms(2021, 1, 1), ms(2040, 1, 1)), st.booleans())
def test_all_at_once_is_what_each_alone_is(
    whole: Room, policies: list[Policy], holds: tuple[Hold, ...], now: int, alone: bool
) -> None:
    mount = whole.archive.stores.get(1)
    rows = list(mount.store.catalogue.all_messages())
    assert mount.summaries
    summaries = mount.summaries.get([row.number for row in rows])
    due, held = set[int](), set[int]()
    for row in rows:
        archive, summary = mount.store.catalogue.folder_path(row.archive), summaries[row.number]
        fitting = [policy for policy in policies if matches(policy, summary.subject, archive)]
        dated = None if summary.date_s is None else summary.date_s * 1000
        if is_due(fitting, row.archived_ms, dated, now):
            covered = "lunch" in summary.subject if len(holds) == 1 else "cv" in summary.subject or archive == "legal"
            (held if holds and covered else due).add(row.number)
    rules = Rules(tuple(policies), holds)
    asked = [[row.number] for row in rows] if alone else [None]
    verdicts = [evaluate(mount, rules, now, among) for among in asked]
    assert {number for one in verdicts for number in one.due()} == due
    assert {number for one in verdicts for number in one.held()} == held


# What cannot be told


def test_what_is_not_indexed_is_never_due_and_protected_by_what_may_match(
    room: Room, mount: Mount, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = room.put("lunch")
    room.indexed()
    protecting = Policy("Invoices", 10, "year", criteria=Criteria("invoice"))
    with mount.indexer.paused():
        fresh = room.put("lunch too")
        room.clock.days_later(30)
        assert list(judge(room, mount, WEEK).due()) == [known]
        verdicts = judge(room, mount, WEEK, protecting, holds=(hold("subject:court"),))
        assert list(verdicts.due()) == [known]
        assert verdicts.flags[fresh] & (WAITING | KEPT | HELD) == WAITING | KEPT | HELD
        assert verdicts.count(WAITING) == 1
    room.indexed()
    assert set(judge(room, mount, WEEK, protecting, holds=(hold("subject:court"),)).due()) == {known, fresh}


def test_what_the_index_has_lost_is_never_due(room: Room, mount: Mount) -> None:
    lost, there = room.put("lunch"), room.put("dinner")
    room.indexed()
    mount.indexer.index.apply((), [lost], mount.indexer.index.applied)
    room.clock.days_later(30)
    verdicts = judge(room, mount, WEEK, holds=(hold("subject:court"),))
    assert list(verdicts.due()) == [there]
    assert verdicts.flags[lost] & HELD


def test_what_could_not_be_read_is_held_by_queries_that_need_it(room: Room, mount: Mount) -> None:
    number = room.put("lunch")
    room.indexed()
    assert mount.summaries
    (summary,) = mount.summaries.get([number]).values()
    mount.summaries.put([summary._replace(problems="a.zip: encrypted")])
    room.clock.days_later(30)
    assert list(judge(room, mount, WEEK, holds=(hold("subject:court"),)).due()) == [number]
    assert list(judge(room, mount, WEEK, holds=(hold("court"),)).held()) == [number]
    assert not list(judge(room, mount, WEEK, Policy("Courts", 1, "year", criteria=Criteria("court"))).due())
    deleting = replace(WEEK, criteria=Criteria("court"))
    assert not list(judge(room, mount, deleting).due())


def test_a_query_that_the_index_cannot_answer_stops_everything_and_is_named(
    room: Room, mount: Mount, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.put("roof")
    room.indexed()
    room.clock.days_later(30)
    answer = StoreIndex.each

    def too_many_words(index: StoreIndex, node: Node, **more: object) -> object:
        if node != Everything():
            raise Invalid("query", "a longer beginning before '*'")
        return answer(index, node, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(StoreIndex, "each", too_many_words)
    with pytest.raises(WrongState, match=r"hold 'Case'.*longer beginning"):
        judge(room, mount, WEEK, holds=(hold('"the ro"*'),))
    with pytest.raises(WrongState, match="policy 'A week'"):
        judge(room, mount, replace(WEEK, criteria=Criteria("ro*")))


def test_messages_of_an_excluded_archive_are_none_of_a_policys_business(room: Room, mount: Mount) -> None:
    there, apart = room.put("a"), room.put("a", archive="Legal")
    room.indexed()
    room.clock.days_later(30)
    assert list(judge(room, mount, replace(WEEK, criteria=Criteria(excluded=("legal",)))).due()) == [there]
    keeping = Policy("All but legal", 1, "year", criteria=Criteria(excluded=("legal",)))
    assert list(judge(room, mount, WEEK, keeping).due()) == [apart]


def test_the_legal_hold_of_the_configuration_holds_everything(room: Room, mount: Mount) -> None:
    number = room.put("a")
    room.indexed()
    room.clock.days_later(30)
    verdicts = judge(room, mount, WEEK, legal=True)
    assert (list(verdicts.due()), list(verdicts.held())) == ([], [number])


def test_a_message_is_removed_by_the_first_policy_that_would(room: Room, mount: Mount) -> None:
    number = room.put("a")
    room.indexed()
    room.clock.now_ms += 30 * DAY_MS
    verdicts = judge(room, mount, Policy("Keeps", 1, "day"), WEEK, replace(WEEK, name="Another"))
    assert verdicts.policy[number] == 2


def test_deleted_messages_are_not_looked_at(room: Room, mount: Mount) -> None:
    number = room.put("a")
    room.indexed()
    mount.store.delete([number], BY.name, "asked for")
    room.clock.days_later(30)
    verdicts = judge(room, mount, WEEK)
    assert (list(verdicts.due()), list(verdicts.held()), verdicts.count(0)) == ([], [], 0)
