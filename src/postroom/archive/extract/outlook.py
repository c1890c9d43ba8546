"""Outlook's own forms of a message: .msg files (MS-OXMSG) and TNEF streams, "winmail.dat" (MS-OXTNEF).

Both give their words as text and hand their attachments on, as a nested RFC 5322 message does.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Any, Final

from postroom.archive.extract import charset, mapi
from postroom.archive.extract.blob import Blob
from postroom.archive.extract.context import Context, Problem
from postroom.archive.extract.mapi import Properties

RECIPIENT: Final = "__recip_version1.0_"
ATTACHMENT: Final = "__attach_version1.0_"
PROPERTIES: Final = "__properties_version1.0"
_STREAM: Final = "__substg1.0_"
_TAG: Final = re.compile("[0-9A-Fa-f]{8}")
EMBEDDED: Final = "__substg1.0_3701000D"
# Bytes before the first entry of a property stream: the message itself, an embedded one, anything else.
TOP_HEADER, EMBEDDED_HEADER, OTHER_HEADER = 32, 24, 8

_TNEF_HEADER: Final = struct.Struct("<IH")
_TNEF_ATTRIBUTE: Final = struct.Struct("<BII")
_ATT_SUBJECT, _ATT_FROM, _ATT_BODY = 0x00018004, 0x00008000, 0x0002800C
_ATT_CODEPAGE, _ATT_MESSAGE_PROPERTIES = 0x00069007, 0x00069003
_ATT_NEW_ATTACHMENT, _ATT_TITLE, _ATT_DATA, _ATT_ATTACHMENT = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_FIXED_SIZES: Final = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_MULTIPLE: Final = 0x1000
_NAMED: Final = 0x8000
_IID_MESSAGE: Final = bytes.fromhex("0703020000000000c000000000000046")


def message(context: Context, ole: Any, prefix: tuple[str, ...] = (), codepage: str = "") -> str:
    """Text of the .msg whose storage is at `prefix` of an open OLE file; its attachments go to the context."""
    own = storage(ole, prefix, EMBEDDED_HEADER if prefix else TOP_HEADER, codepage)
    lines = own.summary()
    children = sorted({path[len(prefix)] for path in ole.listdir() if path[: len(prefix)] == [*prefix]})
    for child in children:
        if child.startswith(RECIPIENT):
            who = storage(ole, (*prefix, child), OTHER_HEADER, own.codepage)
            address = who.address(mapi.SMTP_ADDRESS, mapi.EMAIL_ADDRESS)
            lines.append(f"{who.text(mapi.DISPLAY_NAME)} <{address}>")
    lines.append(own.body())
    for child in children:
        if child.startswith(ATTACHMENT):
            _msg_attachment(context, ole, (*prefix, child), own.codepage)
    return "\n".join(lines)


def _msg_attachment(context: Context, ole: Any, path: tuple[str, ...], codepage: str) -> None:
    own = storage(ole, path, OTHER_HEADER, codepage)
    name = own.text(mapi.ATTACH_LONG_FILENAME) or own.text(mapi.ATTACH_FILENAME) or own.text(mapi.DISPLAY_NAME)
    if ole.exists([*path, EMBEDDED, PROPERTIES]):
        with context.deeper(), context.placed(name, "application/vnd.ms-outlook") as lines:
            lines.append(message(context, ole, (*path, EMBEDDED), codepage))
        return
    data = own.raw(mapi.ATTACH_DATA)
    context.attach(name, own.text(mapi.ATTACH_MIME), Blob(data, charset.hinted(data, codepage)))


def storage(ole: Any, prefix: tuple[str, ...], header: int, codepage: str) -> Properties:
    """The properties of one storage of a .msg: streams hold the long values, the property stream the fixed ones."""
    values: dict[int, tuple[int, bytes]] = {}
    path = [*prefix, PROPERTIES]
    if ole.exists(path):
        table = ole.openstream(path).read()
        for at in range(header, len(table) - 15, 16):
            kind, number = struct.unpack_from("<HH", table, at)
            if kind in (mapi.INTEGER32, mapi.TIME):
                values[number] = kind, table[at + 8 : at + 16]
    for entry in ole.listdir(streams=True, storages=False):
        if len(entry) == len(prefix) + 1 and tuple(entry[:-1]) == prefix and entry[-1].startswith(_STREAM):
            tag = entry[-1][len(_STREAM) :]
            if _TAG.fullmatch(tag):
                values[int(tag[:4], 16)] = int(tag[4:], 16), ole.openstream(entry).read()
    return Properties(values, codepage)


def tnef(context: Context, blob: Blob) -> str:
    """Text of a TNEF stream; its attachments go to the context."""
    with context.deeper():
        return _tnef(context, blob.whole(context.limits.attachment_bytes))


def _tnef(context: Context, raw: bytes) -> str:
    codepage, lines, own = "", [], Properties({})
    files: list[_File] = []
    for number, data in _attributes(raw):
        if number == _ATT_CODEPAGE and len(data) >= 4:
            codepage = mapi.codepage_name(int.from_bytes(data[:4], "little"))
        elif number in (_ATT_SUBJECT, _ATT_BODY):
            lines.append(charset.decode(data.rstrip(b"\0"), codepage))
        elif number == _ATT_MESSAGE_PROPERTIES:
            own = Properties(dict(_properties(data)), codepage)
        elif number == _ATT_NEW_ATTACHMENT:
            files.append(_File())
        elif files:
            files[-1].take(number, data, codepage)
    for file in files:
        file.hand_on(context, codepage)
    return "\n".join(dict.fromkeys(filter(None, (*lines, *own.summary(), own.body()))))


class _File:
    """One attachment of a TNEF stream, built up from its attributes."""

    def __init__(self) -> None:
        self.name, self.data = "", b""
        self.own = Properties({})

    def take(self, number: int, data: bytes, codepage: str) -> None:
        if number == _ATT_TITLE:
            self.name = charset.decode(data.rstrip(b"\0"), codepage)
        elif number == _ATT_DATA:
            self.data = data
        elif number == _ATT_ATTACHMENT:
            self.own = Properties(dict(_properties(data)), codepage)

    def hand_on(self, context: Context, codepage: str) -> None:
        name = self.own.text(mapi.ATTACH_LONG_FILENAME) or self.own.text(mapi.ATTACH_FILENAME) or self.name
        data = self.data
        inner = self.own.raw(mapi.ATTACH_DATA)
        if inner.startswith(_IID_MESSAGE):  # an embedded message is a TNEF stream after its interface id
            data = inner[len(_IID_MESSAGE) :]
        data = data or inner
        context.attach(name, self.own.text(mapi.ATTACH_MIME), Blob(data, charset.hinted(data, codepage)))


def _attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Attribute ids with their data; ends at the first that is cut off, as truncated files are common."""
    if len(raw) < _TNEF_HEADER.size:
        raise Problem("damaged: too short for TNEF")
    at = _TNEF_HEADER.size
    while at + _TNEF_ATTRIBUTE.size <= len(raw):
        _, number, size = _TNEF_ATTRIBUTE.unpack_from(raw, at)
        at += _TNEF_ATTRIBUTE.size
        yield number, raw[at : at + size]
        at += size + 2  # a checksum follows


