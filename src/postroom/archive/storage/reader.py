"""Reads messages of one store from its packs. Light enough for a worker process: it needs no lock and no writer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import msgspec

from postroom.archive.body import Body, spool
from postroom.archive.storage import format as fmt
from postroom.archive.storage.catalogue import Catalogue, MessageRow, Place
from postroom.archive.storage.entries import decode_message
from postroom.archive.storage.ledger import Batch, Proof, Tree
from postroom.archive.storage.packs import Codec, PackReader, pack_path, walk
from postroom.archive.storage.recipe import play
from postroom.errors import Damaged, NotFound

T = TypeVar("T")


class StoreReader:
    """Reading access to one store folder; safe from any thread."""

    def __init__(self, directory: Path, catalogue: Catalogue | None = None, codec: Codec | None = None) -> None:
        """Opens the catalogue read-only unless one is given. Raises Damaged, NotFound."""
        self.directory = directory
        self.uuid = read_identity(directory)
        self._own = catalogue is None
        self.catalogue = catalogue or Catalogue(directory / "catalog.db", read_only=True)
        self.packs = PackReader(directory / "packs", codec)
        self._last_tree: tuple[tuple[int, int, int], tuple[Tree, dict[Place, int]]] | None = None

    def close(self) -> None:
        self.packs.close()
        if self._own:
            self.catalogue.close()

    def forget(self) -> None:
        """Drop what was read: packs have been replaced."""
        self.packs.forget()
        self._last_tree = None

    def open(self, number: int) -> Body:
        """The exact bytes of a message; a memory map when it is large. Raises NotFound, Damaged."""
        return self._retried(number, lambda row: spool(self._pieces(row)))

    def chunks(self, number: int) -> Iterator[bytes]:
        """The exact bytes of a message in pieces of up to 1.4 MiB; constant memory. Raises NotFound, Damaged."""
        return self._pieces(self.catalogue.message(number))

    def native(self, number: int) -> tuple[str, str]:
        """Source name and native id with which a message first came."""
        entry = self._retried(number, lambda row: self.packs.entry(*row.entry_place))
        meta = json.loads(entry.meta)
        return str(meta["s"]), str(meta["k"])

    def proof(self, number: int) -> Proof:
        """That this message is in the ledger. Raises NotFound, Damaged."""
        return self._retried(number, self._proof)

    def batches(self, first: int = 1) -> Iterator[Batch]:
        """Batch headers from `first` to the head of the chain."""
        return self.catalogue.batches(first)

    def _retried(self, number: int, use: Callable[[MessageRow], T]) -> T:
        row = self.catalogue.message(number)
        try:
            return use(row)
        except Damaged:
            # Compaction may have replaced the pack between the look-up and the read: look again, once.
            self.forget()
            return use(self.catalogue.message(number))

    def _pieces(self, row: MessageRow) -> Iterator[bytes]:
        entry = self.packs.entry(*row.content_place)
        if entry.kind != fmt.MESSAGE or entry.digest != row.sha256:
            raise Damaged(
                f"pack {row.content_place.pack}, record at {row.content_place.record}: another message stands there"
            )
        return rebuild(entry, self.part)

    def part(self, digest: str) -> bytes:
        """The bytes of a part, by its BLAKE3 in hex. Raises Damaged."""
        raw = bytes.fromhex(digest)
        place = self.catalogue.part(raw)
        if place is None:
            raise Damaged(f"the part {digest} is missing")
        entry = self.packs.entry(*place)
        if entry.digest != raw:
            raise Damaged(f"pack {place.pack}, record at {place.record}: another part stands there")
        return entry.body

    def _proof(self, row: MessageRow) -> Proof:
        place = row.entry_place
        number, pack, first, last = self.catalogue.batch_of(place)
        tree, indexes = self._tree(pack, first, last)
        batch = next(self.batches(number), None)
        if place not in indexes or batch is None or batch.number != number:
            raise Damaged(f"batch {number} in pack {pack} does not hold its message {row.number}")
        entry = self.packs.entry(*place)
        index = indexes[place]
        return Proof(self.uuid, batch, index, entry.digest, entry.meta, tuple(tree.path(index)))

    def _tree(self, pack: int, first: int, last: int) -> tuple[Tree, dict[Place, int]]:
        """The Merkle tree of a batch, and which leaf each entry is. The last is kept: exports go batch by batch."""
        key = (pack, first, last)
        kept = self._last_tree
        if kept is None or kept[0] != key:
            leaves: list[bytes] = []
            indexes: dict[Place, int] = {}
            for place, entry in self.batch_entries(pack, first, last):
                leaf = entry.leaf()
                if leaf is not None:
                    indexes[place] = len(leaves)
                    leaves.append(leaf)
            kept = self._last_tree = (key, (Tree(leaves), indexes))
        return kept[1]

    def batch_entries(self, pack: int, first: int, last: int) -> Iterator[tuple[Place, fmt.Entry]]:
        """All entries of the batch whose records begin at `first` and end before its commit record at `last`."""
        for record in walk(pack_path(self.packs.directory, pack), self.packs.codec, start=first):
            if record.offset >= last:
                return
            if record.problem:
                raise Damaged(f"pack {pack}, record at {record.offset}: {record.problem}")
            if record.kind == fmt.BLOCK and record.plain is not None:
                for entry in fmt.entries(record.plain):
                    yield Place(pack, record.offset, entry.at), entry


def rebuild(entry: fmt.Entry, part: Callable[[str], bytes]) -> Iterator[bytes]:
    """The message of an entry, in pieces. Raises Damaged at the end when its SHA-256 is not that of the entry."""
    hasher = hashlib.sha256()
    try:
        recipe = decode_message(entry.meta).p
        for piece in [entry.body] if recipe is None else play(recipe, entry.body, part):
            hasher.update(piece)
            yield piece
    except (ValueError, msgspec.MsgspecError) as error:
        raise Damaged(f"the recipe of a message is damaged: {error}") from error
    if hasher.digest() != entry.digest:
        raise Damaged("a message does not have its SHA-256 any more")


def read_identity(directory: Path) -> UUID:
    """UUID of the store in a folder. Raises NotFound when there is none, Damaged when it is not ours to read."""
    try:
        identity = json.loads((directory / "STORE").read_text())
        if identity["format"] != fmt.FORMAT:
            raise Damaged(f"the store has format {identity['format']}; this version reads {fmt.FORMAT}")
        return UUID(identity["uuid"])
    except FileNotFoundError as error:
        raise NotFound("store in the folder", str(directory)) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Damaged("the file STORE cannot be read") from error
