"""Contacts as Graph shows them, and the words by which they are found."""

from __future__ import annotations

from typing import Final

from postroom.workspace.query.options import Options
from postroom.workspace.query.project import project
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item, facts
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.contacts.given import NAMED, TYPE
from postroom.workspace.workloads.contacts.kinds import CONTACT
from postroom.workspace.workloads.items import extended, extensions, photos
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish

_BASE: Final = SCHEMA.entity("outlookItem").properties
_OWN: Final = [one for low, one in SCHEMA.entity(CONTACT).properties.items() if low not in _BASE]
_EMPTY: Final[Document] = {one.name: [] if one.collection else None for one in _OWN}
_ADDRESSES: Final = ("businessAddress", "homeAddress", "otherAddress")
_NOTES_CHARS: Final = 1 << 20


def whole(item: Item, wish: Wish = PLAIN) -> Document:
    """All properties, those without a value too: what filters are asked of."""
    own = {name: value for name, value in item.document.items() if not name.startswith("_")}
    above, named = item.parent, own.get("emailAddresses") or []
    document = {**facts(item, wish.id_of(item)), "categories": [], **_EMPTY, **own}
    document |= {name: document[name] or {} for name in _ADDRESSES}
    document["parentFolderId"] = None if above is None else ids.immutable(above)
    return document | dict(zip(NAMED, named, strict=False))


def for_filter(item: Item) -> Document:
    """Extended properties can be asked for, too."""
    return whole(item) | extended.all_of(item)


def shown(unit: Unit, item: Item, wish: Wish = PLAIN) -> Document:
    """One contact, as the wish says."""
    document = project(whole(item, wish), Options(select=wish.options.select), TYPE)
    document |= extended.expanded(item, wish)
    if wish.expands("extensions") is not None:
        document["extensions"] = extensions.all_of(unit, item)
    if wish.expands("photo") is not None:
        document["photo"] = photos.document(item) if item.document.get("_photo") else None
    return document


def index(unit: Unit, item: Item) -> None:
    """Make `$search` find a contact as it is now: by its names, addresses, numbers, company and notes."""
    document = item.document
    emails = [f"{one.get('name') or ''} {one.get('address') or ''}" for one in document.get("emailAddresses") or []]
    names = ("displayName", "fileAs", "givenName", "middleName", "surname", "nickName", "companyName", "title",
             "yomiGivenName", "yomiSurname", "yomiCompanyName")  # fmt: skip
    besides = ("jobTitle", "department", "officeLocation", "profession", "mobilePhone", "personalNotes")
    lists = ("businessPhones", "homePhones", "imAddresses", "categories")
    texts = [str(document[name]) for name in besides if document.get(name)]
    texts += [str(one) for name in lists for one in document.get(name) or []]
    texts += [str(part) for name in _ADDRESSES for part in (document.get(name) or {}).values() if part]
    unit.texts.set(
        item,
        {
            "from": "\n".join(emails),
            "subject": "\n".join(str(document[name]) for name in names if document.get(name)),
            "body": "\n".join(texts)[:_NOTES_CHARS],
        },
    )
