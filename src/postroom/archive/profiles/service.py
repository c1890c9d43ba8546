"""The profiles of an archive, as faces and the command line call them: kept, run, asked what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING

from postroom.archive.instance.audit import Actor
from postroom.archive.profiles.completeness import Completeness
from postroom.archive.profiles.profiles import Execution, Given, Profile, ProfileStore
from postroom.archive.profiles.results import Owed, Run, Tally
from postroom.archive.profiles.running import Running
from postroom.archive.profiles.server_side import ServerSide
from postroom.archive.storage.writer import Clock
from postroom.errors import WrongState
from postroom.work import Process

if TYPE_CHECKING:
    from postroom.archive.archive import Archive


class Profiles:
    """`by`: who asks. Methods raise NotFound for a profile that is not there."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        instance, settings = archive.instance, archive.settings.archive
        self._store = ProfileStore(instance.database, instance.audit, instance.secrets, clock)
        instance.credentials.users.append(self._store.using_credential)
        self._running = Running(archive, clock, self._store)
        self.server_side = ServerSide(
            self._store, self._running, clock, settings.results_days, settings.profile_overdue_s
        )

    def all(self) -> list[Profile]:
        """By id, without secrets."""
        return self._store.all()

    def get(self, profile_id: int) -> Profile:
        """Without secrets."""
        return self._store.get(profile_id)

    def create(self, given: Given, by: Actor) -> int:
        """The number of the new profile. Raises Invalid naming the key."""
        number = self._store.create(given, by)
        self.server_side.wake()
        return number

    def change(self, profile_id: int, changes: Mapping[str, object], execution: Execution | None, by: Actor) -> None:
        """Change what is given; see `ProfileStore.change`. All or nothing. Raises Invalid, WrongState."""
        self._store.change(profile_id, changes, execution, by)
        self.server_side.wake()

    def set_execution(self, profile_id: int, execution: Execution, by: Actor) -> None:
        """Say when the server runs it by itself. Raises Invalid."""
        self._store.set_execution(profile_id, execution, by)
        self.server_side.wake()

    def delete(self, profile_id: int, by: Actor) -> None:
        """Results stay, and what was archived. Raises WrongState while it runs."""
        if profile_id in self._running.now():
            raise WrongState("The profile runs. Cancel the run, or wait for its end.")
        self._store.delete(profile_id, by)

    def run(self, profile_id: int, by: Actor, process: Process) -> Run:
        """Run it and wait for the end. Raises what kept it from running or ended it; the result is kept anyway."""
        return self._running.run(profile_id, by, process)

    def run_once(self, given: Given, by: Actor, process: Process) -> Run:
        """Run what is described, and keep nothing but the result. Raises Invalid, and as `run`."""
        return self._running.run_once(given, by, process)

    def runs(self, since_ms: int, until_ms: int, profile: int | None = None, owner: str | None = None) -> Iterator[Run]:
        """Finished runs that began in this time, the oldest first; of one profile or owner when given."""
        return self._running.results.ended_between(since_ms, until_ms, profile, owner)

    def report(self, run: int) -> str:
        """The log of a run. Raises NotFound."""
        return self._running.results.log(run)

    def tallies(self, since_ms: int, until_ms: int) -> list[Tally]:
        """Runs that began in this time, counted by profile and result."""
        return self._running.results.tallies(since_ms, until_ms)

    def check(self, profile_id: int, zone: tzinfo, by: Actor, process: Process) -> Completeness:
        """Compare what its source has with the archive, per mailbox and day of `zone`. Raises Invalid, Denied, and what
        its connector raises."""
        return self._running.check(profile_id, zone, by, process)

    def owed(self, profile_id: int) -> list[Owed]:
        """Items that did not arrive yet, and are asked for again by each run."""
        return self._running.problems.of(self.get(profile_id).id)
