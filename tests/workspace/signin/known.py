"""A directory in memory, and a clock that stands still until it is told to go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from postroom.workspace.people import Person, Recipients

PASSWORD = "Correct-Horse-7"
ANNA = Person("11111111-1111-4111-8111-111111111111", "anna@post.test", "Anna Arnold", "Anna", "Arnold")
BERT = Person("22222222-2222-4222-8222-222222222222", "bert@post.test", "Bert Brandt")
ADMIN = Person("33333333-3333-4333-8333-333333333333", "admin@post.test", "Ada Admin")


@dataclass
class Known:
    """People, all with one password."""

    persons: dict[str, Person] = field(default_factory=lambda: {one.id: one for one in (ANNA, BERT, ADMIN)})

    def find(self, name: str) -> Person | None:
        wanted = name.lower()
        return next((one for one in self.persons.values() if wanted in (one.id, one.address)), None)

    def all(self) -> Iterator[Person]:
        yield from sorted(self.persons.values(), key=lambda one: one.address)

    def authenticate(self, address: str, password: str) -> Person | None:
        found = self.find(address)
        return found if found is not None and found.active and password == PASSWORD else None

    def recipients(self, address: str) -> Recipients | None:
        found = self.find(address)
        if not address.endswith("@post.test"):
            return None
        return Recipients((found,) if found else ())

    def disable(self, person: Person) -> None:
        self.persons[person.id] = replace(person, active=False)


class Hands:
    """A clock."""

    def __init__(self, moment: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def on(self, **by: float) -> None:
        self.moment += timedelta(**by)
