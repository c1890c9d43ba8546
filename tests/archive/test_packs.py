"""Pack files: what is appended is walked and read, damage is told where it is, nothing half-begun remains."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.storage import format as fmt
from postroom.archive.storage import packs
from postroom.errors import Damaged

HEADER = fmt.PackHeader(UUID(int=1), 1, 0)
BODIES = [bytes([n]) * 5_000 for n in range(8)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A pack of eight blocks, a dictionary between them."""
    codec = packs.Codec()
    pack = packs.PackWriter(tmp_path, HEADER)
    for body in BODIES[:4]:
        pack.append(codec.encode(fmt.BLOCK, body))
    assert packs.train(codec, [b"words and more words %d" % n * 20 for n in range(200)], size=1_024)
    pack.append(packs.dictionary_record(codec))
    for body in BODIES[4:]:
        pack.append(codec.encode(fmt.BLOCK, body))
    pack.sync()
    pack.close()
    return packs.pack_path(tmp_path, 1)


def blocks(path: Path, start: int = 0) -> list[packs.Record]:
    return [r for r in packs.walk(path, packs.Codec(), start=start, kinds=(fmt.BLOCK,)) if r.kind == fmt.BLOCK]


def test_a_walk_gives_every_record_with_its_place(path: Path) -> None:
    found = list(packs.walk(path, packs.Codec()))
    assert [r.kind for r in found] == [fmt.BLOCK] * 4 + [fmt.DICTIONARY] + [fmt.BLOCK] * 4
    assert [r.plain for r in found if r.kind == fmt.BLOCK] == BODIES
    assert [r.offset for r in found[1:]] == [r.end for r in found[:-1]]


def test_a_walk_that_begins_after_a_dictionary_knows_it(path: Path) -> None:
    last = blocks(path)[-1]
    assert last.plain == BODIES[-1]
    assert [r.plain for r in blocks(path, last.offset)] == [BODIES[-1]]


def test_a_walk_gives_payloads_only_of_the_kinds_asked_for(path: Path) -> None:
    found = list(packs.walk(path, packs.Codec(), kinds=(fmt.BLOCK,)))
    assert [r.plain is None for r in found] == [r.kind != fmt.BLOCK for r in found]
    assert not any(r.problem for r in found)


def test_a_walk_goes_on_after_a_damaged_payload_and_after_a_damaged_header_when_told_to(path: Path) -> None:
    places = [r.offset for r in blocks(path)]
    raw = bytearray(path.read_bytes())
    raw[places[1] + fmt.RECORD_HEADER_BYTES] ^= 1
    raw[places[2] + 9] ^= 1
    path.write_bytes(raw)
    found = list(packs.walk(path, packs.Codec(), kinds=(fmt.BLOCK,), resync=True))
    assert [r.offset for r in found if r.problem] == [places[1], places[2]]
    assert [r.plain for r in found if r.plain] == [BODIES[0], *BODIES[3:]]
    assert [r.offset for r in packs.walk(path, packs.Codec())][-1] == places[2]


@given(st.binary(max_size=3_000))
def test_a_walk_over_any_bytes_ends(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("walk") / "00000001.pack"
    path.write_bytes(fmt.encode_pack_header(HEADER) + raw)
    found = list(packs.walk(path, packs.Codec(), resync=True))
    assert all(r.problem for r in found)
    assert all(r.offset < r.end for r in found)


def test_a_reader_gives_blocks_by_place_and_names_what_is_damaged(path: Path) -> None:
    places = [r.offset for r in blocks(path)]
    reader = packs.PackReader(path.parent)
    assert [reader.block(1, place) for place in places] == BODIES
    raw = bytearray(path.read_bytes())
    raw[places[3] + 70] ^= 1
    path.write_bytes(raw)
    reader.forget()
    with pytest.raises(Damaged, match=f"pack 1, record at {places[3]}"):
        reader.block(1, places[3])
    with pytest.raises(Damaged, match="pack 2, record at 64: the pack file is missing"):
        reader.block(2, 64)
    reader.close()


def test_a_pack_that_cannot_be_begun_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int, _data: bytes, _at: int) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OSError, match="No space"):
        packs.PackWriter(tmp_path, HEADER)
    assert list(tmp_path.iterdir()) == []


def test_appending_goes_on_after_a_short_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, data, at: real(fd, data[:7], at))
    pack = packs.PackWriter(tmp_path, HEADER)
    pack.append(packs.Codec().encode(fmt.BLOCK, BODIES[0]))
    pack.close()
    assert [r.plain for r in blocks(pack.path)] == [BODIES[0]]


def test_truncating_takes_back_what_was_appended(path: Path) -> None:
    size = path.stat().st_size
    pack = packs.PackWriter(path.parent, HEADER, size=size)
    pack.append(b"half a record")
    pack.truncate(size)
    pack.close()
    assert path.stat().st_size == size


def test_only_names_of_packs_count(tmp_path: Path) -> None:
    for name in ("00000002.pack", "00000001.pack", "00000003.new", "0000000x.pack", "1.pack", "00000001.cut"):
        (tmp_path / name).touch()
    assert packs.pack_numbers(tmp_path) == [1, 2]


def test_a_block_without_its_dictionary_is_damage(path: Path) -> None:
    last = blocks(path)[-1]
    raw = path.read_bytes()[last.offset : last.end]
    path.write_bytes(fmt.encode_pack_header(HEADER) + raw)
    (record,) = blocks(path)
    assert "dictionary" in record.problem
