"""Small questions about mailboxes: tips before sending, ids in other forms."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Any, Final

from postroom.errors import Invalid, NotFound, PostroomError
from postroom.workspace.store import ids
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.wish import Document
from postroom.workspace.workloads.mail import autoreply
from postroom.workspace.workloads.mail.core import Core

MOST_IDS: Final = 1000
MOST_ADDRESSES: Final = 100
_FORMATS: Final = ("entryId", "ewsId", "immutableEntryId", "restId", "restImmutableEntryId")


class Lookups:
    def __init__(self, core: Core) -> None:
        self._core = core

    def tips(self, addresses: Iterable[str], options: str) -> list[Document]:
        """What a sender may want to know about each recipient. `options` is `automaticReplies, mailboxFullStatus`."""
        wanted = {one.strip().lower() for one in options.split(",") if one.strip()}
        listed = list(addresses)
        if len(listed) > MOST_ADDRESSES:
            raise Invalid("EmailAddresses", f"at most {MOST_ADDRESSES} addresses")
        with self._core.store.read() as unit:
            return [self._tip(unit, one, wanted) for one in listed]

    def _tip(self, unit: Unit, address: str, wanted: set[str]) -> Document:
        person = self._core.people.find(address)
        ours = self._core.people.recipients(address) is not None
        tip: Document = {"emailAddress": {"name": person.name if person else "", "address": address}}
        if "automaticreplies" in wanted and person:
            tip["automaticReplies"] = _replies(unit, person.id)
        if "mailboxfullstatus" in wanted:
            tip["mailboxFull"] = False
        if "maxmessagesize" in wanted:
            tip["maxMessageSize"] = self._core.settings.smtp.message_bytes
        if "deliveryrestriction" in wanted:
            tip["deliveryRestricted"] = False
        if "moderationstatus" in wanted:
            tip["isModerated"] = False
        if "externalmembercount" in wanted:
            tip["externalMemberCount"] = 0 if ours else 1
        if "totalmembercount" in wanted:
            tip["totalMemberCount"] = 1
        if "recipientscope" in wanted:
            tip["recipientScope"] = "internal" if ours else "external"
        return tip

    def translated(self, mailbox: str, given: Iterable[str], source: str, target: str) -> list[Document]:
        """Ids in another form. What cannot be translated is told beside the others."""
        listed = list(given)
        if len(listed) > MOST_IDS:
            raise Invalid("inputIds", f"at most {MOST_IDS} ids")
        source, target = _format("sourceIdType", source), _format("targetIdType", target)
        with self._core.store.read() as unit:
            return [_translated(unit, mailbox, one, source, target) for one in listed]


def _replies(unit: Unit, mailbox: str) -> Document:
    setting = autoreply.setting_of(unit, mailbox)
    shown = setting.get("status") in ("alwaysEnabled", "scheduled")
    return {"message": setting.get("internalReplyMessage", "") if shown else ""}


def _format(field: str, name: Any) -> str:
    found = next((one for one in _FORMATS if one.lower() == str(name).lower()), None)
    if found is None:
        raise Invalid(field, f"one of {', '.join(_FORMATS)}")
    return found


def _translated(unit: Unit, mailbox: str, text: str, source: str, target: str) -> Document:
    try:
        item = unit.items.get(mailbox, _plain(text, source))
    except PostroomError as error:
        code = "ErrorItemNotFound" if isinstance(error, NotFound) else "ErrorInvalidIdMalformed"
        return {"sourceId": text, "targetId": None, "errorDetails": {"code": code, "message": str(error)}}
    found = ids.immutable(item) if "mmutable" in target else ids.ordinary(item)
    return {"sourceId": text, "targetId": _foreign(found, target)}


def _plain(text: str, form: str) -> str:
    """Ids of other programs are ours in the base64 that is not made for URLs."""
    if form.startswith("rest"):
        return text
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_" if form != "ewsId" else None)
    except (binascii.Error, ValueError) as error:
        raise Invalid("id", "an id that this server gave") from error
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _foreign(text: str, form: str) -> str:
    if form.startswith("rest"):
        return text
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return base64.b64encode(raw).decode() if form == "ewsId" else base64.urlsafe_b64encode(raw).decode()
