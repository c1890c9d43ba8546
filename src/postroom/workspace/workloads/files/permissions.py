"""Who else reaches a file or a folder: links, invitations, and what was given above."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

from postroom.errors import Denied, Invalid, NotFound, PostroomError
from postroom.workspace.query.literals import instant
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.options import Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import access, places, shares
from postroom.workspace.workloads.files.core import At, Core, Document, Look
from postroom.workspace.workloads.files.kinds import ITEM, PERMISSION, PERMISSION_TYPE
from postroom.workspace.workloads.files.views import View

logger = logging.getLogger(__name__)

OWNER: Final = "owner"
"""The id of what the owner of the drive has; it cannot be changed."""
TYPES: Final = {"view": "read", "edit": "write", "embed": "read"}
SCOPES: Final = ("anonymous", "organization", "users")
ROLES: Final = ("read", "write")
MOST_RECIPIENTS: Final = 100
_ADDRESS: Final = re.compile(r"[^@\s<>(),;:\\\"\x00-\x1f\x7f-\uffff]{1,64}@[A-Za-z0-9.-]{1,255}")


class Permissions:
    """Only owners give and take."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, look: Look, at: At) -> Page:
        places.prepare(self._core, look, at)
        with self._core.store.read() as unit:
            item = places.find(unit, self._core, look, at)
            rows = documents(unit, self._core, look, item)
            return page_of(rows, look.wish.options, PERMISSION_TYPE, None, 1000)

    def get(self, look: Look, at: At, permission_id: str) -> Document:
        places.prepare(self._core, look, at)
        with self._core.store.read() as unit:
            item = places.find(unit, self._core, look, at)
            if permission_id == OWNER:
                return _owner(unit, item)
            options = Options(select=look.wish.options.select)
            found = shares.permission_of(unit, item, permission_id)
            if not _is_seen(look, found, everything=_sees_all(unit, self._core, look, item)):
                raise NotFound(PERMISSION, permission_id)
            return project(document_of(look, found), options, PERMISSION_TYPE)

    def update(self, look: Look, at: At, permission_id: str, given: Mapping[str, Any]) -> Document:
        """Other roles, another end. Raises Denied for the owner's."""
        places.prepare(self._core, look, at)
        with self._core.store.write() as unit:
            item = places.find(unit, self._core, look, at, "owner")
            found = self._changeable(unit, item, permission_id)
            document = dict(found.document)
            if "roles" in given:
                document["roles"] = [_role(given["roles"])]
                if "link" in document:
                    kind = "edit" if document["roles"] == ["write"] else "view"
                    document["link"] = {**document["link"], "type": kind}
            if "expirationDateTime" in given:
                document["expirationDateTime"] = _end(given["expirationDateTime"])
            return document_of(look, unit.items.update(found, document))

    def delete(self, look: Look, at: At, permission_id: str) -> None:
        places.prepare(self._core, look, at)
        with self._core.store.write() as unit:
            item = places.find(unit, self._core, look, at, "owner")
            unit.items.remove(self._changeable(unit, item, permission_id))

    def create_link(self, look: Look, at: At, given: Mapping[str, Any]) -> tuple[Document, bool]:
        """A link, and whether it is new: there is one of each type and scope that has no conditions."""
        places.prepare(self._core, look, at)
        document = _asked_link(given)
        with self._core.store.write() as unit:
            item = places.find(unit, self._core, look, at, "owner")
            there = _same_link(unit, item, document)
            if there is not None:
                return document_of(look, there), False
            made = unit.items.add(item.mailbox, PERMISSION, item, document)
            unit.items.touch(item)
            return document_of(look, made), True

    def invite(self, look: Look, at: At, given: Mapping[str, Any]) -> list[Document]:
        """People who may from now on; with `sendInvitation` each is told by mail."""
        places.prepare(self._core, look, at)
        recipients, role = _recipients(given.get("recipients")), _role(given.get("roles"))
        signs_in, end = given.get("requireSignIn") is not False, _end(given.get("expirationDateTime"))
        with self._core.store.write() as unit:
            item = places.find(unit, self._core, look, at, "owner")
            by = self._core.identity(look.doer)
            made = [self._invited(unit, item, one, role, signs_in=signs_in, end=end, by=by) for one in recipients]
            unit.items.touch(item)
            shown = [document_of(look, one) for one in made]
            url = View(unit, self._core, look).one(item)["webUrl"]
        if given.get("sendInvitation") is True:
            message = given.get("message")
            self._tell(look, item, shown, url, message if isinstance(message, str) else "")
        return shown

    def grant(self, look: Look, share: str, given: Mapping[str, Any]) -> list[Document]:
        """Let people use a link of the scope `users`."""
        recipients = _recipients(given.get("recipients"))
        with self._core.store.write() as unit:
            target = shares.opened(unit, self._core, look, share)
            access.check(
                access.role_of(unit, self._core, look, places.drive_of(unit, target.item), target.item), "owner"
            )
            if target.permission is None:
                raise Invalid("share", "the token of a link")
            if given.get("roles") and _role(given["roles"]) != target.role:
                raise Invalid("roles", "those of the link")
            people = [self._core.people.find(one) for one in recipients]
            known = target.permission.document.get("grantedToIdentitiesV2") or []
            added = [{"user": {"id": one.id, "displayName": one.name, "email": one.address}} for one in people if one]
            document = {**target.permission.document, "grantedToIdentitiesV2": [*known, *added]}
            return [document_of(look, unit.items.update(target.permission, document))]

    def of_share(self, look: Look, share: str) -> Document:
        """The permission behind a link. Raises NotFound."""
        with self._core.store.read() as unit:
            found = shares.opened(unit, self._core, look, share).permission
            if found is None:
                raise NotFound(PERMISSION, share)
            return document_of(look, found)

    def redeem(self, look: Look, share: str) -> None:
        """What a link opens is among what was shared with this user from now on."""
        with self._core.store.write() as unit:
            target = shares.opened(unit, self._core, look, share)
            if target.permission is not None and look.doer.user is not None:
                values = (target.permission.number, look.doer.user)
                unit.connection.execute("INSERT OR IGNORE INTO drive_redeemed VALUES (?, ?)", values)

    def _changeable(self, unit: Unit, item: Item, permission_id: str) -> Item:
        if permission_id == OWNER:
            raise Denied("What the owner of a drive has cannot be changed.")
        return shares.permission_of(unit, item, permission_id)

    def _invited(
        self, unit: Unit, item: Item, name: str, role: str, *, signs_in: bool, end: str | None, by: Document
    ) -> Item:
        person = self._core.people.find(name)
        address = (person.address if person else name).lower()
        document: Document = {
            "roles": [role],
            "expirationDateTime": end,
            "invitation": {"email": address, "signInRequired": signs_in, "invitedBy": by},
            "_address": address,
        }
        if person is not None:
            user = {"id": person.id, "displayName": person.name or None, "email": person.address}
            document |= {"_grantee": person.id, "grantedTo": {"user": user}, "grantedToV2": {"user": user}}
        elif not signs_in:
            # Whoever has no account comes by a link.
            document |= _link("edit" if role == "write" else "view", "anonymous", end)
        for one in unit.items.children(item, PERMISSION):
            if one.document.get("_address") == address:
                if "link" not in one.document:
                    return unit.items.update(one, document)
                # Whoever has the link, or came by it, must not get the new role too.
                unit.items.remove(one)
        return unit.items.add(item.mailbox, PERMISSION, item, document)

    def _tell(self, look: Look, item: Item, made: Sequence[Document], url: str, message: str) -> None:
        sender = look.doer.user or item.mailbox
        if self._core.notify is None or self._core.person(sender) is None:
            return
        name = str(item.document["name"])
        for one in made:
            link = one.get("link", {}).get("webUrl") or url
            text = f"{message}\n\n{name}\n{link}\n".lstrip()
            try:
                self._core.notify(sender, one["invitation"]["email"], f"Shared with you: {name}", text)
            except PostroomError:
                # Who was invited may all the same; that nobody was told is no reason to say it failed.
                logger.warning("An invitation was not sent", exc_info=True)


