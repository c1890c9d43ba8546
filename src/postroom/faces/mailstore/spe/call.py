"""What a function of the installation is given besides its arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from postroom.archive.instance.audit import Actor
from postroom.archive.management.administrators import Administrator
from postroom.archive.management.management import Management
from postroom.settings import Settings
from postroom.web.sessions import Sessions
from postroom.work import Process

CLIENT: Final = "api"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the server knows about itself. `host_name`: under which others reach it; `console_port`: None while there is
    no console."""

    version: str
    machine_name: str
    home: Path
    thumbprint: Callable[[], str]
    sessions: Sessions
    host_name: str
    console_port: Callable[[], int | None]


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `process` is that of a long-running function, else one that ends with the call."""

    management: Management
    administrator: Administrator
    address: str
    process: Process
    settings: Settings
    facts: Facts

    @property
    def by(self) -> Actor:
        """Who does it, for engines that log."""
        return Actor(self.administrator.name, CLIENT, self.address or None)
