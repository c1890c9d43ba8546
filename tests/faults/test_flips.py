"""One byte altered, anywhere: VerifyStore names it, opening loses nothing committed, nothing is silently wrong.

`FAULTS=full` alters every byte.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from tests.faults.conftest import SEED
from tests.faults.test_crash import FULL, SECONDS, in_time
from tests.faults.workload import batch, faults, item

from postroom.archive.storage import format as fmt
from postroom.archive.storage import packs
from postroom.archive.storage.store import Store, create_store
from postroom.archive.stores import rebuild_catalogue
from postroom.archive.verify.verify import check_catalogue, check_packs
from postroom.errors import Damaged


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three packs, two of them sealed, in which a little of everything happened."""
    directory = tmp_path_factory.mktemp("original") / "store"
    create_store(directory)
    with Store(directory, pack_bytes=4_000) as store:
        for number in range(5):
            store.add(batch(number), {"test:": str(number)})
        store.move_folder("anna/F1", "bob/F1", "admin")
        store.add([item(1)])
        store.delete([2], "admin", "asked for")
        store.add(batch(5))
        store.rename("2026-01", "admin")
    assert len(packs.pack_numbers(directory / "packs")) == 3
    assert faults(directory) == []
    return directory


@pytest.fixture
def damaged(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / "store")


CATALOGUE_S = 4.0 * SECONDS / 5


def view(directory: Path) -> dict[int, bytes]:
    """Messages that can be read; opening must not fail for damage in a pack."""
    with Store(directory, read_only=True) as store:
        found = {}
        for row in store.catalogue.all_messages():
            try:
                found[row.number] = bytes(store.open(row.number)[:])
            except Damaged:
                continue
        return found


def interesting(path: Path) -> list[int]:
    """Every byte of headers, commit records and trailer, and of the rest one in seven; all when FAULTS=full."""
    size = path.stat().st_size
    if FULL:
        return list(range(size))
    chosen = set(range(fmt.FILE_HEADER_BYTES)) | set(range(0, size, 7)) | set(range(size - fmt.TRAILER_BYTES, size))
    for record in packs.walk(path, packs.Codec()):
        chosen |= set(range(record.offset, record.offset + fmt.RECORD_HEADER_BYTES))
        if record.kind in (fmt.COMMIT, fmt.CONTENTS):
            chosen |= set(range(record.offset, record.end, 3))
    return sorted(chosen)


def flip(path: Path, at: int, chance: random.Random) -> int:
    """Change one byte; returns what it was."""
    with path.open("r+b") as file:
        file.seek(at)
        before = file.read(1)[0]
        file.seek(at)
        file.write(bytes([before ^ chance.randrange(1, 256)]))
    return before


