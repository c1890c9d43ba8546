"""What all parts of calendars share, and what is called when an event was changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from postroom.errors import NotFound
from postroom.settings import Graph
from postroom.workspace.people import People, Person
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items.wish import Document

if TYPE_CHECKING:
    from postroom.workspace.workloads.calendar.refs import Ref

Prepared = list[object]
"""What the hooks prepared, in their order."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A change of an event in a unit. `before` and `after` are stored documents, None where there is none."""

    what: Literal["created", "changed", "deleted"]
    mailbox: str
    ref: Ref
    """As it is now; of what was deleted, as it was."""
    before: Document | None
    after: Document | None
    changed: frozenset[str] = frozenset()
    """Names of properties."""


class Hook(Protocol):
    """Who follows what happens to events."""

    def prepare(self, mailbox: str, event_id: str | None, given: Mapping[str, Any]) -> object:
        """Before the unit: the place to ask the directory. `event_id` is None for a new event; `given` is checked."""

    def committed(self, unit: Unit, commit: Commit, prepared: object) -> None:
        """In the unit. What it raises undoes the change."""


@dataclass
class Core:
    """`group` finds a group as if it were a person: its id, address and name; `ready` remembers which mailboxes have
    their default calendar for sure."""

    store: Store
    people: People
    settings: Graph
    group: Callable[[str], Person | None] = lambda _: None
    hooks: list[Hook] = field(default_factory=list)
    ready: set[str] = field(default_factory=set)

    def owner(self, mailbox: str) -> Person:
        """Whose calendars these are: a person, or a group. Raises NotFound."""
        found = self.people.find(mailbox) or self.group(mailbox)
        if found is None:
            raise NotFound("user", mailbox)
        return found

    def prepare(self, mailbox: str, event_id: str | None, given: Mapping[str, Any]) -> Prepared:
        """Asks every hook, before the unit."""
        return [hook.prepare(mailbox, event_id, given) for hook in self.hooks]

    @property
    def unprepared(self) -> Prepared:
        """For changes that nothing was prepared for."""
        return [None] * len(self.hooks)

    def tell(self, unit: Unit, commit: Commit, prepared: Prepared) -> None:
        """Tells every hook, in the unit."""
        for hook, one in zip(self.hooks, prepared, strict=True):
            hook.committed(unit, commit, one)
