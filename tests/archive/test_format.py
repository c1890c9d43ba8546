"""docs/format.md §2, §3: what was written is read, and nothing altered is."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.storage import format as fmt
from postroom.archive.storage.entries import (
    Again,
    CommitRecord,
    Delete,
    Event,
    MessageMeta,
    Move,
    Name,
    Note,
    Occurrence,
    Prune,
    Restore,
    decode_commit,
    decode_event,
    decode_message,
    encode,
)
from postroom.archive.storage.packs import Codec
from postroom.errors import Damaged

U32 = st.integers(0, 2**32 - 1)
U63 = st.integers(0, 2**63 - 1)
TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
HASH = st.binary(min_size=32, max_size=32).map(bytes.hex)

HEADERS = st.builds(fmt.PackHeader, st.uuids(), U32, U63, U32)


def altered(raw: bytes, data: st.DataObject, among: int | None = None) -> bytes:
    """The bytes with one of them, of the first `among`, changed."""
    at = data.draw(st.integers(0, (among or len(raw)) - 1))
    return raw[:at] + bytes([raw[at] ^ data.draw(st.integers(1, 255))]) + raw[at + 1 :]


@given(HEADERS)
def test_a_pack_header_takes_64_bytes_and_comes_back(header: fmt.PackHeader) -> None:
    raw = fmt.encode_pack_header(header)
    assert len(raw) == 64
    assert fmt.decode_pack_header(raw) == header


@given(HEADERS, st.data())
def test_an_altered_pack_header_is_refused(header: fmt.PackHeader, data: st.DataObject) -> None:
    with pytest.raises(Damaged):
        fmt.decode_pack_header(altered(fmt.encode_pack_header(header), data))


@given(st.binary(max_size=200))
def test_bytes_that_are_no_header_are_damage_and_nothing_else(raw: bytes) -> None:
    for decode in (fmt.decode_pack_header, fmt.decode_record_header):
        with pytest.raises(Damaged):
            decode(raw)


PLAIN = st.one_of(st.binary(max_size=300), st.binary(min_size=1, max_size=5).map(lambda b: b * 60))
KINDS = st.sampled_from([fmt.DICTIONARY, fmt.BLOCK, fmt.COMMIT, fmt.CONTENTS])


@given(KINDS, PLAIN)
def test_a_record_comes_back(kind: int, plain: bytes) -> None:
    raw = Codec().encode(kind, plain)
    header = fmt.decode_record_header(raw)
    assert header.kind == kind
    assert len(raw) == 64 + header.stored_bytes
    assert Codec().decode(header, raw[64:]) == plain


@given(KINDS, PLAIN, st.data())
def test_an_altered_record_is_never_used(kind: int, plain: bytes, data: st.DataObject) -> None:
    raw = altered(Codec().encode(kind, plain), data)
    with pytest.raises(Damaged):
        Codec().decode(fmt.decode_record_header(raw), raw[64:])


@given(PLAIN, st.data())
def test_a_digest_guards_the_payload_when_the_check_values_were_made_again(plain: bytes, data: st.DataObject) -> None:
    raw = fmt.encode_record(fmt.BLOCK, plain + b"x", plain + b"x", fmt.PLAIN)
    header = fmt.decode_record_header(raw)
    forged = altered(plain + b"x", data)
    other = fmt.decode_record_header(fmt.encode_record(fmt.BLOCK, forged, forged, fmt.PLAIN))
    with pytest.raises(Damaged, match="contents of the record have changed"):
        fmt.check_plain(header, forged)
    assert other.digest != header.digest


@pytest.mark.parametrize(
    ("at", "value", "named"),
    [(4, 2, "version 2"), (5, 9, "kind 9"), (6, 7, "codec 7"), (8, 1, "key 1")],
)
def test_an_unknown_version_kind_codec_or_key_is_refused_by_name(at: int, value: int, named: str) -> None:
    raw = bytearray(fmt.encode_record(fmt.BLOCK, b"x", b"x", fmt.PLAIN))
    raw[at] = value
    with pytest.raises(fmt.Foreign, match=named):
        fmt.decode_record_header(fmt.checked(bytes(raw[:60])))


def test_a_record_may_not_claim_more_than_16_mib() -> None:
    raw = bytearray(fmt.encode_record(fmt.BLOCK, b"x", b"x", fmt.PLAIN))
    raw[20:24] = (fmt.MAX_PLAIN_BYTES + 1).to_bytes(4, "little")
    with pytest.raises(Damaged, match="larger than a record may be"):
        fmt.decode_record_header(fmt.checked(bytes(raw[:60])))


def test_a_compressed_frame_that_claims_more_than_its_header_takes_no_memory() -> None:
    bomb = Codec().encode(fmt.BLOCK, bytes(1 << 20))
    header = fmt.decode_record_header(fmt.encode_record(fmt.BLOCK, b"small", bomb[64:], fmt.ZSTD))
    with pytest.raises(Damaged, match="disagree about the length"):
        Codec().decode(header, bomb[64:])


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from([fmt.PART, fmt.MESSAGE, fmt.JOURNAL, fmt.ERASED]),
        st.binary(min_size=32, max_size=32),
        st.binary(max_size=50),
        st.binary(max_size=50),
    ),
    max_size=6,
)


@given(ENTRIES)
def test_entries_stand_back_to_back_and_come_back(rows: list[tuple[int, bytes, bytes, bytes]]) -> None:
    plain = b"".join(fmt.encode_entry(*row) for row in rows)
    found = list(fmt.entries(plain))
    assert [(e.kind, e.digest, e.meta, e.body) for e in found] == rows
    assert [fmt.entry_at(plain, e.at) for e in found] == found


@given(st.binary(max_size=300))
def test_a_block_of_any_bytes_gives_entries_or_damage(plain: bytes) -> None:
    try:
        found = list(fmt.entries(plain))
    except Damaged:
        return
    assert b"".join(fmt.encode_entry(e.kind, e.digest, e.meta, e.body) for e in found if e) == plain or any(
        plain[e.at + 1 : e.at + 4] != bytes(3) for e in found
    )


def test_a_part_is_no_leaf_and_an_erased_entry_stands_for_the_leaf_it_was() -> None:
    message = fmt.Entry(fmt.MESSAGE, b"d" * 32, b"{}", b"body")
    leaf = message.leaf()
    assert leaf is not None
    assert fmt.Entry(fmt.ERASED, leaf, b"", b"").leaf() == leaf
    assert fmt.Entry(fmt.PART, b"d" * 32, b"", b"x").leaf() is None


@given(st.integers(0, 2**64 - 1), st.binary(min_size=16, max_size=16))
def test_a_trailer_is_told_from_other_bytes(offset: int, other: bytes) -> None:
    assert fmt.decode_trailer(fmt.encode_trailer(offset)) == offset
    assert fmt.decode_trailer(other) is None or other.startswith(fmt.TRAILER_MAGIC)


SEGMENTS = st.one_of(
    st.integers(0, 2**40),
    HASH.map(lambda h: ["i", h]),
    st.tuples(HASH, st.integers(4, 998), st.sampled_from(["\n", "\r\n"]), st.integers(0, 1)).map(lambda t: ["b", *t]),
)
METAS = st.builds(
    MessageMeta, U63, TEXT, TEXT, TEXT, TEXT, st.none() | U63, U63, U63, st.none() | st.lists(SEGMENTS, max_size=5)
)
NUMBERS = st.lists(U63, max_size=5)
EVENTS = st.one_of(
    st.builds(Again, U63, HASH, TEXT, TEXT, TEXT, TEXT, st.none() | U63, U63),
    st.builds(Occurrence, U63, TEXT, TEXT, TEXT, st.none() | U63, U63),
    st.builds(Move, TEXT, TEXT, U63, TEXT, U63, NUMBERS),
    st.builds(Delete, NUMBERS, TEXT, TEXT, U63),
    st.builds(Restore, NUMBERS, TEXT, U63),
    st.builds(Prune, st.lists(TEXT, max_size=3), TEXT, U63),
    st.builds(Name, TEXT, TEXT, U63),
    st.builds(Note, TEXT, TEXT, U63),
)


@given(METAS)
def test_the_meta_of_a_message_comes_back(meta: MessageMeta) -> None:
    assert decode_message(encode(meta)) == meta


@given(EVENTS)
def test_an_event_comes_back_under_its_key_e(event: Event) -> None:
    assert decode_event(encode(event)) == event
    assert msgspec.json.decode(encode(event))["e"]


def test_an_unknown_event_is_kept_and_stops_nothing() -> None:
    assert decode_event(b'{"e":"hold","n":[1],"until":5}') is None


@given(st.binary(max_size=60))
def test_meta_of_any_bytes_is_read_or_refused_as_json_is(raw: bytes) -> None:
    for decode in (decode_event, decode_message, decode_commit):
        with pytest.raises((msgspec.MsgspecError, UnicodeDecodeError)):
            decode(raw)


@given(st.builds(CommitRecord, U63, U63, U63, U63, HASH, HASH, HASH, st.dictionaries(TEXT, TEXT, max_size=3)))
def test_a_commit_record_comes_back(record: CommitRecord) -> None:
    assert decode_commit(encode(record)) == record


def test_the_layout_is_that_of_the_tables() -> None:
    header = fmt.encode_pack_header(fmt.PackHeader(UUID(int=1), 2, 3, 4))
    assert header[:8] == b"PRPACK\x00\x01"
    assert header[8:24] == bytes(15) + b"\x01"
    assert [int.from_bytes(header[a:b], "little") for a, b in ((24, 28), (28, 36), (36, 40))] == [2, 3, 4]
    record = fmt.encode_record(fmt.COMMIT, b"plain", b"stored!", fmt.ZSTD_DICTIONARY, 7)
    assert record[:12] == b"PRec\x01\x03\x02" + bytes(5)
    assert [int.from_bytes(record[a : a + 4], "little") for a in (12, 16, 20)] == [7, 7, 5]
    entry = fmt.encode_entry(fmt.MESSAGE, b"d" * 32, b"meta", b"body!")
    assert entry == b"\x02\0\0\0" + b"\4\0\0\0" + b"\5\0\0\0" + b"d" * 32 + b"metabody!"
