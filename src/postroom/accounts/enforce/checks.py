"""The checks in their order, and the transactions in which they run.

A check either answers what Postfix shall do with a request or leaves it to the next check. It gets all requests of a
transaction, so that it can ask the database once for all. To add one, write a class with the shape of `Check` and put
it into the list of `enforcement`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from sqlalchemy.exc import SQLAlchemyError

from postroom.accounts.database.connect import Databases, Unit
from postroom.accounts.enforce.counters import forget_over
from postroom.accounts.enforce.directory import Directory, Remembering
from postroom.accounts.enforce.request import Request
from postroom.errors import PostroomError, Unavailable

logger = logging.getLogger(__name__)

DUNNO: Final = "DUNNO"
"""Postfix goes on to its next restriction."""
TRIES: Final = 2
"""A setting may go while it is being counted, and the database may end one of two that wait for each other."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a check works with: one transaction, and the time at its begin in whole seconds."""

    unit: Unit
    directory: Directory
    now: int


class Check(Protocol):
    """One rule. It may be asked again about the same request when its transaction was rolled back."""

    @property
    def states(self) -> frozenset[str]:
        """The protocol states in which it runs."""

    @property
    def writes(self) -> frozenset[str]:
        """Those of them in which it changes the database."""

    def answer(self, requests: Sequence[Request], moment: Moment) -> Sequence[str | None]:
        """For each request an action of access(5), which is final, or None, which leaves it to the next check."""


class Checks:
    """Asks the checks in their order; the first answer counts.

    A check that counts what was let pass must be the last one of its state.
    """

    def __init__(
        self,
        checks: Sequence[Check],
        databases: Databases,
        directory: Callable[[Unit], Directory],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._checks, self._databases, self._directory, self._clock = tuple(checks), databases, directory, clock
        self._states = frozenset[str]().union(*(check.states for check in checks))
        self._writes = frozenset[str]().union(*(check.writes for check in checks))

    @property
    def threads(self) -> int:
        """SQLite has one writer; servers have many."""
        return 1 if self._one_writer else 8

    @property
    def together(self) -> int:
        """Requests that share a transaction. A server commits those of several connections together by itself."""
        return 64 if self._one_writer else 1

    @property
    def _one_writer(self) -> bool:
        counters = self._databases.configured.get("iredapd")
        return counters is not None and counters.kind == "sqlite"

    def answer(self, requests: Sequence[Request]) -> list[str | Exception]:
        """What Postfix shall do with each, or why that could not be found out.

        All share one transaction. When that fails each has its own, so that one request cannot spoil another.
        """
        if len(requests) > 1:
            try:
                return list(self._together(requests))
            except Unavailable as error:
                return [error] * len(requests)
            except Exception as error:
                logger.debug("Requests are decided one by one.", exc_info=error)
        return [self._alone(request) for request in requests]

    def tend(self) -> None:
        """Asked now and then while there is work: what would delay an answer is done beside it."""
        self._databases.checkpoint()

    def forget(self) -> None:
        """To be called every hour or so: what was counted in windows that have ended."""
        forget_over(self._databases, int(self._clock()))

    def _alone(self, request: Request) -> str | Exception:
        for left in reversed(range(TRIES)):
            try:
                return self._together([request])[0]
            except (PostroomError, SQLAlchemyError) as error:
                if left == 0:
                    return error
            except Exception as error:  # noqa: BLE001 - told to whoever asked, who logs it and answers something safe
                return error
        raise AssertionError

    def _together(self, requests: Sequence[Request]) -> list[str]:
        states = {request.state for request in requests}
        if not states & self._states:
            return [DUNNO] * len(requests)
        with self._unit(writes=bool(states & self._writes)) as unit:
            moment = Moment(unit, Remembering(self._directory(unit)), int(self._clock()))
            return self._decide(requests, moment)

    def _unit(self, *, writes: bool) -> AbstractContextManager[Unit]:
        # Counters need not survive a loss of power, and waiting for the disk would delay every message.
        return self._databases.write(durable=False) if writes else self._databases.read()

    def _decide(self, requests: Sequence[Request], moment: Moment) -> list[str]:
        actions: dict[int, str] = {}
        for check in self._checks:
            left = [n for n, request in enumerate(requests) if n not in actions and request.state in check.states]
            answers = check.answer([requests[n] for n in left], moment) if left else ()
            actions |= {n: action for n, action in zip(left, answers, strict=True) if action is not None}
        return [actions.get(n, DUNNO) for n in range(len(requests))]
