"""Mail in files of the server, as profiles read it: whole trees, a folder per user, and what may be removed there."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.archive.instances import settings
from tests.archive.profiles.scripted import log, mail, process, totals

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.profiles.profiles import Given
from postroom.archive.profiles.results import Run
from postroom.archive.sources.maildir import MaildirSource
from postroom.archive.sources.tree import TreeSource
from postroom.errors import Invalid


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home", settings(allowed_paths=(str(tmp_path),))) as archive:
        yield archive


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "mail").mkdir()
    return tmp_path / "mail"


def ran(archive: Archive, connector: str, place: Path, **details: object) -> Run:
    given = Given("files", "admin", "I", connector, {"sourcePath": str(place), "targetUserFolder": "anna", **details})
    return archive.profiles.run_once(given, SYSTEM, process())


def as_maildir(place: Path, *numbers: int) -> None:
    for folder in ("", ".Sent"):
        for inside in ("cur", "new", "tmp"):
            (place / folder / inside).mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (place / (".Sent" if number % 2 else "") / "new" / f"{number}.host").write_bytes(mail(number))


def as_eml(place: Path, *numbers: int) -> None:
    for number in numbers:
        (place / f"f{number % 2}").mkdir(exist_ok=True)
        (place / f"f{number % 2}" / f"{number}.eml").write_bytes(mail(number))


def as_mbox(path: Path, *numbers: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        for number in numbers:
            file.write(b"From a@b Mon Jan  1 00:00:00 2024\n" + mail(number) + b"\n")


def left(place: Path) -> set[str]:
    return {path.name for path in place.rglob("*") if path.is_file()}


MAKERS = pytest.mark.parametrize(("connector", "make"), [("Maildir", as_maildir), ("EML", as_eml)])


@MAKERS
def test_files_are_removed_after_they_were_read_back(
    archive: Archive, place: Path, connector: str, make: Callable[..., None]
) -> None:
    make(place, *range(8))
    run = ran(archive, connector, place)
    assert (run.result, run.archived, len(left(place))) == ("succeeded", 8, 8)
    make(place, 8, 9)
    run = ran(archive, connector, place, deleteInMailbox="immediately")
    assert (run.result, run.archived, run.removed, left(place)) == ("succeeded", 2, 10, set())
    assert totals(archive) == {"anna": 10}


@MAKERS
def test_only_old_files_are_removed(archive: Archive, place: Path, connector: str, make: Callable[..., None]) -> None:
    make(place, 1, 2)
    old = time.time() - 40 * 86_400
    for path in place.rglob("1.*"):
        os.utime(path, (old, old))
    run = ran(archive, connector, place, deleteInMailbox="if-older-than-1-month")
    assert (run.removed, {name[0] for name in left(place)}) == (1, {"2"})


@MAKERS
def test_what_is_no_mail_stays(archive: Archive, place: Path, connector: str, make: Callable[..., None]) -> None:
    make(place, 1)
    folder = next(path.parent for path in place.rglob("1.*"))
    (folder / "empty.eml").touch()
    run = ran(archive, connector, place, deleteInMailbox="immediately")
    assert (run.result, run.removed, left(place)) == ("completedWithErrors", 1, {"empty.eml"})


def test_a_maildir_file_whose_flags_changed_meanwhile_is_removed_under_its_new_name(place: Path) -> None:
    as_maildir(place, 2, 4)
    source = MaildirSource(str(place))
    ids = sorted(source.removable(None))
    (place / "new" / "2.host").rename(place / "cur" / "2.host:2,S")
    assert list(source.remove(ids)) == []
    assert left(place) == set()


def test_a_file_that_was_written_again_meanwhile_stays(place: Path) -> None:
    as_eml(place, 2, 4)
    source = TreeSource(str(place))
    ids = list(source.removable(None))
    (place / "f0" / "4.eml").write_bytes(b"Subject: other\n\nText.\n")
    assert [reason for _, reason in source.remove(ids)] == ["it was changed meanwhile"]
    assert left(place) == {"4.eml"}


def test_a_file_that_cannot_be_removed_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_maildir(place, 2)
    source = MaildirSource(str(place))
    ids = list(source.removable(None))

    def refuse(_path: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "unlink", refuse)
    assert list(source.remove(ids)) == [(ids[0], "permission denied")]


def test_a_thunderbird_profile_keeps_its_folders(archive: Archive, place: Path) -> None:
    as_mbox(place / "Inbox", 1, 2)
    as_mbox(place / "Inbox.sbd" / "Deep", 3)
    (place / "Inbox.msf").write_text('// <!-- <mdb:mork:z v="1.4"/> -->')
    run = ran(archive, "Thunderbird", place)
    assert (run.result, run.archived) == ("succeeded", 3)
    assert len(list(archive.stores.holding("anna/Inbox"))) == 1
    as_mbox(place / "Inbox", 4)
    assert (ran(archive, "Thunderbird", place).archived, totals(archive)) == (1, {"anna": 4})


def test_an_mbox_file_or_a_folder_of_them_is_read(archive: Archive, place: Path) -> None:
    as_mbox(place / "a.mbox", 1, 2)
    as_mbox(place / "b.mbox", 3)
    assert ran(archive, "MBOX", place / "a.mbox").archived == 2
    run = ran(archive, "MBOX", place)
    assert (run.result, totals(archive)) == ("succeeded", {"anna": 3})


@pytest.mark.parametrize(("connector", "make"), [("Maildir", as_maildir), ("EML", as_eml)])
def test_a_folder_per_user_goes_on_after_one_that_is_none(
    archive: Archive, place: Path, connector: str, make: Callable[..., None]
) -> None:
    for user in ("anna", "bob"):
        (place / user).mkdir()
        make(place / user, 1, 2)
    (place / "broken").mkdir()
    (place / "a file").write_text("not looked at")
    run = ran(archive, connector, place, targetUserFolder=None, folderPerUser=True)
    assert totals(archive) == {"anna": 2, "bob": 2}
    # An empty folder is an EML folder without mail, but no Maildir.
    assert run.result == ("completedWithErrors" if connector == "Maildir" else "succeeded")
    assert ("broken" in log(archive, run)) is True


@pytest.mark.parametrize("details", [{"targetUserFolder": None}, {"folderPerUser": True}, {"targetFolder": "a//b"},
                                     {"deleteInMailbox": "soon"}, {"targetUserFolder": "a/b"}])  # fmt: skip
def test_details_that_do_not_fit_each_other_are_refused(
    archive: Archive, place: Path, details: dict[str, object]
) -> None:
    with pytest.raises(Invalid, match="details"):
        ran(archive, "EML", place, **details)


def test_a_path_that_is_no_maildir_is_refused_by_its_key(archive: Archive, place: Path) -> None:
    with pytest.raises(Invalid, match=r"details\.sourcePath"):
        ran(archive, "Maildir", place)
