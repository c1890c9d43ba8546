"""Attaching to drafts, inside a unit: files, items, links; and giving a draft from MIME files of its own."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from postroom.errors import Denied, Invalid
from postroom.workspace.errors import TooLarge
from postroom.workspace.schema import edm
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.blobs import Blob
from postroom.workspace.store.rows import Body, Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.mail import drafts, mime_in, mime_out
from postroom.workspace.workloads.mail.contents import Contents
from postroom.workspace.workloads.mail.kinds import ATTACHMENTS, CONTENT, FILE, ITEM, MESSAGE, MIME, REFERENCE

DIRECT_BYTES: Final = 3 << 20
"""A larger file needs an upload session."""
MOST_ATTACHMENTS: Final = 500
_READ_ONLY: Final = frozenset({"id", "size", "lastmodifieddatetime", "@odata.mediacontenttype", "@odata.type"})


def add(unit: Unit, message: Item, given: Mapping[str, Any], *, most_bytes: int | None = None) -> Item:
    """One more attachment, given as Graph has it; `follow` is the caller's to call. Raises Invalid, TooLarge."""
    values = {name[:1].lower() + name[1:]: value for name, value in given.items()}
    kind = str(values.get("@odata.type") or f"#microsoft.graph.{FILE}").rpartition(".")[2]
    kind = next((one for one in ATTACHMENTS if one.lower() == kind.lower()), "")
    if len(unit.items.children(message, *ATTACHMENTS)) >= MOST_ATTACHMENTS:
        raise Invalid("attachments", f"at most {MOST_ATTACHMENTS} attachments")
    if kind == FILE:
        return add_file(unit, message, values, _bytes(values.get("contentBytes"), most_bytes))
    if kind == ITEM:
        return _add_item(unit, message, values)
    if kind == REFERENCE:
        held = {name: value for name, value in values.items() if name.lower() not in _READ_ONLY}
        return unit.items.add(message.mailbox, REFERENCE, message, {**_common(values), **held, "size": 0})
    raise Invalid("@odata.type", f"one of {', '.join(ATTACHMENTS)}")


def add_file(unit: Unit, message: Item, values: Mapping[str, Any], content: bytes | Blob) -> Item:
    """A file with its bytes, or with what holds them already."""
    blob = unit.blobs.put(content) if isinstance(content, bytes) else content
    document = {
        **_common(values),
        "size": blob.size,
        "contentId": values.get("contentId") or None,
        "contentLocation": values.get("contentLocation") or None,
    }
    made = unit.items.add(message.mailbox, FILE, message, document)
    unit.items.attach(made, CONTENT, blob)
    return made


def follow(unit: Unit, message: Item) -> Item:
    """Bring `hasAttachments` up to date; those that are shown inside the body do not count."""
    found = unit.items.children(message, *ATTACHMENTS)
    has = any(not one.document.get("isInline") for one in found)
    return unit.items.update(message, message.document | {"hasAttachments": has})


def check_draft(message: Item) -> None:
    """Raises Denied: what was sent or came stays as it was."""
    if not message.document.get("isDraft"):
        raise Denied("Attachments can be changed on drafts only, and this message was sent.")


def own_contents(unit: Unit, message: Item) -> Item:
    """Let go of the bytes that a draft was made from: they no longer say what it is. Its attachments stay."""
    if unit.items.blob(message, MIME) is None:
        return message
    contents = Contents(unit, message)
    for one in unit.items.children(message, FILE, ITEM):
        if "_part" in one.document:
            unit.items.attach(one, CONTENT, unit.blobs.put(contents.of(one)))
            kept = {name: value for name, value in one.document.items() if name != "_part"}
            unit.items.update(one, kept)
    unit.items.detach(message, MIME)
    return message


def _common(values: Mapping[str, Any]) -> dict[str, Any]:
    name = values.get("name")
    if not isinstance(name, str) or not name.strip():
        raise Invalid("attachments/name", "the name of the attachment")
    content_type = values.get("contentType")
    return {
        "name": name,
        "contentType": content_type if isinstance(content_type, str) and content_type else _type_of(name),
        "isInline": values.get("isInline") is True,
    }


def _type_of(name: str) -> str:
    import mimetypes  # here: it reads tables of the system

    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _bytes(content: Any, most_bytes: int | None) -> bytes:
    if not isinstance(content, str):
        raise Invalid("attachments/contentBytes", "the bytes in base64")
    try:
        found = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("attachments/contentBytes", "the bytes in base64") from error
    if most_bytes is not None and len(found) > most_bytes:
        raise TooLarge("attachments/contentBytes", most_bytes)
    return found


def _add_item(unit: Unit, message: Item, values: Mapping[str, Any]) -> Item:
    """A message becomes the bytes of one; contacts and events stay documents."""
    held = values.get("item")
    if not isinstance(held, dict):
        raise Invalid("attachments/item", "a message, event or contact")
    if str(held.get("@odata.type") or MESSAGE).lower().endswith(MESSAGE):
        raw = _written(unit, held)
        document = {**_common({**values, "contentType": "message/rfc822"}), "size": len(raw)}
        made = unit.items.add(message.mailbox, ITEM, message, document)
        unit.items.attach(made, CONTENT, unit.blobs.put(raw))
        return made
    held = checked(SCHEMA.entity("outlookItem"), held, read_only=("id", "changeKey"), partial=True)
    document = {**_common({**values, "contentType": None}), "contentType": None, "size": len(str(held)), "_item": held}
    return unit.items.add(message.mailbox, ITEM, message, document)


def _written(unit: Unit, held: Mapping[str, Any]) -> bytes:
    document, attachments = drafts.given(
        {name: value for name, value in held.items() if name.lower() != "id"}, partial=False
    )
    body = drafts.taken_body(document) or Body("text", "")
    sent = held.get("sentDateTime")
    at = edm.checked(sent, "Edm.DateTimeOffset", "attachments/item/sentDateTime") if sent else mime_in.moment(unit.now)
    whole = {**document, "sentDateTime": at}
    files = [
        mime_out.Enclosed(
            str(one.get("name") or ""), str(one.get("contentType") or ""), _bytes(one.get("contentBytes"), None),
            one.get("isInline") is True, str(one.get("contentId") or ""),
        )
        for one in attachments
    ]  # fmt: skip
    return mime_out.write(whole, body, files)
