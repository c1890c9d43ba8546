"""Imports that are stopped, repeated, spread over stores, or meet a full disk store everything once."""

from __future__ import annotations

import errno
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from tests.archive.instances import USER, settings

from postroom.archive.archive import Archive
from postroom.archive.ingest import BATCH_BYTES, PROBLEMS_KEPT, ImportResult, ingest
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.sources import Arrival, Problem
from postroom.archive.sources.model import Item, Known
from postroom.archive.storage import packs
from postroom.archive.storage.writer import Incoming, Receipt
from postroom.errors import Cancelled, Invalid, NoSpace, Unavailable

COUNT = 25
BATCH = 4


def mail(number: int) -> bytes:
    return f"From: a@example.org\nSubject: letter {number}\n\nText {number}.\n".encode()


def as_folder(root: Path) -> Path:
    for number in range(COUNT):
        path = root / "mail" / f"f{number % 3}" / f"{number:03}.eml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(mail(number))
    return root / "mail"


def as_mbox(root: Path) -> Path:
    path = root / "all.mbox"
    path.write_bytes(b"".join(b"From a@b Mon Jan  1 00:00:00 2024\n" + mail(n) + b"\n" for n in range(COUNT)))
    return path


def as_folder_of_mboxes(root: Path) -> Path:
    (root / "boxes").mkdir()
    for box in range(3):
        with (root / "boxes" / f"{box}.mbox").open("wb") as file:
            for number in range(box, COUNT, 3):
                file.write(b"From a@b Mon Jan  1 00:00:00 2024\n" + mail(number) + b"\n")
    return root / "boxes"


@pytest.fixture(params=[as_folder, as_mbox, as_folder_of_mboxes])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    make: Callable[[Path], Path] = request.param
    return make(tmp_path)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home", settings(commit_messages=BATCH)) as opened:
        yield opened


def take(archive: Archive, source: Path, progress: Callable[..., None] = lambda *_: None) -> ImportResult:
    return archive.import_mail(str(source), USER, SYSTEM, progress=progress)


def digests(archive: Archive) -> Counter[bytes]:
    """How often each content is a message, over all stores."""
    return Counter(row.sha256 for mount in archive.stores.all() for row in mount.store.catalogue.all_messages())


def whole() -> Counter[bytes]:
    return Counter(hashlib.sha256(mail(number)).digest() for number in range(COUNT))


def occurrences(archive: Archive) -> int:
    rows = (mount.store.catalogue.one("SELECT count(*) FROM occurrence") for mount in archive.stores.all())
    return sum(row[0] for row in rows if row)


def limit_messages(archive: Archive, threshold: int) -> None:
    archive.instance.store_auto_create.update({"messages_threshold": threshold}, SYSTEM)


def after(commits: int) -> Callable[[ImportResult, int, int], None]:
    """A progress that asks to stop after so many commits with something new in them."""
    seen = {0}

    def progress(result: ImportResult, _done: int, _total: int) -> None:
        seen.add(result.stored)
        if len(seen) > commits:
            raise Cancelled("Stopped.")

    return progress


def test_an_import_stopped_at_each_commit_goes_on_and_stores_nothing_twice(archive: Archive, source: Path) -> None:
    stopped = 0
    for calls in (1, 2) * COUNT:
        try:
            take(archive, source, after(calls))
            break  # nothing was left, or less than two batches
        except Cancelled:
            stopped += 1
            assert sum(digests(archive).values()) == occurrences(archive)
    assert stopped > 3
    assert digests(archive) == whole()
    assert occurrences(archive) == COUNT


def test_an_import_goes_on_after_a_restart(tmp_path: Path, source: Path) -> None:
    for calls in (1, 2, 3):
        with Archive(tmp_path / "home", settings(commit_messages=BATCH)) as archive, pytest.raises(Cancelled):
            take(archive, source, after(calls))
    with Archive(tmp_path / "home", settings(commit_messages=BATCH)) as archive:
        result = take(archive, source)
        assert 0 < result.stored < COUNT
        assert digests(archive) == whole()
        assert occurrences(archive) == COUNT


