"""The ledger against the text of RFC 9162 §2.1, word for word, and against published roots."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.storage import ledger
from postroom.archive.storage.ledger import Batch, Proof
from postroom.errors import Damaged, Invalid

INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [  # published with the reference implementation of RFC 6962, for the first n inputs
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
STORE = UUID("6f6f3c57-9f0b-4c62-9f5e-3f1f3a0b8a11")

hashes = st.lists(st.binary(max_size=4).map(ledger.leaf_hash), max_size=70)
some_hashes = st.lists(st.binary(max_size=4).map(ledger.leaf_hash), min_size=1, max_size=70)


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = naive_split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162 §2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = naive_split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def a_proof(count: int = 5, index: int = 2) -> tuple[Proof, bytes]:
    metas = [json.dumps({"n": n, "a": "anna"}).encode() for n in range(count)]
    digests = [hashlib.sha256(b"message %d" % n).digest() for n in range(count)]
    leaves = [ledger.leaf_hash(digest + meta) for digest, meta in zip(digests, metas, strict=True)]
    root = ledger.root(leaves)
    value = ledger.chain(ledger.GENESIS, root, 1, 1_700_000_000_000, count)
    batch = Batch(1, 1_700_000_000_000, count, root, ledger.GENESIS, value)
    path = tuple(ledger.path(leaves, index))
    return Proof(STORE, batch, index, digests[index], metas[index], path), digests[index]


@pytest.mark.parametrize("count", range(9))
def test_roots_are_those_the_rfc_authors_published(count: int) -> None:
    assert ledger.root([ledger.leaf_hash(data) for data in INPUTS[:count]]).hex() == ROOTS[count]


def test_a_batch_without_leaves_has_the_hash_of_nothing() -> None:
    assert ledger.root([]) == ledger.EMPTY_ROOT == hashlib.sha256(b"").digest()


@given(hashes)
def test_the_root_is_that_of_the_recursive_definition(leaves: list[bytes]) -> None:
    assert ledger.root(leaves) == naive_root(leaves)


@given(some_hashes, st.data())
def test_the_path_is_that_of_the_recursive_definition_and_leads_to_the_root(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = ledger.path(leaves, index)
    assert path == naive_path(index, leaves)
    assert ledger.root_from_path(leaves[index], index, len(leaves), path) == naive_root(leaves)


@given(st.integers(1, 40), st.data())
def test_a_path_does_not_lead_from_another_place_to_the_root(count: int, data: st.DataObject) -> None:
    leaves = [ledger.leaf_hash(bytes([n])) for n in range(count)]
    index = data.draw(st.integers(0, count - 1))
    other = data.draw(st.integers(-1, count).filter(lambda value: value != index))
    try:
        found = ledger.root_from_path(leaves[index], other, count, ledger.path(leaves, index))
    except Damaged:
        return
    assert found != ledger.root(leaves)


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_path_for_a_leaf_outside_the_tree(index: int) -> None:
    with pytest.raises(Invalid):
        ledger.path(INPUTS[:3], index)


@pytest.mark.parametrize("change", [lambda path: path[:-1], lambda path: [*path, bytes(32)]])
def test_a_path_of_the_wrong_length_is_refused(change: object) -> None:
    leaves = [ledger.leaf_hash(data) for data in INPUTS]
    assert callable(change)
    with pytest.raises(Damaged):
        ledger.root_from_path(leaves[3], 3, 8, change(ledger.path(leaves, 3)))


def test_the_chain_value_is_the_hash_the_format_page_gives() -> None:
    expected = hashlib.sha256(
        b"\x02" + bytes(32) + ledger.EMPTY_ROOT + bytes(7) + b"\x01" + bytes(7) + b"\x02" + bytes(7) + b"\x03"
    ).digest()
    assert ledger.chain(ledger.GENESIS, ledger.EMPTY_ROOT, 1, 2, 3) == expected


def test_a_proof_survives_json_and_verifies() -> None:
    proof, sha256 = a_proof()
    again = Proof.from_document(json.loads(json.dumps(proof.document())))
    assert again == proof
    ledger.verify(again, sha256)


def test_a_message_known_from_another_archive_is_proved_by_its_journal_entry() -> None:
    sha256 = hashlib.sha256(b"message").digest()
    meta = json.dumps({"e": "message", "n": 2, "h": sha256.hex(), "a": "bob"}).encode()
    root = ledger.root([ledger.leaf_hash(bytes(32) + meta)])
    batch = Batch(2, 5, 1, root, bytes(31) + b"x", ledger.chain(bytes(31) + b"x", root, 2, 5, 1))
    proof = Proof(STORE, batch, 0, bytes(32), meta, ())
    assert proof.sha256 == sha256
    ledger.verify(proof, sha256)


@pytest.mark.parametrize("meta", [b'{"e":"delete","n":[1]}', b"{}", b"[]", b"\xff", b'{"e":"message","h":"00"}'])
def test_a_journal_entry_that_names_no_message_proves_none(meta: bytes) -> None:
    proof, _ = a_proof()
    with pytest.raises(Damaged):
        ledger.verify(replace(proof, digest=bytes(32), meta=meta), bytes(32))


def test_a_proof_is_refused_when_any_field_is_changed() -> None:
    proof, sha256 = a_proof()
    batch = proof.batch
    changed = [
        replace(proof, meta=proof.meta + b" "),
        replace(proof, index=3),
        replace(proof, path=proof.path[::-1]),
        replace(proof, digest=bytes(31) + b"x"),
        replace(proof, batch=replace(batch, root=bytes(32))),
        replace(proof, batch=replace(batch, number=2)),
        replace(proof, batch=replace(batch, time_ms=batch.time_ms - 1)),
        replace(proof, batch=replace(batch, leaves=6)),
        replace(proof, batch=replace(batch, prev=bytes(31) + b"x")),
        replace(proof, batch=replace(batch, chain=bytes(32))),
        replace(proof, batch=replace(batch, number=1 << 64)),
    ]
    for one in changed:
        with pytest.raises(Damaged):
            ledger.verify(one, sha256)
    with pytest.raises(Damaged):
        ledger.verify(proof, bytes(32))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("store", "x"),
        ("batch", {}),
        ("index", -1),
        ("index", True),
        ("digest", "00"),
        ("meta", None),
        ("meta", "\ud800"),
        ("path", ["zz"]),
        ("path", None),
    ],
)
def test_a_document_that_is_no_proof_is_refused(key: str, value: object) -> None:
    document = a_proof()[0].document()
    with pytest.raises(Damaged):
        Proof.from_document({**document, key: value})
    with pytest.raises(Damaged):
        Proof.from_document({name: document[name] for name in document if name != key})
