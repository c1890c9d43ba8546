"""Holds, and what policies and holds do to everything that deletes or moves."""

from __future__ import annotations

import threading

import pytest
from tests.archive.retention.room import BY, Room, ms

from postroom.archive.instance.audit import Actor, Filter
from postroom.archive.retention.criteria import Criteria
from postroom.archive.retention.policies import Policy
from postroom.errors import AlreadyExists, Denied, Invalid, NotFound, WrongState


def test_a_hold_is_named_ended_once_and_stays_as_history(room: Room) -> None:
    holds = room.archive.retention.holds
    made = holds.create(" Case 7 ", "subject:roof", "Roof against roof", BY)
    assert (made.name, made.set_by, made.set_ms) == ("Case 7", "admin", room.clock())
    with pytest.raises(AlreadyExists):
        holds.create("CASE 7", "x", "again", BY)
    room.clock.days_later(1)
    ended = holds.end(made.id, "settled", Actor("bob"))
    assert (ended.ended_by, ended.ended_ms) == ("bob", room.clock())
    with pytest.raises(WrongState, match="bob"):
        holds.end(made.id, "settled", BY)
    again = holds.create("Case 7", "subject:roof", "Appeal", BY)
    assert holds.all() == (ended, again)
    assert holds.in_force() == (again,)
    with pytest.raises(NotFound):
        holds.end(99, "settled", BY)
    kinds = [entry.event for entry in room.archive.instance.audit.entries(Filter(events=["HoldCreate", "HoldEnd"]))]
    assert kinds == ["HoldCreate", "HoldEnd", "HoldCreate"]


@pytest.mark.parametrize(
    ("name", "query", "reason", "field"),
    [
        ("", "x", "why", "name"), ("Case", "x", " ", "reason"), ("Case", "(", "why", "query"),
        ("Case", "x" * 70, "why", "query"), ("Case", "..", "why", "query"), ("Case", " ", "why", "query"),
    ],
)  # fmt: skip
def test_a_hold_that_would_hold_nothing_is_refused(room: Room, name: str, query: str, reason: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        room.archive.retention.holds.create(name, query, reason, BY)
    assert refused.value.field == field
    assert room.archive.retention.holds.all() == ()


def test_last_month_is_that_of_the_day_when_the_hold_was_set(room: Room) -> None:
    hold = room.archive.retention.holds.create("Case", "date:lastmonth roof", "why", BY)
    number = room.put("roof", date_ms=ms(2026, 2, 10))
    room.indexed()
    room.clock.days_later(400)
    assert "2026-02-01" in hold.query
    with pytest.raises(Denied, match="'Case'"):
        room.delete(number)


def test_a_hold_stops_every_deletion_also_of_mail_that_came_later_until_it_ends(room: Room) -> None:
    before, other = room.put("roof"), room.put("lunch")
    hold = room.archive.retention.holds.create("Case", "subject:roof", "why", BY)
    after = room.put("roof again")
    room.indexed()
    for number in (before, after):
        with pytest.raises(Denied, match="'Case'"):
            room.delete(number)
    room.delete(other)
    refused = room.archive.instance.audit.entries(Filter(events=["MessageDelete"], ok=False))
    assert len(refused) == 2
    room.archive.retention.holds.end(hold.id, "settled", BY)
    room.delete(before)
    assert room.live() == {after}


def test_the_policy_that_keeps_a_message_is_named_with_its_day(room: Room) -> None:
    policies = room.archive.retention.policies
    policies.replace([Policy("Invoices", 10, "year", criteria=Criteria("invoice"))], BY)
    kept, free = room.put("invoice"), room.put("lunch")
    room.indexed()
    room.delete(free)
    with pytest.raises(Denied, match=r"'Invoices'.*2036-03-01"):
        room.delete(kept)
    policies.replace([Policy("Invoices", 10, "year", criteria=Criteria("invoice"), enabled=False)], BY)
    room.delete(kept)


def test_before_it_is_indexed_a_message_is_not_deleted_when_something_may_keep_it(room: Room) -> None:
    mount = room.archive.stores.get(1)
    room.archive.retention.holds.create("Case", "subject:roof", "why", BY)
    with mount.indexer.paused():
        number = room.put("lunch")
        with pytest.raises(Denied, match="not indexed yet"):
            room.delete(number)
    room.indexed()
    room.delete(number)


def test_what_could_not_be_read_is_not_deleted_when_a_hold_asks_for_the_content(room: Room) -> None:
    number, summaries = room.put("lunch"), room.archive.stores.get(1).summaries
    room.indexed()
    assert summaries
    summaries.put([row._replace(problems="a.zip: encrypted") for row in summaries.get([number]).values()])
    hold = room.archive.retention.holds.create("Case", "attachment:roof", "why", BY)
    with pytest.raises(Denied, match="not all of it could be read"):
        room.delete(number)
    room.archive.retention.holds.end(hold.id, "settled", BY)
    room.archive.retention.holds.create("Case", "subject:roof", "why", BY)
    room.delete(number)


def test_without_rules_a_message_is_deleted_before_it_is_indexed(room: Room) -> None:
    with room.archive.stores.get(1).indexer.paused():
        room.delete(room.put("lunch"))


def test_a_hold_is_not_set_in_the_middle_of_a_deletion(room: Room) -> None:
    done = threading.Event()

    def set_hold() -> None:
        room.archive.retention.holds.create("Case", "roof", "why", BY)
        done.set()

    thread = threading.Thread(target=set_hold)
    with room.archive.retention.deciding(room.archive.stores.get(1)):
        thread.start()
        assert not done.wait(0.2)
        assert room.archive.retention.holds.all() == ()
    thread.join(60)
    assert room.archive.retention.holds.in_force()


def test_folders_that_a_hold_names_are_not_moved_out_of_it(room: Room) -> None:
    room.put("a", folder="Court/Case")
    room.put("b", archive="bob", folder="Inbox")
    folders, holds = room.archive.folders, room.archive.retention.holds
    hold = holds.create("Case", "folder:anna/court", "why", BY)
    for source, target in (("anna/Court", "anna/Other"), ("anna/Court/Case", "bob/Case"), ("anna", "carla")):
        with pytest.raises(Denied, match="'Case'"):
            folders.move(source, target, BY)
    folders.move("anna/Court/Case", "anna/Court/Case 7", BY)
    folders.move("bob/Inbox", "anna/Inbox", BY)
    holds.end(hold.id, "settled", BY)
    folders.move("anna/Court", "anna/Other", BY)


def test_empty_folders_go_and_no_message_with_them(room: Room) -> None:
    room.archive.retention.holds.create("Case", "*", "why", BY)
    number = room.put("a")
    room.indexed()
    room.archive.folders.delete_empty(None, BY)
    assert room.live() == {number}
