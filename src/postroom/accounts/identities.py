"""Ids of users: a UUID for each, made when it is first asked for, which stays when the address changes.

The file lies beside the accounts' databases, so no transaction spans both. A change of an address is announced here
before it is made; whoever asks later takes it for done when the old address has nobody. An account that was deleted
loses its id, so that whoever gets the address later inherits nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from postroom.accounts.addresses import domain_of
from postroom.accounts.own_file import OwnFile

Exists = Callable[[str], bool]
"""Whether an address is a user's now."""

_BY_ADDRESS = "SELECT id FROM identity WHERE address = ?"
_NAMED = "SELECT id, address, next FROM identity WHERE address = ?1 OR next = ?1"
_AFTER = "SELECT id, address, next FROM identity WHERE id > ?1 ORDER BY id LIMIT ?2"
_CHUNK = 500


class Identities(OwnFile):
    """Addresses are normalised."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "identities")

    def of(self, address: str, exists: Exists) -> str:
        """The id of a user who is there."""
        known = self._known(address)
        if known is None:
            self._settle(address, exists)
            known = self._known(address)
        return known or self._make([address])[0]

    def of_many(self, addresses: Sequence[str], exists: Exists) -> list[str]:
        """The same for many users, in one transaction for those who have no id yet."""
        known = [self._known(address) for address in addresses]
        new = [address for address, identity in zip(addresses, known, strict=True) if identity is None]
        for address in new:
            self._settle(address, exists)
        if new:
            self._make(new)
        return [identity or self.of(address, exists) for address, identity in zip(addresses, known, strict=True)]

    def address(self, identity: str, exists: Exists) -> str | None:
        """The address of this id; None when nobody has it."""
        with self.used() as connection:
            row = connection.execute("SELECT address, next FROM identity WHERE id = ?", (identity,)).fetchone()
        if row is None:
            return None
        address, following = str(row[0]), row[1]
        if not following or exists(address):
            return address
        self._settle(address, exists)
        return str(following) if exists(following) else address

    def renaming(self, address: str, new: str) -> None:
        """Announce that the address of a user is about to change into one that nobody has."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM identity WHERE address = ?", (new,))
            connection.execute("UPDATE identity SET next = ? WHERE address = ?", (new, address))

    def vacate(self, address: str) -> None:
        """Take what an address still has when somebody new is about to get it: a crash may have left it."""
        if self._known(address) is not None:
            with self.used() as connection:
                connection.execute("DELETE FROM identity WHERE address = ?", (address,))

    def forget(self, name: str, exists: Exists) -> None:
        """Take the id of an address, or of all in a domain, that has nobody any more."""
        for identity, address, following in list(self._rows()):
            if name in {part for one in (address, following) if one for part in (one, domain_of(one))}:
                self._check(identity, address, following, exists)

    def sweep(self, exists: Exists) -> None:
        """Take the ids of all who are gone, deleted past us or left by a crash; to be called now and then."""
        for identity, address, following in list(self._rows()):
            self._check(identity, address, following, exists)

    def _known(self, address: str) -> str | None:
        with self.used() as connection:
            row = connection.execute(_BY_ADDRESS, (address,)).fetchone()
        return str(row[0]) if row else None

    def _make(self, addresses: Iterable[str]) -> list[str]:
        with self.transaction() as connection:
            rows = [(str(uuid.uuid4()), address) for address in addresses]
            connection.executemany("INSERT OR IGNORE INTO identity (id, address) VALUES (?, ?)", rows)
            # Announced, and somebody else got the address instead.
            connection.executemany("UPDATE identity SET next = NULL WHERE next = ?", [row[1:] for row in rows])
            return [str(connection.execute(_BY_ADDRESS, (address,)).fetchone()[0]) for _, address in rows]

    def _settle(self, name: str, exists: Exists) -> None:
        with self.used() as connection:
            rows = connection.execute(_NAMED, (name,)).fetchall()
        for identity, address, following in rows:
            self._check(identity, address, following, exists)

    def _check(self, identity: str, address: str, following: str | None, exists: Exists) -> None:
        if exists(address):
            return
        with self.used() as connection:
            if following and exists(following):
                connection.execute("UPDATE identity SET address = ?, next = NULL WHERE id = ?", (following, identity))
            else:
                connection.execute("DELETE FROM identity WHERE id = ? AND address = ?", (identity, address))

    def _rows(self) -> Iterator[tuple[str, str, str | None]]:
        last = ""
        while True:
            with self.used() as connection:
                rows = connection.execute(_AFTER, (last, _CHUNK)).fetchall()
            if not rows:
                return
            yield from rows
            last = rows[-1][0]
