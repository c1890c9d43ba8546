"""Sharing tokens: the URLs of links, and what they open.

Source: Microsoft Graph, accessing shared items (how a URL becomes a token).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

from postroom.errors import Denied, NotFound
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import access
from postroom.workspace.workloads.files.access import Role
from postroom.workspace.workloads.files.core import Core, Look
from postroom.workspace.workloads.files.errors import NeedsPassword
from postroom.workspace.workloads.files.kinds import ITEM, PERMISSION

SALT_BYTES: Final = 16
PLACE: Final = "links"
"""Stands in the URLs of links before their tokens."""
_LINK: Final = re.compile(rf".*/{PLACE}/(?:files/)?([\w-]+)/?(?:\?.*)?")
_ITEM: Final = re.compile(r".*/drives/[\w=-]+/items/([\w=-]+)/?(?:\?.*)?")


@dataclass(frozen=True, slots=True)
class Target:
    """What a link leads to. `permission` is None for the plain address of an item."""

    item: Item
    role: Role
    permission: Item | None = None


def url_of(base: str, token: str) -> str:
    return f"{base}/{PLACE}/{token}"


def encoded(url: str) -> str:
    """As it stands in the path behind `/shares/`."""
    return "u!" + base64.urlsafe_b64encode(url.encode()).rstrip(b"=").decode()


def key_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def opened(unit: Unit, core: Core, look: Look, share: str) -> Target:
    """What a sharing token opens for who asks: an encoded URL, or the token itself. Raises NotFound, Denied."""
    url = _url(share)
    if (plain := _ITEM.fullmatch(url)) is not None:
        return _plain(unit, core, look, plain[1])
    link = _LINK.fullmatch(url)
    return of_token(unit, look, link[1] if link else url)


def of_token(unit: Unit, look: Look | None, token: str, password: str | None = None) -> Target:
    """What the token of a link opens; without `look` for anybody. Raises NotFound, Denied, NeedsPassword."""
    row = unit.connection.execute("SELECT item FROM drive_permission WHERE token = ?", (key_of(token),)).fetchone()
    permission = next(unit.items.at([row["item"]]), None) if row else None
    item = next(unit.items.at([permission.parent.number]), None) if permission and permission.parent else None
    if permission is None or item is None or access.is_over(unit, permission.document):
        raise NotFound("sharing link", "with this token")
    if any(one.kind not in (ITEM, "drive") for one in unit.items.path(item)):
        raise NotFound("sharing link", "with this token")
    _check_scope(permission, look)
    _check_password(permission, password)
    role = access.best(unit, [permission])
    access.check(role, "read")
    assert role is not None
    return Target(item, role, permission)


def _check_scope(permission: Item, look: Look | None) -> None:
    scope = permission.document["link"]["scope"]
    user = look.doer.user if look else None
    people = [one.get("user", {}).get("id") for one in permission.document.get("grantedToIdentitiesV2") or ()]
    allowed = {
        "anonymous": True,
        "organization": look is not None,
        "users": look is not None and (user is None or user in people),
    }
    if not allowed.get(scope, False):
        raise Denied("The link is not for everybody.")


def hashed(password: str) -> list[str]:
    """A salt, and the hash of a password with it."""
    salt = secrets.token_bytes(SALT_BYTES)
    return [salt.hex(), _scrypt(password, salt).hex()]


def _check_password(permission: Item, password: str | None) -> None:
    kept = permission.document.get("_password")
    if kept is None:
        return
    salt, wanted = map(bytes.fromhex, kept)
    if password is None or not hmac.compare_digest(_scrypt(password, salt), wanted):
        raise NeedsPassword


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, n=1 << 14, r=8, p=1)


def _plain(unit: Unit, core: Core, look: Look, item_id: str) -> Target:
    item = unit.items.find(ids.parse(item_id).key)
    path = unit.items.path(item) if item is not None else []
    if item is None or item.kind != ITEM or any(one.kind not in (ITEM, "drive") for one in path):
        raise NotFound(ITEM, item_id)
    role = access.role_of(unit, core, look, path[-1], item)
    access.check(role, "read")
    assert role is not None
    return Target(item, role)


def _url(share: str) -> str:
    if not share.startswith("u!"):
        return share
    text = share[2:]
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise NotFound("sharing link", share[:100]) from error


def permission_of(unit: Unit, item: Item, permission_id: str) -> Item:
    """A permission that was given on this very item. Raises NotFound."""
    found = unit.items.get(item.mailbox, permission_id, PERMISSION)
    if found.parent is None or found.parent.number != item.number:
        raise NotFound(PERMISSION, permission_id)
    return found
