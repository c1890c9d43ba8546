"""Sending: drafts, new messages, MIME, answers. Delivery here, the queue for others and the copy are one unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.clock import moment
from postroom.workspace.delivery import report
from postroom.workspace.delivery.outgoing import Deferred
from postroom.workspace.delivery.recipients import Route, route
from postroom.workspace.errors import TooLarge
from postroom.workspace.people import Person
from postroom.workspace.store.rows import Body, Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.kinds import FILE, ITEM
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish
from postroom.workspace.workloads.mail import (
    arrival,
    attaching,
    contents,
    drafts,
    headers,
    mime_in,
    outbound,
    places,
    reply,
    views,
    well_known,
)
from postroom.workspace.workloads.mail.core import Core, own_addresses, recipient_of
from postroom.workspace.workloads.mail.delivering import Delivering, Mailing
from postroom.workspace.workloads.mail.errors import InvalidRecipients, NotSentAs
from postroom.workspace.workloads.mail.kinds import MESSAGE, MIME
from postroom.workspace.workloads.mail.plain import plain
from postroom.workspace.workloads.mail.words import index, set_words

LISTS: Final = ("toRecipients", "ccRecipients", "bccRecipients")
DEFERRED: Final = "0x3fef"
"""The end of the id of the property that says when a message is to be sent (PidTagDeferredSendTime)."""
_KEPT: Final = MappingProxyType({"isDraft": False, "isRead": True})
NOBODY: Final = "5.1.1 There is no such address"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the directory said, asked before the unit: however slow it is, writers do not wait for it."""

    person: Person
    routed: Route


