"""One archiving run: what each target of a connector has new, and then the removal of what may go from its source."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from postroom.archive.body import sha256
from postroom.archive.ingest import ImportResult, ingest
from postroom.archive.instance.privileges import Account
from postroom.archive.profiles import connectors
from postroom.archive.profiles.common import removed_before_ms
from postroom.archive.profiles.connector import Context, Emptied, Target
from postroom.archive.profiles.profiles import Profile
from postroom.archive.profiles.results import Counts, Problems, Result
from postroom.archive.profiles.run_log import RunLog
from postroom.archive.profiles.scoped import Scoped
from postroom.archive.sources import Problem
from postroom.archive.stores import Stores
from postroom.errors import Cancelled, Damaged, Denied, NoSpace, PostroomError
from postroom.settings import Archive as ArchiveSettings
from postroom.work import Process

logger = logging.getLogger(__name__)

REMOVED_AT_ONCE = 100


class Archiving:
    """A run of `profile`, which has its secrets, as `account`. `saved` is told when `counts` changed."""

    def __init__(
        self,
        profile: Profile,
        account: Account,
        stores: Stores,
        problems: Problems,
        settings: ArchiveSettings,
        *,
        counts: Counts,
        log: RunLog,
        process: Process,
        saved: Callable[[], None],
    ) -> None:
        self._profile, self._account, self._stores, self._problems = profile, account, stores, problems
        self._settings, self._counts, self._log, self._process, self._saved = settings, counts, log, process, saved
        self._finished = self._unfinished = self._kept = 0

    def run(self, context: Context) -> Result:
        """Raises what the connector raises on opening; Cancelled, NoSpace."""
        connector = connectors.archiving(self._profile.connector)
        with connector.open(self._profile.details, context) as targets:
            for target in targets:
                context.stop()
                self._target(target, context)
        return self._result()

    def _result(self) -> Result:
        if self._unfinished and not self._finished:
            return "failed"
        if self._unfinished or self._counts.failed:
            return "completedWithErrors"
        return "completedWithWarnings" if self._kept else "succeeded"

    def _target(self, target: Target, context: Context) -> None:
        """One mailbox; when it fails, the others have their turn."""
        name = target.archive or target.source.name
        try:
            if target.archive:
                self._account.check_write(target.archive)
            scoped = self._take_in(target, context)
            self._empty(target, scoped, context)
        except (Cancelled, NoSpace):
            raise
        except PostroomError as error:
            self._failed(name, str(error))
        except Exception as error:
            logger.exception("The mailbox %s of the profile %d broke.", name, self._profile.id)
            self._failed(name, f"an internal error ({type(error).__name__}); the server's log says more")
        else:
            self._finished += 1

    def _failed(self, name: str, reason: str) -> None:
        self._unfinished += 1
        self._log.add(f"{name}: {reason}")

    # In

    def _take_in(self, target: Target, context: Context) -> Scoped:
        scoped = Scoped(target, (), self._refusal, context.stop)
        owed = self._problems.ids(scoped.name)
        scoped = Scoped(target, owed, self._refusal, context.stop)
        before = Counts(self._counts.archived, self._counts.failed, self._counts.skipped)

        def noted(problems: Sequence[Problem]) -> None:
            # Also what arrived and cannot be stored: it is owed still.
            scoped.reported.update(problem.native_id for problem in problems)
            self._problems.note(scoped.name, self._profile.id, problems, context.clock())
            self._log.problems(target.archive, problems)

        def progress(found: ImportResult, done: int, total: int) -> None:
            self._count(before, found)
            self._process.say(f"{target.archive or target.source.name}: {found.seen} messages read")
            self._process.progress(done, total)
            context.stop()

        try:
            found = ingest(
                scoped, self._stores, target.archive, max_message_bytes=self._settings.max_message_bytes,
                batch_messages=self._settings.commit_messages, progress=progress, problems=noted,
            )  # fmt: skip
        finally:
            # However it ends: what was owed and is stored now is owed no more.
            came = [one for one in scoped.arrived if self._stores.met_as(scoped.name, one)]
            self._problems.settle(scoped.name, came)
        self._count(before, found)
        self._problems.settle(scoped.name, set(owed) - scoped.reported)
        for native_id in sorted(set(owed) - scoped.reported - scoped.arrived):
            if self._stores.met_as(scoped.name, native_id) is None:
                self._log.add(f"{native_id} is not in the source any more, and was never archived.")
        self._log.add(
            f"{target.archive or target.source.name}: {found.stored} messages archived, {found.known} known, "
            f"{found.failed} failed."
        )
        return scoped

    def _count(self, before: Counts, found: ImportResult) -> None:
        self._counts.archived = before.archived + found.stored
        self._counts.failed = before.failed + found.failed
        self._counts.skipped = before.skipped + found.known
        self._saved()

    def _refusal(self, archive: str) -> str | None:
        try:
            self._account.check_write(archive)
        except Denied as refusal:
            return str(refusal)
        return None

    # What may go

    def _empty(self, target: Target, scoped: Scoped, context: Context) -> None:
        removes, before_ms = removed_before_ms(self._profile.details, context.clock())
        if not removes:
            return
        source, removed, not_here = target.source, 0, 0
        if not isinstance(source, Emptied):
            self._warn(f"{scoped.name}: mail cannot be removed from this kind of source.")
            return
        ids = iter(source.removable(before_ms))
        while some := list(islice(ids, REMOVED_AT_ONCE)):
            context.stop()
            proven = [one for one in some if self._proven(scoped.name, one)]
            not_here += len(some) - len(proven)
            removed += len(proven) - self._left(source.remove(proven), target)
            self._counts.removed += len(proven)
            self._saved()
        self._log.add(f"{target.archive or target.source.name}: {removed} messages removed from the source.")
        if not_here:
            self._log.add(f"{not_here} messages stay in the source: they are not in the archive, or not any more.")

    def _left(self, failures: Iterator[tuple[str, str]], target: Target) -> int:
        """How many could not be removed; each is a line of the log."""
        left = 0
        for native_id, reason in failures:
            left += 1
            self._counts.removed -= 1
            self._warn(f"{target.archive} {native_id} stays in the source: {reason}".strip())
        return left

    def _proven(self, source: str, native_id: str) -> bool:
        """Whether an item is in the archive, read back from the disk with the SHA-256 it came with."""
        found = self._stores.met_as(source, native_id)
        if found is None or found.deleted:
            return False
        mount, number = found.mount, found.number
        try:
            if sha256(mount.store.open(number)) == mount.store.catalogue.message(number).sha256:
                return True
            reason = f"message {mount.row.id}:{number} is not what was archived: its SHA-256 differs"
        except Damaged as error:
            reason = str(error)
        self._warn(f"{native_id} stays in the source: {reason}")
        return False

    def _warn(self, line: str) -> None:
        self._kept += 1
        self._log.add(line)
