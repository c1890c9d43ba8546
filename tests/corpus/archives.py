"""The mail corpus, as an unpacked folder or as its archives: `CORPUS=`, or `shared/corpus` beside the project."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")

needs_corpus = pytest.mark.skipif(
    not CORPUS.is_dir() or not any(CORPUS.iterdir()), reason=f"no corpus in {CORPUS}; set CORPUS="
)


def mails(prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file whose archive (or folder) begins with `prefix`. Nothing is written to disk."""
    packed = sorted(CORPUS.glob(f"{prefix}*.tar.xz"))
    for archive in packed:
        with tarfile.open(archive) as tar:
            for member in tar:
                if (file := tar.extractfile(member)) is not None:
                    yield member.name, file.read()
    if not packed:
        for path in sorted(CORPUS.glob(f"{prefix}*/**/*")):
            if path.is_file():
                yield str(path.relative_to(CORPUS)), path.read_bytes()
