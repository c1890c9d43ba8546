"""Long work on whole stores, as administrators start it: verify, compact, merge, recover, rebuild, count anew.

Each tells a `Process` what it does, can be cancelled, and ends as an event of the audit log, failed or not. A store is
worked on by one of them at a time; others wait, and say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from postroom.archive import reindex, tidy
from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.events import Kind
from postroom.archive.instance.instance import Instance
from postroom.archive.merge import merge
from postroom.archive.mount import Mount
from postroom.archive.storage import format as fmt
from postroom.archive.storage.replay import Fault
from postroom.archive.stores import Stores
from postroom.archive.verify.verify import verify_store
from postroom.errors import Damaged, Denied, Invalid, WrongState
from postroom.work import Process


class Maintenance:
    """Safe from any thread. Numbers are store ids; NotFound is raised for one that does not exist."""

    def __init__(self, instance: Instance, stores: Stores) -> None:
        self._instance, self._stores = instance, stores

    # Verify

    def verify(self, number: int, *, indexes: bool, by: Actor, process: Process) -> None:
        """Read a store back and compare. Each fault is a line of the log; Damaged is raised when there is one."""
        mount = self._stores.get(number)
        if mount.state == "disabled":
            raise WrongState(f"The store {mount.row.name!r} is disabled. Make it normal or writeProtected first.")
        self._verify([mount], indexes=indexes, by=by, process=process)

    def verify_all(self, *, indexes: bool, by: Actor, process: Process) -> None:
        """The same for every store that is not disabled."""
        self._verify(self._enabled(process), indexes=indexes, by=by, process=process)

    def _verify(self, mounts: Sequence[Mount], *, indexes: bool, by: Actor, process: Process) -> None:
        total = sum(map(_contents, mounts))
        done, problems = 0, list[str]()
        for mount in mounts:
            try:
                with self._audited(events.STORE_VERIFY, by, mount):
                    self._verify_one(mount, process, _Part(process, done, total), indexes=indexes)
            except Damaged as error:
                problems.append(str(error))
            done += _contents(mount)
        if problems:
            process.log("Finished. Errors have been found.")
            raise Damaged(" ".join(problems))
        process.log("Finished. No errors have been found.")

    def _verify_one(self, mount: Mount, process: Process, part: _Part, *, indexes: bool) -> None:
        # The wording of these lines is the original's: scripts read it (reference, long-running processes).
        process.log(f"Verifying file group #{mount.row.id}...")
        process.log("Creating a list of messages to be verified...")
        with self._alone(mount, "it is being verified", process):
            process.log(f"{_contents(mount)} messages are about to be verified.")
            process.log("Verifying...")

            def verified(done: int, total: int) -> None:
                part(done, total)
                process.log(f"  {done} messages verified...")

            faults = verify_store(mount.directory, verified)
            for fault in faults:
                process.log(str(fault) if fault.pack else fault.text)
            if indexes and mount.is_open:
                faults += self._verify_index(mount, process)
        if faults:
            raise Damaged(_sentence(mount, faults))

    def _verify_index(self, mount: Mount, process: Process) -> list[Fault]:
        process.check_cancelled()
        process.log("Verifying the search index...")
        if pending := mount.indexer.pending:
            process.log(f"{pending} changes wait for the index and are left out.")
        faults = [Fault(0, 0, f"index: {text}") for text in reindex.index_faults(mount)]
        for fault in faults:
            process.log(fault.text)
        return faults

    def check_recovery_records(self, number: int, *, by: Actor, process: Process) -> None:
        """That the packs of a disabled store alone give its catalogue. They are what a store is recovered from, and
        are written with every message, so there is nothing to recreate. Raises WrongState, Damaged."""
        mount = self._stores.get(number)
        if mount.state != "disabled":
            raise WrongState(f"The store {mount.row.name!r} must be disabled first.")
        with self._audited(events.STORE_VERIFY, by, mount, work="recovery records"):
            process.log(f"Checking the recovery records of store #{number}...")
            with self._alone(mount, "its recovery records are being checked", process):
                faults = verify_store(mount.directory, _Part(process))
            for fault in faults:
                process.log(str(fault) if fault.pack else fault.text)
            if faults:
                raise Damaged(_sentence(mount, faults))
            process.log("Finished. The packs alone make the whole database; they are the recovery records.")

    # Compact, merge, recover, upgrade

    def compact(self, number: int, *, by: Actor, process: Process, reindex_always: bool = False) -> None:
        """Erase for good what was deleted. Raises Denied during a legal hold, WrongState when write-protected.

        `reindex_always`: an earlier compaction may have ended before it came to the index.
        """
        mount = self._stores.get(number)
        with self._audited(events.STORE_COMPACT, by, mount) as facts:
            if self._instance.rules.legal_hold:
                raise Denied("Nothing can be erased while the legal hold is on.")
            process.log(f"Compacting store #{number}...")
            with self._alone(mount, "it is being compacted", process):
                done = mount.store.compact(_Part(process))
            facts |= {"messages": done.messages, "packs": done.packs, "freed": done.freed_bytes}
            process.log(f"{done.messages} deleted messages erased, {done.packs} packs written anew.")
            if done.messages or reindex_always:
                # tantivy keeps the words of a removed message until segments merge: a new index has never seen them.
                process.log("Making the index again without them...")
                mount.indexer.texts.clear()
                mount.indexer.wait()
                reindex.rebuild(mount, _Part(process))
            process.log(f"Finished. {done.freed_bytes} bytes given back.")

    def merge(self, target: int, source: int, *, by: Actor, process: Process) -> None:
        """Copy the messages of one store into another; the source stays as it is. Raises WrongState, Damaged."""
        if target == source:
            raise Invalid("sourceId", "another store than the target")
        into, origin = self._stores.get(target), self._stores.get(source)
        with self._audited(events.STORE_MERGE, by, into, source=origin.row.name, source_id=source) as facts:
            if not into.store.writable:
                raise WrongState(f"The store {into.row.name!r} is write-protected. Make it normal first.")
            process.log(f"Merging store #{source} into store #{target}...")
            # Always in the order of the ids: two merges in opposite directions must not wait for each other.
            first, second = sorted((into, origin), key=lambda mount: mount.row.id)
            with self._alone(first, "it is being merged", process), self._alone(second, "it is being merged", process):
                done = merge(origin.store, into.store, _Part(process))
            facts |= {"messages": done.messages}
            process.log(f"Finished. {done.messages} messages copied, {done.occurrences} entries looked at.")

    def recover(self, number: int, *, restore_deleted: bool, by: Actor, process: Process) -> None:
        """Make the catalogue of a disabled or broken store again from its packs.

        Raises WrongState; Damaged when packs could not be read wholly: what can be read is recovered all the same.
        """
        mount = self._stores.get(number)
        with self._audited(events.STORE_RECOVER, by, mount, deleted_too=restore_deleted) as facts:
            process.log(f"Recovering store #{number} from its packs...")
            faults = self._stores.recover(number, restore_deleted=restore_deleted, by=by, progress=_Part(process))
            facts["faults"] = len(faults)
            for fault in faults:
                process.log(str(fault))
            if faults:
                raise Damaged(
                    f"The catalogue was made again, but {len(faults)} places of the packs cannot be read; the log names"
                    " them. Restore these packs from a backup and recover once more."
                )
            process.log("Finished. The catalogue was made again from the packs.")

    def upgrade(self, numbers: Sequence[int] | None, *, by: Actor, process: Process) -> None:
        """Bring stores to the present format; None = all. There is one format yet, so this tells which they have."""
        mounts = self._stores.all() if numbers is None else [self._stores.get(number) for number in numbers]
        for mount in mounts:
            with self._audited(events.STORE_MAINTAIN, by, mount, work="upgrade"):
                process.check_cancelled()
                process.log(f"Store #{mount.row.id}: format {fmt.FORMAT} is the present one. Nothing to do.")
        process.log("Finished.")

    # Databases

    def repair(self, number: int, *, by: Actor, process: Process) -> None:
        """Make the internal indexes of a store's database again. Raises Damaged when that does not mend it."""
        mount = self._stores.get(number)
        with self._audited(events.STORE_MAINTAIN, by, mount, work="repair") as facts:
            process.log(f"Repairing the database of store #{number}...")
            alone = self._alone(mount, "its database is being repaired", process)
            with alone, tidy.catalogue_of(mount, process) as db:
                before = tidy.faults(db)
                db.execute("REINDEX")
                left = tidy.faults(db)
            facts["faults"] = len(before)
            for text in before:
                process.log(f"Found: {text}")
            if left:
                raise Damaged(f"The database has {len(left)} more faults. Disable the store and recover it.")
            process.log(f"Finished. {len(before)} faults mended.")

    def rewrite_databases(self, *, by: Actor, process: Process) -> None:
        """Write the instance database and every store's catalogue anew, without unused space."""
        self.rewrite_master(by=by, process=process)
        self._each(by, process, "rewrite", "its database is being written anew", _rewrite)

    def rewrite_master(self, *, by: Actor, process: Process) -> None:
        """The same for the instance database alone."""
        process.check_cancelled()
        process.log("Writing the master database anew...")
        before, after = self._instance.rewrite()
        self._instance.audit.record(events.STORE_MAINTAIN, by, target="instance.db", work="rewrite")
        process.log(f"instance.db: {before} bytes before, {after} bytes now.")

    def recount(self, *, by: Actor, process: Process) -> None:
        """Count the messages and bytes of every archive in every store anew, and put right what was wrong."""
        self._each(by, process, "recount", "it is being counted", _recount)

    def _each(self, by: Actor, process: Process, work: str, doing: str, do: Callable[[Mount, Process], None]) -> None:
        mounts = self._enabled(process)
        for done, mount in enumerate(mounts):
            process.check_cancelled()
            process.progress(done, len(mounts))
            with self._audited(events.STORE_MAINTAIN, by, mount, work=work), self._alone(mount, doing, process):
                do(mount, process)
        process.log("Finished.")

    # Search indexes

    def rebuild_index(self, number: int, archive: str, *, by: Actor, process: Process) -> None:
        """Read the messages of one archive of a store again into its index. Raises NotFound, WrongState."""
        mount = self._stores.get(number)
        with self._audited(events.INDEX_REBUILD, by, mount, archive=archive):
            process.log(f"Rebuilding the index of {archive} in store #{number}...")
            with self._alone(mount, "its index is being rebuilt", process):
                reindex.rebuild_archive(mount, archive, _Part(process))
            process.log("Finished.")

    def select_indexes(self, *, by: Actor) -> None:
        """Mark the index of every open store for `rebuild_selected`."""
        for mount in self._stores.open_mounts():
            mount.select_index(selected=True)
        self._instance.audit.record(events.STORE_MAINTAIN, by, target=None, work="select indexes for rebuild")

    def rebuild_selected(self, *, by: Actor, process: Process) -> None:
        """Make the indexes that are marked again; searches are answered by the old ones meanwhile."""
        mounts = [mount for mount in self._stores.open_mounts() if mount.index_selected]
        total, done = sum(map(_contents, mounts)), 0
        for mount in mounts:
            process.log(f"Rebuilding the index of store #{mount.row.id}...")
            alone = self._alone(mount, "its index is being rebuilt", process)
            with self._audited(events.INDEX_REBUILD, by, mount), alone:
                reindex.rebuild(mount, _Part(process, done, total))
            done += _contents(mount)
        process.log("Finished.")

    # Shared

    def _enabled(self, process: Process) -> list[Mount]:
        for mount in self._stores.all():
            if mount.state == "disabled":
                process.log(f"Store #{mount.row.id} is disabled and left out.")
        return [mount for mount in self._stores.all() if mount.state != "disabled"]

    @contextmanager
    def _alone(self, mount: Mount, doing: str, process: Process) -> Iterator[None]:
        def waiting(others: str) -> None:
            process.check_cancelled()
            process.say(f"Waiting for store #{mount.row.id}: {others}.")

        with mount.alone(doing, waiting):
            process.say(None)
            yield

    def _audited(
        self, kind: Kind, by: Actor, mount: Mount, **details: object
    ) -> AbstractContextManager[dict[str, object]]:
        return self._instance.audit.recording(kind, by, mount.row.name, id=mount.row.id, **details)


