"""Single messages and lists of them, over all open stores; a message's id is `<store id>:<number>`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from postroom.archive.body import Body
from postroom.archive.extract import Extracted, Limits, extract, headers
from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.mount import Mount
from postroom.archive.search.summary import Summary
from postroom.archive.storage.catalogue import MessageRow
from postroom.archive.storage.entries import Envelope
from postroom.archive.storage.ledger import Proof
from postroom.archive.storage.store import clean_path
from postroom.archive.stores import Stores
from postroom.errors import Invalid, NotFound

READ_LIMITS: Final = Limits(read_attachments=False)
"""For showing one message: attachments are named and measured, their text is for the index."""


class MessageId(NamedTuple):
    """Store id and message number."""

    store: int
    number: int

    def __str__(self) -> str:
        return f"{self.store}:{self.number}"

    @classmethod
    def parse(cls, text: str, field: str = "id") -> MessageId:
        """Raises Invalid."""
        store, _, number = text.strip().partition(":")
        if not (_is_number(store) and _is_number(number)):
            raise Invalid(field, "a message id like 1:4711 (store id, colon, message number)")
        return cls(int(store), int(number))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as lists show it. `date_s` and the texts are empty until the message was indexed. Sizes in bytes."""

    id: MessageId
    archive: str
    subject: str
    sender: str
    recipients: str
    date_s: int | None
    archived_ms: int
    size: int
    attachments: int


@dataclass(frozen=True, slots=True)
class Detail:
    """One message with what can be read in it; `headers` are name and decoded value, in order.

    `envelopes`: with which it came when it was journaled, in the order in which it came; `()` for other mail.
    """

    listed: Listed
    sha256: bytes
    folders: tuple[str, ...]
    source: str
    native_id: str
    headers: tuple[tuple[str, str], ...]
    words: Extracted
    envelopes: tuple[Envelope, ...] = ()


class Messages:
    """Safe from any thread. Who may see what is decided by the caller, who knows the account."""

    def __init__(self, stores: Stores, audit: Audit) -> None:
        self._stores, self._audit = stores, audit

    def archive_of(self, message: MessageId) -> str:
        """Name of the archive a message lies in. Raises NotFound, WrongState."""
        mount, row = self._find(message)
        return mount.store.catalogue.folder_path(row.archive)

    def archived_ms(self, message: MessageId) -> int:
        """When it was archived."""
        return self._find(message)[1].archived_ms

    def sha256(self, message: MessageId) -> tuple[bytes, int]:
        """Digest and size in bytes."""
        _, row = self._find(message)
        return row.sha256, row.size

    def open(self, message: MessageId) -> Body:
        """The exact bytes. Raises NotFound, Damaged."""
        mount, row = self._find(message)
        return mount.store.open(row.number)

    def chunks(self, message: MessageId) -> Iterator[bytes]:
        """The exact bytes in pieces, in constant memory."""
        mount, row = self._find(message)
        return mount.store.reader.chunks(row.number)

    def proof(self, message: MessageId) -> Proof:
        """Inclusion proof. Raises NotFound, Damaged."""
        mount, row = self._find(message)
        return mount.store.proof(row.number)

    def detail(self, message: MessageId) -> Detail:
        """Everything that is known of one message."""
        mount, row = self._find(message)
        catalogue = mount.store.catalogue
        source, native_id = mount.store.reader.native(row.number)
        body = mount.store.open(row.number)
        words = extract(body, READ_LIMITS)
        fields = tuple(headers.every(body, READ_LIMITS.header_chars))
        folders = sorted(catalogue.folder_path(folder) for folder in catalogue.message_folders(row.number))
        listed = Listed(
            message,
            catalogue.folder_path(row.archive),
            words.subject,
            words.sender,
            words.to,
            words.date_s,
            row.archived_ms,
            row.size,
            len(words.attachments),
        )
        envelopes = catalogue.envelopes_of([row.number]).get(row.number, ())
        return Detail(listed, row.sha256, tuple(folders), source, native_id, fields, words, tuple(envelopes))

    def in_folder(self, folder: str, *, after: MessageId | None = None, limit: int | None = None) -> list[Listed]:
        """Messages of one folder (not below it), by id. Raises NotFound when no open store has the folder."""
        folder = clean_path("folder", folder)
        found: list[Listed] = []
        known = False
        for mount in self._stores.all():
            if not mount.is_open or (after and mount.row.id < after.store):
                continue
            row = mount.store.catalogue.folder(folder)
            if row is None:
                continue
            known = True
            start = after.number if after and after.store == mount.row.id else 0
            room = -1 if limit is None else limit - len(found)
            found += self.listed(mount, mount.store.catalogue.folder_messages(row.id, after=start, limit=room))
            if limit is not None and len(found) >= limit:
                break
        if not known and not any(True for _ in self._stores.holding(folder)):
            raise NotFound("folder", folder)
        return found

    def listed(self, mount: Mount, numbers: Sequence[int]) -> list[Listed]:
        """These messages of one store, as lists show them, in the order given."""
        found: list[Listed] = []
        names: dict[int, str] = {}
        for start in range(0, len(numbers), 500):
            some = numbers[start : start + 500]
            summaries = mount.summaries.get(some) if mount.summaries else {}
            for row in mount.store.catalogue.messages(some):
                if row.archive not in names:
                    names[row.archive] = mount.store.catalogue.folder_path(row.archive)
                found.append(self._listed(mount, row, names[row.archive], summaries.get(row.number)))
        return found

    def delete(self, message: MessageId, reason: str, by: Actor) -> None:
        """Remove a message from its archive, for a reason that is kept. Raises NotFound, WrongState."""
        mount, row = self._find(message)
        if not reason.strip():
            raise Invalid("reason", "why the message is deleted")
        self._stores.delete(mount, [row.number], by.name, reason)
        self._audit.record(events.MESSAGE_DELETE, by, target=str(message), sha256=row.sha256.hex(), reason=reason)

    @staticmethod
    def _listed(mount: Mount, row: MessageRow, archive: str, summary: Summary | None) -> Listed:
        texts = (summary.subject, summary.sender, summary.recipients, summary.date_s) if summary else ("", "", "", None)
        return Listed(
            MessageId(mount.row.id, row.number),
            archive,
            *texts,
            row.archived_ms,
            row.size,
            summary.attachments if summary else 0,
        )

    def _find(self, message: MessageId) -> tuple[Mount, MessageRow]:
        try:
            mount = self._stores.get(message.store)
            return mount, mount.store.catalogue.message(message.number)
        except NotFound as error:
            raise NotFound("message", str(message)) from error
