"""Whose archives a journaled message goes to, and how much of its envelope each of them is told.

The sender's archive has the whole envelope. A recipient's has that recipient's own addresses alone: a blind copy stays
blind. Who may read both archives sees both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from postroom.archive.instance.identifiers import name_key
from postroom.archive.journal.addresses import domain_of, without_extension
from postroom.archive.journal.model import Journalled, Recipient
from postroom.archive.storage.entries import Envelope

INCOMING: Final = "Journal Incoming"
OUTGOING: Final = "Journal Outgoing"

OwnerOf = Callable[[str], str | None]
"""The archive of an address, None when it is nobody's."""


@dataclass(frozen=True, slots=True)
class Owned:
    """One archive that a message goes to."""

    archive: str
    folder: str
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Sharing:
    """A message shared out. `unclaimed` is its whole envelope when somebody is missing: nobody's archive was found, or
    none for a recipient in one of our domains; else None."""

    owned: tuple[Owned, ...]
    unclaimed: Envelope | None


def shared(item: Journalled, owner_of: OwnerOf, domains: Callable[[], AbstractSet[str]]) -> Sharing:
    """The archives of a message; `domains` are those in which addresses are ours, folded as names are."""
    whole = _envelope(item, item.recipients)
    owned: dict[str, Owned] = {}
    for address in (item.sender, *item.authors):
        if address and (owner := _owner(address, owner_of)):
            owned.setdefault(owner, Owned(owner, OUTGOING, whole))
    if item.wrapped:
        # For the eyes of recipients it tells too much.
        return Sharing(tuple(owned.values()), whole)
    theirs, missing = _by_owner(item.recipients, owner_of)
    for owner, recipients in theirs.items():
        owned.setdefault(owner, Owned(owner, INCOMING, _envelope(item, recipients)))
    for address in item.readers:
        if owner := _owner(address, owner_of):
            owned.setdefault(owner, Owned(owner, INCOMING, _envelope(item, ())))
    ours = domains() if missing else frozenset()
    lost = any(name_key(domain_of(one)) in ours for one in missing)
    return Sharing(tuple(owned.values()), whole if lost or item.problem or not owned else None)


def _by_owner(recipients: Iterable[Recipient], owner_of: OwnerOf) -> tuple[dict[str, list[Recipient]], list[str]]:
    theirs: dict[str, list[Recipient]] = {}
    missing: list[str] = []
    for one in recipients:
        if owner := _owner(one.address, owner_of):
            theirs.setdefault(owner, []).append(one)
        else:
            missing.append(one.address)
    return theirs, missing


def _owner(address: str, owner_of: OwnerOf) -> str | None:
    found = owner_of(address)
    plain = without_extension(address)
    return found if found is not None or plain == address else owner_of(plain)


def _envelope(item: Journalled, recipients: Iterable[Recipient]) -> Envelope:
    recipients = tuple(recipients)
    others = dict.fromkeys((*item.authors, *(one for recipient in recipients for one in recipient.via)))
    return Envelope(item.sender, tuple(one.address for one in recipients), tuple(others), item.problem)