class _Part:
    """Progress of one store among several: `done` of `total` units are behind it; 0 = it is alone. Cancels, too."""

    def __init__(self, process: Process, done: int = 0, total: int = 0) -> None:
        self._process, self._done, self._total = process, done, total

    def __call__(self, done: int, total: int) -> None:
        self._process.check_cancelled()
        self._process.progress(self._done + done, self._total or total)


def _contents(mount: Mount) -> int:
    row = mount.store.catalogue.one("SELECT count(*) FROM content") if mount.is_open else None
    return int(row[0]) if row else 0


def _sentence(mount: Mount, faults: Sequence[Fault]) -> str:
    """How much is wrong with a store, and what to do next."""
    count = f"{len(faults)} error{'s have' if len(faults) > 1 else ' has'} been found"
    advice = []
    if any(fault.pack for fault in faults):
        advice.append("Restore the packs that the log names from a backup.")
    if any(not fault.pack and not fault.text.startswith("index: ") for fault in faults):
        advice.append("Disable the store and recover it: its catalogue is made again from the packs.")
    if any(fault.text.startswith("index: ") for fault in faults):
        advice.append("Rebuild its search index.")
    return f"{count} in the store {mount.row.name!r} (id {mount.row.id}); the log names them. {' '.join(advice)}"


def _rewrite(mount: Mount, process: Process) -> None:
    with tidy.catalogue_of(mount, process) as db:
        before, after = tidy.rewrite(db)
    process.log(f"Store #{mount.row.id}: {before} bytes before, {after} bytes now.")


def _recount(mount: Mount, process: Process) -> None:
    with tidy.catalogue_of(mount, process) as db:
        wrong = tidy.recount(db)
    for archive, messages, size in wrong:
        process.log(f"Store #{mount.row.id}, {archive}: put right, {messages} messages of {size} bytes.")
    if not wrong:
        process.log(f"Store #{mount.row.id}: all statistics are right.")
