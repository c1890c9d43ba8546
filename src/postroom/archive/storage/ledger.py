"""The ledger: a Merkle tree over the entries of each batch, the roots chained (docs/format.md §4).

Pure functions. The tree is that of RFC 9162 §2.1, the path that of §2.1.3; a proof ties the SHA-256 of one
message to the chain value of its batch, and so to every later chain value anybody has written down.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from postroom.errors import Damaged, Invalid

EMPTY_ROOT: Final = hashlib.sha256().digest()
"""Root of a batch without leaves."""

GENESIS: Final = bytes(32)
"""The chain value before the first batch."""


def leaf_hash(data: bytes) -> bytes:
    """The leaf of an entry; `data` is its digest followed by its meta."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node above two nodes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def chain(prev: bytes, root: bytes, number: int, time_ms: int, count: int) -> bytes:
    """The chain value of batch `number` with `count` leaves."""
    numbers = b"".join(value.to_bytes(8, "big") for value in (number, time_ms, count))
    return hashlib.sha256(b"\x02" + prev + root + numbers).digest()


class Tree:
    """The Merkle tree over leaf hashes, all levels kept: many paths cost little more than one."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            self._levels.append(_above(self._levels[-1]))

    @property
    def root(self) -> bytes:
        """The Merkle root."""
        return self._levels[-1][0] if self._levels[-1] else EMPTY_ROOT

    def path(self, index: int) -> list[bytes]:
        """The hashes that, with the leaf at `index`, give the root; from the leaf upwards. Raises Invalid."""
        if not 0 <= index < len(self._levels[0]):
            raise Invalid("index", f"a number from 0 to {len(self._levels[0]) - 1}")
        hashes = []
        for level in self._levels[:-1]:
            if (beside := index ^ 1) < len(level):
                hashes.append(level[beside])
            index >>= 1
        return hashes


def root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle root over leaf hashes."""
    return Tree(leaves).root


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The path of one leaf; for many of one tree keep a `Tree`."""
    return Tree(leaves).path(index)


def root_from_path(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes:
    """The root that a leaf and its path lead to. Raises Damaged when the path does not fit the tree."""
    if not 0 <= index < count:
        raise Damaged(f"the tree has {count} leaves and no leaf {index}")
    value, last, hashes = leaf, count - 1, iter(path)
    while last:
        if index & 1 or index < last:  # else: the odd node at the right edge moves up as it is
            beside = next(hashes, None)
            if beside is None:
                raise Damaged("the path is too short for the tree")
            value = node_hash(beside, value) if index & 1 else node_hash(value, beside)
        index, last = index >> 1, last >> 1
    if next(hashes, None) is not None:
        raise Damaged("the path is too long for the tree")
    return value


def _above(level: list[bytes]) -> list[bytes]:
    # Pairing from the left and carrying the odd one up: the left halves become the largest powers of two.
    nodes = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return nodes + level[-1:] if len(level) % 2 else nodes


@dataclass(frozen=True, slots=True)
class Batch:
    """The ledger's line for one batch; `leaves` is how many."""

    number: int
    time_ms: int
    leaves: int
    root: bytes
    prev: bytes
    chain: bytes

    def document(self) -> dict[str, Any]:
        """As JSON, with the keys of the commit record."""
        return {
            "batch": self.number,
            "t": self.time_ms,
            "leaves": self.leaves,
            "root": self.root.hex(),
            "prev": self.prev.hex(),
            "chain": self.chain.hex(),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Batch:
        """Raises Damaged when the document is no batch."""
        try:
            number, time_ms, leaves = (_number(document[key]) for key in ("batch", "t", "leaves"))
            root, prev, value = (_hash(document[key]) for key in ("root", "prev", "chain"))
            return cls(number, time_ms, leaves, root, prev, value)
        except (KeyError, TypeError, ValueError) as error:
            raise Damaged("the document does not describe a batch") from error

    def check(self) -> None:
        """Raises Damaged when the chain value is not made of the other fields."""
        try:
            value = chain(self.prev, self.root, self.number, self.time_ms, self.leaves)
        except OverflowError as error:
            raise Damaged(f"batch {self.number}: a number is out of range") from error
        if value != self.chain:
            raise Damaged(f"batch {self.number}: the chain value is wrong")


@dataclass(frozen=True, slots=True)
class Proof:
    """Why one entry is in the ledger: its place in a batch and the hashes from there to the root."""

    store_uuid: UUID
    batch: Batch
    index: int
    digest: bytes
    """Digest of the entry: the SHA-256 of the message, or zero for a journal entry."""
    meta: bytes
    path: tuple[bytes, ...]

    @property
    def sha256(self) -> bytes:
        """SHA-256 of the message the entry speaks of.

        A message stored before in another archive has no entry of its own but a journal entry that names the
        hash (docs/format.md §3.3). Raises Damaged when the entry speaks of no message.
        """
        if self.digest != GENESIS:
            return self.digest
        try:
            event = json.loads(self.meta)
            if event["e"] == "message":
                return _hash(event["h"])
        except (KeyError, TypeError, ValueError) as error:
            raise Damaged("the proof's entry cannot be read") from error
        raise Damaged("the proof's entry does not speak of a message")

    def document(self) -> dict[str, Any]:
        """As JSON: hashes in hex, meta as the exact text."""
        return {
            "store": str(self.store_uuid),
            "batch": self.batch.document(),
            "index": self.index,
            "digest": self.digest.hex(),
            "meta": self.meta.decode(),
            "path": [value.hex() for value in self.path],
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Proof:
        """Raises Damaged when the document is no proof."""
        try:
            return cls(
                UUID(document["store"]),
                Batch.from_document(document["batch"]),
                _number(document["index"]),
                _hash(document["digest"]),
                document["meta"].encode(),
                tuple(_hash(value) for value in document["path"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Damaged("the document is no proof") from error


def verify(proof: Proof, sha256: bytes) -> None:
    """Raises Damaged unless the proof ties this SHA-256 to the chain value of its batch."""
    if proof.sha256 != sha256:
        raise Damaged("the message is not the one the proof was made for")
    leaf = leaf_hash(proof.digest + proof.meta)
    if root_from_path(leaf, proof.index, proof.batch.leaves, proof.path) != proof.batch.root:
        raise Damaged(f"batch {proof.batch.number}: the path does not lead to the root")
    proof.batch.check()


def _hash(text: str) -> bytes:
    value = bytes.fromhex(text)
    if len(value) != 32:
        raise ValueError("not 32 bytes")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("not a number")
    return value
