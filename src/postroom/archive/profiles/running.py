"""Runs profiles: each run is known from its beginning to its end, with its owner's rights, and one at a time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.privileges import Account
from postroom.archive.profiles.archiving import Archiving
from postroom.archive.profiles.completeness import Check, Completeness
from postroom.archive.profiles.connector import Context
from postroom.archive.profiles.exporting import Exporting
from postroom.archive.profiles.marks import NoMarks, ProfileMarks
from postroom.archive.profiles.profiles import Given, Profile, ProfileStore, checked_profile
from postroom.archive.profiles.results import COMPLETED, Counts, Problems, Result, Results, Run
from postroom.archive.profiles.run_log import RunLog
from postroom.errors import Cancelled, Denied, Invalid, NotFound, PostroomError, WrongState
from postroom.work import Process

if TYPE_CHECKING:
    from postroom.archive.archive import Archive

logger = logging.getLogger(__name__)

SAVE_EVERY_S: Final = 2.0
CLIENT: Final = "profile"
"""The door of runs by the server, as the audit log names it."""


class Running:
    """Safe from any thread. `stopping` tells whether the server is about to end, so that a run ends as interrupted."""

    def __init__(self, archive: Archive, clock: Callable[[], int], store: ProfileStore) -> None:
        self._archive, self._clock, self._store = archive, clock, store
        self.results, self.problems = Results(archive.instance.database), Problems(archive.instance.database)
        self.stopping: Callable[[], bool] = lambda: False
        self._lock = threading.Lock()
        self._now: dict[int, Process] = {}

    def now(self) -> dict[int, Process]:
        """What runs, by the number of its profile."""
        with self._lock:
            return dict(self._now)

    def run(self, profile_id: int, by: Actor, process: Process) -> Run:
        """Run a profile and wait for its end, which the answer tells.

        Raises what kept it from running or ended it; the result is kept all the same. WrongState: it runs already.
        """
        profile = self._store.get(profile_id)
        with self._claimed(profile, process):
            return self._run(profile, by, process)

    def run_once(self, given: Given, by: Actor, process: Process) -> Run:
        """Run what is described, and keep nothing but the result. Raises Invalid, and as `run`."""
        profile = checked_profile(given)
        try:
            self._archive.instance.users.get(profile.owner)
        except NotFound as error:
            raise Invalid("owner", "the name of a user, as whom the profile runs") from error
        return self._run(profile, by, process)

    def check(self, profile_id: int, zone: tzinfo, by: Actor, process: Process) -> Completeness:
        """Compare what the source of a profile has with the archive. Raises Invalid, Denied, and what the connector
        raises when it opens."""
        profile = self._store.get(profile_id)
        facts: dict[str, object] = {"id": profile.id}
        with self._archive.instance.audit.recording(events.PROFILE_CHECK, by, profile.name, **facts) as facts:
            account, log = self._owner(profile), RunLog(process)
            check = Check(self._store.opened(profile.id), account, self._archive.stores, self.problems, zone, process)
            found = check.run(self._context(profile, log, process))
            facts["complete"] = found.complete
        return found

    @contextmanager
    def _claimed(self, profile: Profile, process: Process) -> Iterator[None]:
        with self._lock:
            if profile.id in self._now:
                raise WrongState(f"The profile {profile.name!r} runs already. Wait for its end, or cancel it.")
            self._now[profile.id] = process
        try:
            yield
        finally:
            with self._lock:
                del self._now[profile.id]

    def _run(self, profile: Profile, by: Actor, process: Process) -> Run:
        run, log, counts = self.results.begin(profile, self._clock()), RunLog(process), Counts()
        result: Result = "failed"
        try:
            with self._ends_told(log):
                result = self._work(profile, run, log, counts, process)
        except Cancelled:
            result = "interrupted" if self.stopping() else "cancelled"
            raise
        finally:
            self._end(profile, run, result, counts, log, by)
        return self.results.get(run)

    @contextmanager
    def _ends_told(self, log: RunLog) -> Iterator[None]:
        """The log has the reason of an end, whatever it is."""
        try:
            yield
        except Cancelled:
            log.add("Cancelled. The next run goes on.")
            raise
        except PostroomError as error:
            log.add(str(error))
            raise
        except BaseException as error:
            log.add(f"An internal error ended the run ({type(error).__name__}); the server's log says more.")
            raise

    def _work(self, profile: Profile, run: int, log: RunLog, counts: Counts, process: Process) -> Result:
        account = self._owner(profile)
        if profile.id:
            profile = self._store.opened(profile.id)
        saved = self._saver(run, counts)
        context = self._context(profile, log, process)
        if not profile.archives:
            by = Actor(account.name, CLIENT)
            return Exporting(self._archive, profile, account, by, counts, log, process, saved).run(context)
        account.check("archive")
        return Archiving(
            profile, account, self._archive.stores, self.problems, self._archive.settings.archive,
            counts=counts, log=log, process=process, saved=saved,
        ).run(context)  # fmt: skip

    def _owner(self, profile: Profile) -> Account:
        if profile.orphaned:
            raise Denied(f"The owner of the profile, {profile.owner!r}, is no user any more.")
        return self._archive.instance.users.account(profile.owner)

    def _saver(self, run: int, counts: Counts) -> Callable[[], None]:
        last = time.monotonic()

        def saved() -> None:
            nonlocal last
            if time.monotonic() - last >= SAVE_EVERY_S:
                self.results.count(run, counts)
                last = time.monotonic()

        return saved

    def _context(self, profile: Profile, log: RunLog, process: Process) -> Context:
        users = self._archive.instance.users
        return Context(
            settings=self._archive.settings,
            clock=self._clock,
            owner_of=users.owner_of,
            archives=lambda: [(user.name, tuple(user.addresses)) for user in users.all()],
            path=self._path,
            credential=self._archive.instance.credentials.opened,
            note=log.add,
            stop=process.check_cancelled,
            marks=ProfileMarks(self._archive.instance.database, profile.id) if profile.id else NoMarks(),
        )

    def _path(self, key: str, given: str) -> Path:
        return self._archive.check_path(given, key)

    def _end(self, profile: Profile, run: int, result: Result, counts: Counts, log: RunLog, by: Actor) -> None:
        now = self._clock()
        self.results.end(run, result, counts, log.text(), now)
        if profile.id and result != "interrupted":
            self._store.ran(profile.id, now, completed=result in COMPLETED)
        facts = {"archived": counts.archived, "failed": counts.failed, "removed": counts.removed}
        self._archive.instance.audit.record(
            events.PROFILE_RUN, by, ok=result in COMPLETED, target=profile.name, id=profile.id, run=run, result=result,
            owner=profile.owner, **facts,
        )  # fmt: skip
