"""Applies what the packs hold and the catalogue does not: after a crash, or from nothing (docs/format.md §5, §6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from postroom.archive.storage import format as fmt
from postroom.archive.storage import ledger, packs
from postroom.archive.storage.apply import Applier, applying
from postroom.archive.storage.catalogue import Catalogue, Place
from postroom.archive.storage.entries import CommitRecord, decode_commit
from postroom.errors import Damaged

MAX_LEAVES: Final = 1 << 20
"""No writer makes a batch of so many; reading one would take the memory of whoever attaches such a store."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a pack that is not as it must be."""

    pack: int
    record: int
    text: str

    def __str__(self) -> str:
        return f"pack {self.pack}, record at {self.record}: {self.text}"


class _Unfinished(Exception):
    """The records ended without a commit record."""


def replay(
    catalogue: Catalogue,
    directory: Path,
    codec: packs.Codec,
    *,
    faults: list[Fault] | None = None,
    until: int | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Apply every batch after the catalogue's position.

    With `faults` None a damaged batch raises Damaged and nothing of it is applied (opening a store). Otherwise what
    can be read is applied and each fault is appended to the list (recovery). Batches after `until` are left alone.
    `progress` is told bytes done and in all.
    """
    at_pack, end = catalogue.position()
    numbers = packs.pack_numbers(directory)
    if at_pack and (not numbers or at_pack > numbers[-1]):
        raise Damaged(f"pack {at_pack} is missing")
    total = sum(packs.pack_path(directory, number).stat().st_size for number in numbers)
    for number in numbers:
        path = packs.pack_path(directory, number)
        if number < at_pack:
            continue
        start = end if number == at_pack else 0
        if start > path.stat().st_size or (start and start < fmt.FILE_HEADER_BYTES):
            raise Damaged(f"pack {number} ends before the position the catalogue has applied")
        walk = packs.walk(path, codec, start=start, resync=faults is not None)
        records = iter(_told(walk, total, progress))
        while until is None or catalogue.number("batch") < until:
            if not _apply_batch(catalogue, path, number, records, faults, is_last=number == numbers[-1]):
                break
    if catalogue.fact("kept") is None:
        _keep_tail(catalogue, directory, numbers)


def _keep_tail(catalogue: Catalogue, directory: Path, numbers: list[int]) -> None:
    """Remember in a new catalogue up to which pack nothing may be cut.

    A catalogue that was there when a batch was written tells a torn end from a damaged commit record; one made later
    from the packs cannot. The writer then goes on in a new pack.
    """
    last = numbers[-1] if numbers else 0
    path = packs.pack_path(directory, last)
    at_pack, end = catalogue.position()
    clean = not last or (at_pack == last and (path.stat().st_size == end or packs.is_sealed(path)))
    with applying(catalogue) as applier:
        applier.set_fact("kept", 0 if clean else last)


def check_files(catalogue: Catalogue, directory: Path, uuid: UUID) -> None:
    """Raises Damaged, with the pack, unless every pack with applied batches is there and is that of this store.

    The last commit record must be the one applied last: packs older than the catalogue take no more writes.
    """
    for (number,) in catalogue.rows("SELECT DISTINCT pack FROM batch ORDER BY pack"):
        path = packs.pack_path(directory, number)
        if not path.exists():
            raise Damaged(f"pack {number} is missing")
        header = packs.read_pack_header(path)
        if header.store != uuid or header.number != number:
            raise Damaged(f"pack {number}: the file belongs to another store or has another number")
    row = catalogue.one("SELECT pack, last, chain FROM batch ORDER BY number DESC LIMIT 1")
    if row:
        number, last, chain = row
        path = packs.pack_path(directory, number)
        inside = path.exists() and fmt.FILE_HEADER_BYTES <= last < path.stat().st_size
        record = next(packs.walk(path, packs.Codec(), start=last), None) if inside else None
        commit = _read_commit(record.plain or b"", number, last, []) if record else None
        if commit is None or commit.chain != chain.hex():
            raise Damaged(f"pack {number}, record at {last}: the commit record applied last does not stand there")


def _told(records: Iterator[packs.Record], total: int, progress: Callable[[int, int], None]) -> Iterator[packs.Record]:
    for record in records:
        progress(record.end, total)
        yield record


def _apply_batch(
    catalogue: Catalogue,
    path: Path,
    number: int,
    records: Iterator[packs.Record],
    faults: list[Fault] | None,
    *,
    is_last: bool,
) -> bool:
    """Apply the records up to the next commit record; False when there is none any more."""
    problems: list[Fault] = []
    try:
        with applying(catalogue) as applier:
            _read_batch(applier, number, records, problems, strict=faults is None)
    except _Unfinished:
        if faults is None and problems and not _is_torn(catalogue, path, problems[0], is_last=is_last):
            raise Damaged(str(problems[0])) from None
        return False
    except Damaged as error:
        if faults is None:
            if problems and _is_torn(catalogue, path, problems[0], is_last=is_last):
                return False
            raise
        problems.append(Fault(number, 0, f"a batch was left out: {error}"))
    finally:
        if faults is not None:
            faults += problems
    return True


def _read_batch(
    applier: Applier, number: int, records: Iterator[packs.Record], problems: list[Fault], *, strict: bool
) -> None:
    leaves: list[bytes] = []
    for record in records:
        if record.problem:
            problems.append(Fault(number, record.offset, record.problem))
        elif record.kind == fmt.BLOCK and record.plain is not None:
            _apply_block(applier, number, record, leaves, problems)
            if len(leaves) > MAX_LEAVES:
                raise Damaged(f"pack {number}, record at {record.offset}: a batch has more than {MAX_LEAVES} leaves")
        elif record.kind == fmt.COMMIT and record.plain is not None:
            commit = _read_commit(record.plain, number, record.offset, problems)
            if commit is not None:
                problems += _compare(applier, commit, leaves, number, record.offset)
                if problems and strict:
                    raise Damaged(str(problems[0]))
                applier.commit(commit, number, record.offset, record.end)
                return
    raise _Unfinished


def _apply_block(
    applier: Applier, number: int, record: packs.Record, leaves: list[bytes], problems: list[Fault]
) -> None:
    try:
        for entry in fmt.entries(record.plain or b""):
            leaf = entry.leaf()
            if leaf is not None:
                leaves.append(leaf)
            try:
                applier.entry(entry, Place(number, record.offset, entry.at))
            except Damaged as error:
                problems.append(Fault(number, record.offset, str(error)))
    except Damaged as error:
        problems.append(Fault(number, record.offset, str(error)))


def _read_commit(plain: bytes, number: int, offset: int, problems: list[Fault]) -> CommitRecord | None:
    try:
        return decode_commit(plain)
    except msgspec.MsgspecError:
        problems.append(Fault(number, offset, "the commit record cannot be read"))
        return None


def _compare(applier: Applier, commit: CommitRecord, leaves: list[bytes], number: int, offset: int) -> Iterator[Fault]:
    """What the commit record says against what was read before it."""
    root = ledger.root(leaves)
    if root.hex() != commit.root or len(leaves) != commit.leaves:
        yield Fault(number, offset, f"batch {commit.batch} is not what was committed: its Merkle root differs")
    if applier.head().hex() != commit.prev:
        yield Fault(number, offset, f"batch {commit.batch} does not follow the batch before it")
    chain = ledger.chain(bytes.fromhex(commit.prev), root, commit.batch, commit.t, commit.leaves)
    if chain.hex() != commit.chain:
        yield Fault(number, offset, f"the chain value of batch {commit.batch} is wrong")


def _is_torn(catalogue: Catalogue, path: Path, problem: Fault, *, is_last: bool) -> bool:
    """True when what is damaged was never acknowledged: no commit record follows, or only that of the last batch.

    A power cut may leave the last pages of a batch without the first. The catalogue holds every batch but the last
    then, unless it was made from the packs later.
    """
    commits = list(_commits(path, problem.record))
    if not commits:
        return True
    kept = None if catalogue.fact("kept") is None else catalogue.number("kept")
    if len(commits) > 1 or not is_last or kept is None or problem.pack <= kept:
        return False
    commit = _read_commit(commits[0].plain or b"", problem.pack, commits[0].offset, [])
    at_end = commits[0].end == path.stat().st_size
    return commit is not None and at_end and commit.batch == catalogue.number("batch") + 1


def has_commit(path: Path, offset: int) -> bool:
    """True when a valid commit record stands at or after `offset`: then what is before it is damage, not a torn end.

    A whole record that only a newer version can read counts as one.
    """
    return any(True for _ in _commits(path, offset))


def _commits(path: Path, offset: int) -> Iterator[packs.Record]:
    for record in packs.walk(path, packs.Codec(), start=offset, kinds=(fmt.COMMIT,), resync=True):
        if record.foreign or (record.kind == fmt.COMMIT and record.plain is not None):
            yield record
