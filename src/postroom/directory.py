"""The accounts engine as a directory of the archive: engines do not know each other."""

from __future__ import annotations

from collections.abc import Iterator

from postroom.accounts.accounts import Accounts
from postroom.accounts.services.mailboxes import Mailbox
from postroom.archive.directories.model import Login, Person


class AccountsDirectory:
    """`postroom.archive.directories.model.People` on accounts. Safe to use from threads."""

    def __init__(self, accounts: Accounts) -> None:
        self._mailboxes = accounts.mailboxes

    def people(self) -> Iterator[Person]:
        """All users of all domains, with their further addresses. Raises Unavailable."""
        for row in self._mailboxes.all():
            mailbox = self._mailboxes.find(row.address)
            if mailbox is not None:  # not gone since a moment ago
                yield _person(mailbox)

    def authenticate(self, login: Login, password: str) -> bool:
        """By the id of the account where it is known: an address may have gone to somebody else. Raises Unavailable."""
        mailbox = self._mailboxes.find(login.key or login.name)
        return mailbox is not None and self._mailboxes.authenticate(mailbox.address, password) is not None


def _person(mailbox: Mailbox) -> Person:
    return Person(
        key=mailbox.id, name=mailbox.address, full_name=mailbox.name or None,
        addresses=(mailbox.address, *mailbox.other_addresses), disabled=not mailbox.active,
    )  # fmt: skip
