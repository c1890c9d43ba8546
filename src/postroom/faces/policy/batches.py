"""The threads that ask the checks. Requests that wait while a thread is busy are decided together, in one commit."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from postroom.accounts.enforce.request import Request
from postroom.errors import Unavailable

WAIT_MOST_S: Final = 10.0
"""A request that waited longer is not decided any more: Postfix gives up after 100 s, and those behind it wait too."""

Outcome = str | Exception


class Checks(Protocol):
    """What decides. `threads` may ask at once, each about `together` requests at most."""

    @property
    def threads(self) -> int: ...

    @property
    def together(self) -> int: ...

    def answer(self, requests: Sequence[Request]) -> Sequence[Outcome]:
        """An action for each request, or why it could not be decided; in their order."""

    def tend(self) -> None:
        """Called now and then while requests come, in a thread of its own."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request and who waits for its outcome."""

    request: Request
    tell: Callable[[Outcome], None]
    since: float


class Batches:
    """`deliver` is called in one of the threads with what was decided together."""

    def __init__(
        self,
        checks: Checks,
        deliver: Callable[[Sequence[tuple[Waiting, Outcome]]], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._checks, self._deliver, self._monotonic = checks, deliver, monotonic
        self._waiting: deque[Waiting] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._threads = [threading.Thread(target=self._run, name=f"policy-{n}") for n in range(checks.threads)]
        for thread in self._threads:
            thread.start()

    def __len__(self) -> int:
        """How many requests wait."""
        return len(self._waiting)

    def submit(self, request: Request, tell: Callable[[Outcome], None]) -> None:
        """Queue a request; does not wait."""
        with self._changed:
            self._waiting.append(Waiting(request, tell, self._monotonic()))
            self._changed.notify()

    def close(self) -> None:
        """Decide what waits, then end the threads."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while batch := self._take():
            self._deliver(list(zip(batch, self._outcomes(batch), strict=True)))

    def _take(self) -> list[Waiting]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), self._checks.together))]

    def _outcomes(self, batch: Sequence[Waiting]) -> Sequence[Outcome]:
        late = self._monotonic() - WAIT_MOST_S
        fresh = [one.request for one in batch if one.since >= late]
        decided = iter(self._decide(fresh) if fresh else ())
        return [next(decided) if one.since >= late else _too_late() for one in batch]

    def _decide(self, requests: Sequence[Request]) -> Sequence[Outcome]:
        try:
            outcomes = self._checks.answer(requests)
        except Exception as error:  # noqa: BLE001 - told to whoever waits; a thread that ends would stop all mail
            return [error] * len(requests)
        return outcomes


def _too_late() -> Unavailable:
    return Unavailable(f"The request waited {WAIT_MOST_S:.0f} seconds for the database.")
