"""What the tests of mail servers share: a context of no archive, details as a profile has them, messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from postroom.archive.profiles.connector import Connector, Context
from postroom.archive.profiles.details import Details, checked
from postroom.archive.storage.writer import now_ms
from postroom.settings import Archive as ArchiveSettings
from postroom.settings import Settings


def message(subject: str, size: int = 100, *, to: str = "anna@example.org", more: str = "") -> bytes:
    """As it goes over the wire."""
    head = f"From: ben@example.org\r\nTo: {to}\r\n{more}Subject: {subject}\r\nMessage-ID: <{subject}@x.example>\r\n\r\n"
    line = "The roof will cost a little more.\r\n"
    return (head + line * max(1, size // len(line))).encode()


@dataclass
class World:
    """A context, and what was said to it."""

    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    credentials: Mapping[int, dict[str, str]] = field(default_factory=dict)
    most_bytes: int = 50 << 20
    notes: list[str] = field(default_factory=list)
    stop: Callable[[], None] = lambda: None

    def context(self) -> Context:
        return Context(
            settings=Settings(archive=ArchiveSettings(max_message_bytes=self.most_bytes)),
            clock=now_ms,
            owner_of=self._owner_of,
            archives=lambda: list(self.people.items()),
            path=lambda _key, text: Path(text),
            credential=lambda number: dict(self.credentials[number]),
            note=self.notes.append,
            stop=lambda: self.stop(),
        )

    def _owner_of(self, address: str) -> str | None:
        return next((name for name, has in self.people.items() if address.casefold() in has), None)


def details(connector: Connector, given: Mapping[str, object]) -> Details:
    """Checked as a profile's are."""
    found = checked(connector.keys, dict(given))
    connector.check(found)
    return found


def crlf(bodies: Sequence[bytes]) -> list[bytes]:
    return [body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for body in bodies]
