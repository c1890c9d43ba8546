"""What is attached to a message: shown, and its bytes, cut out of the message or out of a file of their own."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from postroom.errors import NotFound
from postroom.workspace.clock import from_ms
from postroom.workspace.query.memory import page_of
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items import attached, text
from postroom.workspace.workloads.items.kinds import ATTACHMENTS, FILE, ITEM
from postroom.workspace.workloads.items.wish import Document, Wish
from postroom.workspace.workloads.mail import mime_in
from postroom.workspace.workloads.mail.kinds import MIME
from postroom.workspace.workloads.mail.mime_out import Enclosed
from postroom.workspace.workloads.mail.parts import leaves, parse

_TYPE: Final = SCHEMA.entity("attachment")


class Contents:
    """The bytes of the attachments of one message, which is read once."""

    def __init__(self, unit: Unit, message: Item) -> None:
        self._unit, self._message = unit, message
        self._parts: dict[str, bytes] | None = None

    def of(self, item: Item) -> bytes:
        """Raises Damaged when a file is gone."""
        if "_part" in item.document:
            return self._cut().get(str(item.document["_part"]), b"")
        return attached.content_of(self._unit, item)

    def _cut(self) -> dict[str, bytes]:
        if self._parts is None:
            blob = self._unit.items.blob(self._message, MIME)
            raw = self._unit.blobs.read(blob.hash) if blob else b""
            wanted = {one.document.get("_part") for one in self._unit.items.children(self._message, *ATTACHMENTS)}
            self._parts = {part.path: part.content() for part in leaves(parse(raw)) if part.path in wanted}
        return self._parts


def shown_all(unit: Unit, message: Item, wish: Wish) -> list[Document]:
    """All attachments of a message, as the options say."""
    contents = Contents(unit, message)
    found = [shown(contents, one, wish) for one in unit.items.children(message, *ATTACHMENTS)]
    options = replace(wish.options, expand=())
    return page_of(found, options, _TYPE, None, 1000).rows if found else []


def shown(contents: Contents, item: Item, wish: Wish) -> Document:
    """One attachment, with what is inside it when that is asked for."""
    expand = wish.expands("item") if item.kind == ITEM else None
    inside = {"item": embedded(contents, item, replace(wish, options=expand.options))} if expand else None
    return attached.shown(item, wish, contents.of, inside)


def embedded(contents: Contents, item: Item, wish: Wish) -> Document:
    """The message, event or contact inside an attachment."""
    if "_item" in item.document:
        return dict(item.document["_item"])
    read = mime_in.read(contents.of(item), from_ms(item.created_ms))
    document = {name: value for name, value in read.document.items() if not name.startswith("_")}
    html = read.body.content_type == "html"
    content = text.safe(read.body.content) if html and not wish.unsafe else read.body.content
    kind = document.pop("@odata.type", "#microsoft.graph.message")
    found: Document = {"@odata.type": kind, "id": "", **document}
    found["body"] = {"contentType": read.body.content_type, "content": content}
    if read.attachments:
        found["attachments"] = list(_inner(read))
    return found | {"internetMessageHeaders": read.headers} if wish.options.select else found


def _inner(read: mime_in.Read) -> Iterator[dict[str, Any]]:
    """Attachments of an attached message have no ids: they cannot be asked for one by one."""
    cut = {part.path: part for part in leaves(read.node)}
    for one in read.attachments:
        shown_ = {name: value for name, value in one.document.items() if not name.startswith("_")}
        if one.kind == FILE:
            shown_["contentBytes"] = base64.b64encode(cut[one.part].content()).decode()
        yield shown_ | {"id": ""}


def enclosed(unit: Unit, message: Item) -> list[Enclosed]:
    """All attachments with their bytes, to be written into a message. Links are in its body, or nowhere."""
    contents = Contents(unit, message)
    return [_enclosed(contents, one) for one in unit.items.children(message, FILE, ITEM)]


def _enclosed(contents: Contents, item: Item) -> Enclosed:
    document = item.document
    if "_item" in document:
        name, content_type, content = as_file(document)
        return Enclosed(name, content_type, content)
    return Enclosed(
        str(document.get("name") or ""),
        str(document.get("contentType") or ""),
        contents.of(item),
        bool(document.get("isInline")),
        str(document.get("contentId") or ""),
        message=item.kind == ITEM,
    )


def raw(contents: Contents, item: Item) -> tuple[str, bytes]:
    """Media type and bytes, for `$value`. Raises NotFound for a link: it has none."""
    if item.kind not in (FILE, ITEM):
        raise NotFound("content of the attachment", item.document.get("name"))
    if "_item" in item.document:
        _, content_type, content = as_file(item.document)
        return content_type, content
    return "text/plain" if item.kind == ITEM else attached.media_type(item), contents.of(item)


def as_file(document: Document) -> tuple[str, str, bytes]:
    """A contact or event as a file of its own kind: name, media type, bytes."""
    held, name = document["_item"], str(document.get("name") or "item")
    if str(held.get("@odata.type") or "").endswith("contact"):
        return f"{name}.vcf", "text/vcard", _lines("VCARD", _contact(held))
    return f"{name}.ics", "text/calendar", _lines("VCALENDAR", _event(held))


def _contact(held: Document) -> Iterator[str]:
    yield "VERSION:4.0"
    yield f"FN:{_escaped(held.get('displayName') or held.get('fileAs') or '')}"
    yield f"N:{_escaped(held.get('surname') or '')};{_escaped(held.get('givenName') or '')};;;"
    for one in held.get("emailAddresses") or []:
        yield f"EMAIL:{_escaped(one.get('address') or '')}"
    for name in ("businessPhones", "homePhones"):
        for number in held.get(name) or []:
            yield f"TEL:{_escaped(number)}"


def _event(held: Document) -> Iterator[str]:
    yield from ("VERSION:2.0", "PRODID:-//Postroom//EN", "BEGIN:VEVENT")
    yield f"UID:{_escaped(held.get('iCalUId') or held.get('id') or 'unknown')}"
    yield f"SUMMARY:{_escaped(held.get('subject') or '')}"
    for name, field in (("start", "DTSTART"), ("end", "DTEND")):
        value = str((held.get(name) or {}).get("dateTime") or "")[:19].replace("-", "").replace(":", "")
        if value:
            yield f"{field}:{value}Z"
    yield "END:VEVENT"


def _escaped(value: Any) -> str:
    plain = str(value).replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return plain.replace("\r", "").replace("\n", "\\n")


def _lines(kind: str, lines: Iterator[str]) -> bytes:
    return ("\r\n".join((f"BEGIN:{kind}", *lines, f"END:{kind}")) + "\r\n").encode("utf-8", "replace")
