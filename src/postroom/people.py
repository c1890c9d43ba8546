"""The accounts engine as the directory of the workspace, and as who makes people: engines do not know each other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

from postroom.accounts import errors as accounts_errors
from postroom.accounts.accounts import Accounts
from postroom.accounts.addresses import address as normalised
from postroom.accounts.addresses import domain_of
from postroom.accounts.model import UNSET, Unset, UserChange
from postroom.accounts.services.access import Caller
from postroom.accounts.services.mailboxes import Mailbox
from postroom.errors import AlreadyExists, Denied, Invalid, NotFound
from postroom.recent import Recent
from postroom.workspace.errors import PasswordRefused
from postroom.workspace.people import Acting, Person, PersonChange, Recipients

NAME = "userPrincipalName"


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

    def forget(self) -> None:
        """Somebody was changed here: who is asked for now is looked up anew."""
        self._recent.clear()

    def _found(self, name: str) -> Person:
        mailbox = self._mailboxes.find(name)
        if mailbox is None:
            raise NotFound("person", name)
        return _person(mailbox)


def _person(mailbox: Mailbox) -> Person:
    return Person(**asdict(mailbox))


class AccountsRegistrar:
    """`postroom.workspace.people.Registrar` on accounts. `people` are told of what changes."""

    def __init__(self, accounts: Accounts, people: AccountsPeople) -> None:
        self._accounts, self._people = accounts, people

    def address(self, text: str) -> str:
        return normalised(text, NAME)

    def create(self, by: Acting, address: str, change: PersonChange) -> Person:
        with _told():
            self._accounts.users.create(_caller(by, address), address, _change(change))
        return self._person(address)

    def change(self, by: Acting, person: Person, change: PersonChange) -> Person:
        old = person.address
        new = change.address or old
        caller, changed = _caller(by, old, new), _change(change)
        if not by.own and change.password is not None and self._accounts.signing_in.caller(old, "") is not None:
            raise Denied("The password of somebody who administers accounts is changed where accounts are managed.")
        with _told():
            if new != old and changed.names():
                # Two units: the second must not fail when the first has changed something.
                self._accounts.users.update(caller.trying(), old, changed)
            if new != old:
                self._accounts.users.rename(caller, old, new)
            if changed.names():
                self._accounts.users.update(caller, new, changed)
        return self._person(new)

    def delete(self, by: Acting, person: Person) -> None:
        with _told():
            self._accounts.users.delete(_caller(by, person.address), person.address)
        self._people.forget()

    def _person(self, address: str) -> Person:
        self._people.forget()
        found = self._people.find(address)
        if found is None:  # gone since a moment ago
            raise NotFound("user", address)
        return found


def _caller(by: Acting, *addresses: str) -> Caller:
    """Who owns an account may change all that the workspace lets them; others are an admin of the domain: a global
    admin is not theirs to touch."""
    return Caller(by.name, global_admin=by.own, domains=frozenset(map(domain_of, addresses)), api=True)


def _change(change: PersonChange) -> UserChange:
    def given(value: str | None) -> str | Unset:
        return UNSET if value is None else value

    return UserChange(
        name=given(change.name),
        given_name=given(change.given_name),
        surname=given(change.surname),
        language=given(change.language),
        active=UNSET if change.active is None else change.active,
        password=given(change.password),
    )


@contextmanager
def _told() -> Iterator[None]:
    """Errors of accounts, as the workspace knows them."""
    try:
        yield
    except accounts_errors.PasswordRefused as error:
        raise PasswordRefused(error.expected) from error
    except AlreadyExists as error:
        raise AlreadyExists(NAME, error.name) from error
    except NotFound as error:
        if error.kind != "domain":
            raise
        raise Invalid(NAME, "an address in one of the domains that are hosted here") from error
