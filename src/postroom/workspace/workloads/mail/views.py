"""Messages as Graph shows them: the document, what follows from the row, and what was asked for besides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from postroom.workspace.query.access import plain, type_of
from postroom.workspace.query.project import Projection
from postroom.workspace.query.steps import find
from postroom.workspace.schema.types import SCHEMA, EntityType
from postroom.workspace.store import ids
from postroom.workspace.store.rows import SHALLOW, WHOLE, Body, Decode, Item, Place, facts, only
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items import extended, extensions, text
from postroom.workspace.workloads.items.bodies import body_of
from postroom.workspace.workloads.items.letters import NO_MEETINGS, Meetings
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish
from postroom.workspace.workloads.mail import contents, mime_in
from postroom.workspace.workloads.mail.kinds import CONTENTS, MIME

LINK: Final = ("https://outlook.office365.com/owa/?ItemID=", "&exvsurl=1&viewmodel=ReadMessageItem")
_MESSAGE: Final = SCHEMA.entity("message")
TYPE: Final = "@odata.type"
BODIES: Final = 50
"""How many are read at once."""
PAGE_BYTES: Final = 32 << 20
"""Of the bodies and attachments on one page; a page has one message at least."""


def decode(wish: Wish) -> Decode:
    """What is read of the documents that are shown."""
    if not wish.raw:
        return WHOLE
    options = wish.options
    members = [find(path.names[0], _MESSAGE) for path in options.select]
    names = {TYPE, *(member.name for member in members if member)}
    # Casts and names that no type has may be anything; headers and what is expanded have names of ours.
    if not members or None in members or options.expand or "internetMessageHeaders" in names:
        return SHALLOW
    return only(frozenset(names))


def fitting(unit: Unit, items: Sequence[Item], wish: Wish) -> int:
    """How many of these messages a page may have, for all of it is held in memory."""
    left = PAGE_BYTES
    texts, files = wish.shows("body") or wish.shows("uniqueBody", by_default=False), wish.expands("attachments")
    sizes = [unit.items.sizes(items, files=False)] if texts else []
    sizes += [unit.items.sizes(items, files=True)] if files else []
    for place, item in enumerate(items):
        left -= sum(found.get(item.number, 0) for found in sizes)
        if left < 0:
            return place
    return len(items)


def shown(unit: Unit, item: Item, wish: Wish = PLAIN, meetings: Meetings = NO_MEETINGS) -> Document:
    """One message, as the wish says."""
    return View(unit, wish, meetings).of(item)


class View:
    """Messages as a wish says. What follows from the wish alone is worked out once for all of them."""

    def __init__(self, unit: Unit, wish: Wish = PLAIN, meetings: Meetings = NO_MEETINGS) -> None:
        self._unit, self._wish, self._meetings = unit, wish, meetings
        self._body, self._unique = wish.shows("body"), wish.shows("uniqueBody", by_default=False)
        self._headers = wish.shows("internetMessageHeaders", by_default=False)
        self._projections: dict[EntityType, Projection] = {}

    def all(self, items: Sequence[Item]) -> list[Document]:
        """Their bodies are read together."""
        if not (self._body or self._unique):
            return [self._shown(one, None) for one in items]
        chunks = (items[start : start + BODIES] for start in range(0, len(items), BODIES))
        return [shown for some in chunks for shown in self._with_bodies(some)]

    def _with_bodies(self, items: Sequence[Item]) -> Iterator[Document]:
        bodies = self._unit.items.bodies(items)
        return (self._shown(one, bodies.get(one.number)) for one in items)

    def of(self, item: Item) -> Document:
        return self._shown(item, self._unit.items.body(item) if self._body or self._unique else None)

    def _shown(self, item: Item, body: Body | None) -> Document:
        document = _with_facts(item, item.document, self._wish)
        if self._body:
            document["body"] = body_of(body, self._wish)
        if self._unique:
            document["uniqueBody"] = _unique(body, self._wish)
        if self._headers:
            document["internetMessageHeaders"] = header_list(self._unit, item)
        selected = self._projection(type_of(document, _MESSAGE) or _MESSAGE).of(document)
        if self._wish.options.expand:
            selected |= _expanded(self._unit, item, self._wish, self._meetings)
        if self._wish.basic:
            return {name: one for name, one in selected.items() if name.lower() not in CONTENTS}
        return selected

    def _projection(self, kind: EntityType) -> Projection:
        if kind not in self._projections:
            self._projections[kind] = Projection(self._wish.options.select, kind)
        return self._projections[kind]


def whole(item: Item, wish: Wish = PLAIN) -> Document:
    """Without body and what lies below the message: what filters are asked of."""
    own = {name: value for name, value in item.document.items() if not name.startswith("_")}
    return _with_facts(item, own, wish)


def _with_facts(item: Item, document: Document, wish: Wish) -> Document:
    """With what follows from the row: also where it lies, and where a browser finds it."""
    item_id, folder = wish.id_of(item), item.parent
    return {
        **facts(item, item_id),
        **document,
        "parentFolderId": None if folder is None else _folder_id(folder),
        "webLink": f"{LINK[0]}{item_id}{LINK[1]}",  # nothing in an id needs to be quoted
    }


@lru_cache(maxsize=256)
def _folder_id(folder: Place) -> str:
    """Kept, since the messages of a page mostly lie in one."""
    return ids.immutable(folder)


def for_filter(item: Item) -> Document:
    """The view of a listing: extended properties can be asked for, too."""
    return whole(item) | extended.all_of(item)


def header_list(unit: Unit, item: Item) -> list[dict[str, str]]:
    """The header of a message that came; of a draft what its writer added."""
    blob = unit.items.blob(item, MIME)
    if blob is not None:
        return mime_in.header_list(unit.blobs.read(blob.hash))
    return list(plain(item.document.get("_headers")) or [])


def _unique(body: Body | None, wish: Wish) -> dict[str, str]:
    found = body or Body("text", "")
    html = found.content_type == "html"
    return body_of(replace(found, content=text.unique(found.content, html=html)), wish)


def _expanded(unit: Unit, item: Item, wish: Wish, meetings: Meetings) -> Document:
    found: Document = {}
    expand = wish.expands("attachments")
    if expand is not None:
        found["attachments"] = contents.shown_all(unit, item, replace(wish, options=expand.options))
    found |= extended.expanded(item, wish)
    if wish.expands("extensions") is not None:
        found["extensions"] = extensions.all_of(unit, item)
    expand = wish.expands("event")
    if expand is not None:
        event = plain(item.document.get("_event"))
        inner = replace(wish, options=expand.options, raw=False)
        found["event"] = meetings.event(unit, item.mailbox, str(event), inner) if event else None
    return found
