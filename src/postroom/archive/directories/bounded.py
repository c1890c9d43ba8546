"""Asking somebody who may never answer: in a thread of its own, for a limited time, a few at once."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from postroom.errors import Unavailable

T = TypeVar("T")


@dataclass(slots=True)
class _Asked(Generic[T]):
    done: threading.Event = field(default_factory=threading.Event)
    answer: list[T] = field(default_factory=list)
    error: list[BaseException] = field(default_factory=list)


class Bounded:
    """At most `most` questions at once, each of which ends for whoever asked after `timeout_s`.

    A socket's own limit starts anew with each byte, and looking up a name has none: only another thread can be left
    alone with what hangs. It keeps its place until it ends, so that a directory that hangs costs `most` threads.
    """

    def __init__(self, most: int, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._places = threading.BoundedSemaphore(most)

    def ask(self, question: Callable[[], T]) -> T:
        """What it returns or raises. Raises Unavailable when there is no answer in time."""
        end = time.monotonic() + self._timeout_s
        if not self._places.acquire(timeout=self._timeout_s):
            raise Unavailable("The directory does not answer: others wait for it already. Try again later.")
        asked: _Asked[T] = _Asked()
        context = contextvars.copy_context()
        work: Callable[[], object] = partial(context.run, self._answer, question, asked)
        try:
            threading.Thread(target=work, name="directory", daemon=True).start()
        except RuntimeError as error:  # no thread is to be had
            self._places.release()
            raise Unavailable("This server is too busy to ask the directory. Try again later.") from error
        if not asked.done.wait(max(0.0, end - time.monotonic())):
            raise Unavailable(f"The directory does not answer within {self._timeout_s:g} seconds. Try again later.")
        if asked.error:
            raise asked.error[0]
        return asked.answer[0]

    def _answer(self, question: Callable[[], T], asked: _Asked[T]) -> None:
        try:
            asked.answer.append(question())
        except BaseException as error:  # noqa: BLE001 - raised again where it was asked
            asked.error.append(error)
        finally:
            self._places.release()
            asked.done.set()
