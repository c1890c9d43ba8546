"""Messages as Graph shows them: the document, what follows from the row, and what was asked for besides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from postroom.workspace.query.evaluate import Evaluator
from postroom.workspace.query.options import Expand, Options
from postroom.workspace.query.project import project
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Body, Item, view
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.mail import contents, mime_in, text
from postroom.workspace.workloads.mail.kinds import EXTENSION, MIME
from postroom.workspace.workloads.mail.wish import CONTENTS, PLAIN, Document, Wish

LINK: Final = "https://outlook.office365.com/owa/?ItemID={id}&exvsurl=1&viewmodel=ReadMessageItem"
EXTENDED: Final = ("singleValueExtendedProperties", "multiValueExtendedProperties")


def shown(unit: Unit, item: Item, wish: Wish = PLAIN) -> Document:
    """One message, as the wish says."""
    document = whole(item, wish)
    _add_bodies(unit, item, document, wish)
    if wish.shows("internetMessageHeaders", by_default=False):
        document["internetMessageHeaders"] = header_list(unit, item)
    kind = SCHEMA.find(str(document.get("@odata.type") or "message")) or SCHEMA.entity("message")
    selected = project(document, Options(select=wish.options.select), kind)
    document = selected | dict(_expanded(unit, item, wish))
    return {name: one for name, one in document.items() if name.lower() not in CONTENTS} if wish.basic else document


def whole(item: Item, wish: Wish = PLAIN) -> Document:
    """Without body and what lies below the message: what filters are asked of."""
    document = view(item)
    document["id"] = wish.id_of(item)
    document["parentFolderId"] = ids.immutable(item.parent) if item.parent else None
    document["webLink"] = LINK.format(id=quote(document["id"]))
    return document


def for_filter(item: Item) -> Document:
    """The view of a listing: extended properties can be asked for, too."""
    return whole(item) | {name: item.document.get(f"_{name}") or [] for name in EXTENDED}


def header_list(unit: Unit, item: Item) -> list[dict[str, str]]:
    """The header of a message that came; of a draft what its writer added."""
    blob = unit.items.blob(item, MIME)
    if blob is not None:
        return mime_in.header_list(unit.blobs.read(blob.hash))
    return list(item.document.get("_headers") or [])


def body_of(found: Body | None, wish: Wish) -> dict[str, str]:
    """A body in the form that the caller prefers: what came as text stays text."""
    body = found or Body("text", "")
    if body.content_type != "html":
        return {"contentType": "text", "content": body.content}
    if wish.text:
        return {"contentType": "text", "content": text.to_text(body.content)}
    return {"contentType": "html", "content": text.whole(body.content) if wish.unsafe else text.safe(body.content)}


def _add_bodies(unit: Unit, item: Item, document: Document, wish: Wish) -> None:
    unique = wish.shows("uniqueBody", by_default=False)
    if not (unique or wish.shows("body")):
        return
    body = unit.items.body(item)
    if wish.shows("body"):
        document["body"] = body_of(body, wish)
    if unique:
        found = body or Body("text", "")
        html = found.content_type == "html"
        document["uniqueBody"] = body_of(replace(found, content=text.unique(found.content, html=html)), wish)


def _expanded(unit: Unit, item: Item, wish: Wish) -> Document:
    found: Document = {}
    expand = wish.expands("attachments")
    if expand is not None:
        found["attachments"] = contents.shown_all(unit, item, replace(wish, options=expand.options))
    for name in EXTENDED:
        expand = wish.expands(name)
        if expand is not None:
            found[name] = _matching(item.document.get(f"_{name}") or [], expand)
    if wish.expands("extensions") is not None:
        found["extensions"] = [extension(one) for one in unit.items.children(item, EXTENSION)]
    if wish.expands("event") is not None:
        # Events are another workload's; a message leads to one once there are some.
        found["event"] = None
    return found


def _matching(rows: list[Document], expand: Expand) -> list[Document]:
    if expand.options.filter is None:
        return rows
    evaluator = Evaluator()
    return [one for one in rows if evaluator.holds(expand.options.filter, one)]


def extension(item: Item) -> Document:
    """An open extension."""
    shown_: dict[str, Any] = {name: value for name, value in item.document.items() if not name.startswith("_")}
    return {"@odata.type": "#microsoft.graph.openTypeExtension", **shown_, "id": item.document["extensionName"]}
