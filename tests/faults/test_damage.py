"""Torn ends, missing and foreign files, a clock that runs backwards, formats of the future."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.faults.test_crash import FULL
from tests.faults.test_flips import drop_catalogue, view
from tests.faults.workload import batch, faults, item

from postroom.archive.storage import format as fmt
from postroom.archive.storage import packs
from postroom.archive.storage.store import Store, create_store
from postroom.archive.stores import rebuild_catalogue
from postroom.archive.verify.verify import check_packs
from postroom.errors import Damaged, NotFound, Unavailable, WrongState


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A store of four batches in one pack."""
    create_store(tmp_path / "store")
    with Store(tmp_path / "store") as store:
        for number in range(4):
            store.add(batch(number), {"test:": str(number)})
    return tmp_path / "store"


def pack(directory: Path, number: int = 1) -> Path:
    return packs.pack_path(directory / "packs", number)


def commits(directory: Path) -> list[int]:
    """Where each batch of pack 1 ends."""
    return [r.end for r in packs.walk(pack(directory), packs.Codec()) if r.kind == fmt.COMMIT]


# Torn ends


def torn(directory: Path, target: Path) -> Iterator[tuple[Path, int]]:
    """Copies of a store whose catalogue knows three batches, the pack cut at every length in the fourth."""
    ends = commits(directory)
    raw = pack(directory).read_bytes()
    behind = target / "behind"
    shutil.copytree(directory, behind)
    drop_catalogue(behind)
    pack(behind).write_bytes(raw[: ends[2]])
    Store(behind).close()
    for length in range(ends[2], ends[3] + 1, 1 if FULL else 37):
        copy = shutil.copytree(behind, target / "copy")
        pack(copy).write_bytes(raw[:length])
        yield copy, length
        shutil.rmtree(copy)


def test_a_torn_end_is_cut_back_to_the_last_commit_record(directory: Path, tmp_path: Path) -> None:
    before, ends = view(directory), commits(directory)
    for copy, length in torn(directory, tmp_path):
        with Store(copy) as store:
            assert store.problem == "", length
            assert pack(copy).stat().st_size == (ends[3] if length == ends[3] else ends[2])
            store.add(batch(3))
        assert view(copy) == before, length
        assert faults(copy) == [], length


def test_a_torn_end_without_the_catalogue_costs_no_committed_batch(directory: Path, tmp_path: Path) -> None:
    before = view(directory)
    for copy, length in torn(directory, tmp_path):
        drop_catalogue(copy)
        with Store(copy) as store:
            assert store.problem == "", length
            store.add(batch(3))
        assert view(copy) == before, length
        ends = commits(directory)
        named = {fault.record for fault in check_packs(copy, lambda _a, _b: None)}
        assert all(ends[2] <= record < ends[3] for record in named), length


def test_a_pack_cut_before_its_last_commit_is_told_and_stays_as_it_is(directory: Path) -> None:
    ends = commits(directory)
    for length in (0, 40, fmt.FILE_HEADER_BYTES, ends[1], ends[3] - 1):
        raw = pack(directory).read_bytes()
        pack(directory).write_bytes(raw[:length])
        with Store(directory) as store:
            assert "00000001" in store.problem or "pack 1" in store.problem
            with pytest.raises(WrongState, match="write-protected"):
                store.add([item(99)])
        assert any("pack 1" in fault for fault in faults(directory))
        assert pack(directory).stat().st_size == length
        pack(directory).write_bytes(raw)
    assert faults(directory) == []


def test_a_catalogue_from_an_older_copy_is_rolled_forward(directory: Path) -> None:
    shutil.copy(directory / "catalog.db", directory / "copy.db")
    with Store(directory) as store:
        store.add(batch(4))
        store.delete([1, 6], "admin", "asked for")
    before = view(directory)
    drop_catalogue(directory)
    shutil.copy(directory / "copy.db", directory / "catalog.db")
    assert view(directory) == before
    assert faults(directory) == []


def test_a_catalogue_older_than_a_compaction_is_rolled_forward(directory: Path) -> None:
    shutil.copy(directory / "catalog.db", directory / "copy.db")
    with Store(directory) as store:
        store.add(batch(4))
        store.delete([1, 6], "admin", "asked for")
        store.compact()
        store.add(batch(5))
    before = view(directory)
    drop_catalogue(directory)
    shutil.copy(directory / "copy.db", directory / "catalog.db")
    assert view(directory) == before
    assert faults(directory) == []


