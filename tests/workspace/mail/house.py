"""A house with people in it, for the tests of mail: a directory, a clock that is set, mail on a store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from postroom.settings import Settings
from postroom.workspace.people import Person, Recipients
from postroom.workspace.query.request import parse_options
from postroom.workspace.store.store import Store
from postroom.workspace.workloads.items.uploads import Uploads
from postroom.workspace.workloads.items.wish import Wish
from postroom.workspace.workloads.mail.mail import Mail
from postroom.workspace.workspace import KINDS

ANNA: Final = Person("0d4ac6a7-5b0c-4b0e-9b1e-000000000001", "anna@example.org", "Anna Müller")
BOB: Final = Person(
    "0d4ac6a7-5b0c-4b0e-9b1e-000000000002", "bob@example.org", "Bob", other_addresses=("robert@example.org",)
)
START: Final = datetime(2026, 1, 31, 10, tzinfo=UTC)
DOMAIN: Final = "example.org"


@dataclass
class Directory:
    """Anna, Bob, an alias `all@` for both, and `away@` that leads elsewhere; a full `People`."""

    persons: list[Person] = field(default_factory=lambda: [ANNA, BOB])
    aliases: dict[str, Recipients] = field(
        default_factory=lambda: {
            "all@example.org": Recipients((ANNA, BOB)),
            "away@example.org": Recipients((), ("anna@elsewhere.test",)),
        }
    )
    passwords: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> Person | None:
        low = name.lower()
        return next((one for one in self.persons if low in (one.id, one.address, *one.other_addresses)), None)

    def all(self) -> Iterator[Person]:
        yield from sorted(self.persons, key=lambda one: one.address)

    def authenticate(self, address: str, password: str) -> Person | None:
        found = self.find(address)
        return found if found and self.passwords.get(found.address) == password else None

    def recipients(self, address: str) -> Recipients | None:
        if address.lower().rpartition("@")[2] != DOMAIN:
            return None
        person = self.find(address)
        return Recipients((person,)) if person else self.aliases.get(address.lower(), Recipients())


@dataclass
class SetClock:
    time: datetime = START

    def __call__(self) -> datetime:
        return self.time

    def go_on(self, **by: float) -> None:
        self.time += timedelta(**by)


@dataclass
class House:
    store: Store
    mail: Mail
    people: Directory
    clock: SetClock
    settings: Settings

    def names(self, person: Person, folder: str = "inbox") -> list[str]:
        """The subjects in a folder, the newest first."""
        return [one["subject"] for one in self.mail.messages.page(person.id, folder, wish(select="subject")).rows]

    def one(self, person: Person, folder: str = "inbox", **options: str) -> dict[str, Any]:
        """The only message of a folder."""
        (found,) = self.mail.messages.page(person.id, folder, wish(**options)).rows
        return found


def house(directory: Path, settings: Settings | None = None) -> House:
    clock, people, settings = SetClock(), Directory(), settings or Settings()
    store = Store(directory, KINDS, clock)
    return House(store, Mail(store, people, clock, settings, Uploads(store)), people, clock, settings)


def wish(**options: str) -> Wish:
    """Query options by their names without `$`."""
    return Wish(parse_options([(f"${name}", value) for name, value in options.items()]))


def raw(subject: str = "Roof", to: str = "anna@example.org", body: str = "Hello", **fields: str) -> bytes:
    head = {
        "From": "Carl <carl@elsewhere.test>",
        "To": to,
        "Subject": subject,
        "Message-ID": f"<{subject}@x>",
        **fields,
    }
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in head.items())
    return f"{lines}\r\n{body}\r\n".encode()


def given(subject: str = "Roof", to: str = "bob@example.org", **more: Any) -> Mapping[str, Any]:
    """A message as a client gives it."""
    return {
        "subject": subject,
        "body": {"contentType": "text", "content": "Hello"},
        "toRecipients": [{"emailAddress": {"address": to}}],
        **more,
    }