def test_what_arrives_between_imports_is_all_that_the_next_one_stores(archive: Archive, tmp_path: Path) -> None:
    source = as_mbox(tmp_path)
    take(archive, source)
    with source.open("ab") as file:
        file.write(b"From a@b Mon Jan  1 00:00:00 2024\n" + mail(COUNT) + b"\n")
    again = take(archive, source)
    assert (again.stored, again.seen) == (1, 1)


def test_a_new_current_store_is_made_in_the_middle_of_an_import(archive: Archive, source: Path) -> None:
    limit_messages(archive, 10)
    assert take(archive, source).stored == COUNT
    assert [sum(t.messages for t in mount.store.catalogue.totals()) for mount in archive.stores.all()] == [12, 12, 1]
    assert archive.stores.current().row.id == 3
    assert digests(archive) == whole()


def test_what_an_older_store_holds_is_not_stored_again_in_the_current_one(archive: Archive, source: Path) -> None:
    limit_messages(archive, 10)
    with pytest.raises(Cancelled):
        take(archive, source, after(4))
    take(archive, source)
    archive.stores.create(None, None, "current", SYSTEM)
    again = take(archive, source)
    assert (again.stored, again.contents, again.failed) == (0, 0, 0)
    assert digests(archive) == whole()
    assert occurrences(archive) == COUNT


def test_another_source_of_the_same_mail_stores_it_in_the_current_store_once(archive: Archive, tmp_path: Path) -> None:
    """A message is known by what it is in its store, and by where it came from in all of them."""
    take(archive, as_folder(tmp_path))
    result = take(archive, as_mbox(tmp_path))
    assert (result.stored, result.contents, result.known) == (0, 0, COUNT)
    assert digests(archive) == whole()
    assert occurrences(archive) == 2 * COUNT


