"""An instance with directory services, without the rest of an archive."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Self

from postroom import settings
from postroom.archive.directories.directories import Directories
from postroom.archive.directories.sync import Synced
from postroom.archive.instance.audit import SYSTEM, Actor, Entry
from postroom.archive.instance.instance import Instance
from postroom.archive.instance.passwords import Passwords
from postroom.archive.instance.user_rows import User
from postroom.work import Process

ADMIN = Actor("admin", "api", "192.0.2.1")


class Room:
    """`process` is that of the last synchronisation."""

    def __init__(self, path: Path, **archive: object) -> None:
        self.instance = Instance(path, Passwords(settings.Passwords(time_cost=1, memory_kib=1024)))
        self.directories = Directories(self.instance, settings.Archive(**archive))  # type: ignore[arg-type]
        self.process = Process("SyncUsersWithDirectoryServices", "admin")

    def configure(self, config: Mapping[str, object] | None = None, **more: object) -> None:
        self.directories.configuration.update({**(config or {}), **more}, ADMIN)

    def sync(self, *, dry: bool = False) -> Synced:
        self.process = Process("SyncUsersWithDirectoryServices", "admin")
        return self.directories.sync(ADMIN, self.process, dry=dry)

    @property
    def log(self) -> list[str]:
        return self.process.log_since(0)

    @property
    def users(self) -> dict[str, User]:
        """All but the first."""
        return {user.name: user for user in self.instance.users.all() if user.name != "admin"}

    def signs_in(self, name: str, password: str, address: str = "192.0.2.9") -> bool:
        return self.instance.users.authenticate(name, password, Actor("", "api", address)) is not None

    def by_hand(self, name: str, **more: object) -> None:
        """A user whose password the directory checks."""
        self.instance.users.create(name, ["login"], SYSTEM, authentication="directoryServices", **more)  # type: ignore[arg-type]

    def events(self, *names: str) -> list[Entry]:
        """Newest first."""
        return [entry for entry in self.instance.audit.entries(limit=1000) if entry.event in names]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.instance.close()