def test_packs_older_than_the_catalogue_take_no_more_mail(directory: Path) -> None:
    """The packs were restored from a copy and other mail came in elsewhere: the same length says nothing."""
    other = shutil.copytree(directory, directory.parent / "other")
    with Store(directory) as store:
        store.add(batch(5))
    with Store(other) as store:
        store.add([*batch(6), *batch(7)])
    shutil.copy(pack(other), pack(directory))
    with Store(directory) as store:
        assert "pack 1" in store.problem
        assert not store.writable


def test_everything_but_store_and_packs_may_be_deleted(directory: Path) -> None:
    before = view(directory)
    (directory / "index" / "1").mkdir(parents=True)
    (directory / "summary.db").write_text("derived")
    for path in directory.iterdir():
        if path.name not in ("STORE", "packs"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert view(directory) == before
    assert faults(directory) == []


# Files that are missing or do not belong


@pytest.fixture
def three_packs(tmp_path: Path) -> Path:
    create_store(tmp_path / "three")
    with Store(tmp_path / "three", pack_bytes=2_000) as store:
        for number in range(4):
            store.add(batch(number))
    assert packs.pack_numbers(tmp_path / "three" / "packs")[-1] >= 3
    return tmp_path / "three"


@pytest.mark.parametrize("with_catalogue", [True, False])
def test_a_missing_pack_is_named(three_packs: Path, with_catalogue: bool) -> None:
    pack(three_packs, 2).rename(three_packs / "away")
    if not with_catalogue:
        drop_catalogue(three_packs)
    with Store(three_packs) as store:
        assert not store.writable
        assert "pack 2" in store.problem or "does not follow" in store.problem
    if with_catalogue:
        assert "pack 2, record at 0: the pack file is missing" in faults(three_packs)
    (three_packs / "away").rename(pack(three_packs, 2))
    drop_catalogue(three_packs)
    assert len(view(three_packs)) == 16
    assert faults(three_packs) == []


def test_a_pack_of_another_store_is_refused(three_packs: Path, directory: Path) -> None:
    shutil.copy(pack(directory), pack(three_packs, 1))
    with Store(three_packs) as store:
        assert store.problem == "pack 1: the file belongs to another store or has another number"
    assert any("pack 1, record at 0: the file belongs to another store" in fault for fault in faults(three_packs))


def test_a_pack_under_another_number_is_refused(three_packs: Path) -> None:
    shutil.copy(pack(three_packs, 1), pack(three_packs, 2))
    with Store(three_packs) as store:
        assert store.problem == "pack 2: the file belongs to another store or has another number"
    assert any("pack 2, record at 0: the file belongs to another" in fault for fault in faults(three_packs))


def test_a_damaged_dictionary_costs_the_blocks_that_need_it_and_is_named(tmp_path: Path) -> None:
    create_store(tmp_path / "store")
    with Store(tmp_path / "store") as store:
        for number in range(300):
            store.add(batch(number))
        assert store.writer
        assert store.writer.codec.current
    path = pack(tmp_path / "store")
    where = next(r.offset for r in packs.walk(path, packs.Codec()) if r.kind == fmt.DICTIONARY)
    raw = bytearray(path.read_bytes())
    raw[where + fmt.RECORD_HEADER_BYTES + 100] ^= 1
    path.write_bytes(raw)
    told = check_packs(tmp_path / "store", lambda _a, _b: None)
    assert (told[0].pack, told[0].record) == (1, where)
    assert any("the dictionary" in fault.text and fault.text.endswith(", 1200") for fault in told)
    with Store(tmp_path / "store") as store:
        assert bytes(store.open(1)[:]) == item(0).body
        with pytest.raises(Damaged, match="pack 1, record at"):
            store.open(1200)


# The future


@pytest.mark.parametrize(
    ("at", "value", "named"),
    [(4, 2, "version 2"), (5, 9, "kind 9"), (6, 7, "codec 7"), (8, 1, "key 1")],
)
@pytest.mark.parametrize("with_catalogue", [True, False])
def test_a_record_of_a_newer_version_is_refused_by_name_and_never_cut(
    directory: Path, at: int, value: int, named: str, with_catalogue: bool
) -> None:
    ends = commits(directory)
    if not with_catalogue:
        drop_catalogue(directory)
    plain = b"what only the future can read"
    record = bytearray(fmt.encode_record(fmt.BLOCK, plain, plain, fmt.PLAIN))
    record[at] = value
    record[60:64] = fmt.checked(bytes(record[:60]))[60:]
    with pack(directory).open("ab") as file:
        file.write(record)
    for _ in range(2):
        with Store(directory) as store:
            assert named in store.problem
            assert not store.writable
        assert pack(directory).stat().st_size == ends[-1] + len(record)


class Hold(msgspec.Struct, tag_field="e", tag="hold"):
    """An event of a version to come."""

    n: list[int]
    until: int


def test_an_unknown_event_is_kept_by_compaction_and_recovery_and_stops_nothing(directory: Path) -> None:
    with Store(directory) as store:
        assert store.writer
        with store.writer.batch() as new:
            new.event(Hold([1], 5))  # type: ignore[arg-type]
        store.delete([1], "admin", "asked for")
        store.compact()
    assert rebuild_catalogue(directory) == []
    assert faults(directory) == []
    plain = [r.plain or b"" for r in packs.walk(pack(directory), packs.Codec(), kinds=(fmt.BLOCK,))]
    assert any(b'"e":"hold"' in block for block in plain)


def test_a_store_of_a_newer_format_is_refused_by_name(directory: Path) -> None:
    identity = json.loads((directory / "STORE").read_text())
    (directory / "STORE").write_text(json.dumps({**identity, "format": 2}))
    with pytest.raises(Damaged, match="format 2; this version reads 1"):
        Store(directory)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', '{"format": 1, "uuid": "x"}', "\x00\xff"])
def test_an_unreadable_store_file_is_told(directory: Path, text: str) -> None:
    (directory / "STORE").write_bytes(text.encode("latin-1"))
    with pytest.raises(Damaged, match="STORE"):
        Store(directory)


# Who and when


def test_the_time_of_batches_never_decreases_when_the_clock_is_set_back(directory: Path) -> None:
    with Store(directory) as store:
        newest = max(b.time_ms for b in store.batches())
    with Store(directory, clock=lambda: 1_000) as store:
        store.add(batch(8))
        store.delete([1], "admin", "asked for")
        assert [b.time_ms for b in store.batches()][-2:] == [newest, newest]
    assert faults(directory) == []


def _try_to_open(directory: Path, answer: multiprocessing.Queue[str]) -> None:
    try:
        Store(directory).close()
        answer.put("opened")
    except Unavailable as error:
        answer.put(str(error))


def test_two_processes_cannot_have_one_store_open(directory: Path) -> None:
    context = multiprocessing.get_context("spawn")
    answer: multiprocessing.Queue[str] = context.Queue()
    with Store(directory):
        other = context.Process(target=_try_to_open, args=(directory, answer))
        other.start()
        assert "open in another process" in answer.get(timeout=60)
        other.join()
    answer.close()
    answer.join_thread()


def test_an_unfinished_creation_can_be_repeated_and_a_full_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "new" / "packs").mkdir(parents=True)
    (tmp_path / "new" / "STORE.new").write_text("{")
    with pytest.raises(NotFound):
        Store(tmp_path / "new")
    create_store(tmp_path / "new")
    with pytest.raises(WrongState, match="not empty"):
        create_store(tmp_path / "new")


def test_recovery_reads_what_can_be_read_and_names_the_rest(three_packs: Path) -> None:
    whole = view(three_packs)
    raw = bytearray(pack(three_packs, 2).read_bytes())
    raw[fmt.FILE_HEADER_BYTES + fmt.RECORD_HEADER_BYTES + 20] ^= 1
    pack(three_packs, 2).write_bytes(raw)
    told = rebuild_catalogue(three_packs)
    assert (told[0].pack, told[0].record) == (2, fmt.FILE_HEADER_BYTES)
    found = view(three_packs)
    assert found.items() < whole.items()
    assert len(found) >= 8
