from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.workspace.store.mailboxes import ANNA, BERT, KINDS, SetClock, folder, message

from postroom.errors import Invalid
from postroom.workspace.clock import to_ms
from postroom.workspace.errors import TooOld
from postroom.workspace.query.options import Expand, Options, Order
from postroom.workspace.query.parser import parse_filter
from postroom.workspace.query.tree import Literal, Path
from postroom.workspace.store import ids
from postroom.workspace.store.changes import LATEST, Delta
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.packing import packed, unpacked
from postroom.workspace.store.rows import Item
from postroom.workspace.store.signing import Signer
from postroom.workspace.store.store import Store

NEWEST = (Order(Path(("receivedDateTime",)), descending=True),)


def scope(parent: Item, **options: Any) -> Listing:
    return Listing(
        parent.mailbox, ("message", "eventMessage"), parent, options=Options(**options), default_order=NEWEST
    )


class Copy:
    """What a program that follows a list knows of it: subjects by id."""

    def __init__(self, store: Store, listing: Listing, *, immutable: bool = False) -> None:
        self._store, self._listing = store, listing
        self._id = ids.immutable if immutable else ids.ordinary
        self._immutable = immutable
        self.token: str | None = None
        self.known: dict[str, Any] = {}

    def follow(self) -> list[Delta]:
        """Read all pages there are."""
        read: list[Delta] = []
        while not read or read[-1].more:
            with self._store.read() as unit:
                delta = unit.changes.since(self._listing, self.token)
            for gone in delta.removed_ids(immutable=self._immutable):
                self.known.pop(gone, None)
            self.known |= {self._id(item): item.document["subject"] for item in delta.items}
            self.token = delta.token
            read.append(delta)
        return read

    def true(self) -> dict[str, Any]:
        """What it should know."""
        with self._store.read() as unit:
            rows = unit.items.page(
                replace(self._listing, default_page=None, options=replace(self._listing.options, page_size=None))
            ).rows
        return {self._id(item): item.document["subject"] for item in rows}


@pytest.fixture
def inbox(store: Store) -> Item:
    with store.write() as unit:
        return folder(unit.items)


def test_first_all_that_is_there_comes_in_pages_then_what_is_new(store: Store, inbox: Item) -> None:
    with store.write() as unit:
        made = [message(unit.items, inbox, number) for number in range(25)]
    copy = Copy(store, scope(inbox, page_size=10))
    first = copy.follow()
    assert [(len(delta.items), delta.more) for delta in first] == [(10, True), (10, True), (5, False)]
    assert [item.document["subject"] for item in first[0].items][:2] == ["Message 24", "Message 23"]
    assert [(delta.items, delta.removed, delta.more) for delta in copy.follow()] == [([], [], False)]
    with store.write() as unit:
        added = message(unit.items, inbox, 99)
        changed = unit.items.update(made[3], {"subject": "Other"})
        unit.items.remove(made[4])
        message(unit.items, folder(unit.items, "Elsewhere"), 5)
    (delta,) = copy.follow()
    assert delta.items == [added, changed]
    assert delta.created == {added.number}
    assert delta.removed_ids() == [ids.ordinary(made[4])]
    assert copy.known == copy.true()


def test_a_move_is_a_removal_here_and_a_creation_there(store: Store, inbox: Item) -> None:
    with store.write() as unit:
        archive = folder(unit.items, "Archive")
        item = message(unit.items, inbox)
    here, there = Copy(store, scope(inbox)), Copy(store, scope(archive))
    everywhere = Copy(store, Listing(ANNA, ("message",)), immutable=True)
    for copy in (here, there, everywhere):
        copy.follow()
    with store.write() as unit:
        moved = unit.items.move(item, archive)
    assert [(one.items, one.removed_ids()) for one in here.follow()] == [([], [ids.ordinary(item)])]
    assert [(one.items, one.removed_ids()) for one in there.follow()] == [([moved], [])]
    assert [(one.items, one.removed_ids(immutable=True)) for one in everywhere.follow()] == [([moved], [])]


