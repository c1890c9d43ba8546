"""Events as Graph shows them: the document, what follows from rows and days, and what was asked for besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from postroom.workspace.query.literals import instant_text
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.project import Projection
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.rows import Body, Item, facts
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import refs, times, uids
from postroom.workspace.workloads.calendar.kinds import CONTENTS
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.items import attached, extended, extensions
from postroom.workspace.workloads.items.bodies import body_of
from postroom.workspace.workloads.items.kinds import ATTACHMENTS
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish

LINK: Final = ("https://outlook.office365.com/owa/?itemid=", "&exvsurl=1&path=/calendar/item")
_EVENT: Final = SCHEMA.entity("event")


def shown(unit: Unit, ref: Ref, wish: Wish = PLAIN) -> Document:
    """One event, as the wish says."""
    return all_shown(unit, [ref], wish)[0]


def all_shown(unit: Unit, found: Sequence[Ref], wish: Wish = PLAIN) -> list[Document]:
    """Their bodies are read together."""
    projection = Projection(wish.options.select, _EVENT)
    bodies = _bodies(unit, found) if wish.shows("body") else {}
    return [_shown(unit, ref, wish, bodies, projection) for ref in found]


def whole(ref: Ref, wish: Wish = PLAIN) -> Document:
    """All that does not lie beside the document."""
    document, item_id = ref.document, ref.id(wish)
    own = {name: value for name, value in document.items() if not name.startswith("_")}
    found = {**facts(ref.changed, item_id), **own, "webLink": f"{LINK[0]}{item_id}{LINK[1]}"}
    is_all_day = bool(document.get("isAllDay"))
    for name in ("start", "end"):
        found[name] = times.shown(document[name], wish.zone, wish.zone_name, is_all_day=is_all_day)
    found["seriesMasterId"] = None
    if ref.day is not None:
        found["seriesMasterId"] = wish.id_of(ref.item)
        found["originalStart"] = instant_text(ref.original)
        found["iCalUId"] = uids.of_occurrence(str(document.get("iCalUId") or ""), ref.day)
    return found


def for_filter(ref: Ref, wish: Wish) -> Document:
    """What filters are asked of: extended properties, too."""
    return whole(ref, wish) | extended.all_of(ref.as_item)


def compact(ref: Ref, wish: Wish) -> Document:
    """An occurrence in a list of changes, whose master is told in full."""
    found = whole(ref, wish)
    return {name: found[name] for name in ("@odata.etag", "id", "type", "seriesMasterId", "start", "end")}


def _shown(unit: Unit, ref: Ref, wish: Wish, bodies: dict[int, Body], projection: Projection) -> Document:
    document = whole(ref, wish)
    if wish.shows("body"):
        own = bodies.get(ref.exception.number) if ref.exception else None
        document["body"] = body_of(own or bodies.get(ref.item.number), wish)
    if wish.shows("cancelledOccurrences", by_default=False):
        document["cancelledOccurrences"] = _cancelled(unit, ref, wish)
    selected = projection.of(document)
    if wish.options.expand:
        selected |= _expanded(unit, ref, wish)
    return {name: one for name, one in selected.items() if name.lower() not in CONTENTS} if wish.basic else selected


def _bodies(unit: Unit, found: Sequence[Ref]) -> dict[int, Body]:
    numbers: dict[int, Item] = {}
    for ref in found:
        numbers[ref.item.number] = ref.item
        if ref.exception is not None:
            numbers[ref.exception.number] = ref.exception
    return unit.items.bodies(numbers.values())


def _cancelled(unit: Unit, ref: Ref, wish: Wish) -> list[str]:
    if ref.series is None or ref.day is not None:
        return []
    name = f"OID.{wish.id_of(ref.item)}"
    return [f"{name}.{date.fromordinal(day).isoformat()}" for day in refs.cancelled_days(unit, ref.item)]


def attachments_of(ref: Ref) -> Item:
    """What has the attachments of an event: an occurrence has those of its master until it has its own."""
    if ref.exception is not None and "hasAttachments" in ref.exception.document:
        return ref.exception
    return ref.item


def _expanded(unit: Unit, ref: Ref, wish: Wish) -> Document:
    found: Document = extended.expanded(ref.as_item, wish)
    expand = wish.expands("attachments")
    if expand is not None:
        inner = replace(wish, options=expand.options)
        rows = [
            attached.shown(one, inner, lambda item: attached.content_of(unit, item))
            for one in unit.items.children(attachments_of(ref), *ATTACHMENTS)
        ]
        found["attachments"] = page_of(rows, replace(expand.options, expand=()), _ATTACHMENT, None, 1000).rows
    if wish.expands("extensions") is not None:
        found["extensions"] = extensions.all_of(unit, ref.changed)
    expand = wish.expands("exceptionOccurrences")
    if expand is not None:
        inner = replace(wish, options=expand.options)
        exceptions = refs.exceptions_of(unit, ref.item) if ref.day is None else []
        found["exceptionOccurrences"] = all_shown(unit, exceptions, inner)
    return found


_ATTACHMENT: Final = SCHEMA.entity("attachment")
