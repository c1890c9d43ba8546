"""Attaching to drafts, inside a unit: files, items, links; and giving a draft from MIME files of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postroom.errors import Denied, Invalid
from postroom.workspace.clock import moment
from postroom.workspace.schema import edm
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.rows import Body, Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.attaching import add_file, add_link, common, content_bytes, kind_of, values_of
from postroom.workspace.workloads.items.kinds import ATTACHMENTS, CONTENT, FILE, ITEM
from postroom.workspace.workloads.mail import drafts, mime_out
from postroom.workspace.workloads.mail.contents import Contents
from postroom.workspace.workloads.mail.kinds import MESSAGE, MIME


def add(unit: Unit, message: Item, given: Mapping[str, Any], *, most_bytes: int | None = None) -> Item:
    """One more attachment, given as Graph has it; `follow` is the caller's to call. Raises Invalid, TooLarge."""
    values = values_of(given)
    kind = kind_of(unit, message, values)
    if kind == FILE:
        return add_file(unit, message, values, content_bytes(values.get("contentBytes"), most_bytes))
    return _add_item(unit, message, values) if kind == ITEM else add_link(unit, message, values)


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


def _add_item(unit: Unit, message: Item, values: Mapping[str, Any]) -> Item:
    """A message becomes the bytes of one; contacts and events stay documents."""
    held = values.get("item")
    if not isinstance(held, dict):
        raise Invalid("attachments/item", "a message, event or contact")
    if str(held.get("@odata.type") or MESSAGE).lower().endswith(MESSAGE):
        raw = _written(unit, held)
        document = {**common({**values, "contentType": "message/rfc822"}), "size": len(raw)}
        made = unit.items.add(message.mailbox, ITEM, message, document)
        unit.items.attach(made, CONTENT, unit.blobs.put(raw))
        return made
    held = checked(SCHEMA.entity("outlookItem"), held, read_only=("id", "changeKey"), partial=True)
    document = {**common({**values, "contentType": None}), "contentType": None, "size": len(str(held)), "_item": held}
    return unit.items.add(message.mailbox, ITEM, message, document)


def _written(unit: Unit, held: Mapping[str, Any]) -> bytes:
    document, attachments = drafts.given(
        {name: value for name, value in held.items() if name.lower() != "id"}, partial=False
    )
    body = drafts.taken_body(document) or Body("text", "")
    sent = held.get("sentDateTime")
    at = edm.checked(sent, "Edm.DateTimeOffset", "attachments/item/sentDateTime") if sent else moment(unit.now)
    whole = {**document, "sentDateTime": at}
    files = [
        mime_out.Enclosed(
            str(one.get("name") or ""), str(one.get("contentType") or ""), content_bytes(one.get("contentBytes"), None),
            one.get("isInline") is True, str(one.get("contentId") or ""),
        )
        for one in attachments
    ]  # fmt: skip
    return mime_out.write(whole, body, files)
