"""Contacts as vCards of version 3.0, which every address book reads.

Source: RFC 2426.
"""

from __future__ import annotations

from typing import Final

import vobject
from vobject.base import Component
from vobject.vcard import Address, Name

from postroom.workspace.workloads.contacts.vcard_names import TEXTS
from postroom.workspace.workloads.items.photos import recognised
from postroom.workspace.workloads.items.wish import Document

_ADDRESSES: Final = {"businessAddress": "WORK", "homeAddress": "HOME", "otherAddress": ""}
_PHONES: Final = {"businessPhones": "WORK,VOICE", "homePhones": "HOME,VOICE"}
_CONTROL: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))
"""Characters that no text has."""


def written(contact: Document, uid: str, picture: bytes | None = None) -> str:
    """One contact, with its picture."""
    card = vobject.vCard()
    _add(card, "UID", uid)
    _names(card, contact)
    _texts(card, contact)
    for one in contact.get("emailAddresses") or []:
        _add(card, "EMAIL", (one or {}).get("address"), "INTERNET")
    for name, kind in _PHONES.items():
        for number in contact.get(name) or []:
            _add(card, "TEL", number, kind)
    _add(card, "TEL", contact.get("mobilePhone"), "CELL,VOICE")
    for name, kind in _ADDRESSES.items():
        _address(card, contact.get(name) or {}, kind)
    for one in contact.get("imAddresses") or []:
        _add(card, "IMPP", one)
    for one in contact.get("children") or []:
        _add(card, "X-MS-CHILD", one)
    _picture(card, picture)
    return str(card.serialize(lineLength=75))


def _names(card: Component, contact: Document) -> None:
    parts = {
        "family": contact.get("surname"),
        "given": contact.get("givenName"),
        "additional": contact.get("middleName"),
        "prefix": contact.get("title"),
        "suffix": contact.get("generation"),
    }
    card.add("N").value = Name(**{name: _plain(value) for name, value in parts.items()})
    if contact.get("companyName") or contact.get("department"):
        card.add("ORG").value = [_plain(contact.get(name)) for name in ("companyName", "department")]


def _texts(card: Component, contact: Document) -> None:
    done = set()
    for field, name in TEXTS.items():
        if name not in done:
            _add(card, field, contact.get(name) or ("-" if field == "FN" else None))
        done.add(name)
    if contact.get("birthday"):
        _add(card, "BDAY", contact["birthday"][:10])
    if contact.get("categories"):
        card.add("CATEGORIES").value = [_plain(one) for one in contact["categories"]]


def _address(card: Component, found: Document, kind: str) -> None:
    if not any(found.values()):
        return
    names = {"street": "street", "city": "city", "region": "state", "code": "postalCode", "country": "countryOrRegion"}
    line = card.add("ADR")
    line.value = Address(**{name: _plain(found.get(ours)) for name, ours in names.items()})
    if kind:
        line.type_param = kind


def _picture(card: Component, picture: bytes | None) -> None:
    found = recognised(picture) if picture else None
    if found is None:
        return
    line = card.add("PHOTO")
    line.encoding_param, line.type_param = "b", found.media_type.rpartition("/")[2].upper()
    line.value = picture


def _add(card: Component, field: str, value: object, kind: str = "") -> None:
    if not value:
        return
    line = card.add(field)
    line.value = _plain(value)
    if kind:
        line.params["TYPE"] = kind.split(",")


def _plain(value: object) -> str:
    return str(value or "").replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL)
