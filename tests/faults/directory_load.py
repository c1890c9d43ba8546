"""Under the shim: for each line of standard input a child brings the users of a copied instance in line with a
directory, and may be killed at a step on the disk."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.archive.directories.room import ADMIN, Room

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


def work(shim: ctypes.CDLL, template: str, root: str, kill: int, torn: int) -> int:
    """Steps of the synchronisation."""
    shutil.copytree(template, root)
    with Room(Path(root) / "instance.db") as room:
        nothing, never = ctypes.c_char_p(b""), ctypes.c_long(0)
        shim.fault_arm(root.encode(), nothing, nothing, ctypes.c_long(kill), torn, never, never, 0)
        run(room, AFTER)
        return int(shim.fault_steps())


def main() -> None:
    shim = ctypes.CDLL(os.environ["FAULT_SHIM"])
    for line in sys.stdin:
        template, root, kill, torn = json.loads(line)
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            os.set_inheritable(write, False)
            os.write(write, json.dumps(work(shim, template, root, kill, torn)).encode())
            os._exit(0)
        os.close(write)
        _, status = os.waitpid(child, 0)
        with os.fdopen(read, "rb") as pipe:
            answer = pipe.read().decode()
        print(json.dumps({"answer": answer, "status": status}), flush=True)


if __name__ == "__main__":
    main()
