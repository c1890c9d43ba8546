"""Who is in a tenant: all users, or those in groups. For runs that read their mailboxes, and for directory services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from postroom.archive.profiles.connectors.graph_answers import Refused
from postroom.archive.profiles.connectors.graph_folders import segment
from postroom.archive.profiles.connectors.graph_session import Session
from postroom.errors import Denied, Invalid, Unavailable

SELECT: Final = "id,userPrincipalName,displayName,mail,proxyAddresses,assignedLicenses,accountEnabled,userType"
_TOP: Final = "999"


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the tenant; `addresses`: the principal name, then all that mail reaches, in lower case."""

    id: str
    name: str
    addresses: tuple[str, ...]
    licensed: bool


class PersonRow(msgspec.Struct):
    """As Graph tells of a user."""

    id: str
    name: str | None = msgspec.field(name="userPrincipalName", default=None)
    full_name: str | None = msgspec.field(name="displayName", default=None)
    mail: str | None = None
    others: list[str] | None = msgspec.field(name="proxyAddresses", default=None)
    licences: list[Any] | None = msgspec.field(name="assignedLicenses", default=None)
    enabled: bool | None = msgspec.field(name="accountEnabled", default=None)
    kind: str = msgspec.field(name="@odata.type", default="#microsoft.graph.user")
    guest: str | None = msgspec.field(name="userType", default=None)

    @property
    def other_addresses(self) -> list[str]:
        """Those besides `mail`, without their kind before the colon."""
        return [text.partition(":")[2] for text in self.others or () if text[:5].lower() == "smtp:"]

    @property
    def is_member(self) -> bool:
        return self.kind.rpartition(".")[2].lower() == "user" and (self.guest or "").lower() != "guest"


class PeoplePage(msgspec.Struct):
    value: list[PersonRow]
    next_link: str | None = msgspec.field(name="@odata.nextLink", default=None)


class _Group(msgspec.Struct):
    id: str


class _Groups(msgspec.Struct):
    value: list[_Group]


def rows(session: Session, groups: Sequence[str], field: str) -> Iterator[PersonRow]:
    """All members of the tenant when no group is named, else who is in one of them, or in a group within, once.

    Guests are left out: their mail is elsewhere. Raises Denied, Unavailable, Cancelled, and Invalid with `field` for a
    name that is no group's.
    """
    if not groups:
        yield from _rows(session, f"users?$select={SELECT}&$top={_TOP}", "the users")
    seen: set[str] = set()
    for group in groups:
        path = f"groups/{segment(_group(session, group, field))}/transitiveMembers?$select={SELECT}&$top={_TOP}"
        for row in _rows(session, path, f"the members of {group}"):
            if row.id not in seen:
                seen.add(row.id)
                yield row


def everybody(session: Session) -> Iterator[Person]:
    """All members of the tenant. Raises as `rows`."""
    return map(person_of, rows(session, (), ""))


def members(session: Session, groups: Sequence[str]) -> Iterator[Person]:
    """Who is in one of these groups. Raises as `rows`."""
    return map(person_of, rows(session, groups, "details.groups") if groups else ())


def _group(session: Session, name: str, field: str) -> str:
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
        raise Invalid(field, f"ids, addresses or names of groups; {len(listed.value)} are named {name!r}")
    return listed.value[0].id


def _rows(session: Session, path: str, what: str) -> Iterator[PersonRow]:
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
        yield from (row for row in page.value if row.is_member)
        link = page.next_link


def person_of(row: PersonRow) -> Person:
    given = [text.lower() for text in (row.name, row.mail, *row.other_addresses) if text]
    return Person(row.id, given[0] if given else row.id, tuple(dict.fromkeys(given)), bool(row.licences))
