"""A process with one workbook, as the server sees it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from multiprocessing.connection import Pipe
from typing import Final

import msgspec

from postroom.confinement import KEPT_ENVIRONMENT
from postroom.errors import Unavailable
from postroom.workspace.workbook.errors import InvalidArgument, TooMuch
from postroom.workspace.workloads.workbooks.wire import Order, Outcome, Start, encoded

_COMMAND: Final = "from postroom.workspace.workloads.workbooks.worker import main; main()"
START_S: Final = 60.0
_LAST_S: Final = 5.0
"""How long a process that has closed its end may take to be gone."""
_OUTCOMES: Final = msgspec.msgpack.Decoder(Outcome)


class Ended(Exception):
    """The process is gone: for want of work, or of what it was asked. Nothing was kept of that."""


class Process:
    """Raises Unavailable when it does not start."""

    def __init__(self, start: Start, limit_s: float) -> None:
        self._wire, theirs = Pipe()
        self._limit_s, self._fresh = limit_s, True
        with ExitStack() as stack:
            stack.enter_context(theirs)
            self._words = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
            self._process = subprocess.Popen(
                (sys.executable, "-c", _COMMAND, str(theirs.fileno())),
                stdin=subprocess.DEVNULL,
                stdout=self._words,
                stderr=self._words,
                pass_fds=(theirs.fileno(),),
                env={name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
                | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        self._wire.send_bytes(encoded(start))

    def ask(self, order: Order) -> Outcome:
        """Raises Ended, TooMuch when it takes too long; then it is gone. InvalidArgument for what cannot be sent."""
        try:
            content = encoded(order)
        except (OverflowError, RecursionError) as error:
            raise InvalidArgument("A value is beyond what can be computed with.") from error
        try:
            self._wire.send_bytes(content)
        except OSError as error:
            self.close()
            raise Ended from error
        return self._outcome()

    def _outcome(self) -> Outcome:
        try:
            if not self._wire.poll(self._limit_s + (START_S if self._fresh else 0.0)):
                self.close()
                raise TooMuch(f"The workbook needs more than {self._limit_s:g} seconds for this.")
            outcome = _OUTCOMES.decode(self._wire.recv_bytes())
        except (EOFError, OSError) as error:
            raise self._death() from error
        except msgspec.MsgspecError as error:
            self.close()
            raise Unavailable("The process of the workbook gave no sense.") from error
        self._fresh = False
        return outcome

    def _death(self) -> Exception:
        try:
            self._process.wait(_LAST_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._words.seek(0)
        last = self._words.read()[-2000:].decode(errors="replace")
        fresh, code = self._fresh, self.close()
        if fresh and code > 0:
            return Unavailable(f"The process of a workbook did not start: {last}")
        return Ended()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def close(self) -> int:
        """Ends it at once; its exit code."""
        self._wire.close()
        self._process.kill()
        self._words.close()
        return self._process.wait()