class Sending:
    def __init__(self, core: Core, delivering: Delivering) -> None:
        self._core, self._delivering = core, delivering

    def send(self, mailbox: str, message_id: str) -> None:
        """A draft; a copy of it stays in Sent Items. Raises InvalidRecipients, NotSentAs."""
        person = self._prepared(mailbox)
        while True:
            with self._core.store.read() as unit:
                document = unit.items.get(mailbox, message_id, MESSAGE).document
            ready = self._routed(person, document)
            with self._core.store.write() as unit:
                found = unit.items.get(mailbox, message_id, MESSAGE)
                attaching.check_draft(found)
                _check_author(person, found.document)
                # Other recipients since they were looked up: rare, and looked up again outside of the unit.
                if set(_addresses(found.document)) == set(ready.routed.fates):
                    self._send(unit, ready, found, save=True)
                    return

    def note(self, mailbox: str, address: str, subject: str, text: str) -> None:
        """A short message of other workloads, in a user's name."""
        body = {"contentType": "text", "content": text}
        recipient = {"emailAddress": {"address": address}}
        self.send_new(mailbox, {"subject": subject, "body": body, "toRecipients": [recipient]})

    def send_new(self, mailbox: str, values: Mapping[str, Any], *, save: bool = True) -> None:
        """A message that is given whole."""
        person = self._prepared(mailbox)
        document, attachments = drafts.given(values, partial=False)
        ready, body = self._routed(person, document), drafts.taken_body(document)
        with self._core.store.write() as unit:
            whole = drafts.new(person, unit.now) | document
            whole["flag"] = drafts.flag(whole.get("flag"), unit.now)
            if not attachments and _deferred(whole, unit.now) is None:
                self._send_plain(unit, ready, whole, body, save=save)
                return
            made = unit.items.add(mailbox, MESSAGE, places.known(unit, mailbox, well_known.OUTBOX), whole, body=body)
            for one in attachments:
                attaching.add(unit, made, one)
            self._send(unit, ready, attaching.follow(unit, made), save=save)

    def send_mime(self, mailbox: str, content: bytes, *, save: bool = True) -> None:
        """A message given as MIME in base64."""
        raw, person = drafts.decoded(content), self._prepared(mailbox)
        ready = self._routed(person, mime_in.read(raw, self._core.clock()).document)
        with self._core.store.write() as unit:
            outbox = places.known(unit, mailbox, well_known.OUTBOX)
            made = arrival.put_draft(unit, mailbox, outbox, raw, person)
            self._send(unit, ready, made, save=save)

    def create_answer(
        self, mailbox: str, message_id: str, way: reply.Way, given: Mapping[str, Any], wish: Wish = PLAIN
    ) -> Document:
        """A draft that answers or forwards a message; `given` is `comment`, `message`, `toRecipients`."""
        person = self._prepared(mailbox)
        with self._core.store.write() as unit:
            source = unit.items.get(mailbox, message_id, MESSAGE)
            folder = places.known(unit, mailbox, well_known.DRAFTS)
            return views.shown(unit, self._answer(unit, person, source, folder, way, given, wish.zone), wish)

    def answer(self, mailbox: str, message_id: str, way: reply.Way, given: Mapping[str, Any], zone: tzinfo) -> None:
        """The same, sent at once."""
        person = self._prepared(mailbox)
        with self._core.store.read() as unit:
            source = unit.items.get(mailbox, message_id, MESSAGE)
            _, whole, _ = _written(unit, person, source, way, given, zone)
        # What it answers may change meanwhile, but not whom it comes from.
        ready = self._routed(person, whole)
        with self._core.store.write() as unit:
            source = unit.items.get(mailbox, message_id, MESSAGE)
            folder = places.known(unit, mailbox, well_known.OUTBOX)
            made = self._answer(unit, person, source, folder, way, given, zone)
            self._send(unit, ready, made, save=True)

    def _prepared(self, mailbox: str) -> Person:
        places.prepare(self._core, mailbox)
        return self._core.person(mailbox)

    def _routed(self, person: Person, document: Mapping[str, Any]) -> Prepared:
        """Who gets it. Raises InvalidRecipients, NotSentAs."""
        _check_author(person, document)
        addresses = _addresses(document)
        if not addresses:
            raise InvalidRecipients("at least one recipient")
        for address in addresses:
            local, _, domain = address.rpartition("@")
            if not local or not domain or any(letter.isspace() for letter in address):
                raise InvalidRecipients(f"addresses, which {address!r} is not")
        return Prepared(person, route(self._core.people, addresses))

    def _send_plain(
        self, unit: Unit, ready: Prepared, document: dict[str, Any], body: Body | None, *, save: bool
    ) -> None:
        """Without attachments and at once: its copy need not be there before its bytes are known."""
        now = moment(unit.now)
        document |= {"sentDateTime": now, "receivedDateTime": now}
        mailing = self._plain(unit, ready.person, document, body)
        self._distribute(unit, ready.person, ready.routed, mailing)
        if save:
            folder = places.known(unit, ready.person.id, well_known.SENT)
            kept = unit.items.add(ready.person.id, MESSAGE, folder, {**document, **_KEPT}, body=body)
            unit.items.attach(kept, MIME, mailing.blob)
            set_words(unit, kept, body, [])

    def _send(self, unit: Unit, ready: Prepared, item: Item, *, save: bool) -> None:
        person, routed = ready.person, ready.routed
        later = _deferred(item.document, unit.now)
        sent, now = moment(later or unit.now), moment(unit.now)
        item = unit.items.update(item, item.document | {"sentDateTime": sent, "receivedDateTime": now})
        raw = self._bytes(unit, person, item)
        mailing = self._mailing(unit, person, raw)
        if later is not None:
            self._keep(unit, item, mailing, well_known.OUTBOX, {} if save else {"_unsaved": True})
            deferred = Deferred(later, item.key)
            self._delivering.pass_on(unit, person.id, person.address, tuple(routed.fates), mailing.blob, deferred)
            return
        self._distribute(unit, person, routed, mailing)
        if save:
            self._keep(unit, item, mailing, well_known.SENT)
        else:
            unit.items.remove(item)

    def post(self, unit: Unit, ready: Prepared, raw: bytes, more: Mapping[str, Any] = MappingProxyType({})) -> None:
        """A message that was written here; `more` are properties of its copy in Sent Items. Raises TooLarge."""
        mailing = self._mailing(unit, ready.person, self._fitting(raw))
        self._distribute(unit, ready.person, ready.routed, mailing)
        folder = places.known(unit, ready.person.id, well_known.SENT)
        arrival.put(unit, ready.person.id, folder, mailing.blob, mailing.read, {**_KEPT, **more})

    def _plain(self, unit: Unit, person: Person, document: dict[str, Any], body: Body | None) -> Mailing:
        known = plain(document, body or Body("text", ""), unit.now)
        if known is None:
            return self._mailing(unit, person, self._fitting(drafts.written(document, body, [], bcc=False)))
        raw, read = known
        return Mailing(person.address, self._fitting(raw), unit.blobs.put(raw), read, colleague=True)

    def _mailing(self, unit: Unit, person: Person, raw: bytes) -> Mailing:
        return Mailing(person.address, raw, unit.blobs.put(raw), mime_in.read(raw, unit.now), colleague=True)

    def _keep(
        self, unit: Unit, item: Item, mailing: Mailing, folder: str, more: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        """The copy of what is sent, which nobody can change any more."""
        unit.items.attach(item, MIME, mailing.blob)
        kept = unit.items.update(item, {**item.document, **_KEPT, **more})
        target = places.known(unit, item.mailbox, folder)
        if kept.parent is None or kept.parent.number != target.number:
            kept = unit.items.move(kept, target)
        index(unit, kept)

    def _distribute(self, unit: Unit, person: Person, routed: Route, mailing: Mailing) -> None:
        for one in routed.people:
            places.ensure(self._core, unit, one.id)
            self._delivering.into(unit, one, mailing)
        others = (*routed.addresses("elsewhere"), *routed.others)
        self._delivering.pass_on(unit, person.id, person.address, others, mailing.blob)
        unknown = routed.addresses("unknown")
        if unknown:
            failed = dict.fromkeys(unknown, NOBODY)
            host = self._core.settings.outgoing.host_name or person.address.rpartition("@")[2]
            told = report.failure(person.address, failed, mailing.raw, host, unit.now)
            self._delivering.pass_on(unit, person.id, "", [person.address], unit.blobs.put(told))

    def _bytes(self, unit: Unit, person: Person, item: Item) -> bytes:
        blob = unit.items.blob(item, MIME)
        if blob is None:
            raw = drafts.mime_of(unit, item, bcc=False)
        else:
            raw = outbound.completed(unit.blobs.read(blob.hash), item.document)
            _check_authors(person, raw)
        return self._fitting(raw)

    def _fitting(self, raw: bytes) -> bytes:
        """Raises TooLarge."""
        most = self._core.settings.smtp.message_bytes
        if len(raw) > most:
            raise TooLarge("message", most)
        return raw

    def _answer(
        self,
        unit: Unit,
        person: Person,
        source: Item,
        folder: Item,
        way: reply.Way,
        given: Mapping[str, Any],
        zone: tzinfo,
    ) -> Item:
        body, whole, attachments = _written(unit, person, source, way, given, zone)
        preview = {"body": {"contentType": body.content_type, "content": body.content}}
        drafts.taken_body(preview)
        item = unit.items.add(person.id, MESSAGE, folder, whole | preview, body=body)
        _attach(unit, source, item, attachments, way)
        item = attaching.follow(unit, item)
        index(unit, item)
        return item


def _written(
    unit: Unit, person: Person, source: Item, way: reply.Way, given: Mapping[str, Any], zone: tzinfo
) -> tuple[Body, dict[str, Any], list[dict[str, Any]]]:
    """Body, document and attachments of an answer. Raises Invalid."""
    values = {name.lower(): value for name, value in given.items() if value is not None}
    message = values.get("message") or {}
    if not isinstance(message, dict):
        raise Invalid("message", "a message")
    comment = str(values.get("comment") or "")
    if comment and any(name.lower() == "body" for name in message):
        raise Invalid("comment", "either a comment or message/body")
    body = unit.items.body(source) or Body("text", "")
    original = reply.Original(source.document, body, own_addresses(person), zone)
    made, quoted = reply.draft(original, way, comment, recipient_of(person), unit.now)
    changes, attachments = drafts.given(_with_recipients(message, values), partial=True)
    body = drafts.taken_body(changes) or quoted
    return body, drafts.new(person, unit.now) | made | changes, attachments


def _check_author(person: Person, document: Mapping[str, Any]) -> None:
    """Raises NotSentAs."""
    for name in ("from", "sender"):
        (address,) = headers.addresses([document[name]]) if document.get(name) else (person.address.lower(),)
        if address not in own_addresses(person):
            raise NotSentAs(address)


def _check_authors(person: Person, raw: bytes) -> None:
    """The document has the first author only. Raises NotSentAs."""
    for address in outbound.authors(raw):
        if address not in own_addresses(person):
            raise NotSentAs(address)


def _addresses(document: Mapping[str, Any]) -> list[str]:
    found = [one for name in LISTS for one in headers.addresses(document.get(name) or [])]
    return list(dict.fromkeys(found))


def _with_recipients(message: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {**message, **({"toRecipients": values["torecipients"]} if "torecipients" in values else {})}


def _attach(unit: Unit, source: Item, item: Item, attachments: list[dict[str, Any]], way: reply.Way) -> None:
    """A forwarding takes all that is attached along, an answer what its quote shows."""
    cut = contents.Contents(unit, source)
    for one in unit.items.children(source, FILE, ITEM):
        if way == "forward" or one.document.get("isInline"):
            document = {name: value for name, value in one.document.items() if name != "_part"}
            made = unit.items.add(item.mailbox, one.kind, item, document)
            if "_item" not in document:
                unit.items.attach(made, "content", unit.blobs.put(cut.of(one)))
    for given in attachments:
        attaching.add(unit, item, given)


def _deferred(document: Mapping[str, Any], now: datetime) -> datetime | None:
    """When it is to be sent, if that is later."""
    for one in document.get("_singleValueExtendedProperties") or []:
        if str(one["id"]).lower().endswith(DEFERRED):
            try:
                at = datetime.fromisoformat(str(one["value"]))
            except ValueError as error:
                raise Invalid("singleValueExtendedProperties", "a date and time to send at") from error
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            return at if at > now else None
    return None
