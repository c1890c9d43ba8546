"""The process of one open workbook. Started by `process`, never by hand; it may be killed at any moment."""

from __future__ import annotations

import contextlib
import signal
import sys
import traceback
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import msgspec

from postroom.confinement import confine, silence
from postroom.workspace.workbook.book import Book, Bounds
from postroom.workspace.workbook.errors import InvalidArgument, TooMuch, WorkbookError
from postroom.workspace.workbook.graph.steps import Request
from postroom.workspace.workbook.graph.walking import Walk
from postroom.workspace.workbook.package import Limits
from postroom.workspace.workloads.workbooks.wire import Order, Outcome, Start, encoded, packed, told

_FILE: Final = 4
"""A saved file is at most so many times as large as what may be unpacked."""


class Worker:
    def __init__(self, connection: Connection, start: Start) -> None:
        self._connection, self._start = connection, start
        self._limits = Limits(start.unpacked_bytes, start.cells)
        self._bounds = Bounds(start.range_cells, start.cells, start.calculate_s)
        self._book: Book | None = None

    def run(self) -> None:
        """Serves until the server goes or nothing comes for a while."""
        orders = msgspec.msgpack.Decoder(Order)
        with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
            while self._connection.poll(self._start.idle_s):
                outcome = self._obey(orders.decode(self._connection.recv_bytes()))
                self._connection.send_bytes(encoded(outcome))

    def _obey(self, order: Order) -> Outcome:
        try:
            if order.path:
                self._book = None
                self._book = Book.open(Path(order.path), self._limits, self._bounds)
            return Outcome() if order.request is None else self._answer(order.request, order.target)
        except WorkbookError as error:
            return self._failed(error)
        except MemoryError:
            return self._failed(TooMuch("The workbook needs too much memory."))
        except (OverflowError, RecursionError):
            return self._failed(InvalidArgument("A value is beyond what can be computed with."))
        except Exception:  # noqa: BLE001 - told to the server, whose log has it
            return Outcome(broken=traceback.format_exc(), spoiled=True)

    def _answer(self, request: Request, target: str) -> Outcome:
        book = self._book
        if book is None:
            raise WorkbookError("The workbook is not open.")
        answer = Walk(book, request).answer()
        # As JSON before it is saved: what cannot be told must not be kept.
        values = packed(answer)
        saved = book.is_changed_at_all and bool(target)
        if saved:
            book.save(Path(target))
        return Outcome(replace(answer, value=None), values, saved)

    def _failed(self, error: WorkbookError) -> Outcome:
        spoiled = self._book is None or self._book.is_changed_at_all
        return Outcome(error=told(error), spoiled=spoiled)


def main() -> None:
    """Entry of the process; the argument is the descriptor of the connection."""
    connection = Connection(int(sys.argv[1]))
    start = msgspec.msgpack.decode(connection.recv_bytes(), type=Start)
    confine(start.memory_bytes, start.unpacked_bytes * _FILE)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    silence()
    Worker(connection, start).run()
