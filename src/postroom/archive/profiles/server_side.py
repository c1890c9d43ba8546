"""The server runs profiles by itself: a pause after the last run, never in a maintenance window; and tells of those
that should have run and did not.

A moment that comes while no server runs, or within a window, is made up once, afterwards.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from postroom.archive.automation.calendar import from_ms, to_ms
from postroom.archive.automation.scheduler import DAY_MS
from postroom.archive.automation.ticker import LOOK_S, Ticker
from postroom.archive.automation.zones import LOCAL, zone_of
from postroom.archive.instance.audit import Actor
from postroom.archive.profiles.profiles import Profile, ProfileStore
from postroom.archive.profiles.running import CLIENT, Running
from postroom.archive.profiles.windows import open_again
from postroom.errors import PostroomError
from postroom.work import Process, Work

logger = logging.getLogger(__name__)


PATIENCE_S: Final = 30
"""Least time between two tries of one profile, unless its pause is shorter."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A profile that should have completed a run at `since_ms`, and did not."""

    id: int
    name: str
    since_ms: int


class ServerSide:
    """A server calls `attach`, `start`, `stop`. `overdue_s`: how late a run may be before it is an alarm."""

    def __init__(
        self, store: ProfileStore, running: Running, clock: Callable[[], int], results_days: int, overdue_s: int
    ) -> None:
        self._store, self._running, self._clock = store, running, clock
        self._results_days, self._overdue_s = results_days, overdue_s
        self._work: Work | None = None
        self._begun: dict[int, Process] = {}
        self._tried: dict[int, int] = {}
        self._lock = threading.Lock()
        self._ticker = Ticker(self._look, "profiles that are due")
        running.stopping = lambda: self._ticker.stopping

    def attach(self, work: Work) -> None:
        """Runs that a killed server left are ended."""
        self.interrupt()
        self.expire()
        self._work = work

    def interrupt(self) -> None:
        """End the runs that somebody left who was killed. Only for who holds the home alone."""
        if interrupted := self._running.results.interrupt(self._clock()):
            logger.warning("Runs of profiles were interrupted: %d. The next ones go on.", interrupted)

    def start(self) -> None:
        self._ticker.start()

    def stop(self) -> None:
        """Begin no further runs. What runs goes on until `Work` is closed."""
        self._ticker.stop()

    def wake(self) -> None:
        """Look at the clock now."""
        self._ticker.wake()

    def expire(self) -> None:
        """Forget results that are older than the settings say."""
        self._running.results.expire(self._clock() - self._results_days * DAY_MS)

    def overdue(self) -> list[Overdue]:
        """Profiles that the server should have run to an end by now. One that is at it is none."""
        now, running = self._clock(), self._running.now()
        found = []
        for profile in self._store.all():
            if not profile.execution.automatic or profile.id in running or self._shut_minutes(profile, now):
                continue
            since = self._expected(profile)
            if now > since + self._overdue_s * 1000:
                found.append(Overdue(profile.id, profile.name, since))
        return found

    def running(self) -> list[Process]:
        """Runs that the server began and that go on."""
        with self._lock:
            return [*self._begun.values()]

    def next_due_ms(self) -> int | None:
        """When the next profile is due; None when the server runs none."""
        automatic = (profile for profile in self._store.all() if profile.execution.automatic)
        return min((profile.due_ms or self._clock() for profile in automatic), default=None)

    # The thread

    def _look(self) -> float:
        """Begin what is due; seconds until there may be more to do."""
        automatic = [profile for profile in self._store.all() if profile.execution.automatic]
        return min((self._tend(profile) for profile in automatic if not self._ticker.stopping), default=LOOK_S)

    def _tend(self, profile: Profile) -> float:
        now = self._clock()
        shut = self._shut_minutes(profile, now)
        with self._lock:
            begun = self._begun.get(profile.id)
        if begun is not None:
            if shut and not begun.cancel_requested:
                begun.log("A maintenance window begins: the run is stopped, and goes on after it.")
                begun.cancel()
            return LOOK_S
        if shut or profile.id in self._running.now():
            return LOOK_S
        # A run that could not even be noted down, on a full disk, moved no due moment: it must not be tried at once.
        patience_ms = min(profile.execution.pause_s or 0, PATIENCE_S) * 1000
        due = max(profile.due_ms or now, self._tried.get(profile.id, 0) + patience_ms)
        if due > now:
            return (due - now) / 1000
        self._begin(profile)
        return LOOK_S

    def _begin(self, profile: Profile) -> None:
        if self._work is None:
            return
        self._tried[profile.id] = self._clock()

        def call(process: Process) -> object:
            run = self._running.run(profile.id, Actor(profile.owner, CLIENT), process)
            return {"id": run.id, "result": run.result, "itemsArchived": run.archived}

        with self._lock:
            # `ended` takes it away, and may come before `start` is back.
            try:
                self._begun[profile.id] = self._work.start("RunProfile", profile.owner, call, self._ended)
            except PostroomError as error:
                logger.warning("The profile %d could not be started: %s", profile.id, error)

    def _ended(self, process: Process) -> None:
        with self._lock:
            for number in [number for number, begun in self._begun.items() if begun is process]:
                del self._begun[number]
        self.wake()

    # Times

    def _shut_minutes(self, profile: Profile, time_ms: int) -> int | None:
        """How long a maintenance window of the profile goes on from this moment; None: there is none."""
        return open_again(profile.execution.windows, from_ms(time_ms).astimezone(zone_of(LOCAL)))

    def _expected(self, profile: Profile) -> int:
        """When the next run should have ended, if it took no time."""
        since = (profile.completed_ms or 0) + (profile.execution.pause_s or 0) * 1000
        shut = self._shut_minutes(profile, since)
        return since if not shut else to_ms(from_ms(since) + timedelta(minutes=shut))
