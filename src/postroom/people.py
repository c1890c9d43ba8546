"""The accounts engine as the directory of the workspace: engines do not know each other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict

from postroom.accounts.accounts import Accounts
from postroom.accounts.services.mailboxes import Mailbox
from postroom.errors import NotFound
from postroom.recent import Recent
from postroom.workspace.people import Person, Recipients


class AccountsPeople:
    """`postroom.workspace.people.People` on accounts. Safe to use from threads.

    Whoever loses a right or the account is seen so at once, a new name up to a second later.
    """

    def __init__(self, accounts: Accounts, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._mailboxes = accounts.mailboxes
        self._recent: Recent[str, Person] = Recent(lambda: accounts.core.rights_version, monotonic=monotonic)

    def find(self, name: str) -> Person | None:
        try:
            return self._recent.of(name, lambda: self._found(name))
        except NotFound:  # not kept: whoever is made now is found at once
            return None

    def all(self) -> Iterator[Person]:
        return map(_person, self._mailboxes.all())

    def authenticate(self, address: str, password: str) -> Person | None:
        mailbox = self._mailboxes.authenticate(address, password)
        return _person(mailbox) if mailbox else None

    def recipients(self, address: str) -> Recipients | None:
        destinations = self._mailboxes.destinations(address)
        if destinations is None:
            return None
        found = map(self.find, destinations.users)
        return Recipients(tuple(person for person in found if person is not None), destinations.others)

    def _found(self, name: str) -> Person:
        mailbox = self._mailboxes.find(name)
        if mailbox is None:
            raise NotFound("person", name)
        return _person(mailbox)


def _person(mailbox: Mailbox) -> Person:
    return Person(**asdict(mailbox))
