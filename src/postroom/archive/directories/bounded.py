"""Asking somebody who may never answer: in a thread of its own, for a limited time, a few at once."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Generic, TypeVar

from postroom.errors import Unavailable

T = TypeVar("T")

LOOK_S: Final = 0.1


@dataclass(slots=True)
class _Asked(Generic[T]):
    done: threading.Event = field(default_factory=threading.Event)
    answer: list[T] = field(default_factory=list)
    error: list[BaseException] = field(default_factory=list)

    def told(self) -> T:
        """The answer, or what was raised in its place."""
        if self.error:
            raise self.error[0]
        return self.answer[0]


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
        asked = _begun(question, self._places.release)
        if not asked.done.wait(max(0.0, end - time.monotonic())):
            raise Unavailable(f"The directory does not answer within {self._timeout_s:g} seconds. Try again later.")
        return asked.told()


def patiently(question: Callable[[], T], stop: Callable[[], object], most_s: float) -> T:
    """The same for what takes long: `stop` is called while it waits, and may raise. Unavailable after `most_s`."""
    end = time.monotonic() + most_s
    asked = _begun(question, lambda: None)
    while not asked.done.wait(LOOK_S):
        stop()
        if time.monotonic() > end:
            raise Unavailable(f"The directory has not told all after {most_s / 60:g} minutes. Try again later.")
    return asked.told()


def _begun(question: Callable[[], T], ended: Callable[[], object]) -> _Asked[T]:
    asked: _Asked[T] = _Asked()
    work: Callable[[], object] = partial(contextvars.copy_context().run, _answer, question, asked, ended)
    try:
        threading.Thread(target=work, name="directory", daemon=True).start()
    except RuntimeError as error:  # no thread is to be had
        ended()
        raise Unavailable("This server is too busy to ask the directory. Try again later.") from error
    return asked


def _answer(question: Callable[[], T], asked: _Asked[T], ended: Callable[[], object]) -> None:
    try:
        asked.answer.append(question())
    except BaseException as error:  # noqa: BLE001 - raised again where it was asked
        asked.error.append(error)
    finally:
        ended()
        asked.done.set()
