"""What lists and items of sites share."""

from __future__ import annotations

from dataclasses import dataclass

from postroom.workspace.people import People
from postroom.workspace.store.store import Store
from postroom.workspace.workloads.items.doer import Doer
from postroom.workspace.workloads.sites import library
from postroom.workspace.workloads.sites.places import At, Places, Site


@dataclass(frozen=True, slots=True)
class Core:
    store: Store
    people: People
    places: Places
    drives: library.Drives

    def site(self, at: At, doer: Doer) -> Site:
        """With the library that every site has. Raises NotFound, Denied."""
        found = self.places.find(at, doer)
        library.prepare(self.store, self.drives, found, doer)
        return found

    def writable(self, at: At, doer: Doer) -> Site:
        """Raises NotFound, Denied."""
        found = self.site(at, doer)
        self.places.check_writes(found, doer)
        return found
