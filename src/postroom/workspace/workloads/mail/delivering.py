"""Mail that arrives, into the mailboxes of all who get it: one unit, so that an acknowledgement can follow it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from postroom.workspace.clock import moment
from postroom.workspace.delivery import outgoing
from postroom.workspace.delivery.recipients import Fate, route
from postroom.workspace.people import Person
from postroom.workspace.store.blobs import Blob
from postroom.workspace.store.contents import SMALL_BYTES
from postroom.workspace.store.rows import Body
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.kinds import FILE
from postroom.workspace.workloads.items.letters import Came, Carried
from postroom.workspace.workloads.items.wish import Document
from postroom.workspace.workloads.mail import (
    acting,
    arrival,
    autoreply,
    copying,
    headers,
    mime_in,
    mime_out,
    places,
    rules,
    well_known,
)
from postroom.workspace.workloads.mail.core import Core, own_addresses, recipient_of
from postroom.workspace.workloads.mail.kinds import OVERRIDE, RULE
from postroom.workspace.workloads.mail.parts import leaves

_AUTOMATIC: Final = (("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"))


@dataclass(frozen=True, slots=True)
class Mailing:
    """A message on its way. `sender` is that of the envelope; `colleague`: it is one of us."""

    sender: str
    raw: bytes
    blob: Blob
    read: mime_in.Read
    colleague: bool


class Delivering:
    def __init__(self, core: Core) -> None:
        self._core = core

    def deliver(
        self,
        sender: str,
        recipients: Sequence[str],
        data: bytes,
        also: Callable[[Unit], None] | None = None,
    ) -> Mapping[str, Fate]:
        """Into the mailboxes of those recipients that are ours; what became of each. `also` is done in the same unit.

        When this returns it survives power loss. Raises Unavailable, NoSpace: then nobody has got it.
        """
        routed = route(self._core.people, recipients)
        if not (routed.people or routed.others) and also is None:
            return routed.fates
        colleague, read = self._is_ours(sender), mime_in.read(data, self._core.clock())
        # Writers do not wait for a large file.
        kept = self._core.store.blobs.put(data) if len(data) >= SMALL_BYTES else None
        for person in routed.people:
            places.prepare(self._core, person.id)
        with self._core.store.write() as unit:
            mailing = Mailing(sender, data, kept or unit.blobs.put(data), read, colleague)
            for person in routed.people:
                self.into(unit, person, mailing)
            self.pass_on(unit, "", sender, routed.others, mailing.blob)
            if also is not None:
                also(unit)
        return routed.fates

    def _is_ours(self, sender: str) -> bool:
        return bool(sender) and self._core.people.recipients(sender) is not None

    def into(self, unit: Unit, person: Person, mailing: Mailing) -> None:
        """One mailbox: its rules decide, its automatic reply is sent. The folders of the mailbox are there."""
        inbox = places.known(unit, person.id, well_known.INBOX)
        known = [one.document for one in unit.items.children(inbox, RULE)]
        setting = autoreply.setting_of(unit, person.id)
        if mailing.read.written and not known and not autoreply.is_on(setting, unit.now):
            self._put(unit, person, mailing, acting.Verdict(inbox), self._meeting(unit, person, mailing))
            return
        facts = _facts(person, mailing)
        junk = facts.field("x-spam-flag").startswith("yes")
        folder = places.known(unit, person.id, well_known.JUNK) if junk else inbox
        # What is junk is not sorted, and nobody hears about it.
        found = acting.verdict(unit, person.id, folder, [] if junk else rules.fitting(known, facts))
        self._put(unit, person, mailing, found, {} if junk else self._meeting(unit, person, mailing))
        if not junk:
            self._pass_on(unit, person, mailing, facts, found)
            self._answer(unit, person, mailing, facts, setting)

    def begin(self, unit: Unit, key: bytes) -> bool:
        """A deferred message goes from the Outbox to Sent Items; whoever took it out of there does not want it sent."""
        found = unit.items.find(key)
        if found is None or not places.is_within(unit, found, well_known.OUTBOX):
            return False
        if found.document.get("_unsaved"):
            unit.items.remove(found)
        else:
            now = moment(unit.now)
            sent = unit.items.update(found, found.document | {"sentDateTime": now, "receivedDateTime": now})
            unit.items.move(sent, places.known(unit, found.mailbox, well_known.SENT))
        return True

    def pass_on(
        self,
        unit: Unit,
        mailbox: str,
        sender: str,
        recipients: Sequence[str],
        blob: Blob,
        deferred: outgoing.Deferred | None = None,
    ) -> None:
        """Into the queue, out of which it is sent after the unit."""
        if recipients:
            life_s = self._core.settings.outgoing.expire_s
            outgoing.add(unit, mailbox, sender, recipients, blob, life_s=life_s, deferred=deferred)
            unit.after_commit.append(self._core.wake)

    def _meeting(self, unit: Unit, person: Person, mailing: Mailing) -> Document:
        """What the calendar makes of it, if it is about a meeting."""
        calendar, document = mailing.read.calendar, mailing.read.document
        if calendar is None:
            return {}
        authors = headers.addresses([one for one in (document.get("from"), document.get("sender")) if one])
        return self._core.meetings.arrived(
            unit, person, Came(calendar, frozenset(authors), lambda: _files(mailing.read))
        )

    def _put(self, unit: Unit, person: Person, mailing: Mailing, found: acting.Verdict, meeting: Document) -> None:
        more = {"inferenceClassification": _class(unit, person.id, mailing.read.document), **found.document}
        more |= meeting
        folders = [one for one in (found.folder, *found.copies) if one is not None]
        if folders:
            first = arrival.put(unit, person.id, folders[0], mailing.blob, mailing.read, more)
            for folder in folders[1:]:
                copying.copy(unit, first, folder)

    def _pass_on(self, unit: Unit, person: Person, mailing: Mailing, facts: rules.Facts, found: acting.Verdict) -> None:
        wanted = (found.redirect, found.forward, found.enclose)
        if not any(wanted) or _looped(facts):
            return
        mark = f"{acting.LOOP}: {person.address}\r\n".encode()
        if found.redirect:
            marked = unit.blobs.put(mark + mailing.raw)
            self.pass_on(unit, person.id, mailing.sender, found.redirect, marked)
        for recipients, whole in ((found.forward, False), (found.enclose, True)):
            if recipients:
                raw = _forwarded(person, mailing, recipients, unit.now, whole=whole)
                self.pass_on(unit, person.id, person.address, recipients, unit.blobs.put(raw))

    def _answer(
        self, unit: Unit, person: Person, mailing: Mailing, facts: rules.Facts, setting: Mapping[str, Any]
    ) -> None:
        audience = autoreply.Audience(
            mailing.colleague, lambda: self._core.is_contact(unit, person.id, mailing.sender)
        )  # fmt: skip
        found = autoreply.due(setting, mailing.sender, facts, audience, now=unit.now)
        if found is None:
            return
        if autoreply.first(unit, person.id, mailing.sender, found):
            raw = _reply(person, mailing, found.message, unit.now)
            # The null sender, so that nothing answers it.
            self.pass_on(unit, person.id, "", [mailing.sender], unit.blobs.put(raw))


def _files(read: mime_in.Read) -> Sequence[Carried]:
    cut = {part.path: part for part in leaves(read.node)}
    return tuple(
        Carried(one.name, one.content_type, cut[one.part].content(), one.inline, one.content_id)
        for one in read.attachments
        if one.kind == FILE
    )


def _facts(person: Person, mailing: Mailing) -> rules.Facts:
    read = mailing.read
    types = {part.content_type for part in leaves(read.node)} | {
        kind for part in leaves(read.node) for kind in part.within
    }
    html = read.body.content_type == "html"
    own = own_addresses(person)
    return rules.Facts(read.document, read.body.content, html, read.headers, len(mailing.raw), own, frozenset(types))


def _class(unit: Unit, mailbox: str, document: Mapping[str, Any]) -> str:
    """Focused or other, as the mailbox decided for this sender."""
    author = headers.addresses([document["from"]] if document.get("from") else [])
    for one in unit.items.roots(mailbox, OVERRIDE):
        sender = one.document.get("senderEmailAddress") or {}
        if str(sender.get("address") or "").lower() in author:
            return str(one.document["classifyAs"])
    return "focused"


def _looped(facts: rules.Facts) -> bool:
    names = [one["name"].lower() for one in facts.fields]
    passed = {one["value"].lower() for one in facts.fields if one["name"].lower() == acting.LOOP.lower()}
    return bool(passed & facts.own) or names.count("received") > acting.MOST_HOPS


def _forwarded(person: Person, mailing: Mailing, recipients: Sequence[str], now: datetime, *, whole: bool) -> bytes:
    read = mailing.read
    subject = str(read.document.get("subject") or "")
    document = _new(person, recipients, f"FW: {subject}", now)
    cut = {part.path: part for part in leaves(read.node)}
    enclosed = [
        mime_out.Enclosed(
            one.name,
            one.content_type,
            cut[one.part].content(),
            one.inline,
            one.content_id,
            one.kind == "itemAttachment",
        )
        for one in read.attachments
    ]
    if whole:
        enclosed = [mime_out.Enclosed(subject or "Message", "message/rfc822", mailing.raw, message=True)]
    passed = [(acting.LOOP, value["value"]) for value in read.headers if value["name"].lower() == acting.LOOP.lower()]
    fields = (("Auto-Submitted", "auto-forwarded"), *passed, (acting.LOOP, person.address))
    body = Body("text", "") if whole else read.body
    return mime_out.write(document, body, enclosed, mime_out.Extra(fields=fields))


def _reply(person: Person, mailing: Mailing, message: str, now: datetime) -> bytes:
    source = mailing.read.document
    parent = str(source.get("internetMessageId") or "")
    document = _new(person, [mailing.sender], f"Automatic reply: {source.get('subject') or ''}", now)
    references = (*mailing.read.references, *([parent] if parent else []))
    extra = mime_out.Extra(parent, references, _AUTOMATIC)
    html = "<" in message and ">" in message
    return mime_out.write(document, Body("html" if html else "text", message), [], extra)


def _new(person: Person, recipients: Sequence[str], subject: str, now: datetime) -> dict[str, Any]:
    return {
        "subject": subject,
        "from": recipient_of(person),
        "toRecipients": [headers.recipient(one) for one in recipients],
        "sentDateTime": moment(now),
        "internetMessageId": mime_out.message_id(person.address.rpartition("@")[2]),
    }
