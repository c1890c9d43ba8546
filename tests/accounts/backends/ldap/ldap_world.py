"""The world of the suite, with a view of the entries themselves, and of what a crash leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.suites.accounts.world import CREATED, World

from postroom.accounts.backends.ldap.backend import LdapBackend
from postroom.accounts.backends.ldap.base import Ldap
from postroom.accounts.backends.ldap.connection import Pool
from postroom.accounts.backends.ldap.directory import LdapDirectory
from postroom.accounts.backends.ldap.locks import Locks
from postroom.accounts.backends.ldap.names import Node
from postroom.accounts.backends.ldap.store import Entry, Store
from postroom.accounts.database.connect import Databases
from postroom.accounts.model import AliasChange, ListChange
from postroom.errors import Unavailable

Snapshot = dict[str, dict[str, list[str]]]


class CutStore(Store):
    """Goes away before its write number `after`, as a process does that is killed."""

    def __init__(self, pool: Pool, after: int) -> None:
        super().__init__(pool)
        self.left = after

    def _write(self, node: Node, send: Callable[[Any], Any], new: Node | None = None) -> None:
        if self.left == 0:
            raise Unavailable("cut")
        self.left -= 1
        super()._write(node, send, new)


class LdapWorld(World):
    """Also with mailing lists."""

    def __init__(self, backend: LdapBackend, databases: Databases) -> None:
        super().__init__(backend, databases)
        self.ldap = backend.ldap()
        self._pool: Pool = backend._pool

    @contextmanager
    def cut(self, after: int) -> Iterator[LdapDirectory]:
        """A unit whose store goes away."""
        with self._over(CutStore(self._pool, after)) as directory:
            yield directory

    @contextmanager
    def trying(self) -> Iterator[LdapDirectory]:
        """A unit that only tries."""
        with self._over(Store(self._pool, dry_run=True)) as directory:
            yield directory

    @contextmanager
    def _over(self, store: Store) -> Iterator[LdapDirectory]:
        with self.databases.write() as unit:
            yield LdapDirectory(Ldap(store, self.ldap.tree, self.ldap.people), unit, "dovecot", Locks())

    def maillist(self, address: str, /, *members: str, **fields: Any) -> str:
        with self.change() as directory:
            change = AliasChange(members=ListChange(reset=members), **fields)
            directory.create_maillist(address, change, CREATED)
        return address

    def entry(self, node: Node) -> Entry:
        return self.ldap.store.get(node)

    def user_entry(self, address: str = "anna@example.com") -> Entry:
        return self.entry(self.ldap.tree.user(address))

    def domain_entry(self, name: str = "example.com") -> Entry:
        return self.entry(self.ldap.tree.domain(name))

    def snapshot(self) -> Snapshot:
        """All entries, their values sorted."""
        tree = self.ldap.tree
        found = (entry for base in (tree.domains, tree.admins) for entry in self.ldap.store.find(base, _ALL, ("*",)))
        return {
            entry.dn.lower(): {name: sorted(values) for name, values in entry.values.items()}
            for entry in sorted(found, key=lambda entry: entry.dn)
        }

    def entries(self) -> list[Entry]:
        """All below the entries for domains and admins, what is above others first."""
        tree = self.ldap.tree
        bases = (tree.domains, tree.admins)
        found = [entry for base in bases for entry in self.ldap.store.find(base, _ALL, ("*",)) if entry.dn != base]
        return sorted(found, key=lambda entry: entry.dn.count(","))

    def put_back(self, entries: list[Entry]) -> None:
        """Nothing but these."""
        for entry in reversed(self.entries()):
            self.ldap.store.delete(Node("entry", entry.dn, entry.dn))
        for entry in entries:
            self.ldap.store.add(Node("entry", entry.dn, entry.dn), entry.values)

    def names_anywhere(self, text: str) -> list[str]:
        """The attributes that hold the text, as `dn attribute`; and the DNs that do."""
        return [
            f"{dn} {name}"
            for dn, attributes in self.snapshot().items()
            for name, values in attributes.items()
            if any(text in value.lower() for value in (*values, dn))
        ]


_ALL = "(objectClass=*)"