def _properties(raw: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Ids with type and first value; ends quietly where the data does."""
    try:
        (count,) = struct.unpack_from("<I", raw)
        at = 4
        for _ in range(min(count, len(raw) // 8)):
            kind, number = struct.unpack_from("<HH", raw, at)
            at = _after_name(raw, at + 4) if number >= _NAMED else at + 4
            value, at = _value(raw, at, kind)
            yield number, (kind & ~_MULTIPLE, value)
    except struct.error:
        return


def _after_name(raw: bytes, at: int) -> int:
    (by_string,) = struct.unpack_from("<I", raw, at + 16)
    if not by_string:
        return at + 24
    (size,) = struct.unpack_from("<I", raw, at + 20)
    return int(at + 24 + size + -size % 4)


def _value(raw: bytes, at: int, kind: int) -> tuple[bytes, int]:
    base, several = kind & ~_MULTIPLE, kind & _MULTIPLE
    if base in _FIXED_SIZES:
        size, count = _FIXED_SIZES[base], 1
        if several:
            (count,) = struct.unpack_from("<I", raw, at)
            at += 4
        return raw[at : at + size], at + size * count
    (count,) = struct.unpack_from("<I", raw, at)
    at += 4
    first = b""
    for number in range(min(count, len(raw))):
        (size,) = struct.unpack_from("<I", raw, at)
        if number == 0:
            first = raw[at + 4 : at + 4 + size]
        at += 4 + size + -size % 4
    return first, at
