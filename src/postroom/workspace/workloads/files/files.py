"""The facade of drives: what faces call."""

from __future__ import annotations

from postroom.workspace.query.page import Page
from postroom.workspace.workloads.files import access, drives
from postroom.workspace.workloads.files.contents import Contents
from postroom.workspace.workloads.files.core import At, Core, Document, Look
from postroom.workspace.workloads.files.folders import Folders
from postroom.workspace.workloads.files.versions import Versions


class Files:
    """All methods of its parts take who asks and an address first; see docs/files.md."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.folders = Folders(core)
        self.contents = Contents(core)
        self.versions = Versions(core)

    def drive(self, look: Look, at: At) -> Document:
        """Raises NotFound; Denied for whom nothing in it is."""
        drives.prepare(self.core, at)
        with self.core.store.read() as unit:
            found = drives.drive_at(unit, at)
            access.check("read" if access.is_own(self.core, look, found) else None, "read")
            return drives.shown(unit, self.core, look, found)

    def drives(self, look: Look, at: At) -> Page:
        """All drives of an owner."""
        drives.prepare(self.core, at)
        with self.core.store.read() as unit:
            found = [one for one in drives.all_of(unit, at.owner) if access.is_own(self.core, look, one)]
            return drives.page(unit, self.core, look, found)

    def tend(self) -> None:
        """What is to be done every hour."""
        self.folders.tend()
