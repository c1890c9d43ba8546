"""Users: who there is, with what programs added."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from postroom.errors import NotFound
from postroom.workspace.people import People as Known
from postroom.workspace.people import Person
from postroom.workspace.schema.check import checked
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.directory import accounts
from postroom.workspace.workloads.directory.kinds import (
    OWNER,
    USER,
    USER_TYPE,
    Document,
    key_of,
)


class Users:
    """Who there is, asked of `people` each time. Units are the caller's."""

    def __init__(self, people: Known) -> None:
        self._people = people

    def person(self, name: str) -> Person:
        """By id or address. Raises NotFound."""
        person = self._people.find(name)
        if person is None:
            raise NotFound(USER, name)
        return person

    def documents(self, unit: Unit) -> Iterator[Document]:
        """Everybody."""
        added = {item.key: item.document for item in unit.items.all(OWNER, USER)}
        for person in self._people.all():
            yield document(person, added.get(_key(person), {}))

    def document(self, unit: Unit, name: str) -> Document:
        """One user. Raises NotFound."""
        person = self.person(name)
        item = unit.items.find(_key(person))
        return document(person, item.document if item else {})

    def given(self, person: Person, given: Mapping[str, Any]) -> Document:
        """What is given for a user who is there, without what accounts have so already. Raises Invalid, ReadOnly."""
        known = document(person, {})
        check_fixed(given, known, accounts.FIXED)
        new = checked(USER_TYPE, dict(given), read_only=accounts.READ_ONLY, partial=True)
        return {name: value for name, value in new.items() if name not in accounts.KNOWN or value != known.get(name)}

    def keep(self, unit: Unit, person: Person, new: Mapping[str, Any]) -> Document:
        """Keep this beside what accounts know."""
        item = self.item(unit, person)
        return document(person, unit.items.update(item, item.document | dict(new)).document)

    def drop(self, unit: Unit, person: Person, names: Collection[str]) -> None:
        """Accounts know these better from now on."""
        item = unit.items.find(_key(person))
        if item is not None and not item.document.keys().isdisjoint(names):
            unit.items.update(item, {name: value for name, value in item.document.items() if name not in names})

    def remove(self, unit: Unit, person: Person) -> None:
        """All that is kept of somebody who is gone, and what leads to them."""
        unit.links.forget(person.id.lower())
        item = unit.items.find(_key(person))
        if item is not None:
            unit.items.remove(item)

    def item(self, unit: Unit, person: Person) -> Item:
        """What is kept of this user; made when there is nothing yet."""
        found = unit.items.find(_key(person))
        return found or unit.items.add(OWNER, USER, None, {}, key=_key(person))


def _key(person: Person) -> bytes:
    key = key_of(person.id)
    assert key is not None, "People gives UUIDs"
    return key


def document(person: Person, added: Mapping[str, Any]) -> Document:
    """What is known of a user. Other properties are null, which `project` and conditions see to: lists may be long."""
    known: Document = {
        "id": person.id.lower(),
        "displayName": person.name or person.address,
        "givenName": person.given_name or None,
        "surname": person.surname or None,
        "mail": person.address,
        "userPrincipalName": person.address,
        "mailNickname": person.address.partition("@")[0],
        "accountEnabled": person.active,
        "userType": "Member",
        "preferredLanguage": person.language or None,
        "jobTitle": person.job_title or None,
        "department": person.department or None,
        "mobilePhone": person.mobile_phone or None,
        "businessPhones": [person.phone] if person.phone else [],
        "officeLocation": person.office or None,
        "proxyAddresses": [f"SMTP:{person.address}", *(f"smtp:{other}" for other in person.other_addresses)],
    }
    return {**known, **added}


def as_contact(user: Mapping[str, Any], rank: int) -> Document:
    """A user in the list of people that somebody may write to."""
    return {
        "id": user["id"],
        "displayName": user["displayName"],
        "givenName": user["givenName"],
        "surname": user["surname"],
        "jobTitle": user["jobTitle"],
        "department": user["department"],
        "officeLocation": user["officeLocation"],
        "companyName": user.get("companyName"),
        "userPrincipalName": user["userPrincipalName"],
        "scoredEmailAddresses": [{"address": user["mail"], "relevanceScore": float(rank)}],
        "phones": [{"type": "business", "number": number} for number in user["businessPhones"]],
        "personType": {"class": "Person", "subclass": "OrganizationUser"},
    }
