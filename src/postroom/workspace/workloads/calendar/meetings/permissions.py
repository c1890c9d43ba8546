"""Who else may see or change a calendar. Source: Microsoft Graph, calendarPermission."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from postroom.errors import AlreadyExists, Denied, Invalid, NotFound
from postroom.workspace.people import Person
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item, Place
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import places
from postroom.workspace.workloads.calendar.core import Core
from postroom.workspace.workloads.calendar.given import address_of
from postroom.workspace.workloads.calendar.kinds import PERMISSION
from postroom.workspace.workloads.calendar.meetings.core import given_address, own_addresses
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish

ORDER: Final = (
    "none", "freeBusyRead", "limitedRead", "read", "write", "delegateWithoutPrivateEventAccess",
    "delegateWithPrivateEventAccess",
)  # fmt: skip
"""Each may what those before it may."""
EVERYBODY: Final = "My Organization"
MOST: Final = 500
_TYPE: Final = SCHEMA.entity(PERMISSION)
_OUTSIDE: Final = ORDER[:4]
_DEFAULT: Final[Document] = {
    "emailAddress": {"name": EVERYBODY},
    "role": "freeBusyRead",
    "allowedRoles": list(ORDER[:5]),
    "isInsideOrganization": True,
    "isRemovable": False,
}


def reaches(role: str, wanted: str) -> bool:
    return ORDER.index(role) >= ORDER.index(wanted)


class Permissions:
    """`calendar` is an id, None the default calendar."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, mailbox: str, calendar: str | None, wish: Wish = PLAIN) -> Page:
        """Everybody of the organization first."""
        places.prepare(self._core, mailbox)
        with self._core.store.read() as unit:
            above = places.calendar(unit, mailbox, calendar)
            stored = unit.items.children(above, PERMISSION)
            default = _key(above)
            rows = [_default(unit, above), *(_shown(one) for one in stored if one.key != default)]
            return page_of(rows, wish.options, _TYPE, None, 1000)

    def get(self, mailbox: str, calendar: str | None, permission: str, wish: Wish = PLAIN) -> Document:
        places.prepare(self._core, mailbox)
        with self._core.store.read() as unit:
            above = places.calendar(unit, mailbox, calendar)
            if _is_default(above, permission):
                return project(_default(unit, above), wish.options, _TYPE)
            return project(_shown(_found(unit, above, permission)), wish.options, _TYPE)

    def create(self, mailbox: str, calendar: str | None, given: Mapping[str, Any]) -> Document:
        """Raises Invalid; AlreadyExists for somebody who has one."""
        places.prepare(self._core, mailbox)
        document = self._given(mailbox, given)
        address = address_of(document).lower()
        with self._core.store.write() as unit:
            above = places.calendar(unit, mailbox, calendar)
            there = unit.items.children(above, PERMISSION)
            if any(address_of(one.document).lower() == address for one in there):
                raise AlreadyExists("calendar permission", address)
            if len(there) >= MOST:
                raise Invalid("calendarPermissions", f"at most {MOST} of them")
            return _shown(unit.items.add(mailbox, PERMISSION, above, document))

    def update(self, mailbox: str, calendar: str | None, permission: str, given: Mapping[str, Any]) -> Document:
        """Another role; nothing else can be changed."""
        places.prepare(self._core, mailbox)
        with self._core.store.write() as unit:
            above = places.calendar(unit, mailbox, calendar)
            if _is_default(above, permission):
                item = unit.items.find(_key(above)) or unit.items.add(
                    mailbox, PERMISSION, above, _DEFAULT, key=_key(above)
                )
            else:
                item = _found(unit, above, permission)
            role = _role(given, item.document["allowedRoles"])
            return _shown(unit.items.update(item, item.document | {"role": role}))

    def delete(self, mailbox: str, calendar: str | None, permission: str) -> None:
        """Raises Denied for the one of everybody."""
        with self._core.store.write() as unit:
            above = places.calendar(unit, mailbox, calendar)
            if _is_default(above, permission):
                raise Denied(f"What {EVERYBODY} may cannot be removed; its role can be none.")
            unit.items.remove(_found(unit, above, permission))

    def allowed_roles(self, mailbox: str, calendar: str | None, user: str) -> list[str]:
        """Which this person can be given."""
        places.prepare(self._core, mailbox)
        with self._core.store.read() as unit:
            places.calendar(unit, mailbox, calendar)
        return list(ORDER if self._core.people.find(user.strip()) else _OUTSIDE)

    def _given(self, mailbox: str, given: Mapping[str, Any]) -> Document:
        address = given_address(given)
        if not address:
            raise Invalid("emailAddress/address", "an address")
        person = self._core.people.find(address)
        if person is not None and person.id == mailbox:
            raise Invalid("emailAddress/address", "somebody else than the owner of the calendar")
        allowed = list(ORDER[1:] if person else _OUTSIDE[1:])
        name = str((given.get("emailAddress") or {}).get("name") or (person.name if person else address))
        return {
            "emailAddress": {"name": name, "address": address},
            "role": _role(given, allowed),
            "allowedRoles": allowed,
            "isInsideOrganization": person is not None,
            "isRemovable": True,
        }


def role_of(unit: Unit, calendar: Item, person: Person | None) -> str:
    """What somebody of here may do with a calendar of somebody else."""
    stored = unit.items.children(calendar, PERMISSION)
    own = own_addresses(person) if person else frozenset()
    for one in stored:
        if address_of(one.document).lower() in own:
            return str(one.document["role"])
    return str(_default(unit, calendar)["role"])


def _role(given: Mapping[str, Any], allowed: list[str]) -> str:
    wanted = str(given.get("role") or "").lower()
    found = next((one for one in allowed if one.lower() == wanted), None)
    if found is None:
        raise Invalid("role", f"one of {', '.join(allowed)}")
    return found


def _key(calendar: Item) -> bytes:
    return hashlib.sha256(b"permission of everybody" + calendar.key).digest()[: ids.KEY_BYTES]


def _is_default(calendar: Item, permission: str) -> bool:
    return ids.parse(permission)[0] == _key(calendar)


def _default(unit: Unit, calendar: Item) -> Document:
    found = unit.items.find(_key(calendar))
    if found is not None:
        return _shown(found)
    return {"id": ids.immutable(Place(0, _key(calendar), 0)), **_DEFAULT}


def _found(unit: Unit, calendar: Item, permission: str) -> Item:
    item = unit.items.get(calendar.mailbox, permission, PERMISSION)
    if item.parent is None or item.parent.number != calendar.number:
        raise NotFound("calendar permission", permission)
    return item


def _shown(item: Item) -> Document:
    return {"id": ids.immutable(item), **item.document}
