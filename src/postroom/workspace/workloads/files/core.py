"""What all parts of drives share: settings, who asks, and what an item is addressed by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from postroom.settings import Graph
from postroom.workspace.clock import Clock
from postroom.workspace.people import People, Person
from postroom.workspace.store.store import Store
from postroom.workspace.workloads.items.doer import Doer, Groups
from postroom.workspace.workloads.items.wish import PLAIN, Wish

Document = dict[str, Any]
Reaches = Callable[[str, Doer], bool]
"""`(owner, doer)`: whether the drives of this owner, who is no user and no group, are the doer's to use."""

Notify = Callable[[str, str, str, str], None]
"""Sends mail: `(user, address, subject, text)`."""

USER: Final = "user"
GROUP: Final = "group"
SITE: Final = "site"


class TextOf(Protocol):
    """Reads the words of files, in processes that may hang or crash."""

    def __call__(self, path: Path, name: str, media_type: str) -> str:
        """The words, empty where there are none. Raises Unavailable when it may be tried again, Cancelled."""
        ...

    def close(self) -> None:
        """Whatever reads ends at once; it begins anew when it is asked again."""


@dataclass(frozen=True, slots=True)
class Look:
    """Who asks, and how the answer is wanted. `base` stands in front of URLs, `https://host/v1.0`.

    `others`: the token reaches what is not the user's own.
    """

    doer: Doer
    base: str = ""
    wish: Wish = PLAIN
    others: bool = True


@dataclass(frozen=True, slots=True)
class At:
    """An address: a drive, by its owner or by its id, and steps to an item of it.

    Steps are pairs: `root`, `item` with an id, `special` with a name, `child` with a name, `path` with names between
    slashes, and `share` with a token, which needs no drive.
    """

    owner: str = ""
    kind: str = USER
    """What the owner is."""
    drive: str = ""
    steps: tuple[tuple[str, str], ...] = (("root", ""),)


@dataclass
class Core:
    """`ready` remembers which drives there are for sure; `wake` is called when there is work for the background."""

    store: Store
    people: People
    clock: Clock
    settings: Graph
    groups: Groups
    reaches: Reaches = lambda _owner, _doer: False
    text_of: TextOf | None = None
    notify: Notify | None = None
    wake: Callable[[], None] = lambda: None
    ready: set[str] = field(default_factory=set)

    def person(self, user: str | None) -> Person | None:
        return self.people.find(user) if user else None

    def identity(self, doer: Doer) -> Document:
        """Who did something, as items show it, with the address of a user."""
        found = doer.identity
        person = self.person(doer.user)
        if person is not None:
            found["user"] = {"id": person.id, "displayName": person.name or None, "email": person.address}
        return found