def documents(unit: Unit, core: Core, look: Look, item: Item) -> list[Document]:
    """The owner's, those of the item, and those of the folders that it lies in. Others than owners see their own."""
    everything = _sees_all(unit, core, look, item)
    found = [_owner(unit, item)]
    for place in (item, *(one for one in unit.items.path(item) if one.kind == ITEM)):
        given = [one for one in unit.items.children(place, PERMISSION) if _is_seen(look, one, everything=everything)]
        found += [{**document_of(look, one), **_origin(unit, place, item)} for one in given]
    return found


def _origin(unit: Unit, place: Item, item: Item) -> Document:
    """Where what an item has was given."""
    if place.number == item.number:
        return {}
    drive = View.drive_id(unit, place)
    return {"inheritedFrom": {"driveId": drive, "id": ids.immutable(place), "name": place.document["name"]}}


def _sees_all(unit: Unit, core: Core, look: Look, item: Item) -> bool:
    return access.is_own(core, look, places.drive_of(unit, item))


def _is_seen(look: Look, permission: Item, *, everything: bool) -> bool:
    """Who may only read must not learn of a link with which one may write."""
    return everything or permission.document.get("_grantee") == look.doer.user


def document_of(look: Look, permission: Item) -> Document:
    shown = {name: value for name, value in permission.document.items() if name[0] != "_" and value is not None}
    token = permission.document.get("_link")
    if token is not None:
        url = shares.url_of(look.base, token)
        shown |= {"link": {**permission.document["link"], "webUrl": url}, "shareId": shares.encoded(url)}
        if shown["link"]["type"] == "embed":
            shown["link"]["webHtml"] = f'<iframe src="{url}"></iframe>'
    return {"id": ids.immutable(permission), **shown}


