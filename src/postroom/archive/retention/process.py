"""Removes what is due by the retention policies: from catalogue and index, then, by compaction, the bytes.

In each store: judge everything, then delete some hundred at a time, each time judged anew in the moment that deletes,
then compact. A store in which messages were deleted is remembered until it was compacted, so a run that was killed is
finished by the next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.instance import Instance
from postroom.archive.maintenance import Maintenance
from postroom.archive.mount import Mount
from postroom.archive.retention.evaluate import LIVE, WAITING, Rules, Verdicts, evaluate
from postroom.archive.retention.retention import Retention
from postroom.archive.stores import Stores
from postroom.errors import Cancelled, PostroomError, Unavailable
from postroom.work import Process

STEP_MESSAGES: Final = 500
"""Deleted by one commit: mail that arrives waits so long, and so does whoever sets a hold."""
LOOK_S: Final = 0.2
SHOWN: Final = 100
"""How many of the messages that are due a dry run names in its log."""


@dataclass(slots=True)
class Run:
    """What a run found and did. `due` messages are to go by the policies; `held` ones were, but for a hold; `waiting`
    ones are not indexed yet; `policies`: how many are due by each."""

    dry: bool
    messages: int = 0
    due: int = 0
    held: int = 0
    waiting: int = 0
    removed: int = 0
    policies: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    failed: bool = False
    """Whether a store is among the problems that could not be worked on, and should be."""

    @property
    def left(self) -> int:
        """Due, and still there."""
        return self.due - self.removed


class Processing:
    """Runs the policies of an instance over its stores. Safe from any thread: of two runs one waits at each store."""

    def __init__(self, instance: Instance, stores: Stores, maintenance: Maintenance, retention: Retention) -> None:
        self._instance, self._stores = instance, stores
        self._maintenance, self._retention = maintenance, retention

    def run(self, *, dry: bool, limit: int, by: Actor, process: Process) -> Run:
        """Remove at most `limit` messages; with `dry` none. Each store that could not be worked on is a problem.

        Raises Cancelled; what was removed by then stays removed, and its bytes go with the next run. Raises Unavailable
        in the end when a store that should be open could not be worked on.
        """
        run = Run(dry)
        with self._instance.audit.recording(events.RETENTION_PROCESS, by, dry=dry, limit=limit) as facts:
            try:
                self._stores_in_turn(run, limit, by, process)
            finally:
                told = {"due": run.due, "held": run.held, "removed": run.removed, "left": run.left}
                facts |= told | {"policies": dict(run.policies), "problems": run.problems}
        self._conclude(run, process)
        return run

    def _stores_in_turn(self, run: Run, limit: int, by: Actor, process: Process) -> None:
        for mount in self._stores.all():
            process.check_cancelled()
            if mount.state == "disabled":
                self._problem(run, mount, "it is disabled and left out.", process)
                continue
            try:
                self._one(mount, run, limit, by, process)
            except Cancelled:
                raise
            except PostroomError as error:
                run.failed = True
                self._problem(run, mount, str(error), process)

    def _one(self, mount: Mount, run: Run, limit: int, by: Actor, process: Process) -> None:
        process.log(f"Looking at store #{mount.row.id}...")
        self._wait_indexed(mount, process)
        rules = self._retention.rules()
        verdicts = evaluate(mount, rules, self._retention.clock())
        due = list(verdicts.due())
        self._count(run, verdicts, due, rules)
        process.log(f"{len(due)} messages are due in store #{mount.row.id}.")
        if run.dry:
            for number in due[:SHOWN]:
                name = rules.policies[verdicts.policy[number] - 1].name
                process.log(f"  {mount.row.id}:{number} is due by {name!r}")
            return
        if (due or self._unerased(mount)) and not mount.store.writable:
            self._problem(run, mount, "it is write-protected: what is due there stays.", process)
            return
        self._remove(mount, due[: max(0, limit - run.removed)], run, by, process)
        if self._unerased(mount) and not rules.legal_hold:
            self._erase(mount, by, process)

    def _wait_indexed(self, mount: Mount, process: Process) -> None:
        indexer = mount.indexer
        while not indexer.error and not indexer.wait(LOOK_S):
            process.check_cancelled()
            process.say(f"{indexer.pending} messages of store #{mount.row.id} wait for the index.")
        process.say(None)

    def _count(self, run: Run, verdicts: Verdicts, due: Sequence[int], rules: Rules) -> None:
        run.messages += verdicts.count(LIVE)
        run.waiting += verdicts.count(WAITING)
        run.held += sum(1 for _ in verdicts.held())
        run.due += len(due)
        run.policies.update(rules.policies[verdicts.policy[number] - 1].name for number in due)

    def _problem(self, run: Run, mount: Mount, text: str, process: Process) -> None:
        sentence = f"Store #{mount.row.id}: {text}"
        run.problems.append(sentence)
        process.log(sentence)

    # Removal

    def _remove(self, mount: Mount, due: Sequence[int], run: Run, by: Actor, process: Process) -> None:
        if not due:
            return
        self._remember(mount)

        def waiting(others: str) -> None:
            process.check_cancelled()
            process.say(f"Waiting for store #{mount.row.id}: {others}.")

        with mount.alone("messages are removed by retention policies", waiting):
            process.say(None)
            for start in range(0, len(due), STEP_MESSAGES):
                process.check_cancelled()
                process.progress(start, len(due))
                run.removed += self._remove_some(mount, due[start : start + STEP_MESSAGES], by)

    def _remove_some(self, mount: Mount, numbers: Sequence[int], by: Actor) -> int:
        """Delete those that are still due. One commit for each policy, which the ledger names."""
        removed = 0
        with self._retention.deciding(mount):
            rules = self._retention.rules()
            verdicts = evaluate(mount, rules, self._retention.clock(), numbers)
            for name, some in _by_policy(verdicts, rules):
                self._stores.delete(mount, some, by.name, f"Retention policy: {name}")
                self._instance.audit.record(
                    events.RETENTION_DELETE, by, target=name, store=mount.row.id, count=len(some), messages=some
                )
                removed += len(some)
        return removed

    def _erase(self, mount: Mount, by: Actor, process: Process) -> None:
        """Until this has ended, the next run does it again."""
        self._maintenance.compact(mount.row.id, by=by, process=process, reindex_always=True)
        with self._instance.database.write() as connection:
            connection.execute("DELETE FROM retention_unerased WHERE store = ?", (mount.row.id,))

    def _remember(self, mount: Mount) -> None:
        with self._instance.database.write() as connection:
            connection.execute("INSERT OR IGNORE INTO retention_unerased VALUES (?)", (mount.row.id,))

    def _unerased(self, mount: Mount) -> bool:
        with self._instance.database.read() as connection:
            found = connection.execute("SELECT 1 FROM retention_unerased WHERE store = ?", (mount.row.id,))
            return found.fetchone() is not None

    def _conclude(self, run: Run, process: Process) -> None:
        held = f", {run.held} more are held" if run.held else ""
        waiting = f", {run.waiting} wait for the index" if run.waiting else ""
        process.log(
            f"Finished. {run.messages} messages, {run.due} due, {run.removed} removed, {run.left} left{held}{waiting}."
        )
        if run.failed:
            raise Unavailable(f"Not every store could be worked on. {' '.join(run.problems)}")


def _by_policy(verdicts: Verdicts, rules: Rules) -> Iterator[tuple[str, list[int]]]:
    due = list(verdicts.due())
    for place, policy in enumerate(rules.policies, 1):
        if some := [number for number in due if verdicts.policy[number] == place]:
            yield policy.name, some
