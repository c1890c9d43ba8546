"""Guests: people from elsewhere who were invited. They can be found, and be in groups.

They have no account and no mailbox here, and cannot sign in.

Source: Microsoft Graph, create invitation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import uuid4

from postroom.errors import Invalid
from postroom.workspace.delivery.notifying_http import checked_url
from postroom.workspace.people import People, Person, Recipients
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.directory.kinds import OWNER, USER, Document, id_of, key_of

TYPE: Final = SCHEMA.entity("invitation")
READ_ONLY: Final = ("id", "inviteRedeemUrl", "status", "invitedUser", "invitedUserSponsors")
PENDING: Final = "PendingAcceptance"
_LINK: Final = "guest"
_ALL: Final = "*"
_ADDRESS: Final = re.compile(r"[^@\s,;<>()\[\]\"\\]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}", re.IGNORECASE)


class Everybody:
    """`People` with the guests among them, where who there is, is asked. Mail and sign-in know accounts only."""

    def __init__(self, store: Store, people: People) -> None:
        self._store, self._people = store, people

    def find(self, name: str) -> Person | None:
        return self._people.find(name) or self._guest(name)

    def all(self) -> Iterator[Person]:
        yield from self._people.all()
        with self._store.read() as unit:
            found = [_person(item) for item in unit.links.sources(_LINK, _ALL)]
        yield from found

    def authenticate(self, address: str, password: str) -> Person | None:
        return self._people.authenticate(address, password)

    def recipients(self, address: str) -> Recipients | None:
        return self._people.recipients(address)

    def _guest(self, name: str) -> Person | None:
        with self._store.read() as unit:
            item = find(unit, name)
        return _person(item) if item is not None else None


def given(values: Mapping[str, Any], people: People) -> Document:
    """What is given for an invitation. Raises Invalid."""
    document = checked(TYPE, dict(values), read_only=READ_ONLY, partial=False)
    address = document["invitedUserEmailAddress"]
    if not _ADDRESS.fullmatch(address):
        raise Invalid("invitedUserEmailAddress", "an address")
    checked_url(document["inviteRedirectUrl"], "inviteRedirectUrl")
    if (document.get("invitedUserType") or "Guest") != "Guest":
        raise Invalid("invitedUserType", "Guest: who is to be a member gets an account, with POST /users")
    if (document.get("invitedUserMessageInfo") or {}).get("ccRecipients"):
        raise Invalid("invitedUserMessageInfo/ccRecipients", "none: the mail goes to the guest")
    if people.recipients(address) is not None:
        raise Invalid("invitedUserEmailAddress", "an address elsewhere: people of our domains get accounts")
    return document


def invite(unit: Unit, invitation: Mapping[str, Any], domain: str) -> Item:
    """The guest; who was invited before is the same one."""
    address = str(invitation["invitedUserEmailAddress"])
    found = find(unit, address)
    if found is not None:
        return found
    name = f"{address.replace('@', '_')}#EXT#@{domain}"
    shown = {
        "displayName": invitation.get("invitedUserDisplayName") or address.partition("@")[0],
        "mail": address,
        "userPrincipalName": name,
        "mailNickname": name.partition("@")[0],
        "userType": "Guest",
        "accountEnabled": True,
        "proxyAddresses": [f"SMTP:{address}"],
        "externalUserState": PENDING,
    }
    item = unit.items.add(OWNER, USER, None, shown, key=uuid4().bytes)
    for target in (_ALL, address.lower(), name.lower()):
        unit.links.link(_LINK, item, target)
    return item


def find(unit: Unit, name: str) -> Item | None:
    """A guest by id, address or principal name."""
    key = key_of(name)
    if key is not None:
        item = unit.items.find(key)
        return item if item is not None and unit.links.targets(_LINK, item) else None
    found = unit.links.sources(_LINK, name.lower()) if name != _ALL else []
    return found[0] if found else None


def answer(invitation: Mapping[str, Any], guest: Item) -> Document:
    """What is told of an invitation. Nobody signs in here with it: it leads where the program wants its guest."""
    empty = {found.name: None for found in TYPE.properties.values()}
    return empty | dict(invitation) | {
        "id": id_of(guest.key),
        "inviteRedeemUrl": invitation["inviteRedirectUrl"],
        "invitedUserDisplayName": guest.document["displayName"],
        "invitedUserType": "Guest",
        "sendInvitationMessage": bool(invitation.get("sendInvitationMessage")),
        "resetRedemption": bool(invitation.get("resetRedemption")),
        "status": PENDING,
        "invitedUser": {"id": id_of(guest.key)},
    }  # fmt: skip


def message(invitation: Mapping[str, Any]) -> Document:
    """The mail that tells of it."""
    about = invitation.get("invitedUserMessageInfo") or {}
    words = about.get("customizedMessageBody") or "You are invited to work with us."
    to = {"emailAddress": {"address": invitation["invitedUserEmailAddress"]}}
    return {
        "subject": "You are invited",
        "body": {"contentType": "text", "content": f"{words}\r\n\r\n{invitation['inviteRedirectUrl']}\r\n"},
        "toRecipients": [to],
    }


def _person(item: Item) -> Person:
    known = item.document
    return Person(id_of(item.key), str(known["mail"]), str(known["displayName"]), guest=True)
