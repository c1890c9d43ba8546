"""The back end of LDAP: its connections, and directories over units."""

from __future__ import annotations

from postroom.accounts.backends.ldap.base import Ldap
from postroom.accounts.backends.ldap.connection import Pool
from postroom.accounts.backends.ldap.directory import LdapDirectory
from postroom.accounts.backends.ldap.enforce import LdapPolicyDirectory
from postroom.accounts.backends.ldap.locks import Locks
from postroom.accounts.backends.ldap.names import Node, Tree
from postroom.accounts.backends.ldap.store import Store
from postroom.accounts.database.connect import Unit
from postroom.accounts.directory import Kind
from postroom.errors import WrongState
from postroom.settings import Accounts


class LdapBackend:
    """Connects when first used. Raises Invalid for a URI that cannot be used."""

    kind: Kind = "ldap"

    def __init__(self, accounts: Accounts) -> None:
        self._pool = Pool(accounts)
        self._tree = Tree(accounts.ldap_suffix)
        self._transport = accounts.mta_transport
        self._locks, self._people = Locks(), Locks()

    def ldap(self, *, dry_run: bool = False) -> Ldap:
        """The tree without a unit, for those who ask nothing of SQL."""
        return Ldap(Store(self._pool, dry_run=dry_run), self._tree, self._people)

    def directory(self, unit: Unit, *, dry_run: bool = False) -> LdapDirectory:
        return LdapDirectory(self.ldap(dry_run=dry_run), unit, self._transport, self._locks)

    def enforcing(self, unit: Unit) -> LdapPolicyDirectory:  # noqa: ARG002  # what it asks is all in the tree
        """What the policy service asks; for the length of one question."""
        return LdapPolicyDirectory(self.ldap(dry_run=True))

    def check(self) -> None:
        """Raises Unavailable when the server does not answer; WrongState when the tree is not there."""
        if not self.ldap().store.exists(Node("entry", self._tree.domains, self._tree.domains)):
            raise WrongState(f"The directory has no {self._tree.domains}. `postroom account init-db` makes it.")

    def close(self) -> None:
        self._pool.close()
