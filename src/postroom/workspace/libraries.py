"""Drives for the libraries of sites: what the two workloads need of each other."""

from __future__ import annotations

from collections.abc import Iterator

from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item, Place
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import drives
from postroom.workspace.workloads.files.core import GROUP, SITE
from postroom.workspace.workloads.files.kinds import ITEM
from postroom.workspace.workloads.sites.places import Site


class DrivesOfSites:
    """See workloads/sites/library.py, Drives."""

    def create(self, unit: Unit, site: Site, of: str, name: str) -> None:
        kind = GROUP if site.group == site.web else SITE
        owner = {"group": {"id": site.group or site.web, "displayName": site.title}}
        drives.create(unit, site.web, kind, name, owner, key=drives.default_key(of))

    def id_of(self, of: str) -> str:
        return ids.immutable(Place(0, drives.default_key(of), 0))

    def files(self, unit: Unit, of: str) -> Iterator[Item]:
        drive = unit.items.find(drives.default_key(of))
        waiting = unit.items.children(drive, ITEM) if drive is not None else []
        while waiting:
            for item in unit.items.children(waiting.pop(0), ITEM):
                yield item
                if "folder" in item.document:
                    waiting.append(item)

    def remove(self, unit: Unit, of: str) -> None:
        drive = unit.items.find(drives.default_key(of))
        if drive is not None:
            unit.items.remove(drive)