def unflip(path: Path, at: int, before: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(bytes([before]))


def places(directory: Path) -> dict[int, list[tuple[int, int, int, str]]]:
    """Per pack: begin, end, kind of each record, and the messages in it as VerifyStore tells them."""
    found: dict[int, list[tuple[int, int, int, str]]] = {}
    with Store(directory, read_only=True) as store:
        for number in packs.pack_numbers(directory / "packs"):
            for record in packs.walk(packs.pack_path(directory / "packs", number), packs.Codec()):
                rows = store.catalogue.rows(
                    "SELECT id FROM content WHERE pack = ? AND record = ? ORDER BY id", (number, record.offset)
                )
                who = ", ".join(str(row[0]) for row in rows)
                found.setdefault(number, []).append((record.offset, record.end, record.kind, who))
    return found


@pytest.mark.parametrize("number", [1, 2, 3])
def test_verify_names_pack_record_and_messages_of_an_altered_byte(damaged: Path, number: int) -> None:
    path = packs.pack_path(damaged / "packs", number)
    records = places(damaged)[number]
    chance = random.Random(SEED)
    for at in in_time(interesting(path), chance, at_least=200, seconds=3):
        before = flip(path, at, chance)
        told = check_packs(damaged, lambda _a, _b: None)
        offset, _, kind, who = next((r for r in records if r[0] <= at < r[1]), (0, 0, 0, ""))
        if at >= records[-1][1]:
            offset = path.stat().st_size - fmt.TRAILER_BYTES
        here = [fault for fault in told if (fault.pack, fault.record) == (number, offset)]
        assert here, (at, offset, [str(f) for f in told])
        if kind == fmt.BLOCK and who:
            assert f"messages {who}" in here[0].text
        unflip(path, at, before)
    assert faults(damaged) == []


def test_opening_a_store_with_an_altered_pack_cuts_nothing_and_shows_every_message_it_can(
    original: Path, damaged: Path
) -> None:
    whole = view(original)
    chance = random.Random(SEED)
    for number in (1, 2, 3):
        path = packs.pack_path(damaged / "packs", number)
        raw = path.read_bytes()
        records = places(original)[number]
        for at in in_time(interesting(path), chance, seconds=1.5):
            before = flip(path, at, chance)
            found = view(damaged)
            assert found.items() <= whole.items()
            hit = next((r for r in records if r[0] <= at < r[1]), None)
            if hit is None or hit[2] != fmt.BLOCK:
                assert found == whole
            unflip(path, at, before)
            assert path.read_bytes() == raw, at


def test_opening_an_altered_pack_without_a_catalogue_cuts_nothing_either(original: Path, damaged: Path) -> None:
    """Also when it is opened twice: the second time the catalogue is there, but it was made from the damaged packs."""
    whole = view(original)
    chance = random.Random(SEED)
    path = packs.pack_path(damaged / "packs", 3)
    raw = path.read_bytes()
    for at in in_time(range(len(raw)), chance, seconds=2):
        before = flip(path, at, chance)
        drop_catalogue(damaged)
        for _ in range(2):
            Store(damaged).close()
            assert path.stat().st_size == len(raw)
        unflip(path, at, before)
        assert rebuild_catalogue(damaged) == []
        assert view(damaged) == whole


def drop_catalogue(directory: Path) -> None:
    for file in directory.glob("catalog.db*"):
        file.unlink()


def test_an_altered_record_header_never_lets_a_later_batch_be_cut(damaged: Path) -> None:
    """The catalogue is behind, so the bytes are read again at opening."""
    path = packs.pack_path(damaged / "packs", 3)
    size = path.stat().st_size
    shutil.copy(damaged / "catalog.db", damaged / "old.db")
    with Store(damaged) as store:
        store.add(batch(6))
        store.add(batch(7))
    for file in damaged.glob("catalog.db*"):
        file.unlink()
    shutil.copy(damaged / "old.db", damaged / "catalog.db")
    raw = path.read_bytes()
    flip(path, size + 70, random.Random(SEED))
    with Store(damaged) as store:
        assert f"pack 3, record at {size}" in store.problem
        assert not store.writable
    assert path.stat().st_size == len(raw)
    path.write_bytes(raw)
    with Store(damaged) as store:
        assert store.problem == ""
        assert bytes(store.open(30)[:])
    assert faults(damaged) == []


_UNSAID = {"fact": "WHERE key NOT IN ('epoch', 'kept')"}


def content(directory: Path) -> list[tuple[str, list[tuple[object, ...]]]]:
    """Everything the catalogue says about the packs, as rows.

    The outbox is drained by the index, which another `epoch` makes again; a higher `kept` keeps more than need be.
    """
    with sqlite3.connect(f"{(directory / 'catalog.db').as_uri()}?mode=ro", uri=True) as db:
        tables = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        said = [table for table in tables if table not in ("outbox", "sqlite_sequence")]
        queries = {table: f"SELECT * FROM {table} {_UNSAID.get(table, '')} ORDER BY 1, 2" for table in said}
        rows = [(table, db.execute(query).fetchall()) for table, query in queries.items()]
    db.close()
    return rows


def test_an_altered_catalogue_is_named_or_says_the_same_and_can_be_made_again(original: Path, damaged: Path) -> None:
    whole, said = view(original), content(original)
    path = damaged / "catalog.db"
    raw = path.read_bytes()
    chance = random.Random(SEED)
    candidates = list(range(len(raw))) if FULL else sorted({*range(100), *chance.sample(range(len(raw)), 2_000)})
    healed = 0
    for at in in_time(candidates, chance, seconds=CATALOGUE_S):
        for suffix in ("-wal", "-shm"):
            (damaged / f"catalog.db{suffix}").unlink(missing_ok=True)
        path.write_bytes(raw)
        flip(path, at, chance)
        try:
            with Store(damaged) as store:
                named = bool(store.problem)
            named = named or bool([*check_packs(damaged, lambda _a, _b: None), *check_catalogue(damaged)])
        except Damaged as error:
            named = "catalog.db" in str(error)
        if not named:
            assert content(damaged) == said, at
            assert view(damaged) == whole, at
        elif healed < 20:
            healed += 1
            assert rebuild_catalogue(damaged) == []
            assert faults(damaged) == []
            assert view(damaged) == whole
