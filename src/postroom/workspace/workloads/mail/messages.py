"""Messages: drafts, lists, changes, moving, deleting, their bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from postroom.errors import Denied, NotFound
from postroom.workspace.query.options import Options, Order
from postroom.workspace.query.page import Page
from postroom.workspace.query.tree import And, Path
from postroom.workspace.store.changes import Delta
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.store.items import UNSET
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.reading import ANY, Any_, Where
from postroom.workspace.store.rows import Decode, Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items import extended
from postroom.workspace.workloads.items.matching import check_match
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish
from postroom.workspace.workloads.mail import arrival, attaching, copying, drafts, places, searches, views, well_known
from postroom.workspace.workloads.mail.core import Core
from postroom.workspace.workloads.mail.kinds import MESSAGE, MIME, SEARCH_FOLDER
from postroom.workspace.workloads.mail.words import index

NEWEST_FIRST: Final = (Order(Path(("receivedDateTime",)), descending=True),)
DELTA_PAGE: Final = 10


class Messages:
    """`folder` is an id or a well-known name; None is the whole mailbox, what can only be recovered left out."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, mailbox: str, folder: str | None, wish: Wish = PLAIN) -> Page:
        places.prepare(self._core, mailbox, folder)
        with self._core.store.read() as unit:
            fitting = partial(views.fitting, unit, wish=wish)
            found = unit.items.page(self._listing(unit, mailbox, folder, wish), views.decode(wish), fitting)
            return Page(views.View(unit, wish, self._core.meetings).all(found.rows), found.cursor, found.count)

    def count(self, mailbox: str, folder: str | None, wish: Wish = PLAIN) -> int:
        places.prepare(self._core, mailbox, folder)
        with self._core.store.read() as unit:
            return unit.items.count(self._listing(unit, mailbox, folder, wish))

    def get(self, mailbox: str, message_id: str, wish: Wish = PLAIN, folder: str | None = None) -> Document:
        places.prepare(self._core, mailbox, folder)
        with self._core.store.read() as unit:
            found = self._found(unit, mailbox, message_id, folder, views.decode(wish))
            return views.shown(unit, found, wish, self._core.meetings)

    def create(self, mailbox: str, folder: str | None, values: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        """A draft, in Drafts or in the folder given."""
        places.prepare(self._core, mailbox, folder)
        person = self._core.person(mailbox)
        document, attachments = drafts.given(values, partial=False)
        with self._core.store.write() as unit:
            body = drafts.taken_body(document)
            whole = drafts.new(person, unit.now) | document
            whole["flag"] = drafts.flag(whole.get("flag"), unit.now)
            above = places.folder(unit, mailbox, folder or well_known.DRAFTS)
            made = unit.items.add(mailbox, MESSAGE, above, whole, body=body)
            for one in attachments:
                attaching.add(unit, made, one)
            made = attaching.follow(unit, made) if attachments else made
            index(unit, made)
            return views.shown(unit, made, wish)

    def create_from_mime(self, mailbox: str, folder: str | None, content: bytes, wish: Wish = PLAIN) -> Document:
        """A draft from MIME in base64."""
        places.prepare(self._core, mailbox, folder)
        raw, person = drafts.decoded(content), self._core.person(mailbox)
        with self._core.store.write() as unit:
            above = places.folder(unit, mailbox, folder or well_known.DRAFTS)
            made = arrival.put_draft(unit, mailbox, above, raw, person)
            return views.shown(unit, made, wish)

    def update(self, mailbox: str, message_id: str, values: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        """Of a message that is no draft only what `drafts.ANY_TIME` names. Raises Denied, Conflict, Invalid."""
        document, attachments = drafts.given(values, partial=True)
        with self._core.store.write() as unit:
            found = unit.items.get(mailbox, message_id, MESSAGE)
            check_match(found, wish.if_match)
            check_fixed(values, views.whole(found), drafts.FIXED)
            _check_writable(found, document, values)
            changed = self._changed(unit, found, document)
            for one in attachments:
                attaching.add(unit, changed, one)
            return views.shown(unit, attaching.follow(unit, changed) if attachments else changed, wish)

    def delete(self, mailbox: str, message_id: str, if_match: str | None = None) -> None:
        """To Deleted Items; from there to where it can be recovered; from there it goes."""
        places.prepare(self._core, mailbox)
        with self._core.store.write() as unit:
            found = unit.items.get(mailbox, message_id, MESSAGE)
            check_match(found, if_match)
            if places.is_within(unit, found, well_known.RECOVERABLE):
                unit.items.remove(found)
                return
            deleted = places.is_within(unit, found, well_known.DELETED)
            target = well_known.RECOVERABLE if deleted else well_known.DELETED
            unit.items.move(found, places.known(unit, mailbox, target))

    def delete_permanently(self, mailbox: str, message_id: str) -> None:
        with self._core.store.write() as unit:
            unit.items.remove(unit.items.get(mailbox, message_id, MESSAGE))

    def move(self, mailbox: str, message_id: str, destination: str, wish: Wish = PLAIN) -> Document:
        """It has another ordinary id then."""
        places.prepare(self._core, mailbox, destination)
        with self._core.store.write() as unit:
            found = unit.items.get(mailbox, message_id, MESSAGE)
            return views.shown(unit, unit.items.move(found, _target(unit, mailbox, destination)), wish)

    def copy(self, mailbox: str, message_id: str, destination: str, wish: Wish = PLAIN) -> Document:
        places.prepare(self._core, mailbox, destination)
        with self._core.store.write() as unit:
            found = unit.items.get(mailbox, message_id, MESSAGE)
            return views.shown(unit, copying.copy(unit, found, _target(unit, mailbox, destination)), wish)

    def mime(self, mailbox: str, message_id: str) -> bytes:
        """The bytes as they came; of a draft those that would be sent, with its blind copies."""
        with self._core.store.read() as unit:
            found = unit.items.get(mailbox, message_id, MESSAGE)
            blob = unit.items.blob(found, MIME)
            return unit.blobs.read(blob.hash) if blob else drafts.mime_of(unit, found, bcc=True)

    def delta(
        self, mailbox: str, folder: str | None, wish: Wish = PLAIN, carried: Mapping[str, Any] | None = None
    ) -> tuple[list[Document], Delta]:
        """Changed messages as they are now; what is gone is in the second, and what the first call had to carry."""
        places.prepare(self._core, mailbox, folder)
        with self._core.store.read() as unit:
            above = ANY if folder is None else places.folder(unit, mailbox, folder)
            below = places.folder(unit, mailbox, well_known.ROOT) if folder is None else None
            listing = Listing(
                mailbox, (MESSAGE,), above, below, wish.options, NEWEST_FIRST,
                default_page=DELTA_PAGE, view=views.for_filter,
            )  # fmt: skip
            found = unit.changes.since(listing, wish.options.delta or wish.options.cursor, carried=carried)
            shown = replace(wish, options=found.options)
            return views.View(unit, shown).all(found.items), found

    def _listing(self, unit: Unit, mailbox: str, folder: str | None, wish: Wish) -> Listing:
        place: Where | Any_
        place, below, options = ANY, None, wish.options
        if folder is None:
            below = places.folder(unit, mailbox, well_known.ROOT)
        else:
            place = places.folder(unit, mailbox, folder)
            if isinstance(place, Item) and place.kind == SEARCH_FOLDER:
                options, place = _narrowed(unit, place, options), ANY
        order = () if options.search else NEWEST_FIRST
        return Listing(
            mailbox, (MESSAGE,), place, below, options, order, view=views.for_filter, zone=wish.zone
        )  # fmt: skip

    def _found(self, unit: Unit, mailbox: str, message_id: str, folder: str | None, decode: Decode) -> Item:
        found = unit.items.get(mailbox, message_id, MESSAGE, decode=decode)
        if folder is not None:
            above = places.folder(unit, mailbox, folder)
            if above.kind != SEARCH_FOLDER and (found.parent is None or found.parent.number != above.number):
                raise NotFound(MESSAGE, message_id)
        return found

    def _changed(self, unit: Unit, found: Item, document: dict[str, Any]) -> Item:
        body = drafts.taken_body(document)
        if found.document.get("isDraft") and (body is not None or not drafts.WRITTEN.isdisjoint(document)):
            found = attaching.own_contents(unit, found)
        if "flag" in document:
            document["flag"] = drafts.flag(document["flag"], unit.now)
        document |= extended.merged(found.document, document)
        changed = unit.items.update(found, found.document | document, UNSET if body is None else body)
        if body is not None or not drafts.WRITTEN.isdisjoint(document):
            index(unit, changed)
        return changed


def _check_writable(found: Item, document: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    if found.document.get("isDraft"):
        return
    for name in document:
        if name.lstrip("_") not in drafts.ANY_TIME and name != "bodyPreview":
            raise Denied(f"{name} can be changed on drafts only, and this message was sent.")
    if any(name.lower() == "attachments" for name in values):
        raise Denied("Attachments can be changed on drafts only, and this message was sent.")


def _target(unit: Unit, mailbox: str, destination: str) -> Item:
    found = places.folder(unit, mailbox, destination)
    if found.kind == SEARCH_FOLDER:
        raise Denied("A search folder holds nothing itself: choose another destination.")
    return found


def _narrowed(unit: Unit, folder: Item, options: Options) -> Options:
    condition = searches.condition(unit, folder)
    return replace(options, filter=And((condition, options.filter)) if options.filter else condition)
