"""A worker process: takes batches of references, gives messages as words. Started by `pool`, never by hand.

It may be killed at any moment and trusts nothing it parses. What it does against itself before the first message:
a limit on its memory (private pages: maps of large messages do not count), no core dumps, low priority, no new
privileges; no network, no other programs and no signals to others where the kernel allows. For each message the
kernel's timer is set with its default action, which ends the process even when a library never returns. References
come pickled from the parent; answers go back as MessagePack, so that a worker taken over by hostile mail cannot make
the parent run anything.
"""

from __future__ import annotations

import contextlib
import mmap
import pickle
import signal
import struct
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from multiprocessing.connection import Connection
from typing import Any, Final

import msgspec

from postroom import confinement
from postroom.archive.body import Body
from postroom.archive.extract import message
from postroom.archive.extract.model import Extracted, Limits, TextCache

MARK: Final = struct.Struct("<q")
"""The shared memory: index of the message in work within its batch, or one of the two below."""
STARTING: Final = -2
IDLE: Final = -1
FLUSH_COUNT: Final = 64
FLUSH_S: Final = 0.5
CALM_S: Final = 5.0


class Care(Enum):
    """What is left out: nothing; the attachments' text; structure too, so that no parser sees the message."""

    NONE = auto()
    CALM = auto()
    BARE = auto()


Load = Callable[[Sequence[Any]], Iterable[Body]]
"""Turns references into messages, in order; a picklable function that runs in the worker."""


@dataclass(frozen=True, slots=True)
class Start:
    """The first thing a worker is sent."""

    load: Load
    limits: Limits
    cache: TextCache | None
    idle_s: float


@dataclass(frozen=True, slots=True)
class Request:
    """A batch, and what of it may be tried: less for a message that ended a worker before."""

    references: Sequence[Any]
    care: Care = Care.NONE


class Answer(msgspec.Struct, array_like=True):
    """The next results of a batch.

    `unread` ends the batch early: the message after the results could not be loaded, or the temporary disk is full;
    whether that may pass, and why.
    """

    results: list[Extracted]
    texts: list[tuple[bytes, str]]
    unread: tuple[bool, str] | None = None


class _Recorder:
    """The cache as a worker sees it: it reads, and what it would put goes to the parent."""

    def __init__(self, cache: TextCache) -> None:
        self._cache = cache
        self.texts: list[tuple[bytes, str]] = []

    def get(self, digest: bytes) -> str | None:
        return self._cache.get(digest)

    def put(self, digest: bytes, text: str) -> None:
        self.texts.append((digest, text))


class _Worker:
    def __init__(self, connection: Connection, mark: mmap.mmap, start: Start) -> None:
        self._connection, self._mark, self._start = connection, mark, start
        self._cache = _Recorder(start.cache) if start.cache is not None else None
        self._results: list[Extracted] = []
        self._flushed = time.monotonic()

    def run(self) -> None:
        """Serves until the parent goes or nothing comes for `idle_s`."""
        with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
            while self._connection.poll(self._start.idle_s):
                self._batch(pickle.loads(self._connection.recv_bytes()))  # noqa: S301 - from the parent

    def _batch(self, request: Request) -> None:
        limits = self._start.limits
        if request.care is not Care.NONE:
            limits = replace(
                limits,
                read_attachments=False,
                read_structure=request.care is Care.CALM,
                time_s=min(limits.time_s, CALM_S),
            )
        self._flushed = time.monotonic()
        bodies: Iterator[Body] | None = None
        for number in range(len(request.references)):
            MARK.pack_into(self._mark, 0, number)
            signal.setitimer(signal.ITIMER_REAL, limits.time_s)
            try:
                bodies = bodies if bodies is not None else iter(self._start.load(request.references))
                self._results.append(message.extract(next(bodies), limits, self._cache))
            except Exception as error:  # noqa: BLE001 - told to the parent, who knows what to do about it
                self._flush((getattr(error, "retryable", False), str(error) or type(error).__name__))
                break
            signal.setitimer(signal.ITIMER_REAL, 0)
            if len(self._results) >= FLUSH_COUNT or time.monotonic() - self._flushed > FLUSH_S:
                self._flush()
        signal.setitimer(signal.ITIMER_REAL, 0)
        MARK.pack_into(self._mark, 0, IDLE)
        self._flush()

    def _flush(self, unread: tuple[bool, str] | None = None) -> None:
        if not self._results and unread is None:
            return
        texts = self._cache.texts if self._cache is not None else []
        self._connection.send_bytes(msgspec.msgpack.encode(Answer(self._results, texts, unread)))
        self._results.clear()
        texts.clear()
        self._flushed = time.monotonic()


def main() -> None:
    """Entry of the process; arguments are the descriptors of the connection and of the shared mark."""
    connection = Connection(int(sys.argv[1]))
    mark = mmap.mmap(int(sys.argv[2]), MARK.size)
    start: Start = pickle.loads(connection.recv_bytes())  # noqa: S301 - from the parent
    confine(start.limits)
    worker = _Worker(connection, mark, start)
    confinement.silence()
    MARK.pack_into(mark, 0, IDLE)
    worker.run()


def confine(limits: Limits) -> None:
    """Gives up what is not needed for reading messages."""
    # A large message is itself a file first.
    confinement.confine(limits.memory_bytes, max(limits.message_bytes, limits.attachment_bytes * 2))
