"""The installation of a service provider: its administrators, servers and instances, and the instances that run."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Self

from postroom import migrations
from postroom.archive.automation.mailer import Mailer
from postroom.archive.instance import events
from postroom.archive.instance.audit import SYSTEM, Actor, Audit
from postroom.archive.instance.passwords import Passwords
from postroom.archive.instance.secrets import Secrets
from postroom.archive.instance.smtp import SmtpSettings
from postroom.archive.management.administrators import Administrators
from postroom.archive.management.instances import InstanceRow, Instances
from postroom.archive.management.places import Places
from postroom.archive.management.servers import ACCESS, HOST, Servers
from postroom.archive.management.tenants import Tenants
from postroom.archive.storage.writer import Clock, now_ms
from postroom.errors import Cancelled, NotFound, PostroomError, WrongState
from postroom.settings import Settings
from postroom.sqlite import Database
from postroom.work import Process

logger = logging.getLogger(__name__)
FILE: Final = "management.db"
HOST_PORT: Final = 8472
ACCESS_PORT: Final = 8473
MOST_NAMED: Final = 10
LOGGED: Final = events.DEFAULT_SELECTION | {events.API_CALL.name}
"""In an instance all act as one user: who it was must be known here."""


class Management:
    """Opens or creates management.db in `directory`, where the instances lie too. A context manager.

    All but the instances that run may be used without a server. Methods that change something take `by`.
    """

    def __init__(self, directory: Path, settings: Settings, clock: Clock = now_ms) -> None:
        """Raises Damaged, Unavailable, NoSpace."""
        self.directory, self.settings = directory, settings
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.database = Database(directory / FILE, migrations.load("postroom.archive", "management"))
        self.audit = Audit(self.database)
        self.audit.selection = lambda: LOGGED
        secrets = Secrets(directory)
        self.smtp = SmtpSettings(self.database, self.audit, secrets)
        self.administrators = Administrators(
            self.database, self.audit, secrets, Passwords(settings.passwords), clock
        )  # fmt: skip
        self.hosts = Servers(self.database, self.audit, HOST)
        self.access_servers = Servers(self.database, self.audit, ACCESS)
        self.places = Places(directory.resolve(), settings.archive.allowed_paths)
        self.instances = Instances(self.database, self.audit, self.hosts, self.places)
        self.tenants = Tenants(self.instances, settings, clock)
        self.mailer = Mailer(self, clock)

    def close(self) -> None:
        """Close the instances that are open, then the database."""
        try:
            self.tenants.close()
            self.audit.close()
        finally:
            self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def introduce(self, thumbprint: str) -> None:
        """Make this machine known in both roles, when nobody made any server known yet."""
        for servers, port in ((self.hosts, HOST_PORT), (self.access_servers, ACCESS_PORT)):
            if not servers.matching():
                servers.create(socket.gethostname(), {"port": port, "thumbprint": thumbprint}, SYSTEM)

    # Instances

    def create_instance(self, name: object, given: Mapping[str, object], by: Actor) -> InstanceRow:
        """A new instance, which runs at once unless its start mode is another than automatic; when that fails it is
        there, and its tenant has the error. Raises AlreadyExists, Invalid, NotFound."""
        row = self.instances.create(name, given, by)
        self.tenants.add(row)
        if row.start_mode == "automatic":
            try:
                self._one("started", row.name, by, self.tenants.start_one)
            except PostroomError as error:
                logger.warning("The new instance %s could not be started: %s", row.name, error)
        return row

    def update_instance(self, name: str, changes: Mapping[str, object], by: Actor) -> None:
        """Change its configuration. Raises WrongState for another folder while it runs."""
        tenant = self.tenants.get(name)
        if "directory" in changes and changes["directory"] is not None:
            self._check_same_place(tenant.row, changes["directory"])
        tenant.configured(self.instances.update(name, changes, by))

    def _check_same_place(self, row: InstanceRow, given: object) -> None:
        if not isinstance(given, str) or self.instances.place(row.name, given, row.host) != row.directory:
            raise WrongState(
                f"The folder of an instance cannot be changed. Stop {row.name!r}, move the folder, delete the instance "
                "and create it there again."
            )

    # All that fit a filter, one after the other. `process` is told of each; WrongState names those that failed.

    def start(self, pattern: str, by: Actor, process: Process) -> None:
        """Let them be used; each is opened once to see that it can be."""
        self._each("started", pattern, by, process, self.tenants.start_one)

    def stop(self, pattern: str, by: Actor, process: Process) -> None:
        """Cancel their long calls, wait for the end of all others, close them."""
        self._each("stopped", pattern, by, process, lambda name: self.tenants.get(name).stop(process))

    def restart(self, pattern: str, by: Actor, process: Process) -> None:
        def again(name: str) -> None:
            self.tenants.get(name).stop(process)
            self.tenants.start_one(name)

        self._each("restarted", pattern, by, process, again)

    def freeze(self, pattern: str, by: Actor, process: Process) -> None:
        """Wait until nobody uses them, write everything; their files stay as they are until `thaw`."""
        self._each("frozen", pattern, by, process, lambda name: self.tenants.get(name).freeze(process))

    def thaw(self, pattern: str, by: Actor, process: Process) -> None:
        self._each("thawed", pattern, by, process, lambda name: self.tenants.get(name).thaw())

    def delete(self, pattern: str, by: Actor, process: Process) -> None:
        """Forget those that are stopped; their files stay."""
        self._each("deleted", pattern, by, process, lambda name: self._delete(name, by))

    def _delete(self, name: str, by: Actor) -> None:
        with self.tenants.get(name).still():
            self.instances.delete(name, by)
            self.tenants.forget(name)

    def _each(self, done: str, pattern: str, by: Actor, process: Process, act: Callable[[str], object]) -> None:
        rows, failed = self.instances.matching(pattern), []
        if not rows and not _has_wildcard(pattern):
            raise NotFound("instance", pattern)
        for number, row in enumerate(rows):
            process.check_cancelled()
            process.progress(number, len(rows))
            try:
                self._one(done, row.name, by, act)
            except Cancelled:
                raise
            except PostroomError as error:
                process.log(f"{row.name}: {error}")
                failed.append(row.name)
            else:
                process.log(f"{row.name}: {done}.")
        if failed:
            more = f" and {len(failed) - MOST_NAMED} more" if len(failed) > MOST_NAMED else ""
            names = ", ".join(failed[:MOST_NAMED])
            raise WrongState(
                f"{len(failed)} of {len(rows)} instances were not {done}: {names}{more}. The log says why."
            )

    def _one(self, done: str, name: str, by: Actor, act: Callable[[str], object]) -> None:
        with self.audit.recording(events.INSTANCE_STATE, by, name, now=done):
            act(name)


def _has_wildcard(pattern: str) -> bool:
    return "*" in pattern or "?" in pattern
