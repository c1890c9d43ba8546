"""What all parts of meetings share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from postroom.workspace.people import Person
from postroom.workspace.store.rows import Body
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar.core import Core as CalendarCore
from postroom.workspace.workloads.calendar.given import address_of
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.items.letters import Post
from postroom.workspace.workloads.items.wish import Document

_ADDRESS: Final = re.compile(r"[^\s@<>,;\"]{1,200}@[^\s@<>,;\"]{1,250}")


@dataclass(frozen=True, slots=True)
class Core:
    """`settings_of` gives the mailboxSettings of somebody in a unit: time zone, working hours."""

    calendar: CalendarCore
    post: Post
    settings_of: Callable[[Unit, Person], Document]


def addresses(people: Iterable[Mapping[str, Any]]) -> list[str]:
    """In lower case, each once."""
    return list(dict.fromkeys(found for one in people if (found := address_of(one).strip().lower())))


def given_address(one: Any) -> str:
    """Of a recipient as a caller gives it, whatever that is; empty for what mail cannot be sent to."""
    found = one.get("emailAddress") if isinstance(one, Mapping) else None
    address = found.get("address") if isinstance(found, Mapping) else None
    return address.strip() if isinstance(address, str) and _ADDRESS.fullmatch(address.strip()) else ""


def own_addresses(person: Person) -> frozenset[str]:
    return frozenset(one.lower() for one in (person.address, *person.other_addresses))


def others(document: Mapping[str, Any], person: Person) -> list[Document]:
    """Who takes part beside this person and can be written to."""
    own = own_addresses(person)
    return [one for one in document.get("attendees") or [] if given_address(one).lower() not in ("", *own)]


def split(people: Iterable[Document]) -> tuple[list[Document], list[Document]]:
    """Recipients of a letter: those who must come, rooms too, and those who may."""
    found = list(people)
    plain = [{"emailAddress": one["emailAddress"]} for one in found if one.get("type") != "optional"]
    optional = [{"emailAddress": one["emailAddress"]} for one in found if one.get("type") == "optional"]
    return plain, optional


def recipient(person: Person) -> Document:
    return {"emailAddress": {"name": person.name, "address": person.address}}


def body_of(unit: Unit, ref: Ref) -> Body:
    """That of an occurrence is its master's until it has its own."""
    own = unit.items.body(ref.exception) if ref.exception else None
    return own or unit.items.body(ref.item) or Body("text", "")
