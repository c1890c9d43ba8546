"""The accounts that this server keeps itself, as a directory of the archive."""

from __future__ import annotations

from collections.abc import Iterator

from postroom.archive.directories.model import Lent, Login, Person, Told
from postroom.archive.profiles.details import Details


class AccountsDirectory:
    """Users are named by their address: names alone are unique in one domain only."""

    def __init__(self, details: Details, lent: Lent) -> None:  # noqa: ARG002  it has no keys
        self._lent = lent

    def people(self, told: Told) -> Iterator[Person]:  # noqa: ARG002  it is quick
        yield from self._lent.accounts().people()

    def authenticate(self, login: Login, password: str) -> bool:
        return self._lent.accounts().authenticate(login, password)
