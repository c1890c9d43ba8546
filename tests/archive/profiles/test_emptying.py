"""Mail is removed from its source only when it was read back from the archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive.instances import settings
from tests.archive.profiles.scripted import (
    DAY_MS,
    EmptiedMailbox,
    Mailbox,
    Scripted,
    given,
    log,
    mail,
    ran,
    registered,
    totals,
)

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.profiles.common import check_delete, removed_before_ms
from postroom.archive.profiles.connector import Target
from postroom.archive.profiles.details import Details
from postroom.archive.storage.packs import pack_path
from postroom.errors import Invalid

NOW_MS = 1_000 * DAY_MS


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home", settings(commit_messages=2), clock=lambda: NOW_MS) as archive:
        yield archive


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    return registered(monkeypatch)


def numbers(count: int) -> list[str]:
    return [str(number) for number in range(1, count + 1)]


def test_nothing_is_removed_unless_the_profile_says_so(archive: Archive, scripted: Scripted) -> None:
    box = EmptiedMailbox(items=numbers(3))
    scripted.targets = [Target("anna", box)]
    assert ran(archive, archive.profiles.create(given(), SYSTEM)).removed == 0
    assert (box.items, box.before) == (numbers(3), [])


def test_what_is_archived_and_can_be_read_back_is_removed(archive: Archive, scripted: Scripted) -> None:
    box = EmptiedMailbox(items=numbers(5), bad={"2": "too odd"})
    scripted.targets = [Target("anna", box)]
    profile = archive.profiles.create(given(deleteInMailbox="immediately"), SYSTEM)
    run = ran(archive, profile)
    assert (run.result, run.removed, box.items) == ("completedWithErrors", 4, ["2"])
    assert "4 messages removed from the source" in log(archive, run)
    assert "1 messages stay in the source" in log(archive, run)
    box.bad.clear()
    run = ran(archive, profile)
    assert (run.result, run.removed, box.items, totals(archive)) == ("succeeded", 1, [], {"anna": 5})


def test_only_what_is_old_enough_is_removed(archive: Archive, scripted: Scripted) -> None:
    box = EmptiedMailbox(items=["700", "900", "989", "990", "991"])
    scripted.targets = [Target("anna", box)]
    profile = archive.profiles.create(given(deleteInMailbox="if-older-than-10-days"), SYSTEM)
    ran(archive, profile)
    # What came ten days ago, to the millisecond, is old enough.
    assert (box.items, box.before) == (["991"], [990 * DAY_MS + 1])


def test_a_message_that_is_damaged_in_the_archive_stays_in_the_source(archive: Archive, scripted: Scripted) -> None:
    box = EmptiedMailbox(items=numbers(3))
    scripted.targets = [Target("anna", box)]
    assert ran(archive, archive.profiles.create(given(), SYSTEM)).result == "succeeded"
    store = archive.stores.current().store
    place = store.catalogue.message(1).content_place
    pack = pack_path(store.directory / "packs", place.pack)
    raw = bytearray(pack.read_bytes())
    raw[place.record + 40] ^= 0xFF
    pack.write_bytes(raw)
    run = ran(archive, archive.profiles.create(given(deleteInMailbox="immediately"), SYSTEM))
    assert run.result == "completedWithWarnings"
    assert "1" in box.items
    assert "stays in the source" in log(archive, run)


def test_a_message_that_was_deleted_from_the_archive_stays_in_the_source(archive: Archive, scripted: Scripted) -> None:
    box = EmptiedMailbox(items=numbers(2))
    scripted.targets = [Target("anna", box)]
    ran(archive, archive.profiles.create(given(), SYSTEM))
    archive.stores.current().store.delete([1], "admin", "a test")
    run = ran(archive, archive.profiles.create(given(deleteInMailbox="immediately"), SYSTEM))
    assert (run.removed, box.items) == (1, ["1"])


def test_what_cannot_be_removed_is_a_warning_with_its_reason(archive: Archive, scripted: Scripted) -> None:
    box = EmptiedMailbox(items=numbers(3), firm={"2": "the folder is read-only"})
    scripted.targets = [Target("anna", box)]
    run = ran(archive, archive.profiles.create(given(deleteInMailbox="immediately"), SYSTEM))
    assert (run.result, run.removed, box.items) == ("completedWithWarnings", 2, ["2"])
    assert "anna 2 stays in the source: the folder is read-only" in log(archive, run)


def test_nothing_is_removed_from_a_mailbox_that_was_not_read_to_its_end(archive: Archive, scripted: Scripted) -> None:
    def breaks(item: str) -> None:
        if item == "3":
            raise KeyError(item)

    box = EmptiedMailbox(items=numbers(3), step=breaks)
    scripted.targets = [Target("anna", box)]
    run = ran(archive, archive.profiles.create(given(deleteInMailbox="immediately"), SYSTEM))
    assert (run.result, run.removed, box.items) == ("failed", 0, numbers(3))


def test_a_source_that_cannot_be_emptied_says_so(archive: Archive, scripted: Scripted) -> None:
    scripted.targets = [Target("anna", Mailbox(items=numbers(2)))]
    run = ran(archive, archive.profiles.create(given(deleteInMailbox="immediately"), SYSTEM))
    assert run.result == "completedWithWarnings"
    assert "cannot be removed from this kind of source" in log(archive, run)


def test_another_message_under_the_same_id_is_not_taken_for_the_archived_one(
    archive: Archive, scripted: Scripted
) -> None:
    box = EmptiedMailbox(items=["1"])
    scripted.targets = [Target("bob", box)]
    ran(archive, archive.profiles.create(given(), SYSTEM))
    # The same source for another archive: nothing of it is there.
    scripted.targets = [Target("anna", EmptiedMailbox(items=["1"], bad={"1": "too odd"}))]
    run = ran(archive, archive.profiles.create(given(deleteInMailbox="immediately"), SYSTEM))
    assert (run.removed, totals(archive)) == (0, {"bob": 1})
    assert mail(1) == archive.stores.current().store.open(1)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("never", (False, None)),
        ("Immediately", (True, None)),
        ("if-older-than-1-day", (True, 999 * DAY_MS + 1)),
        ("if-older-than-2-weeks", (True, 986 * DAY_MS + 1)),
        # NOW is 1972-09-27.
        ("IF-OLDER-THAN-3-MONTHS", (True, 908 * DAY_MS + 1)),
        ("if-older-than-2-years", (True, 269 * DAY_MS + 1)),
    ],
)
def test_a_rule_of_deletion_is_read(rule: str, expected: tuple[bool, int | None]) -> None:
    assert removed_before_ms(Details({"deleteInMailbox": rule}), NOW_MS) == expected


@pytest.mark.parametrize("rule", ["soon", "if-older-than-0-days", "if-older-than-x-days", "if-older-than-9999999-days",
                                  "if-older-than-999999-years", "if-older-than-1-hour"])  # fmt: skip
def test_a_rule_of_deletion_that_is_none_is_refused(rule: str) -> None:
    with pytest.raises(Invalid, match="deleteInMailbox"):
        check_delete(Details({"deleteInMailbox": rule}))
