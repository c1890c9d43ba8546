"""Reads a store back and compares: frames, hashes, rebuilt messages, ledger, packs ↔ catalogue.

Two checks run side by side: `check_packs` reads every byte and rebuilds every message; `check_catalogue`, in another
process, is fed with the entries the first has read, computes the ledger from them, applies them to an empty catalogue
and compares all tables with the one at hand. It reads the packs itself when anything was wrong with them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from blake3 import blake3

from postroom.archive.storage import format as fmt
from postroom.archive.storage import packs
from postroom.archive.storage.catalogue import READING_FAILS
from postroom.archive.storage.entries import decode_commit, decode_message
from postroom.archive.storage.ledger import GENESIS
from postroom.archive.storage.reader import StoreReader, rebuild
from postroom.archive.storage.replay import Fault
from postroom.archive.verify.beside import Applied, Beside, Told
from postroom.archive.verify.chain import ChainCheck
from postroom.archive.verify.comparison import check_catalogue
from postroom.errors import Damaged

__all__ = ["check_catalogue", "check_packs", "verify_store"]

Tell = Callable[[Applied], None]

Progress = Callable[[int, int], None]
"""Told messages verified and in all; may raise Cancelled."""

FAULTS_KEPT: Final = 10_000


def verify_store(directory: Path, progress: Progress = lambda _done, _total: None) -> list[Fault]:
    """All faults of a store, [] when there is none. The store may be open and in use, mail may arrive.

    Nobody may compact it meanwhile. Raises Unavailable when the process beside this one was ended.
    """
    with Beside(directory, check_catalogue) as other:
        faults = check_packs(directory, progress, other.tell)
        faults += other.result(clean=not faults)
    return faults[:FAULTS_KEPT]


# Packs


def check_packs(directory: Path, progress: Progress, tell: Tell | None = None) -> list[Fault]:
    """Every record up to the catalogue's position, every message rebuilt, the chain from its beginning.

    `tell` is given each batch after it was read, and whoever is told checks that the chain is made of the entries;
    without it that is checked here.
    """
    chain = ChainCheck()
    faults: list[Fault] = []
    try:
        reader = StoreReader(directory)
    except Damaged as error:
        return [Fault(0, 0, str(error))]
    try:
        # One state of the catalogue throughout: mail may arrive while the check runs.
        with reader.catalogue.snapshot():
            _check_packs(reader, faults, progress, tell or chain.take)
    except Damaged as error:
        faults.append(Fault(0, 0, str(error)))
    except READING_FAILS as error:
        faults.append(Fault(0, 0, f"catalog.db is damaged: {error}"))
    finally:
        reader.close()
    return faults + chain.faults


def _check_packs(reader: StoreReader, faults: list[Fault], progress: Progress, tell: Tell) -> None:
    checker = _PackChecker(reader, faults, progress, tell)
    present = packs.pack_numbers(reader.packs.directory)
    last, end = reader.catalogue.position()
    for number in range(1, last + 1):
        if number in present:
            checker.pack(number, end if number == last else None)
        else:
            faults.append(Fault(number, 0, "the pack file is missing"))
    if checker.head != reader.catalogue.head().hex():
        faults.append(Fault(last, 0, "the chain of the packs does not end where the catalogue's does"))


class _PackChecker:
    """State that runs through all packs: what the chain is said to be, the entries of the batch at hand, the count."""

    def __init__(self, reader: StoreReader, faults: list[Fault], progress: Progress, tell: Tell) -> None:
        self.reader, self.faults, self.progress, self.tell = reader, faults, progress, tell
        self.head = GENESIS.hex()
        self.entries: list[Told] = []
        self.done = 0
        row = reader.catalogue.one("SELECT count(*) FROM content")
        self.total = int(row[0]) if row else 0

    def pack(self, number: int, end: int | None) -> None:
        """One pack; `end` is where the applied part of the open pack ends."""
        path = packs.pack_path(self.reader.packs.directory, number)
        try:
            header = packs.read_pack_header(path)
            if header.store != self.reader.uuid or header.number != number:
                self.fault(number, 0, "the file belongs to another store or has another number")
        except Damaged as error:
            self.fault(number, 0, str(error))
        self._begin()
        for record in packs.walk(path, self.reader.packs.codec, resync=True):
            if end is not None and record.offset >= end:
                return
            if record.problem:
                self.fault(number, record.offset, record.problem + self._who(number, record.offset))
            elif record.kind == fmt.BLOCK and record.plain is not None:
                self._block(number, record)
            elif record.kind == fmt.COMMIT and record.plain is not None:
                self._commit(number, record)
                self._begin()
            elif record.kind == fmt.CONTENTS and packs.sealed_at(path) not in (None, record.offset):
                self.fault(number, path.stat().st_size - fmt.TRAILER_BYTES, "the trailer names another place")
        if end is not None and path.stat().st_size < end:
            self.fault(number, path.stat().st_size, f"the pack ends before its last commit at {end}")

    def fault(self, pack: int, record: int, text: str) -> None:
        self.faults.append(Fault(pack, record, text))

    def _who(self, number: int, offset: int) -> str:
        """The messages that stand in a record, for a reader who must know what was lost."""
        rows = list(
            self.reader.catalogue.rows(
                "SELECT id FROM content WHERE pack = ? AND record = ? ORDER BY id LIMIT 1000", (number, offset)
            )
        )
        return f"; messages {', '.join(str(row[0]) for row in rows)}" if rows else ""

    def _block(self, number: int, record: packs.Record) -> None:
        plain = record.plain or b""
        try:
            for entry in fmt.entries(plain):
                if entry.kind == fmt.PART:
                    # Messages that need it mostly follow soon: the block is not to be decoded again for each of them.
                    self.reader.packs.keep(number, record.offset, plain)
                self._entry(number, record.offset, entry)
        except Damaged as error:
            self.fault(number, record.offset, str(error))

    def _entry(self, number: int, offset: int, entry: fmt.Entry) -> None:
        self.entries.append((entry.kind, entry.digest, entry.meta, offset, entry.at))
        if entry.kind == fmt.MESSAGE:
            try:
                self._message(entry)
            except Damaged as error:
                self.fault(number, offset, f"{error}{self._who(number, offset)}")
            self.done += 1
            if self.done % 100 == 0 or self.done == self.total:
                self.progress(self.done, self.total)
        elif entry.kind == fmt.PART and blake3(entry.body).digest() != entry.digest:
            self.fault(number, offset, f"the part {entry.digest.hex()} has changed")

    def _message(self, entry: fmt.Entry) -> None:
        try:
            # Most have no recipe and need nothing but this.
            whole = decode_message(entry.meta).p is None and hashlib.sha256(entry.body).digest() == entry.digest
        except msgspec.MsgspecError:
            whole = False  # `rebuild` says why
        if not whole:
            for _ in rebuild(entry, self.reader.part):
                pass

    def _commit(self, number: int, record: packs.Record) -> None:
        try:
            commit = decode_commit(record.plain or b"")
        except msgspec.MsgspecError:
            self.fault(number, record.offset, "the commit record cannot be read")
            return
        self.head = commit.chain
        self.tell(Applied(commit, number, record.offset, record.end, self.entries))

    def _begin(self) -> None:
        """A batch begins."""
        self.entries = []
