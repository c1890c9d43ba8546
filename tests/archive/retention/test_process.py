"""A run of the retention policies: what goes, what stays, and that the bytes are gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.archive import instances
from tests.archive.retention.room import BY, Room

from postroom.archive.instance.audit import Actor, Filter
from postroom.archive.retention import process as module
from postroom.archive.retention.criteria import Criteria
from postroom.archive.retention.evaluate import evaluate
from postroom.archive.retention.policies import Policy
from postroom.archive.storage import format as fmt
from postroom.archive.storage import packs
from postroom.archive.storage.entries import Delete, decode_event
from postroom.archive.verify.verify import verify_store
from postroom.errors import Cancelled, Denied, NotFound, Unavailable
from postroom.work import Process

WEEK = Policy("A week", 7, "day", deletes=True, criteria=Criteria("subject:advert"))
BOB = Actor("bob", "test")


def plain(room: Room) -> bytes:
    """Everything the packs of store 1 hold, decoded."""
    directory = room.directory / "stores" / "1" / "packs"
    codec, found = packs.Codec(), b""
    for number in packs.pack_numbers(directory):
        for record in packs.walk(packs.pack_path(directory, number), codec):
            found += record.plain or b""
    return found


def reasons(room: Room) -> list[tuple[list[int], str]]:
    """The deletions in the ledger of store 1."""
    directory = room.directory / "stores" / "1" / "packs"
    found = []
    for number in packs.pack_numbers(directory):
        for record in packs.walk(packs.pack_path(directory, number), packs.Codec(), kinds=(fmt.BLOCK,)):
            for entry in fmt.entries(record.plain or b""):
                event = decode_event(entry.meta) if entry.kind == fmt.JOURNAL else None
                if isinstance(event, Delete):
                    found.append((event.n, event.reason))
    return found


def old_mail(room: Room) -> tuple[list[int], list[int]]:
    """Three adverts and two other messages, all some weeks old."""
    adverts = [room.put(f"advert {n}", body=f"Buy secret{n} now.") for n in range(3)]
    others = [room.put("lunch"), room.put("invoice")]
    room.indexed()
    room.clock.days_later(30)
    return adverts, others


def test_what_is_due_goes_with_its_bytes_and_words_and_the_rest_stays(room: Room) -> None:
    adverts, others = old_mail(room)
    fresh = room.put("advert of today")
    room.archive.retention.policies.replace([WEEK], BY)
    run = room.run()
    assert (run.messages, run.due, run.removed, run.left, run.held) == (6, 3, 3, 0, 0)
    assert dict(run.policies) == {"A week": 3}
    assert room.live() == {*others, fresh}
    assert b"secret1" not in plain(room)
    room.indexed()
    assert instances.found(room.archive, "secret1") == set()
    assert instances.found(room.archive, "advert") == {fresh}
    assert reasons(room) == [(adverts, "Retention policy: A week")]
    assert verify_store(room.directory / "stores" / "1", lambda _done, _total: None) == []


def test_a_run_is_in_the_audit_log_with_what_it_removed(room: Room) -> None:
    adverts, _ = old_mail(room)
    room.archive.retention.policies.replace([WEEK], BY)
    room.run()
    events = {e.event: e for e in room.archive.instance.audit.entries(Filter(user="admin"))}
    assert events["RetentionDelete"].target == "A week"
    assert events["RetentionDelete"].details["messages"] == adverts
    assert events["RetentionProcess"].details["removed"] == 3
    assert events["StoreCompact"].ok


def test_a_dry_run_tells_and_removes_nothing(room: Room) -> None:
    adverts, others = old_mail(room)
    room.archive.retention.policies.replace([WEEK], BY)
    process = Process("test", "admin")
    run = room.archive.process_retention(BY, process, dry=True)
    assert (run.due, run.removed, run.left) == (3, 0, 3)
    assert room.live() == {*adverts, *others}
    assert f"  1:{adverts[0]} is due by 'A week'" in process.log_since(0)


def test_a_run_removes_at_most_so_many_and_the_next_ones_the_rest(room: Room) -> None:
    old_mail(room)
    room.archive.retention.policies.replace([WEEK], BY)
    assert [(run.removed, run.left) for run in (room.run(limit=2), room.run(limit=2), room.run())] == [
        (2, 1), (1, 0), (0, 0),
    ]  # fmt: skip


def test_the_limit_of_the_settings_cannot_be_raised(tmp_path: Path) -> None:
    room = Room(tmp_path, instances.settings(retention_most=1))
    old_mail(room)
    room.archive.retention.policies.replace([WEEK], BY)
    assert room.run(limit=100).removed == 1
    assert room.run(limit=0).removed == 0
    room.archive.close()


def test_what_another_policy_or_a_hold_covers_survives(room: Room) -> None:
    adverts, _ = old_mail(room)
    long = Policy("Secrets", 1, "year", criteria=Criteria("secret0"))
    room.archive.retention.policies.replace([WEEK, long], BY)
    hold = room.archive.retention.holds.create("Case", "secret1", "why", BY)
    run = room.run()
    assert (run.due, run.removed, run.held) == (1, 1, 1)
    assert {adverts[0], adverts[1]} < room.live()
    room.archive.retention.holds.end(hold.id, "settled", BY)
    room.run()
    room.clock.days_later(366)
    room.run()
    assert not room.live() & set(adverts)


def test_the_global_retention_time_and_the_legal_hold_stop_every_removal(room: Room) -> None:
    adverts, _ = old_mail(room)
    room.archive.retention.policies.replace([WEEK], BY)
    room.archive.instance.compliance.update({"retention_years": 1}, BY)
    assert (room.run().due, room.run().removed) == (0, 0)
    room.archive.instance.compliance.update({"retention_years": 0, "legal_hold": True}, BY)
    run = room.run()
    assert (run.due, run.held, run.removed) == (0, 3, 0)
    assert set(adverts) < room.live()


def test_a_hold_set_after_the_judging_is_seen_in_the_moment_that_deletes(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    adverts, _ = old_mail(room)
    room.archive.retention.policies.replace([WEEK], BY)

    def judged_before_the_hold(*given: object) -> object:
        verdicts = evaluate(*given)  # type: ignore[arg-type]
        if len(given) == 3 and not room.archive.retention.holds.in_force():
            room.archive.retention.holds.create("Case", "secret2", "why", BY)
        return verdicts

    monkeypatch.setattr(module, "evaluate", judged_before_the_hold)
    run = room.run()
    assert (run.due, run.removed) == (3, 2)
    assert adverts[2] in room.live()
    assert b"secret2" in plain(room)


def test_a_cancelled_run_is_finished_by_the_next(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    adverts, others = old_mail(room)
    room.archive.retention.policies.replace([WEEK], BY)
    monkeypatch.setattr(module, "STEP_MESSAGES", 1)
    process = Process("test", "admin")
    progress = process.progress

    def cancelled_after_two(done: float, total: float) -> None:
        progress(done, total)
        if done == 1:
            process.cancel()

    monkeypatch.setattr(process, "progress", cancelled_after_two)
    with pytest.raises(Cancelled):
        room.archive.process_retention(BY, process)
    assert room.live() == {adverts[2], *others}
    assert b"secret0" in plain(room)
    room.run(limit=0)
    assert b"secret0" not in plain(room)
    assert b"secret2" in plain(room)


def test_without_policies_nothing_is_compacted_though_somebody_deleted(room: Room) -> None:
    adverts, _ = old_mail(room)
    room.delete(adverts[0])
    room.run()
    assert b"secret0" in plain(room)


def test_a_protected_store_keeps_what_is_due_and_the_run_says_so(room: Room) -> None:
    adverts, _ = old_mail(room)
    room.archive.retention.policies.replace([WEEK], BY)
    room.archive.stores.create("second", None, "current", BY)
    room.archive.stores.set_state(1, "writeProtected", BY)
    run = room.run()
    assert (run.due, run.removed) == (3, 0)
    assert "write-protected" in run.problems[0]
    room.archive.stores.set_state(1, "disabled", BY)
    assert "disabled" in room.run().problems[0]
    room.archive.stores.set_state(1, "normal", BY)
    assert room.run().removed == len(adverts)


def test_a_store_that_fails_does_not_stop_the_others_and_fails_the_run(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_mail(room)
    room.archive.retention.policies.replace([WEEK], BY)
    broken = room.archive.stores.create("second", None, "normal", BY)
    broken.close()
    broken._error = "its disk is gone"
    with pytest.raises(Unavailable, match="disk is gone"):
        room.run()
    assert len(room.live()) == 2


def test_the_same_content_in_another_archive_keeps_its_bytes(room: Room) -> None:
    room.archive.retention.policies.replace([replace(WEEK, criteria=Criteria("advert", excluded=("bob",)))], BY)
    gone, stays = room.put("advert", body="Buy secret9"), room.put("advert", archive="bob", body="Buy secret9")
    room.indexed()
    room.clock.days_later(30)
    assert room.run().removed == 1
    assert room.live() == {stays} != {gone}
    assert b"secret9" in room.archive.stores.get(1).store.open(stays)[:]


def test_a_removed_message_is_not_there_for_anybody(room: Room) -> None:
    adverts, _ = old_mail(room)
    room.archive.retention.policies.replace([WEEK], BY)
    room.run()
    with pytest.raises(NotFound):
        room.delete(adverts[0])


# Four eyes


def test_with_four_eyes_a_run_needs_the_approval_of_somebody_else_once(tmp_path: Path) -> None:
    room = Room(tmp_path, instances.settings(retention_four_eyes=True))
    adverts, _ = old_mail(room)
    policies, approvals = room.archive.retention.policies, room.archive.retention.approvals
    policies.replace([WEEK], BY)
    with pytest.raises(Denied, match="approve"):
        room.run()
    assert room.run(dry=True).due == 3
    approvals.give(BY)
    with pytest.raises(Denied, match="approve"):
        room.run()
    approvals.give(BOB)
    policies.replace([WEEK, Policy("Another", 5, "day", deletes=True)], BY)
    with pytest.raises(Denied, match="approve"):
        room.run()
    approvals.give(BOB)
    room.clock.days_later(2)
    with pytest.raises(Denied, match="approve"):
        room.run()
    approvals.give(BOB)
    assert room.run(limit=1).removed == 1
    with pytest.raises(Denied, match="approve"):
        room.run()
    assert len(room.live() & set(adverts)) == 2
    room.archive.close()