@pytest.mark.parametrize("immutable", [False, True])
def test_an_item_that_moved_out_and_in_again_is_known_by_its_new_id(store: Store, inbox: Item, immutable: bool) -> None:
    with store.write() as unit:
        item, archive = message(unit.items, inbox), folder(unit.items, "Archive")
    copy = Copy(store, scope(inbox), immutable=immutable)
    copy.follow()
    with store.write() as unit:
        unit.items.move(unit.items.move(item, archive), inbox)
    copy.follow()
    assert copy.known == copy.true()
    assert len(copy.known) == 1


OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["add", "change", "hide", "out", "in", "remove", "follow"]), st.integers(0, 5)),
    max_size=25,
)


@settings(max_examples=40)
@given(OPERATIONS, st.integers(1, 4), st.booleans(), st.booleans())
def test_whoever_follows_knows_what_is_there_whatever_happened(
    tmp_path_factory: pytest.TempPathFactory,
    operations: list[tuple[str, int]],
    page: int,
    immutable: bool,
    filtered: bool,
) -> None:
    with Store(tmp_path_factory.mktemp("store"), KINDS) as store:
        with store.write() as unit:
            inbox, other = folder(unit.items), folder(unit.items, "Other")
            alive = [message(unit.items, inbox, number, isRead=False) for number in range(4)]
        options = {"filter": parse_filter("isRead eq false")} if filtered else {}
        copy = Copy(store, scope(inbox, page_size=page, **options), immutable=immutable)
        for number, (what, which) in enumerate([*operations, ("follow", 0)]):
            if what == "follow":
                copy.follow()
                assert copy.known == copy.true()
                continue
            with store.write() as unit:
                if what == "add" or not alive:
                    alive.append(message(unit.items, inbox, 10 + number))
                    continue
                place = which % len(alive)
                item = alive[place]
                match what:
                    case "change":
                        alive[place] = unit.items.update(item, item.document | {"subject": f"Changed {number}"})
                    case "hide":
                        alive[place] = unit.items.update(item, item.document | {"isRead": not item.document["isRead"]})
                    case "out" | "in":
                        alive[place] = unit.items.move(item, other if what == "out" else inbox)
                    case _:
                        unit.items.remove(alive.pop(place))


def test_changes_while_the_first_pages_are_read_are_told_at_the_end(store: Store, inbox: Item) -> None:
    with store.write() as unit:
        made = [message(unit.items, inbox, number) for number in range(6)]
    copy = Copy(store, scope(inbox, page_size=2))
    with store.read() as unit:
        first = unit.changes.since(copy._listing)
    copy.known = {ids.ordinary(item): item.document["subject"] for item in first.items}
    copy.token = first.token
    with store.write() as unit:
        unit.items.remove(made[5])
        unit.items.update(made[4], {"subject": "Changed"})
        message(unit.items, inbox, 77)
    copy.follow()
    copy.follow()
    assert copy.known == copy.true()


def test_a_token_carries_the_options_it_was_made_with(store: Store, inbox: Item) -> None:
    select = (Path(("subject",)), Path(("from",)))
    with store.write() as unit:
        message(unit.items, inbox, 1)
        message(unit.items, inbox, 2, isRead=True)
    asked = scope(inbox, select=select, filter=parse_filter("isRead eq true"), page_size=1)
    with store.read() as unit:
        first = unit.changes.since(asked, carried={"changeType": "created"})
        assert [item.document["subject"] for item in first.items] == ["Message 2"]
    with store.write() as unit:
        for number in range(3, 6):
            message(unit.items, inbox, number, isRead=number != 4)
    with store.read() as unit:
        later = unit.changes.since(scope(inbox, page_size=10), first.token)
        assert [item.document["subject"] for item in later.items] == ["Message 3", "Message 5"]
        assert (later.options.select, later.carried) == (select, {"changeType": "created"})


def test_one_can_begin_with_what_comes_from_now_on(store: Store, inbox: Item) -> None:
    with store.write() as unit:
        message(unit.items, inbox, 1)
    with store.read() as unit:
        start = unit.changes.since(scope(inbox), LATEST)
        assert (start.items, start.more) == ([], False)
    with store.write() as unit:
        added = message(unit.items, inbox, 2)
    with store.read() as unit:
        assert unit.changes.since(scope(inbox), start.token).items == [added]


