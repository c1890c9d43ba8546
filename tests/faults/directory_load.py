"""Under the shim: for each line of standard input a child brings the users of a copied instance in line with a
directory, and may be killed at a step on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.archive.directories.room import ADMIN, Room
from tests.faults.forks import Shim, serve

from postroom.archive.directories.model import Configuration, Login, Person, Told
from postroom.archive.directories.sync import Sync, Synced
from postroom.work import Process

CONFIGURATION = Configuration("ldapGeneric", deletes=True)
COUNT = 40


@dataclass(frozen=True)
class Given:
    """A directory in memory."""

    rows: tuple[Person, ...]

    def people(self, told: Told) -> Iterator[Person]:
        yield from self.rows

    def authenticate(self, login: Login, password: str) -> bool:
        return False


def person(key: int, name: str, *addresses: str) -> Person:
    return Person(str(key), name, f"Person {name}", addresses or (f"{name}@example.com",), f"uid={name}")


BEFORE = tuple(person(number, f"user{number}") for number in range(COUNT))
AFTER = (
    person(0, "user1"), person(1, "user0"),  # who change their names
    *(person(number, f"user{number}", f"{number}@example.com", f"user{number}@example.com") for number in range(2, 20)),
    *(person(number, f"user{number}") for number in range(20, 30)),  # the other ten are gone
    *(person(number, f"new{number}") for number in range(100, 120)),
)  # fmt: skip


def run(room: Room, people: tuple[Person, ...]) -> Synced:
    return Sync(room.instance, CONFIGURATION, Given(people), 100).run(ADMIN, Process("sync", "admin"), dry=False)


def work(shim: Shim, template: str, root: str, kill: int, torn: int) -> int:
    """Steps of the synchronisation."""
    shutil.copytree(template, root)
    with Room(Path(root) / "instance.db") as room:
        shim.arm(root, kill, torn)
        run(room, AFTER)
        return shim.steps()


if __name__ == "__main__":
    serve(work)
