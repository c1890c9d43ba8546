"""The ledger of a store computed anew from what was read of its packs."""

from __future__ import annotations

from collections.abc import Iterator

from postroom.archive.storage import ledger
from postroom.archive.storage.format import leaf_of
from postroom.archive.storage.replay import Fault
from postroom.archive.verify.beside import Applied, Unclean


class ChainCheck:
    """Takes all batches in order; `faults` says which is not what the ledger committed to."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._chain = ledger.GENESIS
        self._batch = 0

    def take(self, told: Applied) -> None:
        """The next batch: its leaves, root, number and chain value."""
        commit = told.commit
        leaves = [leaf for kind, digest, meta, *_ in told.entries if (leaf := leaf_of(kind, digest, meta)) is not None]
        try:
            claimed = bytes.fromhex(commit.chain)
            expected = ledger.chain(self._chain, ledger.root(leaves), commit.batch, commit.t, len(leaves))
        except (ValueError, OverflowError):
            self._fault(told, "the commit record cannot be read")
            return
        if commit.batch != self._batch + 1:
            self._fault(told, f"batch {commit.batch} follows batch {self._batch}")
        elif expected != claimed:
            self._fault(told, f"batch {commit.batch} is not what the ledger committed to")
        self._batch, self._chain = commit.batch, claimed

    def watch(self, feed: Iterator[Applied]) -> Iterator[Applied]:
        """Take what is fed on its way to another check. Raises Unclean at its end when a batch was not right."""
        for told in feed:
            self.take(told)
            yield told
        if self.faults:
            raise Unclean

    def _fault(self, told: Applied, text: str) -> None:
        self.faults.append(Fault(told.pack, told.last, text))
