"""What a function of the Administration API is given besides its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from postroom.archive.automation.scheduler import Scheduler
from postroom.archive.body import Body
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.instance import Instance
from postroom.archive.instance.privileges import Account
from postroom.archive.profiles.service import Profiles
from postroom.settings import Settings
from postroom.web.sessions import Sessions
from postroom.web.tls import Certificate
from postroom.work import Process

if TYPE_CHECKING:
    from postroom.archive.archive import Archive as WholeArchive

CLIENT = "api"
"""The door of this face: login privilege, and client in the audit log."""


class StoredMessage(Protocol):
    """One archived message."""

    @property
    def sha256(self) -> bytes: ...
    @property
    def body(self) -> Body: ...


class Archive(Protocol):
    """What this face itself needs of the archive; the functions are given all of it."""

    @property
    def instance(self) -> Instance: ...
    @property
    def scheduler(self) -> Scheduler: ...
    @property
    def profiles(self) -> Profiles: ...
    def archive_names(self) -> Iterable[str]: ...
    def authenticate(self, name: str, password: str, by: Actor) -> Account | None: ...
    def read_message(self, message_id: str, account: Account, by: Actor) -> StoredMessage:
        """Raises Invalid, NotFound, Denied."""
        ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What the server knows about itself. `listeners`: port by name of the face."""

    version: str
    machine_name: str
    home: Path
    thumbprint: Callable[[], str]
    listeners: Callable[[], Mapping[str, int]]
    sessions: Sessions
    certificate: Callable[[], Certificate] | None = None
    """That of the listeners; None where the caller is no server of this API alone."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `process` is that of a long-running function, else one that ends with the call; `client` is the door
    through which the caller came."""

    archive: WholeArchive
    account: Account
    address: str
    process: Process
    settings: Settings
    facts: Facts
    client: str = CLIENT
    messages_url: str = "/api/message"
    """Below it messages can be fetched as they arrived."""

    @property
    def user(self) -> str:
        return self.account.name

    @property
    def by(self) -> Actor:
        """Who does it, for engines that log."""
        return Actor(self.account.name, self.client, self.address or None)
