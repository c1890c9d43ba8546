"""The accounts engine as the directory of the workspace: engines do not know each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from postroom.accounts.accounts import Accounts
from postroom.accounts.services.mailboxes import Mailbox
from postroom.workspace.people import Person, Recipients


class AccountsPeople:
    """`postroom.workspace.people.People` on accounts."""

    def __init__(self, accounts: Accounts) -> None:
        self._mailboxes = accounts.mailboxes

    def find(self, name: str) -> Person | None:
        found = self._mailboxes.find(name)
        return _person(found) if found else None

    def all(self) -> Iterator[Person]:
        return map(_person, self._mailboxes.all())

    def authenticate(self, address: str, password: str) -> Person | None:
        found = self._mailboxes.authenticate(address, password)
        return _person(found) if found else None

    def recipients(self, address: str) -> Recipients | None:
        destinations = self._mailboxes.destinations(address)
        if destinations is None:
            return None
        found = map(self.find, destinations.users)
        return Recipients(tuple(person for person in found if person is not None), tuple(destinations.others))


def _person(mailbox: Mailbox) -> Person:
    return Person(**asdict(mailbox))