def test_a_full_disk_is_told_and_the_same_import_goes_on_when_there_is_room(
    archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, room = packs.PackWriter.append, [9]

    def until_full(pack: packs.PackWriter, raw: bytes) -> int:
        room[0] -= 1
        if room[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return append(pack, raw)

    monkeypatch.setattr(packs.PackWriter, "append", until_full)
    with pytest.raises(NoSpace, match="Make room and repeat"):
        take(archive, source)
    kept = sum(digests(archive).values())
    assert 0 < kept < COUNT
    with pytest.raises(NoSpace):
        take(archive, source)
    assert sum(digests(archive).values()) == kept
    room[0] = 1_000_000
    assert take(archive, source).stored == COUNT - kept
    assert digests(archive) == whole()
    assert occurrences(archive) == COUNT


def test_a_message_over_the_limit_is_a_problem_and_the_others_are_stored(tmp_path: Path) -> None:
    source = as_folder(tmp_path)
    (source / "f0" / "big.eml").write_bytes(mail(99) + b"x" * 5000)
    with Archive(tmp_path / "home", settings(max_message_bytes=1024)) as archive:
        result = take(archive, source)
        assert (result.stored, result.failed, result.seen) == (COUNT, 1, COUNT + 1)
        assert "archive.max_message_bytes (1024)" in result.problems[0].reason
        assert digests(archive) == whole()


def test_folders_with_names_that_no_archive_can_have_do_not_end_an_import(archive: Archive, tmp_path: Path) -> None:
    """Deep, long, blank, and with bytes that are no text: the mail is what matters."""
    deep = tmp_path / "mail" / "/".join(f"level{n}" for n in range(80))
    odd = [
        tmp_path / "mail" / name
        for name in (" blank ", "..x", "a\nb", "c" * 250, "tab\t", b"\xff\xfe".decode("utf-8", "surrogateescape"))
    ]
    wide = tmp_path / "mail" / "/".join(["ü" * 120] * 12)
    for number, path in enumerate((deep, wide, *odd)):
        path.mkdir(parents=True)
        (path / "1.eml").write_bytes(mail(number))
    result = take(archive, tmp_path / "mail")
    assert (result.stored, result.failed) == (len(odd) + 2, 0)


def test_an_archive_is_a_first_level_folder(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="first-level"):
        archive.import_mail(str(as_mbox(tmp_path)), "anna/Inbox", SYSTEM)


# With a source and a target of our own


class Given:
    """A source of these items."""

    name = "given:"

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        return (item for item in self._items if not known(item.native_id))

    def progress(self) -> tuple[int, int]:
        return 0, 0


class Noted:
    """A target that notes what it is given."""

    def __init__(self) -> None:
        self.batches: list[tuple[int, Mapping[str, str]]] = []

    def add(self, items: list[Incoming], cursors: Mapping[str, str]) -> list[Receipt]:
        self.batches.append((len(items), cursors))
        return [Receipt(number, True, True) for number, _ in enumerate(items, 1)]

    def knows(self, source: str, native_id: str) -> bool:
        return False

    def cursor(self, source: str) -> str | None:
        return None


def test_problems_are_counted_all_and_kept_up_to_a_thousand() -> None:
    target = Noted()
    source = Given([Problem("", str(number), "empty file") for number in range(PROBLEMS_KEPT + 500)])
    result = ingest(source, target, USER, max_message_bytes=1 << 20)
    assert (result.failed, result.seen, len(result.problems)) == (
        PROBLEMS_KEPT + 500,
        PROBLEMS_KEPT + 500,
        PROBLEMS_KEPT,
    )
    assert target.batches == []


def test_a_batch_is_limited_in_bytes_and_carries_the_last_cursor_of_its_messages() -> None:
    target = Noted()
    body = bytes(BATCH_BYTES // 2)
    source = Given([Arrival("", str(number), body, None, cursor=f"c{number}") for number in range(5)])
    ingest(source, target, USER, max_message_bytes=1 << 30)
    assert target.batches == [(2, {"given:": "c1"}), (2, {"given:": "c3"}), (1, {"given:": "c4"})]


def test_a_cursor_does_not_pass_a_message_that_was_not_stored() -> None:
    """An arrival without a cursor, or a problem, leaves the last one as it is."""
    target = Noted()
    items: list[Item] = [
        Arrival("", "1", b"x", None, cursor="c1"), Problem("", "2", "bad"), Arrival("", "3", b"y", None),
    ]  # fmt: skip
    ingest(Given(items), target, USER, max_message_bytes=1 << 20)
    assert target.batches == [(2, {"given:": "c1"})]


class Failing(Given):
    """A source that fails behind its items."""

    def __init__(self, items: Sequence[Item], error: Exception) -> None:
        super().__init__(items)
        self._error = error

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        yield from super().arrivals(cursor, known)
        raise self._error


def test_what_a_source_gave_before_it_failed_is_stored_and_the_failure_is_told() -> None:
    target = Noted()
    told: list[Problem] = []
    items: list[Item] = [Arrival("", "1", b"x", None, cursor="c1"), Problem("", "2", "bad")]
    source = Failing(items, Unavailable("The server went away."))
    with pytest.raises(Unavailable, match="went away"):
        ingest(source, target, USER, max_message_bytes=1 << 20, problems=told.extend)
    assert target.batches == [(1, {"given:": "c1"})]
    assert [problem.native_id for problem in told] == ["2"]


def test_an_import_that_is_cancelled_by_its_source_stores_no_more() -> None:
    target = Noted()
    source = Failing([Arrival("", "1", b"x", None)], Cancelled("stop"))
    with pytest.raises(Cancelled):
        ingest(source, target, USER, max_message_bytes=1 << 20)
    assert target.batches == []
