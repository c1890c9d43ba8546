"""Bodies of any size."""

from __future__ import annotations

import hashlib
import mmap
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.body import Body, Spool, chunks, sha256, spool
from postroom.errors import NoSpace


@given(st.lists(st.binary(max_size=50), max_size=8), st.integers(1, 100), st.integers(1, 60))
def test_a_spooled_body_is_what_was_written(pieces: list[bytes], threshold: int, size: int) -> None:
    whole = b"".join(pieces)
    made = spool(pieces, threshold)
    assert isinstance(made, mmap.mmap) == (len(whole) > threshold)
    assert made[:] == whole
    assert b"".join(chunks(made, size)) == whole
    assert sha256(made) == hashlib.sha256(whole).digest()
    assert all(len(piece) == size for piece in list(chunks(made, size))[:-1])


def test_a_spool_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    made = spool([b"x" * 1000], 10)
    assert list(tmp_path.iterdir()) == []
    assert made[:] == b"x" * 1000


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Path("/dev/full").open("wb", 0))  # noqa: SIM115
    with pytest.raises(NoSpace):
        Spool(1).write(b"xx")


def test_a_large_body_costs_little_memory() -> None:
    piece = os.urandom(1 << 20)

    def pieces() -> Iterator[bytes]:
        for _ in range(200):
            yield piece

    process = psutil.Process()
    before = process.memory_info().rss
    made: Body = spool(pieces())
    digest, peak = hashlib.sha256(), 0
    for part in chunks(made):
        digest.update(part)
        peak = max(peak, process.memory_info().rss)
    assert digest.digest() == sha256(made)
    assert peak - before < 40 << 20
