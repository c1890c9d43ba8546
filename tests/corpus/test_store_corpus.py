"""The corpus through a store: every message to the byte, no fault, and the packs alone say the same."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from tests.corpus.archives import mails, needs_corpus
from tests.faults.test_flips import content

from postroom.archive.storage.store import Store, create_store
from postroom.archive.storage.writer import Incoming
from postroom.archive.stores import rebuild_catalogue
from postroom.archive.verify.verify import verify_store

pytestmark = [pytest.mark.corpus, needs_corpus]

Digests = dict[int, bytes]

ONE_IN = int(os.environ.get("CORPUS_ONE_IN", "4"))
"""Of so many ordinary mails one is taken, and all of the torture sets; `CORPUS_ONE_IN=1` takes all."""


def fill(store: Store, prefix: str = "") -> Digests:
    """Message number → SHA-256 of what went in."""
    digests: Digests = {}
    batch: list[Incoming] = []

    def commit() -> None:
        receipts = store.add(batch)
        digests.update((r.message, hashlib.sha256(i.body).digest()) for r, i in zip(receipts, batch, strict=True))
        batch.clear()

    for number, (name, body) in enumerate(mails(prefix)):
        if number % ONE_IN and not name.startswith("torture"):
            continue
        batch.append(Incoming("anna", name.split("/")[0], "corpus:", name, body))
        if len(batch) == 1_000:
            commit()
    commit()
    return digests


def differing(store: Store, digests: Digests) -> list[int]:
    return [number for number, digest in digests.items() if hashlib.sha256(store.open(number)).digest() != digest]


def test_the_corpus_comes_back_to_the_byte_and_its_catalogue_is_rebuilt_equal(tmp_path: Path) -> None:
    create_store(tmp_path / "store")
    with Store(tmp_path / "store") as store:
        digests = fill(store)
        assert len(digests) > 50_000 // ONE_IN
        assert differing(store, digests) == []
    assert [str(fault) for fault in verify_store(tmp_path / "store")] == []
    before = content(tmp_path / "store")
    assert rebuild_catalogue(tmp_path / "store") == []
    after = content(tmp_path / "store")
    assert [row for row in before if row[0] != "fact"] == [row for row in after if row[0] != "fact"]


def test_torture_sets_survive_deletion_of_every_second_message(tmp_path: Path) -> None:
    create_store(tmp_path / "store")
    with Store(tmp_path / "store", pack_bytes=1 << 20) as store:
        digests = fill(store, "torture")
        gone = sorted(digests)[::2]
        store.delete(gone, "admin", "asked for")
        assert store.compact().messages == len(gone)
        kept = {number: digest for number, digest in digests.items() if number not in set(gone)}
        assert differing(store, kept) == []
    assert [str(fault) for fault in verify_store(tmp_path / "store")] == []
