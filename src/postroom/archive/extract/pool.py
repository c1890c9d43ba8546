"""Extraction in worker processes that may hang, crash or eat memory without harm to anything else.

A thread per worker talks to it, so that workers are busy whatever the caller does between results. A worker that dies
or falls silent has told, in a few bytes of shared memory, which message it was at. The messages before that one are
asked for again; that one gets a fresh worker to itself, then one that reads no attachments, then one that reads it as
plain text, then none: what was left out is told in `Extracted.problems`, and everybody else goes on.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing.connection import Pipe
from typing import Final, Generic, Self, TypeVar

import msgspec

from postroom.archive.body import Body
from postroom.archive.extract.model import Extracted, Limits, TextCache
from postroom.archive.extract.worker import IDLE, MARK, STARTING, Answer, Care, Request, Start
from postroom.confinement import KEPT_ENVIRONMENT
from postroom.errors import Cancelled, Invalid, Unavailable

R = TypeVar("R")

GRACE_S: Final = 5.0
"""How long past a message's own limit a worker may be silent: the kernel's timer should have ended it by then."""
MAX_STRANGE_ENDS: Final = 5
START_S: Final = 60.0
IDLE_S: Final = 60.0
_LEFT_OUT: Final = {Care.CALM: "attachments", Care.BARE: "structure and attachments"}
_STOPPED: Final = "The extraction was stopped."
_COMMAND: Final = "from postroom.archive.extract.worker import main; main()"


class _Died(Exception):
    """A worker ended or was killed; `at` is the index of the message it was at, or IDLE."""

    def __init__(self, at: int, reason: str) -> None:
        self.at, self.reason = at, reason
        super().__init__(reason)


class _Process:
    """One worker process and the wire to it."""

    def __init__(self, start: Start) -> None:
        self._wire, theirs = Pipe()
        self._limit_s = start.limits.time_s + GRACE_S
        with contextlib.ExitStack() as stack:
            stack.enter_context(theirs)
            shared = stack.enter_context(tempfile.TemporaryFile())
            shared.write(MARK.pack(STARTING))
            shared.flush()
            self._mark = mmap.mmap(shared.fileno(), MARK.size)
            self._words = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
            self._process = subprocess.Popen(
                (sys.executable, "-c", _COMMAND, str(theirs.fileno()), str(shared.fileno())),
                stdin=subprocess.DEVNULL,
                stdout=self._words,
                stderr=self._words,
                pass_fds=(theirs.fileno(), shared.fileno()),
                env={name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
                | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        self._unsent: Start | None = start

    def ask(self, request: Request) -> Iterator[Answer]:
        """The answers to a batch, as they come. Raises _Died."""
        if self._unsent is not None:
            self._send(self._unsent)
            self._unsent = None
        self._send(request)
        missing = len(request.references)
        while missing > 0:
            answer = self._receive()
            missing -= len(answer.results)
            yield answer
            if answer.unread is not None:
                return

    def _send(self, value: object) -> None:
        try:
            self._wire.send_bytes(pickle.dumps(value))
        except OSError as error:
            raise self._death("worker ended") from error

    def _receive(self) -> Answer:
        try:
            starting = self._at() == STARTING
            if not self._wire.poll(START_S + self._limit_s if starting else self._limit_s):
                raise self._death("time limit", patience_s=0)
            return msgspec.msgpack.decode(self._wire.recv_bytes(), type=Answer)
        except (EOFError, OSError) as error:
            raise self._death("worker ended") from error
        except msgspec.MsgspecError as error:
            raise self._death("worker gave no sense") from error

    def _at(self) -> int:
        return int(MARK.unpack_from(self._mark)[0])

    def _death(self, reason: str, patience_s: float = 5.0) -> _Died:
        """Ends the process for good and says where it was. Raises Unavailable when it never came up."""
        code = self.end(patience_s)
        if code == -signal.SIGALRM:
            reason = "time limit"
        elif code < 0 and code != -signal.SIGKILL:
            reason = f"crash ({signal.Signals(-code).name})"
        if self._at() == STARTING:
            self._words.seek(0)
            last = self._words.read()[-2000:].decode(errors="replace")
            raise Unavailable(f"An extraction worker did not start: {last}")
        return _Died(self._at(), reason)

    def kill(self) -> None:
        """Kills the process while another thread waits for its answer; that thread cleans up."""
        self._process.kill()

    def end(self, patience_s: float = 0.0) -> int:
        """Kills the process unless it ends by itself in time; its exit code."""
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._wire.close()
        return self._process.wait()

    def close(self) -> None:
        """Ends the process and gives everything back."""
        self.end()
        self._mark.close()
        self._words.close()


class ExtractPool(Generic[R]):
    """`workers` processes that load and extract messages; each starts when first needed and ends when idle.

    `load` turns references into messages and runs in the worker, so it must be picklable: a function of a module, or
    an instance of one of its classes. Calls may come from any thread. After `close` nothing is left running.
    """

    def __init__(
        self,
        load: Callable[[Sequence[R]], Iterable[Body]],
        *,
        workers: int,
        limits: Limits,
        cache: TextCache | None = None,
        idle_s: float = IDLE_S,
    ) -> None:
        if workers < 1:
            raise Invalid("workers", "at least 1")
        self._start = Start(load, limits, cache, idle_s)
        self._cache = cache
        self._window = 2 * workers
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="extract")
        self._lock = threading.Lock()
        self._idle: list[_Process] = []
        self._busy: set[_Process] = set()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def map(self, batches: Iterable[Sequence[R]]) -> Iterator[list[Extracted]]:
        """For each batch its messages as words, in order; two batches per worker are taken ahead.

        A message that cannot be extracted or loaded says so in its `problems`. Raises Unavailable when a worker
        does not start or `load` fails with an error that may pass; Cancelled when the pool is closed meanwhile.
        """
        pending: deque[Future[list[Extracted]]] = deque()
        try:
            for batch in batches:
                pending.append(self._submit(list(batch)))
                if len(pending) >= self._window:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        except CancelledError as error:
            raise Cancelled(_STOPPED) from error
        finally:
            for future in pending:
                future.cancel()

    def _submit(self, batch: list[R]) -> Future[list[Extracted]]:
        with self._lock:  # or close() might come between the question and the submission
            if self._closed:
                raise Cancelled(_STOPPED)
            return self._threads.submit(self._batch, batch)

    def close(self) -> None:
        """Ends all workers at once, busy or not."""
        with self._lock:
            self._closed = True
            idle, busy = self._idle, list(self._busy)
            self._idle = []
        for process in busy:
            process.kill()
        for process in idle:
            process.close()
        self._threads.shutdown(cancel_futures=True)

    def _batch(self, references: list[R]) -> list[Extracted]:
        results: list[Extracted] = []
        strange = 0
        while len(results) < len(references):
            start = len(results)
            try:
                self._ask(Request(references[start:]), results)
            except _Died as died:
                if died.at == IDLE:  # it ended for want of work just as some came, or somebody killed it
                    strange += 1
                    if strange > MAX_STRANGE_ENDS:
                        raise Unavailable(f"Extraction workers end before they begin: {died.reason}.") from died
                    continue
                culprit = max(start + died.at, len(results))
                results += self._batch(references[len(results) : culprit])
                results += [self._alone(reference, died.reason) for reference in references[culprit : culprit + 1]]
        return results

    def _alone(self, reference: R, reason: str) -> Extracted:
        """What can be had of the message that ended a worker; after a crash another may be to blame: once more."""
        for care in (Care.CALM, Care.BARE) if reason == "time limit" else Care:
            results: list[Extracted] = []
            try:
                self._ask(Request([reference], care), results)
            except _Died as died:
                reason = reason if died.at == IDLE else died.reason
                continue
            note = (f"{_LEFT_OUT[care]} not read: {reason}",) if care in _LEFT_OUT else ()
            return replace(results[0], problems=(*results[0].problems, *note))
        return Extracted(problems=(f"extraction failed: {reason}",))

    def _ask(self, request: Request, results: list[Extracted]) -> None:
        """Adds the results of a batch as they come: all of them, or up to one that could not be loaded, or _Died."""
        process = self._take()
        try:
            for answer in process.ask(request):
                results += answer.results
                self._keep(answer.texts)
                if answer.unread is not None:
                    results.append(_unread(*answer.unread))
        except BaseException as error:
            self._forget(process)
            if self._closed and isinstance(error, (_Died, Unavailable)):
                raise Cancelled(_STOPPED) from error
            raise
        self._give_back(process)

    def _keep(self, texts: Iterable[tuple[bytes, str]]) -> None:
        if self._cache is not None:
            for digest, text in texts:
                self._cache.put(digest, text)

    def _take(self) -> _Process:
        with self._lock:
            if self._closed:
                raise Cancelled(_STOPPED)
            process = self._idle.pop() if self._idle else _Process(self._start)
            self._busy.add(process)
            return process

    def _give_back(self, process: _Process) -> None:
        with self._lock:
            self._busy.discard(process)
            if not self._closed:
                self._idle.append(process)
                return
        process.close()

    def _forget(self, process: _Process) -> None:
        with self._lock:
            self._busy.discard(process)
        process.close()


def _unread(may_pass: bool, reason: str) -> Extracted:
    """A message that could not be loaded: one for now ends the call, one for good is told and passed over."""
    if may_pass:
        raise Unavailable(reason)
    return Extracted(problems=(f"could not be read: {reason}",))
