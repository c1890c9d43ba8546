"""Whose mailboxes a run over a tenant reads: all users with a licence, or those in groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from postroom.archive.profiles.connectors.graph_answers import Refused
from postroom.archive.profiles.connectors.graph_folders import segment
from postroom.archive.profiles.connectors.graph_session import Session
from postroom.errors import Denied, Invalid, Unavailable

SELECT: Final = "id,userPrincipalName,mail,proxyAddresses,assignedLicenses,userType"
_TOP: Final = "999"


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the tenant; `addresses`: the principal name, then all that mail reaches, in lower case."""

    id: str
    name: str
    addresses: tuple[str, ...]
    licensed: bool


class PersonRow(msgspec.Struct):
    id: str
    name: str | None = msgspec.field(name="userPrincipalName", default=None)
    mail: str | None = None
    others: list[str] | None = msgspec.field(name="proxyAddresses", default=None)
    licences: list[Any] | None = msgspec.field(name="assignedLicenses", default=None)
    kind: str = msgspec.field(name="@odata.type", default="#microsoft.graph.user")
    guest: str | None = msgspec.field(name="userType", default=None)


class PeoplePage(msgspec.Struct):
    value: list[PersonRow]
    next_link: str | None = msgspec.field(name="@odata.nextLink", default=None)


class _Group(msgspec.Struct):
    id: str


class _Groups(msgspec.Struct):
    value: list[_Group]


def everybody(session: Session) -> Iterator[Person]:
    """All members of the tenant, guests left out: their mail is elsewhere. Raises Denied, Unavailable, Cancelled."""
    return _people(session, f"users?$select={SELECT}&$top={_TOP}", "the users")


def members(session: Session, groups: Sequence[str]) -> Iterator[Person]:
    """Who is in one of these groups, or in a group within, once. Raises Invalid for a name that is no group's."""
    seen: set[str] = set()
    for group in groups:
        path = f"groups/{segment(_group(session, group))}/transitiveMembers?$select={SELECT}&$top={_TOP}"
        for person in _people(session, path, f"the members of {group}"):
            if person.id not in seen:
                seen.add(person.id)
                yield person


def _group(session: Session, name: str) -> str:
    """The id of a group that is given by id, address or name."""
    found = session.json(f"groups/{segment(name)}?$select=id", _Group)
    if not isinstance(found, Refused):
        return found.id
    quoted = name.replace("'", "''")
    asked = {"$filter": f"mail eq '{quoted}' or displayName eq '{quoted}'", "$select": "id"}
    listed = session.json("groups", _Groups, params=asked)
    if isinstance(listed, Refused):
        raise Denied(f"The groups cannot be read: {listed}.")
    if len(listed.value) != 1:
        raise Invalid("details.groups", f"groups by id, address or name; {name!r} are {len(listed.value)} of them")
    return listed.value[0].id


def _people(session: Session, path: str, what: str) -> Iterator[Person]:
    link: str | None = path
    seen: set[str] = set()
    while link:
        if link in seen:
            raise Unavailable(f"The list of {what} turns in a circle.")
        seen.add(link)
        page = session.json(link, PeoplePage)
        if isinstance(page, Refused):
            raise Denied(f"The list of {what} cannot be read: {page}. The application needs User.Read.All, "
                         "and GroupMember.Read.All for groups.")  # fmt: skip
        yield from (person_of(row) for row in page.value if _is_member(row))
        link = page.next_link


def _is_member(row: PersonRow) -> bool:
    return row.kind.rpartition(".")[2].lower() == "user" and (row.guest or "").lower() != "guest"


def person_of(row: PersonRow) -> Person:
    smtp = [text.partition(":")[2] for text in row.others or () if text[:5].lower() == "smtp:"]
    given = [text.lower() for text in (row.name, row.mail, *smtp) if text]
    return Person(row.id, given[0] if given else row.id, tuple(dict.fromkeys(given)), bool(row.licences))