def test_a_token_of_another_list_or_of_nobody_is_refused(store: Store, inbox: Item) -> None:
    with store.write() as unit:
        other = folder(unit.items, "Other")
    with store.read() as unit:
        token = unit.changes.since(scope(inbox)).token
        cursor = Signer(b"other").seal("$deltatoken", [1, 2])
        for listing, text in [
            (scope(other), token),
            (replace(scope(inbox), kinds=("message",)), token),
            (replace(scope(inbox), mailbox=BERT), token),
            (scope(inbox), token[:-2]),
            (scope(inbox), cursor),
            (scope(inbox), ""),
        ]:
            with pytest.raises(Invalid):
                unit.changes.since(listing, text)


def test_a_token_is_too_old_once_what_it_needs_was_pruned_and_not_before(
    store: Store, clock: SetClock, inbox: Item
) -> None:
    def token() -> str:
        with store.read() as unit:
            return unit.changes.since(scope(inbox)).token

    first = token()
    with store.write() as unit:
        message(unit.items, inbox, 1)
    second = token()
    clock.go_on(days=30)
    with store.write() as unit:
        message(unit.items, inbox, 2)
        assert unit.changes.prune(to_ms(unit.now)) == 2
        assert unit.changes.prune(to_ms(unit.now)) == 0
        with pytest.raises(TooOld):
            unit.changes.since(scope(inbox), first)
        with pytest.raises(TooOld):
            unit.changes.after(0)
        assert [item.document["subject"] for item in unit.changes.since(scope(inbox), second).items] == ["Message 2"]


def test_a_token_of_an_idle_list_does_not_age_when_it_is_used(store: Store, clock: SetClock, inbox: Item) -> None:
    with store.write() as unit:
        other = folder(unit.items, "Other")
    with store.read() as unit:
        token = unit.changes.since(scope(inbox)).token
    with store.write() as unit:
        for number in range(5):
            message(unit.items, other, number)
    with store.read() as unit:
        token = unit.changes.since(scope(inbox), token).token
    clock.go_on(days=30)
    with store.write() as unit:
        unit.changes.prune(to_ms(unit.now))
        assert unit.changes.since(scope(inbox), token).items == []


def test_the_log_is_read_from_a_number_on(store: Store) -> None:
    with store.read() as unit:
        assert (unit.changes.last, unit.changes.after(0)) == (0, [])
    with store.write() as unit:
        inbox = folder(unit.items)
        item = message(unit.items, inbox)
        theirs = folder(unit.items, mailbox=BERT)
        unit.items.move(item, None)
    with store.read() as unit:
        told = unit.changes.after(0, limit=4)
        assert [(one.mailbox, one.kind, one.what, one.parent) for one in told] == [
            (ANNA, "mailFolder", "created", None),
            (ANNA, "message", "created", inbox.number),
            (BERT, "mailFolder", "created", None),
            (ANNA, "message", "deleted", inbox.number),
        ]
        assert [one.key for one in told] == [inbox.key, item.key, theirs.key, item.key]
        rest = unit.changes.after(told[-1].number)
        assert [(one.what, one.parent, one.generation) for one in rest] == [("created", None, 1)]
        assert rest[-1].number == unit.changes.last


OPTIONS = [
    Options(),
    Options(
        filter=parse_filter(
            "not (a/b add 2 gt 3.5) and c in ('x', null) or d/any(e:contains(e/f, 'g')) and h has 'i' and year(j) eq 1"
        ),
        search='"x"',
        orderby=NEWEST,
        select=(Path(("a", "b"), 3),),
        expand=(Expand(Path(("attachments",)), Options(top=3, orderby=NEWEST), None),),
        top=5,
        skip=2,
        count=True,
    ),
    *(
        Options(filter=Literal(value))
        for value in (
            datetime(2026, 1, 1, 2, 3, 4, 5, tzinfo=UTC),
            date(2026, 1, 31),
            time(1, 2, 3, 4),
            timedelta(-3, 5, 7),
            True,
            1.5,
            "2026-01-01",
        )
    ),
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_options_survive_being_carried(options: Options) -> None:
    signer = Signer(b"k" * 32)
    assert unpacked(signer.opened("x", signer.seal("x", packed(options)), "x")) == options


def test_what_is_sealed_for_one_purpose_is_not_good_for_another() -> None:
    signer = Signer(b"k" * 32)
    with pytest.raises(Invalid):
        signer.opened("b", signer.seal("a", 1), "x")
