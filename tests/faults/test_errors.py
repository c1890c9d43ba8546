"""docs/format.md §5, "a write or sync fails": the answer is an error, nothing half-written remains, repeating works.

The errors come from the C library calls, so SQLite meets them as well.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
from pathlib import Path

import pytest
from tests.faults.child import Order
from tests.faults.conftest import SEED, Run
from tests.faults.test_crash import in_time
from tests.faults.workload import Promises, check, faults, item

from postroom.archive.ingest import ingest
from postroom.archive.sources import open_source
from postroom.archive.storage.store import Store, create_store
from postroom.archive.storage.writer import Incoming, Receipt
from postroom.errors import NoSpace, Unavailable


@pytest.mark.parametrize(
    ("kinds", "torn", "error", "count"),
    [
        ("WCTD", 1, errno.ENOSPC, 1),
        ("WCTD", 0, errno.ENOSPC, 3),
        ("W", 1, errno.EDQUOT, 2),
        ("S", 0, errno.EIO, 1),
        ("S", 0, errno.ENOSPC, 2),
        ("W", 1, errno.EIO, 1),
        ("RU", 0, errno.EIO, 1),
    ],
)
def test_a_failing_disk_loses_nothing_and_repeating_works(
    run: Run, tmp_path: Path, kinds: str, torn: int, error: int, count: int
) -> None:
    steps, answer = run(Order(str(tmp_path / "all"), work="stubborn", kinds=kinds))
    assert answer == ""
    for number in in_time(range(1, steps + 1), random.Random(SEED), seconds=1.5):
        root, told = tmp_path / str(number), tmp_path / f"told-{number}"
        order = Order(str(root), "stubborn", kinds=kinds, torn=torn, fail_first=number, fail_count=count, errno=error)
        try:
            assert run(order)[1] == ""
            check(root / "store", Promises.read(told.read_bytes()))
        except Exception as found:
            found.add_note(f"{errno.errorcode[error]} at step {number} of {kinds}")
            raise
        shutil.rmtree(root)


class OneStore:
    """One store as the target of an import."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, items: list[Incoming], cursors: dict[str, str]) -> list[Receipt]:
        return self.store.add(items, cursors)

    def knows(self, source: str, native_id: str) -> bool:
        return self.store.catalogue.knows(source, native_id)

    def cursor(self, source: str) -> str | None:
        return self.store.catalogue.cursor(source)


def mbox(path: Path, count: int) -> Path:
    chance = random.Random(1)
    with path.open("wb") as file:
        for number in range(count):
            text = chance.randbytes(6_000).hex()
            file.write(f"From a@example.org Mon Jan  5 10:00:00 2026\nSubject: {number}\n\n{text}\n\n".encode())
    return path


def test_a_disk_full_during_an_import_is_told_and_the_import_goes_on_later(tmp_path: Path, small_disk: Path) -> None:
    source = mbox(tmp_path / "in.mbox", 100)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(7_500_000))
    create_store(small_disk / "store")

    def take() -> int:
        return ingest(open_source(source), OneStore(store), "anna", max_message_bytes=1 << 20, batch_messages=5).stored

    with Store(small_disk / "store") as store:
        with pytest.raises(NoSpace, match="Make room and repeat"):
            take()
        before = store.catalogue.totals()[0].messages
        assert 0 < before < 100
        assert before % 5 == 0
        assert faults(store.directory) == []
        with pytest.raises(NoSpace):
            take()
        assert store.catalogue.totals()[0].messages == before
        ballast.unlink()
        source_left = take()
        assert before + source_left == store.catalogue.totals()[0].messages
        assert faults(store.directory) == []


def test_nothing_is_written_after_a_failed_sync_until_the_store_was_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_store(tmp_path / "store")

    def fail(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with Store(tmp_path / "store") as store:
        store.add([item(1)])
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", fail)
            with pytest.raises(Unavailable, match="until it is opened again"):
                store.add([item(2)])
        with pytest.raises(Unavailable, match="until it is opened again"):
            store.add([item(3)])
        assert bytes(store.open(1)[:]) == item(1).body
    with Store(tmp_path / "store") as store:
        assert [r.message_is_new for r in store.add([item(1), item(2), item(3)])] == [False, True, True]
    assert faults(tmp_path / "store") == []
