"""One message as Outlook keeps it, out of a .msg file or a PST: its properties, recipients and attachments.

For the worker alone: what is read here is not trusted, and libraries of C read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from postroom.archive.extract import mapi, outlook
from postroom.archive.extract.mapi import Properties

MAX_DEPTH: Final = 20
"""Messages within messages; what lies deeper is left out of the mail as an attachment that says so."""

EMBEDDED: Final = 5
"""Attach method of a message within a message (MS-OXCMSG)."""


class TooDeep(Exception):
    """Messages lie in each other without end."""


@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment: bytes, or a message."""

    own: Properties
    data: bytes
    item: OutlookItem | None = None


@dataclass(frozen=True, slots=True)
class OutlookItem:
    own: Properties
    recipients: tuple[Properties, ...]
    attachments: tuple[Attached, ...]


def of_ole(ole: Any, prefix: tuple[str, ...] = (), codepage: str = "", depth: int = 0) -> OutlookItem:
    """The message whose storage is at `prefix` of an open OLE file (MS-OXMSG). Raises OSError, TooDeep."""
    if depth > MAX_DEPTH:
        raise TooDeep
    own = outlook.storage(ole, prefix, outlook.EMBEDDED_HEADER if prefix else outlook.TOP_HEADER, codepage)
    children = sorted({path[len(prefix)] for path in ole.listdir() if path[: len(prefix)] == [*prefix]})
    recipients = (
        outlook.storage(ole, (*prefix, child), outlook.OTHER_HEADER, own.codepage)
        for child in children
        if child.startswith(outlook.RECIPIENT)
    )
    attachments = (
        _ole_attachment(ole, (*prefix, child), own.codepage, depth)
        for child in children
        if child.startswith(outlook.ATTACHMENT)
    )
    return OutlookItem(own, tuple(recipients), tuple(attachments))


def _ole_attachment(ole: Any, path: tuple[str, ...], codepage: str, depth: int) -> Attached:
    own = outlook.storage(ole, path, outlook.OTHER_HEADER, codepage)
    if ole.exists([*path, outlook.EMBEDDED, outlook.PROPERTIES]):
        return Attached(own, b"", of_ole(ole, (*path, outlook.EMBEDDED), codepage, depth + 1))
    return Attached(own, own.raw(mapi.ATTACH_DATA))


def of_pst(message: Any, codepage: str, depth: int = 0) -> OutlookItem:
    """A message of a PST, as pypff gives it. Raises OSError, TooDeep."""
    if depth > MAX_DEPTH:
        raise TooDeep
    own = properties(message, codepage)
    attachments = tuple(
        _pst_attachment(message.get_attachment(number), codepage, depth)
        for number in range(message.number_of_attachments)
    )
    return OutlookItem(own, tuple(_recipients(message, own.codepage or codepage)), attachments)


def properties(item: Any, codepage: str) -> Properties:
    """Those of a folder, message or attachment of a PST."""
    values: dict[int, tuple[int, bytes]] = {}
    for record in item.record_sets:
        values |= {number: value for number, value in _values(record) if number not in values}
    return Properties(values, "" if mapi.INTERNET_CODEPAGE in values else codepage)


def _recipients(message: Any, codepage: str) -> Iterator[Properties]:
    table = message.recipients
    for record in table.record_sets if table is not None else ():
        yield Properties(dict(_values(record)), codepage)


def _values(record: Any) -> Iterator[tuple[int, tuple[int, bytes]]]:
    for entry in record.entries:
        if entry.entry_type is not None:
            yield entry.entry_type, (entry.value_type or 0, entry.data or b"")


def _pst_attachment(attachment: Any, codepage: str, depth: int) -> Attached:
    own = properties(attachment, codepage)
    if own.integer(mapi.ATTACH_METHOD) == EMBEDDED and attachment.number_of_sub_items:
        return Attached(own, b"", of_pst(attachment.get_sub_item(0), codepage, depth + 1))
    size = attachment.size or 0
    return Attached(own, attachment.read_buffer(size) if size else b"")
