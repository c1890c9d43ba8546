"""Retention as the archive calls it: the rules of now, and whether a message may be deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from postroom.archive.instance.instance import Instance
from postroom.archive.mount import Mount
from postroom.archive.retention.approvals import Approvals
from postroom.archive.retention.criteria import folders_in
from postroom.archive.retention.evaluate import HELD, KEPT, Rules, evaluate
from postroom.archive.retention.holds import Holds
from postroom.archive.retention.kept import PolicyList
from postroom.archive.retention.policies import overall
from postroom.archive.storage.writer import Clock
from postroom.archive.view import is_named
from postroom.errors import Denied


class Retention:
    """Policies and holds of an instance. Safe from any thread."""

    def __init__(self, instance: Instance, clock: Clock) -> None:
        self._instance, self.clock = instance, clock
        self.policies = PolicyList(instance.database, instance.audit, instance.deleting)
        self.approvals = Approvals(instance.database, instance.audit, self.rules, clock)
        self.holds = Holds(instance.database, instance.audit, instance.deleting, clock)

    def rules(self) -> Rules:
        """What holds now."""
        compliance = self._instance.compliance.get()
        enabled = tuple(policy for policy in self.policies.all() if policy.enabled)
        return Rules(overall(compliance.retention_years) + enabled, self.holds.in_force(), compliance.legal_hold)

    @contextmanager
    def deciding(self, mount: Mount) -> Iterator[None]:
        """Inside, neither the rules nor the messages of the store change: what is decided may be done."""
        with self._instance.deleting, mount.store.write_lock:
            yield

    @contextmanager
    def moving(self, paths: Iterable[tuple[str, str]]) -> Iterator[None]:
        """Inside, folders may get other paths (present one, new one). Raises Denied when one would get out of a hold
        that names a folder."""
        with self._instance.deleting:
            named = [(hold.name, folders_in(hold.node)) for hold in self.holds.in_force()]
            for before, after in paths if named else ():
                for name, folders in named:
                    if any(is_named(before, folder) != is_named(after, folder) for folder in folders):
                        raise Denied(f"The hold {name!r} names folders, and {before!r} would get out of it.")
            yield

    def check(self, mount: Mount, number: int) -> None:
        """That a message may be deleted, for `deciding`. Raises Denied, naming the policy or the hold."""
        rules = self.rules()
        if rules.legal_hold:
            raise Denied("Nothing can be deleted while the legal hold is on.")
        if not rules.policies and not rules.holds:
            return
        verdicts = evaluate(mount, rules, self.clock(), [number])
        if verdicts.flags[number] & (KEPT | HELD) and verdicts.why:
            raise Denied(verdicts.why[number])
