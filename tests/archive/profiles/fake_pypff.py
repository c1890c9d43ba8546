"""Stands for pypff in a worker process: a PST of a few items, some of which fail as damaged ones do.

True PSTs are read by the test that POSTROOM_TEST_PST switches on; this one tells what is done with what they give.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path

TOP = 0x8082


@dataclass
class Entry:
    entry_type: int | None
    value_type: int | None
    data: bytes | None


@dataclass
class Record:
    entries: list[Entry]


def text(number: int, value: str) -> Entry:
    return Entry(number, 31, value.encode("utf-16-le") + b"\0\0")


def integer(number: int, value: int) -> Entry:
    return Entry(number, 3, struct.pack("<I", value))


def moment(number: int, time_ms: int) -> Entry:
    return Entry(number, 64, struct.pack("<Q", (time_ms + 11_644_473_600_000) * 10_000))


@dataclass
class Table:
    record_sets: list[Record]


@dataclass
class Item:
    """A message, an attachment, or the store."""

    identifier: int
    record_sets: list[Record]
    recipients: Table | None = None
    attachments: list[Item] = field(default_factory=list)
    inner: list[Item] = field(default_factory=list)
    data: bytes = b""
    damaged: bool = False

    @property
    def number_of_attachments(self) -> int:
        if self.damaged:
            raise OSError("libpff: unable to read the attachments table")
        return len(self.attachments)

    def get_attachment(self, number: int) -> Item:
        return self.attachments[number]

    @property
    def number_of_sub_items(self) -> int:
        return len(self.inner)

    def get_sub_item(self, number: int) -> Item:
        return self.inner[number]

    @property
    def size(self) -> int:
        return len(self.data)

    def read_buffer(self, size: int) -> bytes:
        return self.data[:size]


@dataclass
class Folder:
    identifier: int
    name: str | None
    messages: list[Item] = field(default_factory=list)
    folders: list[Folder] = field(default_factory=list)
    damaged: bool = False

    @property
    def number_of_sub_messages(self) -> int:
        if self.damaged:
            raise OSError("libpff: unable to read the contents table")
        return len(self.messages)

    @property
    def number_of_sub_folders(self) -> int:
        return len(self.folders)

    def get_sub_message(self, number: int) -> Item:
        return self.messages[number]

    def get_sub_folder(self, number: int) -> Folder:
        return self.folders[number]


def message(number: int, *, kind: str = "IPM.Note", subject: str = "", **more: object) -> Item:
    own = [
        text(0x001A, kind), text(0x0037, subject or f"letter {number}"), text(0x1000, f"Text {number}."),
        text(0x0C1A, "Bob Hill"), text(0x5D01, "bob@example.org"), moment(0x0039, 1_700_000_000_000),
        moment(0x3008, 1_700_000_000_000 + number), Entry(None, None, None),
    ]  # fmt: skip
    return Item(number, [Record(own)], **more)  # type: ignore[arg-type]


def attachment(name: str, data: bytes) -> Item:
    return Item(0, [Record([text(0x3707, name), integer(0x3705, 1)])], data=data)


def embedded(inner: Item) -> Item:
    return Item(0, [Record([text(0x3001, "Inner"), integer(0x3705, 5)])], inner=[inner])


def root() -> Folder:
    people = Table([Record([text(0x3001, "Anna Fox"), text(0x39FE, "anna@example.com"), integer(0x0C15, 1)])])
    inbox = Folder(TOP + 1, "Inbox", [
        message(1, subject="\x01\x05RE: Offer", recipients=people, attachments=[attachment("a.bin", b"\0\1\2")]),
        message(2, attachments=[embedded(message(3))]),
        message(4, damaged=True),
        message(5, kind="IPM.Contact"),
        message(6, kind="IPM.Schedule.Meeting.Request"),
    ])  # fmt: skip
    broken = Folder(TOP + 2, "Broken", damaged=True)
    return Folder(1, None, folders=[
        Folder(2, "SPAM Search Folder", [message(7)]), Folder(TOP, "Top of Personal Folders", folders=[inbox, broken]),
    ])  # fmt: skip


class file:  # noqa: N801  as the library has it
    """One opened file."""

    def open(self, path: str) -> None:
        assert Path(path).exists()

    def get_ascii_codepage(self) -> bytes:
        return b"cp1252"

    @property
    def message_store(self) -> Item:
        key = Entry(0x0FF9, 258, bytes(range(16)))
        return Item(33, [Record([key, Entry(0x35E0, 258, bytes(20) + struct.pack("<I", TOP))])])

    @property
    def root_folder(self) -> Folder:
        return root()
