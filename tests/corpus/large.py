"""A child process: one large message into a store and out again. Prints the growth of its peak memory in bytes."""

from __future__ import annotations

import base64
import hashlib
import mmap
import random
import resource
import sys
from pathlib import Path

from postroom.archive.storage.store import Store, create_store
from postroom.archive.storage.writer import Incoming


def write(path: Path, size: int, kind: str) -> bytes:
    """A message of about `size` bytes, its SHA-256."""
    digest = hashlib.sha256()
    chance = random.Random(size)
    with path.open("wb") as file:

        def put(data: bytes) -> None:
            file.write(data)
            digest.update(data)

        put(b"Subject: large\nContent-Type: multipart/mixed; boundary=xyz\n\n--xyz\n")
        put(b"Content-Transfer-Encoding: base64\n\n" if kind == "base64" else b"Content-Transfer-Encoding: 8bit\n\n")
        while file.tell() < size:
            data = chance.randbytes(57 * 16_384)
            put(base64.encodebytes(data) if kind == "base64" else data.replace(b"\n--xyz", b""))
        put(b"\n--xyz--\n")
    return digest.digest()


def main(directory: Path, size: int, kind: str) -> int:
    expected = write(directory / "message", size, kind)
    create_store(directory / "store")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Store(directory / "store") as store:
        with (directory / "message").open("rb") as file:
            body = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        (receipt,) = store.add([Incoming("anna", "", "s", "1", body)])
        digest = hashlib.sha256()
        for piece in store.reader.chunks(receipt.message):
            digest.update(piece)
        assert digest.digest() == expected
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
