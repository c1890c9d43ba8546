"""Runs jobs when they are due or when somebody asks; a run is a call in work.db whose end becomes a result.

A moment that comes while the job still runs, or while no server runs, is made up once, afterwards.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from postroom.archive.automation.calendar import Schedule, from_ms, next_after, still_due, to_ms
from postroom.archive.automation.jobs import Job, JobStore, NewJob
from postroom.archive.automation.results import INTERRUPTED, Result, Results, Run, Tally, output_of
from postroom.archive.automation.ticker import LOOK_S, Ticker
from postroom.archive.automation.zones import checked_zone, zone_of
from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.instance import Instance
from postroom.archive.instance.privileges import Account
from postroom.archive.storage.writer import Clock, now_ms
from postroom.errors import Denied, Invalid, NotFound, PostroomError, WrongState
from postroom.work import Process, Work

logger = logging.getLogger(__name__)

CLIENT: Final = "job"
"""The door of jobs, as the audit log names it."""

DAY_MS: Final = 86_400_000
_RESULTS: Final[dict[str, Result]] = {
    "succeeded": "succeeded",
    "failed": "completedWithErrors",
    "cancelled": "cancelled",
}


class Action(NamedTuple):
    """A call that was checked: the name of its function, and what makes it."""

    name: str
    call: Callable[[Process], object]


Prepare = Callable[[str, Account], Action]
"""From the text of an action and its owner to the call. Raises Invalid("action") for what cannot be called."""


@dataclass(frozen=True, slots=True)
class _Running:
    job: Job
    run: int
    process: Process


class Scheduler:
    """The jobs of one instance. A server calls `attach`, `start`, `stop`; `clock` gives milliseconds since 1970.

    `by`: who asks. Methods raise NotFound for a job that is not there.
    """

    def __init__(self, instance: Instance, results_days: int, clock: Clock = now_ms) -> None:
        self._instance, self._results_days, self._clock = instance, results_days, clock
        self._jobs = JobStore(instance.database, instance.audit)
        self._results = Results(instance.database)
        self._running: dict[int, _Running] = {}
        self._work: Work | None = None
        self._prepare: Prepare | None = None
        self._lock = threading.RLock()
        self._ticker = Ticker(self._look, "jobs that are due")

    # While a server runs

    def attach(self, work: Work, prepare: Prepare) -> None:
        """Tell what runs are made of, before anybody can ask for one. Runs that a killed server left are ended."""
        if interrupted := self._results.interrupt(self._clock()):
            logger.warning("Runs of jobs were interrupted: %d.", interrupted)
        self.expire()
        self._work, self._prepare = work, prepare

    def start(self) -> None:
        """Begin to run jobs when they are due; what was due while no server ran runs now."""
        self._ticker.start()

    def stop(self) -> None:
        """Begin no further runs. What runs goes on until `Work` is closed."""
        with self._lock:
            self._ticker.refuse()
        self._ticker.stop()

    def wake(self) -> None:
        """Look at the clock now."""
        self._ticker.wake()

    def expire(self) -> None:
        """Forget results that are older than the settings say."""
        self._results.expire(self._clock() - self._results_days * DAY_MS)

    # Jobs

    def jobs(self) -> list[Job]:
        """By id."""
        return self._jobs.all()

    def create(self, name: str, action: str, owner: str, zone: str, schedule: Schedule, by: Actor) -> int:
        """The number of the new job. Raises Invalid naming the argument that cannot be used."""
        account = self._administrator(owner)
        action = action.strip()
        self._prepared(action, account)
        with self._lock:
            due_ms = self._first(schedule, zone)
            new = NewJob(name, action, account.name, checked_zone(zone), schedule, due_ms)
            number = self._jobs.create(new, by)
        self.wake()
        return number

    def rename(self, job_id: int, name: str, by: Actor) -> None:
        with self._lock:
            self._jobs.rename(job_id, name, by)

    def set_enabled(self, job_id: int, enabled: bool, by: Actor) -> None:
        """What would have been due while it was switched off is not made up."""
        with self._lock:
            job = self._jobs.get(job_id)
            if enabled != job.enabled:
                due_ms = self._next(job.schedule, job.zone) if enabled else None
                self._jobs.set_enabled(job_id, enabled, due_ms, by)
        self.wake()

    def set_schedule(self, job_id: int, zone: str, schedule: Schedule, by: Actor) -> None:
        with self._lock:
            self._jobs.get(job_id)
            self._jobs.set_schedule(job_id, checked_zone(zone), schedule, self._first(schedule, zone), by)
        self.wake()

    def delete(self, job_id: int, by: Actor) -> None:
        """Results stay; a run that goes on is asked to stop."""
        with self._lock:
            self._jobs.delete(job_id, by)
            if running := self._running.get(job_id):
                running.process.cancel()

    # Runs

    def run_now(self, job_id: int, by: Actor) -> None:
        """Begin a run and return; the schedule stays as it is. Raises WrongState when the job runs already."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job_id in self._running:
                raise WrongState(f"The job {job.name!r} runs already. Wait for its end, or cancel it.")
            self._begin(job, job.due_ms, by)

    def cancel(self, job_id: int, by: Actor) -> None:
        """Ask the run of a job to stop; nothing when it does not run."""
        with self._lock:
            job = self._jobs.get(job_id)
            if running := self._running.get(job_id):
                running.process.cancel()
                self._instance.audit.record(events.JOB_CANCEL, by, target=job.name, id=job.id, run=running.run)

    def results(self, since_ms: int, until_ms: int, job_id: int | None = None) -> list[Run]:
        """Runs that began in this time, with what those that go on have printed so far."""
        with self._lock:
            live = {running.run: running.process for running in self._running.values()}
        runs = self._results.between(since_ms, until_ms, job_id)
        return [replace(run, output=output_of(live[run.id])) if not run.ended_ms and run.id in live else run
                for run in runs]  # fmt: skip

    def running(self) -> list[Process]:
        """Runs whose end is not kept yet."""
        with self._lock:
            return [running.process for running in self._running.values()]

    def next_due_ms(self) -> int | None:
        """When the next job is due; None when none ever is."""
        return min((job.due_ms for job in self._jobs.all() if job.enabled and job.due_ms is not None), default=None)

    def tallies(self, since_ms: int, until_ms: int) -> list[Tally]:
        """Runs that began in this time, counted by job and result."""
        return self._results.tallies(since_ms, until_ms)

    # The thread

    def _look(self) -> float:
        """Begin what is due; seconds until there may be more to do."""
        with self._lock:
            for running in [*self._running.values()]:
                if running.process.state.ended:
                    self._finish(running)
            now, waits = self._clock(), [LOOK_S]
            if not self._ticker.stopping:
                idle = (job for job in self._jobs.all() if job.id not in self._running)
                waits += [self._tend(job, job.due_ms, now) for job in idle if job.due_ms is not None]
            return max(0.0, min(waits))

    def _tend(self, job: Job, due_ms: int, now: int) -> float:
        """Begin a job when it is due; seconds until it is."""
        try:
            due = to_ms(still_due(job.schedule, job.zone_info, from_ms(due_ms), from_ms(now)))
        except Invalid as error:
            logger.warning("The job %d cannot be scheduled: %s", job.id, error)
            return LOOK_S
        if due > now:
            if due != due_ms:
                self._jobs.set_due(job, due)
            return (due - now) / 1000
        self._begin(job, self._next(job.schedule, job.zone), None)
        return LOOK_S

    def _begin(self, job: Job, due_ms: int | None, by: Actor | None) -> None:
        """Begin a run. With `by` somebody asked for it, who is told why it cannot be."""
        if by is not None:
            self._started(job)
        run = self._results.begin(job, self._clock(), due_ms)
        try:
            action, work = self._started(job)
            process = work.start(action.name, job.owner, action.call, self._ended)
        except PostroomError as error:
            self._note(job, run, "failed", f"{error}\r\n")
            return
        self._running[job.id] = _Running(job, run, process)

    def _started(self, job: Job) -> tuple[Action, Work]:
        """What a run needs. Raises Denied when the owner may not run it any more, Invalid, WrongState."""
        if job.orphaned:
            raise Denied(f"The owner of the job, {job.owner!r}, is no user any more.")
        account = self._instance.users.account(job.owner)
        if not account.is_admin:
            raise Denied(f"The owner of the job, {job.owner!r}, is no administrator any more.")
        return self._prepared(job.action, account), self._at_work()

    def _ended(self, process: Process) -> None:
        """In the thread of the run."""
        with self._lock:
            for running in [*self._running.values()]:
                if running.process is process:
                    self._finish(running)
        self.wake()

    def _finish(self, running: _Running) -> None:
        """Keep the result of a run that ended; when that fails, the next look tries it again."""
        state, output = running.process.state, output_of(running.process)
        if self._ticker.stopping and state.status == "cancelled":
            output += INTERRUPTED
        try:
            self._note(running.job, running.run, _RESULTS[state.status], output)
        except PostroomError as error:
            logger.warning("The result of the job %d could not be kept: %s", running.job.id, error)
            return
        del self._running[running.job.id]

    def _note(self, job: Job, run: int, result: Result, output: str) -> None:
        self._results.end(run, result, output, self._clock())
        by = Actor(job.owner, CLIENT)
        ok = result == "succeeded"
        self._instance.audit.record(events.JOB_RUN, by, ok=ok, target=job.name, id=job.id, run=run, result=result)

    # Parts

    def _prepared(self, action: str, owner: Account) -> Action:
        if self._prepare is None:
            raise WrongState("Jobs are made and run by a server; none runs here.")
        return self._prepare(action, owner)

    def _at_work(self) -> Work:
        if self._work is None or self._ticker.stopping:
            raise WrongState("No server runs that could run jobs.")
        return self._work

    def _administrator(self, owner: str) -> Account:
        try:
            account = self._instance.users.account(owner)
        except NotFound:
            account = None
        if account is None or not account.is_admin:
            raise Invalid("owner", "the name of an administrator, as whom the job runs")
        return account

    def _next(self, schedule: Schedule, zone: str) -> int | None:
        moment = next_after(schedule, zone_of(zone), from_ms(self._clock()))
        return None if moment is None else to_ms(moment)

    def _first(self, schedule: Schedule, zone: str) -> int:
        """When a new schedule is due first. Raises Invalid for a date that is over."""
        due_ms = self._next(schedule, zone)
        if due_ms is None:
            raise Invalid("date", "a time that is still to come")
        return due_ms
