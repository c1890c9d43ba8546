"""The facade of drives: what faces call."""

from __future__ import annotations

from postroom.workspace.query.page import Page
from postroom.workspace.workloads.files import access, drives
from postroom.workspace.workloads.files.background import Background
from postroom.workspace.workloads.files.contents import Contents
from postroom.workspace.workloads.files.copies import Copies
from postroom.workspace.workloads.files.core import At, Core, Document, Look
from postroom.workspace.workloads.files.delta import Deltas
from postroom.workspace.workloads.files.folders import Folders
from postroom.workspace.workloads.files.locking import Locking
from postroom.workspace.workloads.files.permissions import Permissions
from postroom.workspace.workloads.files.searching import Search
from postroom.workspace.workloads.files.sessions import Sessions
from postroom.workspace.workloads.files.shared import Shared
from postroom.workspace.workloads.files.thumbnails import Thumbnails
from postroom.workspace.workloads.files.versions import Versions
from postroom.workspace.workloads.files.words import Words


class Files:
    """All methods of its parts take who asks and an address first; see docs/files.md."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.folders = Folders(core)
        self.contents = Contents(core)
        self.sessions = Sessions(core)
        self.versions = Versions(core)
        self.permissions = Permissions(core)
        self.shared = Shared(core)
        self.thumbnails = Thumbnails(core)
        self.search = Search(core)
        self.deltas = Deltas(core)
        self.copies = Copies(core)
        self.locking = Locking(core)
        words = Words(core)
        self.background = Background([self.copies.step, words.step], words.interrupt)
        """Makes copies and reads what came, between `start` and `stop`."""
        core.wake = self.background.wake

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
        self.sessions.tend()
        self.copies.tend()
