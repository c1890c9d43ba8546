"""What the index holds of a message, and how it is laid out in tantivy.

Nothing is stored: what lists show comes from the catalogue and the summaries. `sort` carries the date and the number
of a message in one fast field, so one read gives both, pages follow a total order, and a range of dates is a range
of `sort`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import tantivy

from postroom.archive.search.tokens import TOKENIZER, prepare
from postroom.errors import Invalid

VERSION: Final = 1
"""Raised with every change of schema, tokens or tantivy's own format: another version is built again."""

NUMBER_BITS: Final = 29
MAX_NUMBER: Final = (1 << NUMBER_BITS) - 1
MAX_DATE_S: Final = (1 << 33) - 1
"""Dates from 1697 to 2242; what is beyond counts as the end of that span."""
MAX_U64: Final = (1 << 64) - 1

TEXT_FIELDS: Final = ("subject", "sender", "to", "cc", "bcc", "body", "attachment", "filename")


@dataclass(frozen=True, slots=True)
class Document:
    """A message as the index sees it. `message` counts from 1; `date_s` is UTC seconds; `size` is bytes; `attachments`
    is their number; `folders` are the ids of the folders it lies in, `archive` that of the first-level folder."""

    message: int
    archive: int
    folders: tuple[int, ...]
    date_s: int
    size: int
    subject: str = ""
    sender: str = ""
    to: str = ""
    cc: str = ""
    bcc: str = ""
    body: str = ""
    attachment_text: str = ""
    filenames: str = ""
    attachments: int = 0
    message_id: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.message <= MAX_NUMBER:
            raise Invalid("message", f"a number from 1 to {MAX_NUMBER}")
        if self.archive < 1 or min(self.folders, default=1) < 1:
            raise Invalid("folders", "ids from 1")
        if not 0 <= self.size <= MAX_U64 or self.attachments < 0:
            raise Invalid("size", "a number from 0")


def clamp_date(date_s: int) -> int:
    """The date as the index has it."""
    return min(max(date_s, -MAX_DATE_S - 1), MAX_DATE_S)


def sort_key(date_s: int, message: int) -> int:
    """Orders by date, then by number; fits an i64."""
    return (clamp_date(date_s) << NUMBER_BITS) | message


def split_key(key: int) -> tuple[int, int]:
    """Date and number of a sort key."""
    return key >> NUMBER_BITS, key & MAX_NUMBER


def id_hash(message_id: str) -> int:
    """Message-IDs are long and nobody looks for half of one: 64 bits of hash are enough, without < > and blanks."""
    return int.from_bytes(blake2b(message_id.strip(" \t\r\n<>").encode("utf-8", "replace"), digest_size=8).digest())


@functools.cache
def schema() -> tantivy.Schema:
    """The fields of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("message", indexed=True)
    builder.add_integer_field("sort", fast=True)
    builder.add_unsigned_field("archive", indexed=True, fast=True)
    builder.add_unsigned_field("folder", indexed=True)
    builder.add_unsigned_field("size", fast=True)
    builder.add_unsigned_field("attachments", fast=True)
    builder.add_unsigned_field("message_id", indexed=True)
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name=TOKENIZER)
    return builder.build()


def to_tantivy(document: Document) -> tantivy.Document:
    """The document as tantivy takes it."""
    made = tantivy.Document()
    made.add_unsigned("message", document.message)
    made.add_integer("sort", sort_key(document.date_s, document.message))
    made.add_unsigned("archive", document.archive)
    for folder in document.folders:
        made.add_unsigned("folder", folder)
    made.add_unsigned("size", document.size)
    made.add_unsigned("attachments", document.attachments)
    if document.message_id:
        made.add_unsigned("message_id", id_hash(document.message_id))
    for name, text in zip(TEXT_FIELDS, _texts(document), strict=True):
        if text:
            made.add_text(name, prepare(text))
    return made


def marker(sequence: int) -> tantivy.Document:
    """The document with number 0, which no message has: its `sort` is the last outbox sequence the index contains."""
    made = tantivy.Document()
    for name in ("message", "archive", "size", "attachments"):
        made.add_unsigned(name, 0)
    made.add_integer("sort", sequence)
    return made


def _texts(document: Document) -> tuple[str, ...]:
    d = document
    return d.subject, d.sender, d.to, d.cc, d.bcc, d.body, d.attachment_text, d.filenames
