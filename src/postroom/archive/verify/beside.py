"""A check in a process beside this one, fed with what this one has read: a pack is decoded once for two checks."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from postroom.archive.storage.entries import CommitRecord
from postroom.archive.storage.replay import Fault
from postroom.errors import Unavailable

WAITING_MOST: Final = 64
"""Batches kept while the other process starts or lags behind; then this one waits for it."""


Told = tuple[int, bytes, bytes, int, int]
"""An entry without its body: kind, digest, meta; offset of its record, offset in the block."""


class Applied(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """A whole batch as it stands in pack `pack`: its commit record is at `last` and ends at `end`."""

    commit: CommitRecord
    pack: int
    last: int
    end: int
    entries: list[Told]


# A pickle of so many small things takes five times as long.
_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(tuple[list[Applied], bool | None]).decode


class Unclean(Exception):
    """What was fed is not to be used: something was wrong with the packs."""


Check = Callable[[Path, Path, Iterator[Applied]], list[Fault]]
"""Given the store's folder, a scratch folder and the batches in order; these end by Unclean when any is in doubt."""


class Beside:
    """Runs `check`, a function of a module, beside the `with` block."""

    def __init__(self, directory: Path, check: Check) -> None:
        context = multiprocessing.get_context("spawn")
        self._scratch = tempfile.TemporaryDirectory(prefix="postroom-verify-")
        self._pipe, theirs = context.Pipe()
        arguments = (directory, Path(self._scratch.name), theirs, check)
        self._process = context.Process(target=_main, args=arguments, daemon=True)
        self._waiting: list[Applied] = []
        try:
            self._process.start()
        finally:
            theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe.close()
        self._process.kill()  # it has told what it found, or nobody wants to know
        self._process.join()
        self._scratch.cleanup()

    def tell(self, batch: Applied) -> None:
        """Hand over the next batch. Raises Unavailable."""
        self._waiting.append(batch)
        # Sent only when asked for: the other one reads at once then, and this one does not wait in the middle.
        if len(self._waiting) >= WAITING_MOST or self._pipe.poll():
            with _ended():
                self._pipe.recv_bytes()
                self._send(None)

    def result(self, *, clean: bool) -> list[Fault]:
        """What the check found, when it is done; `clean` tells it that what was fed can be used. Raises Unavailable."""
        with _ended():
            self._pipe.recv_bytes()
            self._send(clean)
            return list(self._pipe.recv())

    def _send(self, clean: bool | None) -> None:
        self._pipe.send_bytes(_encode((self._waiting, clean)))
        self._waiting.clear()


@contextmanager
def _ended() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError) as error:
        raise Unavailable("The process that compares the catalogue with the packs was ended.") from error


def _main(directory: Path, scratch: Path, pipe: Connection, check: Check) -> None:
    feed = _fed(pipe)
    try:
        found = check(directory, scratch, feed)
        with suppress(Unclean):
            for _ in feed:  # all of it was sent before the answer is read
                pass
    except EOFError:
        return  # the other end was closed: nobody waits
    pipe.send(found)


def _fed(pipe: Connection) -> Iterator[Applied]:
    clean: bool | None = None
    while clean is None:
        pipe.send_bytes(b"more")
        batches, clean = _decode(pipe.recv_bytes())
        yield from batches
    if not clean:
        raise Unclean
