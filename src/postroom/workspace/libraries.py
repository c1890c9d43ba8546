"""Drives for the libraries of sites: what the two workloads need of each other."""

from __future__ import annotations

from postroom.workspace.store import ids
from postroom.workspace.store.rows import Place
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import drives
from postroom.workspace.workloads.files.core import GROUP, SITE
from postroom.workspace.workloads.sites.places import Site


class DrivesOfSites:
    """See workloads/sites/library.py, Drives."""

    def create(self, unit: Unit, site: Site, of: str, name: str) -> None:
        kind = GROUP if site.group == site.web else SITE
        owner = {"group": {"id": site.group or site.web, "displayName": site.title}}
        drives.create(unit, site.web, kind, name, owner, key=drives.default_key(of))

    def id_of(self, of: str) -> str:
        return ids.immutable(Place(0, drives.default_key(of), 0))

    def remove(self, unit: Unit, of: str) -> None:
        drive = unit.items.find(drives.default_key(of))
        if drive is not None:
            unit.items.remove(drive)
