"""Contacts from and to files of vCards."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from postroom.errors import PostroomError
from postroom.workspace.store import ids
from postroom.workspace.store.reading import ANY
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.contacts import given as given_as
from postroom.workspace.workloads.contacts import keeping, places, vcard_in, vcard_out, views
from postroom.workspace.workloads.contacts.kinds import CONTACT, FOLDER
from postroom.workspace.workloads.items import photos
from postroom.workspace.workloads.items.wish import Document

UID: Final = "_uid"
"""What a contact came with: a vCard of the same name is the same contact."""
IN_ONE_UNIT: Final = 100


@dataclass
class Outcome:
    """What became of the vCards of a file. `failed` has the number of each that is none, and why."""

    added: int = 0
    changed: int = 0
    same: int = 0
    failed: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Checked:
    uid: str
    document: Document
    picture: bytes | None


class Exchange:
    def __init__(self, store: Store) -> None:
        self._store = store

    def take(self, mailbox: str, text: str, folder: str | None = None) -> Outcome:
        """Add the vCards of a file, or change those that came before. The folder is made where it is missing.

        Raises Invalid when the file ends within a vCard; what comes before it is kept.
        """
        outcome, known = Outcome(), self._known(mailbox)
        checked = _checked(vcard_in.cards(text), outcome)
        while some := list(islice(checked, IN_ONE_UNIT)):
            with self._store.write() as unit:
                above = _folder(unit, mailbox, folder)
                for one in some:
                    known[one.uid] = _put(unit, above, one, known.get(one.uid), outcome)
        return outcome

    def give(self, mailbox: str, folder: str | None = None) -> Iterator[str]:
        """The vCards of a folder, or of all folders, by name. Raises NotFound."""
        places.prepare(self._store, mailbox)
        with self._store.read() as unit:
            above = ANY if folder is None else _named(unit, mailbox, folder) or places.folder(unit, mailbox, folder)
            found = list(unit.items.all(mailbox, CONTACT, parent=above))
            for one in sorted(found, key=lambda item: str(item.document.get("displayName") or "").casefold()):
                picture = photos.read(unit, one).content if one.document.get("_photo") else None
                yield vcard_out.written(views.whole(one), _uid(one), picture)

    def _known(self, mailbox: str) -> dict[str, int]:
        """Numbers of contacts by what they came with."""
        with self._store.read() as unit:
            return {_uid(one): one.number for one in unit.items.all(mailbox, CONTACT)}


def _uid(item: Item) -> str:
    """What it came with, or what it is called when it leaves."""
    return str(item.document.get(UID) or f"urn:postroom:{ids.immutable(item)}")


def _checked(cards: Iterable[str], outcome: Outcome) -> Iterator[_Checked]:
    for number, text in enumerate(cards, 1):
        try:
            card = vcard_in.read(text)
            uid = card.uid or hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
            yield _Checked(uid, given_as.given(card.contact), card.picture)
        except PostroomError as error:
            outcome.failed.append((number, str(error)))


def _put(unit: Unit, above: Item, one: _Checked, number: int | None, outcome: Outcome) -> int:
    found = next(unit.items.at([number] if number else []), None)
    document = one.document | {UID: one.uid}
    if found is None:
        made = keeping.add(unit, above, document)
        outcome.added += 1
    elif found.document | given_as.completed(found.document, document) == found.document:
        outcome.same += 1
        made = found
    else:
        made = keeping.change(unit, found, document)
        outcome.changed += 1
    if one.picture and photos.recognised(one.picture) and len(one.picture) <= photos.MOST_BYTES:
        photos.keep(unit, made, one.picture)
    return made.number


def _folder(unit: Unit, mailbox: str, name: str | None) -> Item:
    """The folder of this name in the default one, made where it is missing; None is the default one."""
    above = places.default(unit, mailbox)
    if name is None:
        return above
    return _named(unit, mailbox, name) or unit.items.add(mailbox, FOLDER, above, {"displayName": name})


def _named(unit: Unit, mailbox: str, name: str) -> Item | None:
    return unit.items.first(mailbox, FOLDER, parent=places.default(unit, mailbox), where={"name": name})
