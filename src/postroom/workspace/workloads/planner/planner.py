"""The facade of Planner: what faces call."""

from __future__ import annotations

from postroom.workspace.people import People
from postroom.workspace.store.store import Store
from postroom.workspace.workloads.items.doer import Groups
from postroom.workspace.workloads.planner.buckets import Buckets
from postroom.workspace.workloads.planner.core import Core
from postroom.workspace.workloads.planner.parts import Parts
from postroom.workspace.workloads.planner.plans import Plans
from postroom.workspace.workloads.planner.tasks import Tasks


class Planner:
    """All methods of its parts take who asks first, and raise Denied for who is not in the group of a plan."""

    def __init__(self, store: Store, people: People, groups: Groups) -> None:
        base = Core(store, people, groups)
        self.plans = Plans(base)
        self.buckets = Buckets(base)
        self.tasks = Tasks(base)
        self.parts = Parts(base)