def _owner(unit: Unit, item: Item) -> Document:
    owner = places.drive_of(unit, item).document["owner"]
    shown: Document = {"id": OWNER, "roles": ["owner"], "grantedToV2": owner}
    return shown | {"grantedTo": owner} if "user" in owner else shown


def _link(kind: str, scope: str, end: str | None) -> Document:
    token = secrets.token_urlsafe(24)
    return {
        "roles": [TYPES[kind]],
        "link": {"type": kind, "scope": scope},
        "expirationDateTime": end,
        "hasPassword": False,
        "_link": token,
        "_token": shares.key_of(token),
    }


def _asked_link(given: Mapping[str, Any]) -> Document:
    """Raises Invalid."""
    kind, scope = str(given.get("type") or "view"), str(given.get("scope") or "organization")
    password = given.get("password")
    if kind not in TYPES:
        raise Invalid("type", f"one of {', '.join(TYPES)}")
    if scope not in SCOPES:
        raise Invalid("scope", f"one of {', '.join(SCOPES)}")
    if password is not None and (not isinstance(password, str) or not password):
        raise Invalid("password", "a text")
    document = _link(kind, scope, _end(given.get("expirationDateTime")))
    return document | ({"hasPassword": True, "_password": shares.hashed(password)} if password else {})


def _same_link(unit: Unit, item: Item, wanted: Document) -> Item | None:
    """One of this type and scope that is there already; none of them has conditions."""
    for one in unit.items.children(item, PERMISSION):
        if _is_plain(wanted) and _is_plain(one.document) and one.document.get("link") == wanted["link"]:
            return one
    return None


def _is_plain(document: Document) -> bool:
    return not any(document.get(name) for name in ("_password", "expirationDateTime", "invitation"))


def _recipients(given: Any) -> list[str]:
    """Ids and addresses, each once. Raises Invalid."""
    if not isinstance(given, list) or not given or len(given) > MOST_RECIPIENTS:
        raise Invalid("recipients", f"one to {MOST_RECIPIENTS} recipients")
    found = []
    for one in given:
        values = [one.get(name) for name in ("objectId", "email", "alias")] if isinstance(one, Mapping) else []
        name = next((value for value in values if isinstance(value, str) and value), None)
        if name is None or not (one.get("objectId") == name or _ADDRESS.fullmatch(name)):
            raise Invalid("recipients", "for each an address or an id")
        found.append(name)
    return list(dict.fromkeys(found))


def _role(given: Any) -> str:
    found = given[0] if isinstance(given, list) and len(given) == 1 else given
    if found == "edit":
        found = "write"
    if found == "view":
        found = "read"
    if found not in ROLES:
        raise Invalid("roles", "read or write")
    return str(found)


def _end(given: Any) -> str | None:
    if given is None or given == "":
        return None
    if not isinstance(given, str) or instant(given) is None:
        raise Invalid("expirationDateTime", "a date and time")
    return given
