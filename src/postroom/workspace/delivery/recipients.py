"""Who gets what is sent to some addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal as OneOf

from postroom.workspace.people import People, Person

Fate = OneOf["ours", "unknown", "elsewhere"]
"""Of an address: mail for it is taken; its domain is ours and there is no such address; its domain is not ours."""


@dataclass(frozen=True, slots=True)
class Route:
    """`people` get it into their mailboxes, each once; `others` are addresses elsewhere, those of forwardings too."""

    fates: Mapping[str, Fate]
    people: tuple[Person, ...]
    others: tuple[str, ...]

    def addresses(self, fate: Fate) -> tuple[str, ...]:
        return tuple(address for address, found in self.fates.items() if found == fate)


def route(people: People, addresses: Iterable[str]) -> Route:
    """Raises Unavailable when the directory does not answer."""
    fates: dict[str, Fate] = {}
    persons: dict[str, Person] = {}
    others: dict[str, None] = {}
    for address in addresses:
        found = people.recipients(address)
        if found is None:
            fates[address] = "elsewhere"
            continue
        persons.update((person.id, person) for person in found.people)
        others.update(dict.fromkeys(found.others))
        fates[address] = "ours" if found.people or found.others else "unknown"
    return Route(fates, tuple(persons.values()), tuple(others))
