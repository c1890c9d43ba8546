"""A back end with empty storage, and the accounts that tests make in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from postroom.accounts.addresses import local_of
from postroom.accounts.database.connect import Databases, Unit
from postroom.accounts.directory import Backend, Directory
from postroom.accounts.maildir import Place
from postroom.accounts.model import (
    AdminChange,
    AliasChange,
    DomainChange,
    Kept,
    ListChange,
    NewUser,
    UserChange,
)

CREATED = datetime(2026, 1, 31, 12, 0, 5, tzinfo=UTC)
KEPT = Kept("root@admins.test", date(2026, 3, 1))
HASH = "{SSHA512}not-a-real-hash"


class World:
    """Units of work over one back end."""

    def __init__(self, backend: Backend, databases: Databases) -> None:
        self.backend, self.databases = backend, databases

    @contextmanager
    def change(self) -> Iterator[Directory]:
        """Kept when the block ends."""
        with self.databases.write() as unit:
            yield self.backend.directory(unit)

    @contextmanager
    def look(self) -> Iterator[Directory]:
        with self.databases.read() as unit:
            yield self.backend.directory(unit, dry_run=True)

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """For tests that look at the rows themselves."""
        with self.databases.write() as unit:
            yield unit

    # What most tests begin with

    def domain(self, name: str = "example.com", /, **fields: Any) -> str:
        with self.change() as directory:
            directory.create_domain(name, DomainChange(**fields), admin=None, created=CREATED)
        return name

    def user(self, address: str = "anna@example.com", /, **fields: Any) -> str:
        with self.change() as directory:
            directory.create_user(new_user(address, **fields))
        return address

    def alias(self, address: str = "sales@example.com", /, *members: str, **fields: Any) -> str:
        with self.change() as directory:
            change = AliasChange(members=ListChange(reset=members), **fields)
            directory.create_alias(address, change, CREATED)
        return address

    def admin(self, address: str = "root@admins.test", /, **fields: Any) -> str:
        with self.change() as directory:
            directory.create_admin(address, AdminChange(password_hash=HASH, **fields), CREATED)
        return address

    def update_domain(self, name: str, /, **fields: Any) -> None:
        with self.change() as directory:
            directory.update_domain(name, DomainChange(**fields))

    def update_user(self, address: str, /, **fields: Any) -> None:
        with self.change() as directory:
            directory.update_user(address, UserChange(**fields))

    def update_alias(self, address: str, /, **fields: Any) -> None:
        with self.change() as directory:
            directory.update_alias(address, AliasChange(**fields))

    def manage(self, domain: str, *admins: str) -> None:
        with self.change() as directory:
            directory.change_domain_admins(domain, add(*admins))


def new_user(address: str, **fields: Any) -> NewUser:
    """A user with what a service fills in, but for `fields`."""
    name = local_of(address)
    standard: dict[str, Any] = {
        "address": address,
        "password_hash": HASH,
        "name": name,
        "given_name": "",
        "surname": "",
        "language": "en_US",
        "quota_mb": 0,
        "active": True,
        "place": Place("/var/vmail", "vmail1", f"{address.partition('@')[2]}/{name.replace('/', '_')}/"),
        "mailbox_format": "maildir",
        "mailbox_folder": "Maildir",
        "transport": "",
        "services_on": (),
        "services_off": (),
        "aliases": (),
        "groups": (),
        "created": CREATED,
    }
    return NewUser(**{**standard, **fields})


def reset(*items: str) -> ListChange:
    return ListChange(reset=items)


def add(*items: str) -> ListChange:
    return ListChange(add=items)


def remove(*items: str) -> ListChange:
    return ListChange(remove=items)
