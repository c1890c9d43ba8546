"""The stores of an instance: made, attached, closed, moved; one takes new mail, all that are open are one view."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from tests.archive.instances import settings

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.storage.writer import Incoming
from postroom.errors import AlreadyExists, Damaged, Invalid, NotFound, Unavailable, WrongState
from postroom.settings import Settings

DAY_MS = 86_400_000
START_MS = 1_767_225_600_000  # 2026-01-01


class Clock:
    """Time that only the test moves."""

    def __init__(self) -> None:
        self.now_ms = START_MS

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def options(tmp_path: Path) -> Settings:
    return settings(allowed_paths=(str(tmp_path / "disk"),))


@pytest.fixture
def archive(tmp_path: Path, options: Settings, clock: Clock) -> Iterator[Archive]:
    (tmp_path / "disk").mkdir()
    with Archive(tmp_path / "archive", options, clock=clock) as archive:
        yield archive


def add(archive: Archive, *texts: str) -> None:
    items = [Incoming("anna", "Inbox", "test:", text, f"Subject: {text}\n\n{text}\n".encode()) for text in texts]
    archive.stores.add(items, {})


def states(archive: Archive) -> dict[int, str]:
    return {mount.row.id: mount.state for mount in archive.stores.all()}


def counts(archive: Archive) -> dict[int, int]:
    return {
        mount.row.id: sum(row.messages for row in mount.store.catalogue.totals())
        for mount in archive.stores.open_mounts()
    }


def test_a_new_instance_has_one_current_store_named_by_the_month(archive: Archive) -> None:
    (mount,) = archive.stores.all()
    assert (mount.row.name, mount.state, mount.directory) == ("2026-01", "current", archive.directory / "stores" / "1")


def test_a_created_current_store_makes_the_former_normal_and_takes_the_mail(archive: Archive) -> None:
    add(archive, "one")
    archive.stores.create(None, None, "current", SYSTEM)
    add(archive, "two", "three")
    assert states(archive) == {1: "normal", 2: "current"}
    assert counts(archive) == {1: 1, 2: 2}
    assert [(row.archive, row.messages) for row in archive.stores.totals()] == [("anna", 3)]
    assert [mount.row.name for mount in archive.stores.all()] == ["2026-01", "2026-01 (2)"]


def test_without_a_current_store_mail_is_refused_and_says_what_to_do(archive: Archive) -> None:
    archive.stores.set_state(1, "normal", SYSTEM)
    with pytest.raises(WrongState, match="Set one to 'current'"):
        add(archive, "one")


def test_what_a_store_knows_survives_being_moved_and_attached_elsewhere(archive: Archive, tmp_path: Path) -> None:
    add(archive, "one")
    archive.stores.create(None, None, "current", SYSTEM)
    directory = archive.stores.get(1).directory
    archive.stores.detach(1, SYSTEM)
    shutil.move(directory, tmp_path / "disk" / "moved")
    mount = archive.stores.attach("moved", str(tmp_path / "disk" / "moved"), "writeProtected", SYSTEM)
    assert (mount.row.id, mount.state) == (3, "writeProtected")
    assert counts(archive)[3] == 1


def test_a_store_is_found_again_where_it_was_moved_to(archive: Archive, tmp_path: Path) -> None:
    add(archive, "one")
    archive.stores.set_state(1, "disabled", SYSTEM)
    shutil.move(archive.stores.get(1).directory, tmp_path / "disk" / "moved")
    archive.stores.set_path(1, str(tmp_path / "disk" / "moved"), SYSTEM)
    archive.stores.set_state(1, "current", SYSTEM)
    assert counts(archive) == {1: 1}


def test_the_same_store_is_not_attached_twice(archive: Archive, tmp_path: Path) -> None:
    for state in ("normal", "disabled"):
        archive.stores.set_state(1, state, SYSTEM)
        copy = tmp_path / "disk" / state
        shutil.copytree(archive.stores.get(1).directory, copy, ignore=shutil.ignore_patterns(".tmp*"))
        with pytest.raises(AlreadyExists, match="identity"):
            archive.stores.attach("copy", str(copy), "normal", SYSTEM)


def refused(archive: Archive, error: type[Exception], do: Callable[[], object]) -> None:
    """Refused, and nothing is left of the try."""
    before = (archive.instance.stores.all(), sorted(archive.directory.parent.rglob("*")))
    with pytest.raises(error):
        do()
    assert (archive.instance.stores.all(), sorted(archive.directory.parent.rglob("*"))) == before


def test_a_refused_creation_leaves_nothing_behind(archive: Archive, tmp_path: Path) -> None:
    stores = archive.stores
    stores.create("Zoë", None, "normal", SYSTEM)
    (tmp_path / "disk" / "full").mkdir()
    (tmp_path / "disk" / "full" / "letter").touch()
    (tmp_path / "disk" / "file").touch()
    for name in ("ZOË", "Zoe\u0308", "2026-01"):
        refused(archive, AlreadyExists, partial(stores.create, name, None, "normal", SYSTEM))
    for name in ("a/b", "..", "a\0", "n" * 300):
        refused(archive, Invalid, partial(stores.create, name, None, "normal", SYSTEM))
    refused(archive, Invalid, lambda: stores.create("x", None, "nonsense", SYSTEM))
    refused(archive, Invalid, lambda: stores.create("x", str(tmp_path / "elsewhere"), "normal", SYSTEM))
    refused(archive, Invalid, lambda: stores.create("x", str(tmp_path / "disk" / "file"), "normal", SYSTEM))
    refused(archive, WrongState, lambda: stores.create("x", str(tmp_path / "disk" / "full"), "normal", SYSTEM))
    refused(archive, NotFound, lambda: stores.attach("x", str(tmp_path / "disk"), "normal", SYSTEM))


@pytest.mark.parametrize("path", ["stores/1/inner", "stores/1", "stores", "instance.db"])
def test_a_store_lies_apart_from_what_is_there(archive: Archive, path: str) -> None:
    refused(archive, (Invalid, AlreadyExists), lambda: archive.stores.create("x", path, "normal", SYSTEM))  # type: ignore[arg-type]


def test_a_link_does_not_lead_out_of_the_allowed_places(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "disk" / "link").symlink_to(tmp_path / "secret")
    refused(
        archive, Invalid, lambda: archive.stores.create("x", str(tmp_path / "disk" / "link" / "x"), "normal", SYSTEM)
    )
    with pytest.raises(Invalid):
        archive.check_path(str(tmp_path / "disk" / "link" / "x"))


def test_a_full_store_is_followed_by_a_new_one(archive: Archive) -> None:
    archive.instance.store_auto_create.update({"messages_threshold": 2}, SYSTEM)
    for text in ("one", "two", "three"):
        add(archive, text)
    assert counts(archive) == {1: 2, 2: 1}
    assert states(archive) == {1: "normal", 2: "current"}


def test_links_in_a_circle_lead_nowhere(archive: Archive, tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        (archive.directory / name).symlink_to(archive.directory / other)
    for ask in (archive.stores.checked_path, archive.check_path):
        with pytest.raises(Invalid, match="can be followed"):
            ask("a/x")


def test_a_new_store_comes_with_the_month(archive: Archive, clock: Clock, tmp_path: Path) -> None:
    base = str(tmp_path / "disk" / "base")
    archive.instance.store_auto_create.update({"interval": "monthly", "base_directory": base}, SYSTEM)
    add(archive, "one")
    clock.now_ms += 30 * DAY_MS
    add(archive, "two")
    assert counts(archive) == {1: 2}
    clock.now_ms += 2 * DAY_MS
    add(archive, "three")
    assert counts(archive) == {1: 2, 2: 1}
    second = archive.stores.get(2)
    assert (second.row.name, second.directory) == ("2026-02", tmp_path / "disk" / "base" / "1")


@pytest.mark.parametrize(
    ("interval", "before", "after"),
    [
        ("monthly", "2026-01-31T23:59", "2026-02-01T00:00"),
        ("quarterly", "2026-03-31T23:59", "2026-04-01T00:00"),
        ("yearly", "2026-12-31T23:59", "2027-01-01T00:00"),
        ("yearly", "2026-12-31T23:59", "2029-06-01T00:00"),
    ],
)
def test_a_new_store_comes_with_the_interval(
    archive: Archive, clock: Clock, interval: str, before: str, after: str
) -> None:
    archive.instance.store_auto_create.update({"interval": interval}, SYSTEM)
    add(archive, "one")
    clock.now_ms = moment(before)
    add(archive, "two")
    assert counts(archive) == {1: 2}
    clock.now_ms = moment(after)
    add(archive, "three")
    add(archive, "four")
    assert counts(archive) == {1: 2, 2: 2}
    assert archive.stores.get(2).row.name == after[:7]


def moment(text: str) -> int:
    return round(datetime.fromisoformat(f"{text}+00:00").timestamp() * 1000)


def test_a_new_store_comes_with_the_size(archive: Archive) -> None:
    archive.instance.store_auto_create.update({"size_threshold_mb": 1, "messages_threshold": None}, SYSTEM)
    half = "x" * (1 << 18)  # which `add` puts into subject and body
    add(archive, half)
    add(archive, "between")
    add(archive, half + "y")
    assert counts(archive) == {1: 3}
    add(archive, "next")
    assert counts(archive) == {1: 3, 2: 1}


def test_an_empty_store_is_never_full(archive: Archive, clock: Clock) -> None:
    archive.instance.store_auto_create.update({"interval": "monthly", "messages_threshold": 1}, SYSTEM)
    clock.now_ms += 400 * DAY_MS
    add(archive, "one")
    assert counts(archive) == {1: 1}


def test_while_no_new_store_can_be_made_mail_goes_into_the_full_one(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    base = tmp_path / "disk" / "base"
    archive.instance.store_auto_create.update({"messages_threshold": 1, "base_directory": str(base)}, SYSTEM)
    base.parent.mkdir(exist_ok=True)
    base.write_text("a file where a folder should be")
    for text in ("one", "two", "three"):
        add(archive, text)
    assert counts(archive) == {1: 3}
    failed = [row for row in archive.instance.audit.entries() if row.event == "StoreCreate" and not row.ok]
    assert len(failed) == 1
    base.unlink()
    clock.now_ms += 60_000
    add(archive, "four")
    assert counts(archive) == {1: 3, 2: 1}


def test_no_store_is_made_when_that_is_switched_off(archive: Archive) -> None:
    archive.instance.store_auto_create.update({"messages_threshold": 1, "enabled": False}, SYSTEM)
    add(archive, "one")
    add(archive, "two")
    assert counts(archive) == {1: 2}


def test_a_name_travels_with_the_store(archive: Archive) -> None:
    archive.stores.rename(1, "Zoe\u0308", SYSTEM)
    assert archive.stores.get(1).row.name == archive.stores.get(1).store.name == "Zoë"


def test_whoever_cannot_wait_is_told_that_a_store_is_busy(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postroom.archive.mount.PATIENCE_S", 0.0)
    with archive.stores.get(1).alone("it is being verified"), pytest.raises(Unavailable, match="it is being verified"):
        archive.stores.set_state(1, "disabled", SYSTEM)
    archive.stores.set_state(1, "disabled", SYSTEM)


def test_whoever_can_wait_is_told_for_what(archive: Archive) -> None:
    mount, told = archive.stores.get(1), threading.Event()
    done: list[str] = []

    def work() -> None:
        def waiting(others: str) -> None:
            done.append(others)
            told.set()

        with mount.alone("it is being compacted", waiting):
            done.append("compacted")

    with mount.alone("it is being verified"):
        thread = threading.Thread(target=work)
        thread.start()
        assert told.wait(20)
    thread.join(20)
    assert (done[0], done[-1]) == ("it is being verified", "compacted")


def test_a_store_that_does_not_open_does_not_stop_the_others(tmp_path: Path, options: Settings, clock: Clock) -> None:
    (tmp_path / "disk").mkdir()
    with Archive(tmp_path / "archive", options, clock=clock) as archive:
        archive.stores.create("second", None, "current", SYSTEM)
        add(archive, "one")
        broken = archive.stores.get(1).directory
    (broken / "STORE").write_text("nonsense")
    with Archive(tmp_path / "archive", options, clock=clock) as archive:
        assert states(archive) == {1: "error", 2: "current"}
        assert counts(archive) == {2: 1}
        assert len(list(archive.faulty_stores())) == 1
        with pytest.raises(WrongState, match="STORE"):
            _ = archive.stores.get(1).store


def sql(name: str, *statements: str) -> Callable[[Path], None]:
    """Changes a database of a store as its owner could."""

    def change(directory: Path) -> None:
        with closing(sqlite3.connect(directory / name)) as db, db:
            for statement in statements:
                db.execute(statement)

    return change


def linked(name: str) -> Callable[[Path], None]:
    def change(directory: Path) -> None:
        moved = directory.with_name("elsewhere")
        (directory / name).rename(moved)
        (directory / name).symlink_to(moved)

    return change


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'pack' AS key, i AS value FROM n"
HOSTILE: dict[str, Callable[[Path], object]] = {
    "a trigger": sql("catalog.db", "CREATE TRIGGER t AFTER INSERT ON source BEGIN DELETE FROM folder; END"),
    "a view that never ends": sql("catalog.db", "ALTER TABLE fact RENAME TO old", f"CREATE VIEW fact AS {ENDLESS}"),
    "a table of another shape": sql("catalog.db", "ALTER TABLE source ADD COLUMN x TEXT AS (zeroblob(1000000000))"),
    "a view in summary.db": sql("summary.db", "DROP TABLE summary", "CREATE VIEW summary AS SELECT 1"),
    "a folder within itself": sql("catalog.db", "UPDATE folder SET parent = id"),
    "folders in a circle": sql("catalog.db", "UPDATE folder SET parent = 3 - id"),
    "a folder named ..": sql("catalog.db", "UPDATE folder SET name = '..' WHERE parent <> 0"),
    "a folder with slashes": sql("catalog.db", "UPDATE folder SET name = 'bob/x' WHERE parent = 0"),
    "an epoch that leads out": sql("catalog.db", "UPDATE fact SET value = '../../../evil' WHERE key = 'epoch'"),
    "a linked catalogue": linked("catalog.db"),
    "linked packs": linked("packs"),
    "a STORE of another type": lambda directory: (directory / "STORE").write_text('{"format": 1, "uuid": 7}'),
    "a STORE without end": lambda directory: (directory / "STORE").write_text("[" * 100_000),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_store_from_a_stranger_is_refused_when_it_holds_what_we_never_make(
    archive: Archive, tmp_path: Path, case: str
) -> None:
    add(archive, "one")
    assert archive.wait_indexed(60)
    place = tmp_path / "disk" / "store"
    archive.stores.create("second", None, "current", SYSTEM)
    archive.stores.detach(1, SYSTEM)
    shutil.move(tmp_path / "archive" / "stores" / "1", place)
    HOSTILE[case](place)
    with pytest.raises(Damaged):
        archive.stores.attach("strange", str(place), "normal", SYSTEM)
    assert states(archive) == {2: "current"}
    assert not (tmp_path / "evil").exists()


def test_an_error_nobody_foresaw_in_one_store_does_not_stop_the_others(
    tmp_path: Path, options: Settings, clock: Clock
) -> None:
    with Archive(tmp_path / "archive", options, clock=clock) as archive:
        assert archive.wait_indexed(60)
        archive.stores.create("second", None, "current", SYSTEM)
    sql("summary.db", "DROP TABLE state", "CREATE TABLE state (x INTEGER)")(tmp_path / "archive" / "stores" / "1")
    with Archive(tmp_path / "archive", options, clock=clock) as archive:
        assert states(archive) == {1: "error", 2: "current"}


def test_a_store_outside_of_the_home_is_for_its_owner_alone(archive: Archive, tmp_path: Path) -> None:
    archive.stores.create("outside", str(tmp_path / "disk" / "new" / "store"), "normal", SYSTEM)
    assert (tmp_path / "disk" / "new" / "store").stat().st_mode & 0o077 == 0
