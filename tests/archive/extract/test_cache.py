"""The file that keeps the text of expensive attachments."""

from __future__ import annotations

import pickle
import random
import sqlite3
from pathlib import Path

import pytest
from tests.archive.extract import makers
from tests.archive.extract.makers import attached, mail

from postroom.archive.extract import Limits, TextDb, extract

DIGEST = bytes(range(32))


def test_a_text_is_found_again_after_closing(tmp_path: Path) -> None:
    cache = TextDb(tmp_path / "text.db")
    cache.put(DIGEST, "Grüße \ud800 " * 1000)
    cache.close()
    cache = TextDb(tmp_path / "text.db")
    assert cache.get(DIGEST) == "Grüße ? " * 1000
    assert cache.get(bytes(32)) is None
    cache.close()


def test_a_copy_in_a_worker_reads_and_cannot_write(tmp_path: Path) -> None:
    cache = TextDb(tmp_path / "text.db")
    cache.put(DIGEST, "words")
    copy: TextDb = pickle.loads(pickle.dumps(cache))
    assert copy.get(DIGEST) == "words"
    with pytest.raises(sqlite3.OperationalError):
        copy.put(bytes(32), "x")
    copy.close()
    cache.close()


def test_texts_of_an_older_version_are_dropped(tmp_path: Path) -> None:
    cache = TextDb(tmp_path / "text.db")
    cache.put(DIGEST, "words")
    cache.close()
    with sqlite3.connect(tmp_path / "text.db") as db:
        db.execute("PRAGMA user_version = 0")
    db.close()
    cache = TextDb(tmp_path / "text.db")
    assert cache.get(DIGEST) is None
    cache.close()


def test_only_dear_and_faultless_texts_are_kept(tmp_path: Path) -> None:
    cache = TextDb(tmp_path / "text.db")
    cheap = attached("a.txt", b"cheap", "text/plain")
    broken = attached("b.pdf", b"%PDF-1.4 broken")
    dear = attached("c.docx", makers.docx("dear"))
    found = extract(mail(cheap, broken, dear), Limits(), cache).attachments
    assert [cache.get(a.digest) is not None for a in found] == [False, False, True]
    cache.close()


@pytest.mark.parametrize("when", ["closed", "open"])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, when: str) -> None:
    path = tmp_path / "text.db"
    cache = TextDb(path)
    for number in range(100):
        cache.put(number.to_bytes(32, "big"), str(number) * 200)
    cache.close()
    cache = TextDb(path)
    worker: TextDb = pickle.loads(pickle.dumps(cache))
    assert worker.get(bytes(32)) is not None
    if when == "closed":
        cache.close()
    path.write_bytes(b"no database " * 5000)
    if when == "closed":
        cache = TextDb(path)
    cache.put(DIGEST, "words")
    assert worker.get(DIGEST) is None
    cache.put(DIGEST, "words")
    assert cache.get(DIGEST) == "words"
    worker.close()
    cache.close()


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    cache = TextDb(tmp_path / "text.db")
    cache.put(DIGEST, "words")
    cache._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        cache.put(bytes(32), random.Random(1).randbytes(100_000).hex())
    assert cache.get(DIGEST) == "words"
    cache.close()
