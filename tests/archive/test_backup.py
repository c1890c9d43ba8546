"""A backup is an instance that opens, whatever happened while it was written or updated."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.archive.instances import settings

from postroom.archive import backup
from postroom.archive.archive import Archive
from postroom.archive.backup import restore_backup
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.instance.secrets import Secrets
from postroom.archive.storage.writer import Incoming
from postroom.errors import Cancelled, Damaged, NoSpace, NotFound, WrongState


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive", settings()) as archive:
        add(archive, "first")
        yield archive


def add(archive: Archive, text: str) -> None:
    archive.stores.add([Incoming("anna", "Inbox", "test:", text, f"Subject: {text}\n\n{text}\n".encode())], {})


def restored(source: Path, target: Path) -> list[bytes]:
    """The bodies in the archive that a backup gives."""
    restore_backup(source, target)
    with Archive(target, settings()) as archive:
        return sorted(
            bytes(mount.store.open(row.number))
            for mount in archive.stores.open_mounts()
            for row in mount.store.catalogue.all_messages()
        )


FIRST, SECOND = b"Subject: first\n\nfirst\n", b"Subject: second\n\nsecond\n"


@pytest.mark.parametrize("with_indexes", [True, False])
def test_a_backup_restores_stores_users_and_settings(archive: Archive, tmp_path: Path, with_indexes: bool) -> None:
    archive.instance.users.create("anna", ("login",), SYSTEM, password="secret")
    archive.wait_indexed()
    assert archive.backup(tmp_path / "copy", SYSTEM, with_indexes=with_indexes) > 0
    assert any((tmp_path / "copy").rglob("index")) == with_indexes
    assert restored(tmp_path / "copy", tmp_path / "again") == [FIRST]
    with Archive(tmp_path / "again", settings()) as again:
        assert again.instance.users.authenticate("anna", "secret", SYSTEM)
        assert again.wait_indexed(60)


def test_the_key_of_secrets_is_in_no_backup(archive: Archive, tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "archive")
    sealed = secrets.seal("mail settings", "password", "word")
    key = secrets.path.read_bytes()
    archive.backup(tmp_path / "copy", SYSTEM)
    copied = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert copied
    assert not any(key in path.read_bytes() for path in copied)
    restore_backup(tmp_path / "copy", tmp_path / "again")
    again = Secrets(tmp_path / "again")
    with pytest.raises(Damaged, match="is missing"):
        again.open("mail settings", "password", sealed)
    again.path.write_bytes(key)
    assert again.open("mail settings", "password", sealed) == "word"


def test_an_update_takes_what_is_new_and_keeps_sealed_packs(archive: Archive, tmp_path: Path) -> None:
    archive.backup(tmp_path / "copy", SYSTEM)
    pack = next((tmp_path / "copy").rglob("*.pack"))
    before = pack.stat().st_ino
    archive.stores.create("next", None, "current", SYSTEM)
    add(archive, "second")
    archive.backup(tmp_path / "copy", SYSTEM)
    assert pack.stat().st_ino == before
    assert restored(tmp_path / "copy", tmp_path / "again") == [FIRST, SECOND]


def test_a_store_outside_the_instance_lies_within_its_backup(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    with Archive(tmp_path / "archive", settings(allowed_paths=(str(tmp_path / "disk"),))) as archive:
        archive.stores.create("far", str(tmp_path / "disk" / "far"), "current", SYSTEM)
        add(archive, "first")
        archive.backup(tmp_path / "copy", SYSTEM)
        archive.stores.detach(2, SYSTEM)
    assert restored(tmp_path / "copy", tmp_path / "again") == [FIRST]


class Stop:
    """Progress that raises at the `n`-th call."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(self, done: int, total: int) -> None:
        assert 0 <= done <= total
        self.left -= 1
        if not self.left:
            raise Cancelled("stop")


@pytest.mark.parametrize("number", range(1, 5))
def test_a_cancelled_update_leaves_the_backup_as_it_was(archive: Archive, tmp_path: Path, number: int) -> None:
    archive.backup(tmp_path / "copy", SYSTEM, with_indexes=False)
    add(archive, "second")
    with pytest.raises(Cancelled):
        archive.backup(tmp_path / "copy", SYSTEM, with_indexes=False, progress=Stop(number))
    assert restored(tmp_path / "copy", tmp_path / "before") == [FIRST]
    archive.backup(tmp_path / "copy", SYSTEM, with_indexes=False)
    assert restored(tmp_path / "copy", tmp_path / "after") == [FIRST, SECOND]
    assert not list((tmp_path / "copy").rglob("*.new"))


