"""Bytes become a message in a folder, inside a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from postroom.workspace.people import Person
from postroom.workspace.store.blobs import Blob
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.mail import conversation, drafts, mime_in
from postroom.workspace.workloads.mail.core import recipient_of
from postroom.workspace.workloads.mail.kinds import MESSAGE, MIME
from postroom.workspace.workloads.mail.words import set_words


def put(
    unit: Unit, mailbox: str, folder: Item, blob: Blob, read: mime_in.Read, more: Mapping[str, Any] | None = None
) -> Item:
    """A message with its bytes, its attachments and its words. `more` are further properties."""
    document = {**read.document, **_thread(unit, mailbox, read), **(more or {})}
    made = unit.items.add(mailbox, MESSAGE, folder, document, body=read.body)
    unit.items.attach(made, MIME, blob)
    for one in read.attachments:
        unit.items.add(mailbox, one.kind, made, one.document)
    set_words(unit, made, read.body, [one.name for one in read.attachments])
    return made


def put_draft(unit: Unit, mailbox: str, folder: Item, raw: bytes, person: Person) -> Item:
    """A draft made from MIME; what it does not say is as in a new one."""
    read = mime_in.read(raw, unit.now)
    missing = {name: value for name, value in drafts.new(person, unit.now).items() if not read.document.get(name)}
    own = {"isDraft": True, "isRead": True, "hasAttachments": read.document["hasAttachments"]}
    return put(unit, mailbox, folder, unit.blobs.put(raw), read, missing | own | _sender(read, person))


def _sender(read: mime_in.Read, person: Person) -> dict[str, Any]:
    me = recipient_of(person)
    return {"from": read.document["from"] or me, "sender": read.document["sender"] or me}


def _thread(unit: Unit, mailbox: str, read: mime_in.Read) -> dict[str, Any]:
    """The conversation of what it answers, if that is here."""
    found: dict[str, Any] = {"_references": list(read.references)} if read.references else {}
    parent = _known(unit, mailbox, read.references)
    if parent is None:
        return found
    found["conversationId"] = parent.document.get("conversationId") or read.document["conversationId"]
    if not read.node.get("thread-index"):
        found["conversationIndex"] = conversation.next_index(
            str(parent.document.get("conversationIndex") or ""), unit.now
        )
    return found


def _known(unit: Unit, mailbox: str, references: Sequence[str]) -> Item | None:
    """The nearest message that this one refers to, of the last few: headers can name hundreds."""
    for reference in reversed(references[-10:]):
        found = unit.items.first(mailbox, MESSAGE, where={"internet_message_id": reference})
        if found is not None:
            return found
    return None
