from __future__ import annotations

import errno
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.workspace.store.mailboxes import folder, message

from postroom.errors import Damaged, NoSpace, Unavailable
from postroom.workspace.errors import TooLarge
from postroom.workspace.store.blobs import Blobs
from postroom.workspace.store.contents import SMALL_BYTES
from postroom.workspace.store.store import Store


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def files(blobs: Blobs) -> list[Path]:
    return [path for path in blobs._directory.rglob("*") if path.is_file() and path.name != "lock"]


def make_old(blobs: Blobs) -> None:
    for path in files(blobs):
        os.utime(path, (0, 0))


def test_what_is_put_comes_back(blobs: Blobs) -> None:
    blob = blobs.put(b"Received: from\r\n")
    assert blob == (hashlib.sha256(b"Received: from\r\n").hexdigest(), 16)
    assert blobs.read(blob.hash) == b"Received: from\r\n"
    with blobs.open(blob.hash) as file:
        assert file.read() == b"Received: from\r\n"


def test_pieces_make_the_same_file_as_the_whole(blobs: Blobs) -> None:
    assert blobs.put(iter([b"a", b"", b"bc"])) == blobs.put(b"abc")
    assert len(files(blobs)) == 1


def test_files_are_for_us_alone(blobs: Blobs) -> None:
    path = blobs._path(blobs.put(b"secret").hash)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_content_over_the_limit_leaves_nothing(blobs: Blobs) -> None:
    taken: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            taken.append(1)
            yield b"x" * 100

    with pytest.raises(TooLarge) as caught:
        blobs.put(endless(), most_bytes=1000)
    assert caught.value.most_bytes == 1000
    assert len(taken) == 11
    assert files(blobs) == []
    assert blobs.put(b"x" * 1000, most_bytes=1000).size == 1000


def test_an_error_of_whoever_sends_passes_and_leaves_nothing(blobs: Blobs) -> None:
    def broken() -> Iterator[bytes]:
        yield b"begun"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        blobs.put(broken())
    assert files(blobs) == []


def test_a_file_that_was_changed_or_is_gone_is_damaged(blobs: Blobs) -> None:
    blob = blobs.put(b"content")
    blobs._path(blob.hash).write_bytes(b"contend")
    with pytest.raises(Damaged):
        blobs.read(blob.hash)
    blobs._path(blob.hash).unlink()
    with pytest.raises(Damaged):
        blobs.read(blob.hash)


@pytest.mark.parametrize(("code", "raised"), [(errno.ENOSPC, NoSpace), (errno.EIO, Unavailable)])
def test_a_disk_that_fails_leaves_nothing(
    blobs: Blobs, monkeypatch: pytest.MonkeyPatch, code: int, raised: type[Exception]
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(raised):
        blobs.put(b"content")
    assert files(blobs) == []


def test_a_file_is_synced_before_it_has_its_name_and_its_name_before_put_returns(
    blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []

    def noted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            steps.append(name)
            return real(*args)

        return call

    monkeypatch.setattr(os, "fsync", noted("sync", os.fsync))
    monkeypatch.setattr(Path, "rename", noted("rename", Path.rename))
    blobs.put(b"content")
    assert steps == ["sync", "sync", "rename", "sync"]
    steps.clear()
    blobs.put(b"content")
    assert steps == ["sync", "sync"]


def test_a_sweep_takes_what_is_old_and_not_needed(blobs: Blobs) -> None:
    kept, gone = blobs.put(b"kept"), blobs.put(b"gone")
    (blobs._directory / ".part-begun").write_bytes(b"half")
    make_old(blobs)
    young = blobs.put(b"young")
    assert blobs.sweep(lambda name: name == kept.hash) == 2
    assert {path.parent.name + path.name for path in files(blobs)} == {kept.hash, young.hash}
    assert gone.hash not in {path.parent.name + path.name for path in files(blobs)}


def test_putting_old_content_again_makes_it_young(blobs: Blobs) -> None:
    blob = blobs.put(b"content")
    make_old(blobs)
    blobs.put(b"content")
    assert blobs.sweep(lambda _name: False) == 0
    assert blobs.read(blob.hash) == b"content"


def test_a_file_that_is_put_again_while_a_sweep_looks_at_it_stays(blobs: Blobs) -> None:
    blob = blobs.put(b"content")
    make_old(blobs)
    others: list[threading.Thread] = []

    def put_meanwhile(_name: str) -> bool:
        other = threading.Thread(target=blobs.put, args=(b"content",))
        other.start()
        others.append(other)
        return False

    assert blobs.sweep(put_meanwhile) == 1
    for other in others:
        other.join()
    assert blobs.read(blob.hash) == b"content"


def large(name: bytes) -> bytes:
    return name.ljust(SMALL_BYTES)


def test_the_store_keeps_the_files_that_rows_name(store: Store) -> None:
    with store.write() as unit:
        item = message(unit.items, folder(unit.items))
        mime, part = unit.blobs.put(large(b"mime")), unit.blobs.put(large(b"part"))
        unit.items.attach(item, "mime", mime)
        unit.items.attach(item, "content", part)
        unit.items.hold("queue/1", unit.blobs.put(large(b"to be sent")))
        assert unit.items.blob(item, "mime") == mime
        assert unit.items.blobs(item) == {"content": part, "mime": mime}
    make_old(store.blobs)
    assert store.sweep() == 0
    with store.write() as unit:
        unit.items.detach(item, "content")
        held = unit.items.held("queue/1")
        assert held
        assert held.size == SMALL_BYTES
        unit.items.release("queue/1")
        assert unit.items.held("queue/1") is None
    assert store.sweep() == 2
    with store.write() as unit:
        unit.items.remove(item)
    assert store.sweep() == 1


@pytest.mark.parametrize("content", [b"same", large(b"same")])
def test_one_content_of_two_items_stays_until_both_are_gone(store: Store, content: bytes) -> None:
    with store.write() as unit:
        inbox = folder(unit.items)
        both = [message(unit.items, inbox, number) for number in range(2)]
        for item in both:
            unit.items.attach(item, "mime", unit.blobs.put(content))
    make_old(store.blobs)
    for item, swept in zip(both, (0, 1), strict=True):
        with store.write() as unit:
            unit.items.remove(item)
        assert store.sweep() == swept