def test_a_first_backup_that_was_cancelled_is_repeated(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        archive.backup(tmp_path / "copy", SYSTEM, progress=Stop(2))
    with pytest.raises(NotFound):
        restore_backup(tmp_path / "copy", tmp_path / "nothing")
    archive.backup(tmp_path / "copy", SYSTEM)
    assert restored(tmp_path / "copy", tmp_path / "again") == [FIRST]


class PowerCut(Exception):
    """Ends the program in the test."""


def cut_at(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the `number`-th rename of a file fail as a power cut would."""
    true: Callable[..., Path] = Path.replace
    left = [number]

    def replace(self: Path, target: Path) -> Path:
        left[0] -= 1
        if not left[0]:
            raise PowerCut
        return true(self, target)

    monkeypatch.setattr(Path, "replace", replace)


@pytest.mark.parametrize("number", range(1, 7))
def test_an_update_cut_off_while_files_are_put_in_place_is_whole(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    archive.backup(tmp_path / "copy", SYSTEM, with_indexes=False)
    add(archive, "second")
    with monkeypatch.context() as patch:
        cut_at(patch, number)
        try:
            archive.backup(tmp_path / "copy", SYSTEM, with_indexes=False)
            cut = False
        except PowerCut:
            cut = True
    assert cut or number > 4
    # Before the commit point the old backup, after it the new one; never a mixture.
    committed = (tmp_path / "copy" / backup.NEXT).exists() or not cut
    assert restored(tmp_path / "copy", tmp_path / "again") == ([FIRST, SECOND] if committed else [FIRST])
    archive.backup(tmp_path / "copy", SYSTEM, with_indexes=False)
    assert restored(tmp_path / "copy", tmp_path / "last") == [FIRST, SECOND]


def test_a_full_disk_is_told_and_the_old_backup_stays(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.backup(tmp_path / "copy", SYSTEM)
    add(archive, "second")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(NoSpace, match="copy"):
            archive.backup(tmp_path / "copy", SYSTEM)
    assert restored(tmp_path / "copy", tmp_path / "again") == [FIRST]


def test_a_folder_with_other_things_is_left_alone(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(WrongState, match="neither an empty folder nor a backup"):
        archive.backup(tmp_path / "mine", SYSTEM)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_changed_file_of_a_backup_is_named_and_nothing_is_restored(archive: Archive, tmp_path: Path) -> None:
    archive.backup(tmp_path / "copy", SYSTEM)
    pack = next((tmp_path / "copy").rglob("*.pack"))
    raw = bytearray(pack.read_bytes())
    raw[-1] ^= 1
    pack.write_bytes(raw)
    with pytest.raises(Damaged, match=r"00000001\.pack"):
        restore_backup(tmp_path / "copy", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_nothing_is_restored_over_an_archive(archive: Archive, tmp_path: Path) -> None:
    archive.backup(tmp_path / "copy", SYSTEM)
    with pytest.raises(WrongState, match="not empty"):
        restore_backup(tmp_path / "copy", archive.directory)


def test_a_backup_may_lie_where_nothing_can_be_written(archive: Archive, tmp_path: Path) -> None:
    archive.backup(tmp_path / "copy", SYSTEM)
    before = sorted((path, path.stat().st_mtime_ns) for path in (tmp_path / "copy").rglob("*"))
    assert restored(tmp_path / "copy", tmp_path / "again") == [FIRST]
    assert sorted((path, path.stat().st_mtime_ns) for path in (tmp_path / "copy").rglob("*")) == before


@pytest.mark.parametrize(
    "name", ["../evil", "/evil", "stores/../../evil", "link/../../../evil", "./evil", "a//evil", ""]
)
def test_a_backup_by_a_stranger_names_nothing_outside_of_it(archive: Archive, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "up" / "copy"
    archive.backup(copy, SYSTEM)
    for place in (copy, copy.parent):
        (place / "evil").write_text("evil")
        (place / "evil.new").write_text("evil")
    (copy / "a" / "b" / "c").mkdir(parents=True)
    (copy / "link").symlink_to(copy / "a" / "b" / "c")
    document = json.loads((copy / "backup.json").read_text())
    document["files"][name] = {"size": 4, "sha256": hashlib.sha256(b"evil").hexdigest()}
    (copy / "backup.json").write_text(json.dumps(document))
    with pytest.raises(Damaged):
        restore_backup(copy, tmp_path / "down" / "again")
    assert not list(tmp_path.glob("down/evil*"))
    (copy / "backup.json").rename(copy / "backup.json.next")
    if name:
        with pytest.raises(Damaged):
            archive.backup(copy, SYSTEM)
        assert (copy.parent / "evil.new").exists()


@pytest.mark.parametrize(
    "text",
    ["[]", "{}", '{"format": 1}', '{"format": 1, "files": []}', "[" * 50_000, '{"format": 1, "files": {"a": 1}}'],
)
def test_a_backup_without_sense_is_damaged(tmp_path: Path, text: str) -> None:
    (tmp_path / "backup.json").write_text(text)
    with pytest.raises(Damaged):
        restore_backup(tmp_path, tmp_path / "again")
