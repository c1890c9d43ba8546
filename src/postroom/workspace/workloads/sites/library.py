"""Libraries: lists whose items are the files of a drive.

Every site has one from the first time that somebody asks for it. Drives are another workload's: whoever opens the
workspace says how they are made (`Drives`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol
from uuid import UUID, uuid5

from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items.doer import Document, Doer
from postroom.workspace.workloads.sites.kinds import LIBRARY, LIST, id_of
from postroom.workspace.workloads.sites.places import Site

DOCUMENTS: Final = "Documents"


class Drives(Protocol):
    """Makes drives, and tells their ids beforehand."""

    def create(self, unit: Unit, site: Site, of: str, name: str) -> None:
        """The drive of a site or of a list; `of` is the UUID of that, from which the id of the drive follows."""

    def id_of(self, of: str) -> str: ...

    def remove(self, unit: Unit, of: str) -> None:
        """With its files."""

    def files(self, unit: Unit, of: str) -> Iterable[Item]:
        """Files and folders of a drive, wherever they lie in it; none where it is not made yet."""


class NoDrives:
    """For whoever looks at lists only."""

    def create(self, unit: Unit, site: Site, of: str, name: str) -> None:
        """Nothing."""

    def id_of(self, of: str) -> str:
        return of

    def remove(self, unit: Unit, of: str) -> None:
        """Nothing."""

    def files(self, unit: Unit, of: str) -> Iterable[Item]:  # noqa: ARG002
        return ()


def default_key(site: Site) -> bytes:
    """The key of the library that every site has."""
    return uuid5(UUID(site.web), DOCUMENTS).bytes


def drive_of(site: Site, key: bytes) -> str:
    """Whose drive has the files of a library: the site's, but for further libraries, which have their own."""
    return site.web if key == default_key(site) else id_of(key)


def prepare(store: Store, drives: Drives, site: Site, doer: Doer) -> None:
    key = default_key(site)
    with store.read() as unit:
        there = unit.items.find(key) is not None
    if there:
        return
    with store.write() as unit:
        if unit.items.find(key) is None:
            unit.items.add(site.web, LIST, None, _document(doer), key=key)
            # The drive of a group is made with the group's.
            if site.group != site.web:
                drives.create(unit, site, site.web, DOCUMENTS)


def _document(doer: Doer) -> Document:
    return {"displayName": DOCUMENTS, "name": f"Shared {DOCUMENTS}", "description": "", "template": LIBRARY,
            "hidden": False, "contentTypesEnabled": False, "createdBy": doer.identity, "_columns": []}  # fmt: skip
