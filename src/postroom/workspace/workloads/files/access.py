"""Who reaches what: owners and their members everything, others what was shared with them or lies below it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final, Literal

from postroom.errors import Denied
from postroom.workspace.clock import to_ms
from postroom.workspace.query.literals import instant
from postroom.workspace.store.rows import SELECT, Item, items
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files.core import GROUP, USER, Core, Document, Look
from postroom.workspace.workloads.files.kinds import ITEM

Role = Literal["read", "write", "owner"]
RANKS: Final[dict[str, int]] = {"read": 1, "write": 2, "owner": 3}

_GIVEN: Final = """ JOIN drive_permission ON drive_permission.item = item.number
  WHERE drive_permission.parent IN (SELECT value FROM json_each(?)) AND (grantee = ? OR address = ?
    OR EXISTS (SELECT 1 FROM drive_redeemed WHERE permission = item.number AND user = ?))"""


def is_own(core: Core, look: Look, drive: Item) -> bool:
    """Whether all of a drive is there for who asks: it is theirs, or of a group or a site that they are in."""
    doer = look.doer
    if doer.user is None or drive.mailbox == doer.user:
        return True
    if not look.others:
        return False
    kind = drive.document.get("_kind")
    if kind == GROUP:
        return doer.admin or core.groups.is_in(drive.mailbox, doer.user)
    return kind != USER and core.reaches(drive.mailbox, doer)


def role_of(unit: Unit, core: Core, look: Look, drive: Item, item: Item) -> Role | None:
    """What somebody may do with an item; None is nothing."""
    if is_own(core, look, drive):
        return "owner"
    if not look.others or look.doer.user is None:
        return None
    person = core.person(look.doer.user)
    chain = [item, *(one for one in unit.items.path(item) if one.kind == ITEM)]
    values = (_numbers(chain), look.doer.user, person.address.lower() if person else None, look.doer.user)
    return best(unit, items(unit.connection.execute(SELECT + _GIVEN, values)))


def best(unit: Unit, permissions: Iterable[Item]) -> Role | None:
    """The most that these give, those that are over left out."""
    roles = [role for one in permissions if not is_over(unit, one.document) for role in one.document["roles"]]
    found = max(roles, key=lambda role: RANKS.get(role, 0), default=None)
    return found if found in ("read", "write", "owner") else None


def is_over(unit: Unit, permission: Document) -> bool:
    ends = permission.get("expirationDateTime")
    moment = instant(ends) if isinstance(ends, str) else None
    return moment is not None and to_ms(moment) <= to_ms(unit.now)


def check(role: Role | None, needed: Role) -> None:
    """Raises Denied."""
    if role is None or RANKS[role] < RANKS[needed]:
        raise Denied("The caller does not have permission to perform the action.")


def _numbers(found: Iterable[Item]) -> str:
    return json.dumps([one.number for one in found])
