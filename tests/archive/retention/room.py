"""An archive whose clock stands still, and mail for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from tests.archive import instances

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import Actor
from postroom.archive.retention.process import Run
from postroom.archive.storage.writer import Incoming
from postroom.settings import Settings
from postroom.work import Process

BY = Actor("admin", "test")
DAY_MS = 86_400_000


def ms(*date: int) -> int:
    return int(datetime(*date, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc,arg-type]


@dataclass
class Clock:
    """A time that only tests move."""

    now_ms: int = ms(2026, 3, 1)

    def __call__(self) -> int:
        return self.now_ms

    def days_later(self, days: int) -> None:
        self.now_ms += days * DAY_MS


def message(subject: str, *, date_ms: int | None = None, to: str = "jobs@example.com", body: str = "Hello.") -> bytes:
    head = f"From: bob@example.org\nTo: {to}\nSubject: {subject}\n"
    if date_ms is not None:
        head += f"Date: {format_datetime(datetime.fromtimestamp(date_ms / 1000, UTC))}\n"
    return f"{head}\n{body}\n".encode()


@dataclass
class Room:
    """An archive open in `directory`."""

    directory: Path
    settings: Settings = field(default_factory=instances.settings)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.archive = Archive(self.directory, self.settings, clock=self.clock)
        self.archive.instance.compliance.update({"admin_may_read": True}, BY)
        self._count = 0

    def put(self, subject: str, *, archive: str = "anna", folder: str = "Inbox", **more: object) -> int:
        """Archive one message now; its number."""
        self._count += 1
        body = message(subject, **more)  # type: ignore[arg-type]
        item = Incoming(archive, folder, "test:", f"{self.clock.now_ms}-{self._count}", body)
        return self.archive.stores.add([item], {})[0].message

    def indexed(self) -> None:
        assert self.archive.wait_indexed(instances.WAIT_S)

    def run(self, *, dry: bool = False, limit: int | None = None, by: Actor = BY) -> Run:
        return self.archive.process_retention(by, Process("test", by.name), dry=dry, limit=limit)

    def live(self) -> set[int]:
        """Numbers of the messages that are there."""
        return {row.number for row in self.archive.stores.get(1).store.catalogue.all_messages()}

    def delete(self, number: int) -> None:
        self.archive.delete_message(f"1:{number}", "asked for", self.archive.instance.users.account("admin"), BY)
