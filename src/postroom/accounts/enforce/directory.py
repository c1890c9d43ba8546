"""What the checks ask the directory for, whatever keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AliasPolicy:
    """Who may write to an alias or a list. `members` may be empty where `policy` does not ask for them."""

    policy: str
    members: frozenset[str] = frozenset()
    moderators: frozenset[str] = frozenset()
    """Addresses, and `*@domain` for everybody of a domain."""
    is_list: bool = False
    """True for a list whose manager answers mail to `name+command@domain` itself."""


class Directory(Protocol):
    """Domains and addresses are given in lower case and ASCII."""

    def is_local_domain(self, domain: str) -> bool:
        """Whether mail for this domain or alias domain is taken here."""

    def target_domain(self, alias_domain: str) -> str | None:
        """The domain that an alias domain stands for; None when it is no alias domain."""

    def alias(self, address: str) -> AliasPolicy | None:
        """The policy of the alias or list with exactly this address; None when there is none."""


class Remembering:
    """Asks a directory each thing once. It lives as long as a transaction, so it hides no change."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._local: dict[str, bool] = {}
        self._target: dict[str, str | None] = {}
        self._alias: dict[str, AliasPolicy | None] = {}

    def is_local_domain(self, domain: str) -> bool:
        return _once(self._local, domain, self._directory.is_local_domain)

    def target_domain(self, alias_domain: str) -> str | None:
        return _once(self._target, alias_domain, self._directory.target_domain)

    def alias(self, address: str) -> AliasPolicy | None:
        return _once(self._alias, address, self._directory.alias)


def _once(known: dict[str, T], key: str, ask: Callable[[str], T]) -> T:
    if key not in known:
        known[key] = ask(key)
    return known[key]


def at_target(directory: Directory, mail: str) -> str:
    """The address with its alias domain replaced by the domain that it stands for."""
    local, at, domain = mail.rpartition("@")
    target = directory.target_domain(domain) if at else None
    return f"{local}@{target}" if target else mail
