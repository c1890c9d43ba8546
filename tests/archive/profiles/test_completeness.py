"""What a source has is compared with the archive, per mailbox and day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.archive.instances import WAIT_S, settings
from tests.archive.profiles.scripted import AskedMailbox, Mailbox, Scripted, given, process, ran, registered, totals

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM, Filter
from postroom.archive.profiles.completeness import DELETED, NOT_YET, Completeness, lines
from postroom.archive.profiles.connector import Target
from postroom.archive.profiles.profiles import Given
from postroom.errors import Cancelled, Denied, Invalid, Unavailable


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home", settings(commit_messages=2, allowed_paths=(str(tmp_path),))) as archive:
        yield archive


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    return registered(monkeypatch)


def numbers(count: int) -> list[str]:
    return [str(number) for number in range(1, count + 1)]


def checked(archive: Archive, profile: int) -> Completeness:
    assert archive.wait_indexed(WAIT_S)
    return archive.profiles.check(profile, UTC, SYSTEM, process())


def day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


def counts(found: Completeness) -> dict[tuple[str, date | None], tuple[int, int, int, int]]:
    return {(one.mailbox, one.day): (one.source, one.archived, one.indexed, one.missing) for one in found.days}


def test_everything_that_is_archived_and_found_is_complete(archive: Archive, scripted: Scripted) -> None:
    scripted.targets = [Target("anna", Mailbox("a", numbers(3))), Target("bob", Mailbox("b", ["2"]))]
    profile = archive.profiles.create(given(), SYSTEM)
    ran(archive, profile)
    found = checked(archive, profile)
    assert found.complete
    assert counts(found) == {
        **{("anna", day(number)): (1, 1, 1, 0) for number in (1, 2, 3)}, ("bob", day(2)): (1, 1, 1, 0),
    }  # fmt: skip
    assert list(lines(found)) == []
    entry = archive.instance.audit.entries(Filter(events=("ProfileCheck",)))[0]
    assert (entry.target, entry.ok) == ("scripted", True)


def test_what_is_missing_is_named_with_its_reason_and_nothing_is_stored(archive: Archive, scripted: Scripted) -> None:
    box = AskedMailbox(items=numbers(3), bad={"2": "too odd"})
    scripted.targets = [Target("anna", box)]
    profile = archive.profiles.create(given(), SYSTEM)
    ran(archive, profile)
    box.items = numbers(4)
    found = checked(archive, profile)
    assert not found.complete
    assert counts(found) == {
        ("anna", day(1)): (1, 1, 1, 0), ("anna", day(3)): (1, 1, 1, 0), ("anna", day(4)): (1, 0, 0, 1),
        ("anna", None): (1, 0, 0, 1),
    }  # fmt: skip
    assert list(lines(found)) == [
        "anna/Inbox unknown day 2: too odd", f"anna/Inbox 1970-01-05 4: {NOT_YET}",
    ]  # fmt: skip
    assert totals(archive) == {"anna": 2}
    # What arrives now, and did not before, keeps the reason it had.
    box.bad.clear()
    assert "anna/Inbox 1970-01-03 2: too odd" in list(lines(checked(archive, profile)))


def test_a_message_that_waits_for_the_index_is_not_counted_as_found(archive: Archive, scripted: Scripted) -> None:
    scripted.targets = [Target("anna", Mailbox(items=numbers(2)))]
    profile = archive.profiles.create(given(), SYSTEM)
    ran(archive, profile)
    assert archive.wait_indexed(WAIT_S)
    mount = archive.stores.current()
    with mount.indexer.paused():
        mount.indexer.request_rebuild()
        found = archive.profiles.check(profile, UTC, SYSTEM, process())
    assert [(one.archived, one.indexed) for one in found.days] == [(1, 0), (1, 0)]
    assert not found.complete


def test_a_message_that_was_deleted_from_the_archive_is_missing(archive: Archive, scripted: Scripted) -> None:
    scripted.targets = [Target("anna", Mailbox(items=numbers(2)))]
    profile = archive.profiles.create(given(), SYSTEM)
    ran(archive, profile)
    archive.stores.current().store.delete([1], "admin", "a test")
    found = checked(archive, profile)
    assert counts(found)["anna", day(1)] == (1, 0, 0, 1)
    assert list(lines(found)) == [f"anna 1970-01-02 1: {DELETED}"]


def test_a_mailbox_that_fails_is_named_and_the_others_are_counted(archive: Archive, scripted: Scripted) -> None:
    def fails(item: str) -> None:
        if item == "2":
            raise Unavailable("No answer.")

    scripted.targets = [Target("anna", Mailbox("a", numbers(2), step=fails)), Target("bob", Mailbox("b", ["3"]))]
    profile = archive.profiles.create(given(), SYSTEM)
    found = checked(archive, profile)
    assert (found.complete, found.failed) == (False, [("anna", "No answer.")])
    assert counts(found)["bob", day(3)] == (1, 0, 0, 1)


def test_days_are_those_of_the_zone_asked_for(archive: Archive, scripted: Scripted) -> None:
    scripted.targets = [Target("anna", Mailbox(items=["1"]))]
    profile = archive.profiles.create(given(), SYSTEM)
    ran(archive, profile)
    found = archive.profiles.check(profile, ZoneInfo("America/New_York"), SYSTEM, process())
    assert [one.day for one in found.days] == [day(0)]


def test_a_check_can_be_cancelled_and_needs_its_owner(archive: Archive, scripted: Scripted, tmp_path: Path) -> None:
    one = process()
    scripted.targets = [Target("anna", Mailbox(items=numbers(3), step=lambda _item: one.cancel()))]
    profile = archive.profiles.create(given(), SYSTEM)
    with pytest.raises(Cancelled):
        archive.profiles.check(profile, UTC, SYSTEM, one)
    archive.instance.users.create("bob", ["export"], SYSTEM)
    archive.profiles.change(profile, {"owner": "bob"}, None, SYSTEM)
    with pytest.raises(Denied, match="archive"):
        archive.profiles.check(profile, UTC, SYSTEM, process())
    out = archive.profiles.create(Given("out", "bob", "E", "EML", {"targetPath": str(tmp_path / "out")}), SYSTEM)
    with pytest.raises(Invalid, match="an archiving profile"):
        archive.profiles.check(out, UTC, SYSTEM, process())


def test_a_folder_of_mail_files_is_counted_by_the_times_of_its_files(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    for number in range(3):
        (tmp_path / "mail" / f"{number}.eml").write_bytes(f"Subject: {number}\n\nText.\n".encode())
    (tmp_path / "mail" / "all.mbox").write_bytes(
        b"".join(b"From a@b Mon Jan  1 00:00:00 2024\nSubject: %d\n\nText.\n\n" % n for n in range(5, 8))
    )
    details = {"sourcePath": str(tmp_path / "mail"), "targetUserFolder": "anna"}
    profile = archive.profiles.create(Given("files", "admin", "I", "EML", details), SYSTEM)
    ran(archive, profile)
    found = checked(archive, profile)
    assert found.complete
    assert sum(one.source for one in found.days) == 6
    assert counts(found)["anna", date(2024, 1, 1)] == (3, 3, 3, 0)
    (tmp_path / "mail" / "late.eml").write_bytes(b"Subject: late\n\nText.\n")
    (tmp_path / "mail" / "empty.eml").touch()
    assert sorted(line.rpartition(": ")[2] for line in lines(checked(archive, profile))) == ["empty file", NOT_YET]
