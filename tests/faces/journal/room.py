"""A small archive with three people, and the journal's listeners before it."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.archive.instances import settings

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.journal.journal import Journal
from postroom.archive.messages import Detail, MessageId
from postroom.errors import NotFound
from postroom.faces.journal.receiver import Taker
from postroom.faces.journal.server import JournalServer
from postroom.settings import Journal as JournalSettings
from postroom.settings import Web
from postroom.web.backoff import BackOff

ANNA, BOB, CARL = "anna@example.org", "bob@example.org", "carl@example.org"
PEOPLE = {"anna": (ANNA, "a.miller@example.org"), "bob": (BOB,), "carl": (CARL,)}
CATCHALL = "@catchall/Unknown E-mail Addresses"
MAIL = b"From: Eve <eve@elsewhere.test>\r\nTo: anna@example.org\r\nSubject: roof\r\n\r\nHello\r\n"
WAIT_S = 60.0


@dataclass
class Room:
    """What tests ask: the archive, and the listeners when they run."""

    archive: Archive
    settings: JournalSettings = field(default_factory=lambda: JournalSettings(smtp_port=0, lmtp_port=0))

    def journal(self) -> Journal:
        return Journal(self.archive.stores, self.archive.instance.users, self.settings)

    @contextmanager
    def serving(self, taker: Taker | None = None, context: ssl.SSLContext | None = None) -> Iterator[JournalServer]:
        back_off = BackOff(Web())
        server = JournalServer(
            self.settings, taker or self.journal(), back_off, context=context, most_bytes=self.archive_limit()
        )
        try:
            server.start()
            yield server
        finally:
            server.stop()

    def archive_limit(self) -> int:
        return self.archive.settings.archive.max_message_bytes

    def folder(self, path: str) -> list[Detail]:
        """The messages of one folder; [] when there is no such folder."""
        messages = self.archive.messages
        try:
            return [messages.detail(row.id) for row in messages.in_folder(path)]
        except NotFound:
            return []

    def body(self, message: MessageId) -> bytes:
        return bytes(self.archive.messages.open(message))

    def bodies(self, path: str) -> list[bytes]:
        return [self.body(detail.listed.id) for detail in self.folder(path)]


@contextmanager
def room(directory: Path, **journal: object) -> Iterator[Room]:
    with Archive(directory, settings()) as archive:
        users = archive.instance.users
        for name, addresses in PEOPLE.items():
            users.create(name, ("login",), SYSTEM)
            users.set_addresses(name, addresses, SYSTEM)
        yield Room(archive, JournalSettings(**{"smtp_port": 0, "lmtp_port": 0, **journal}))  # type: ignore[arg-type]


def smtp(server: JournalServer) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", server.ports["smtp"], timeout=WAIT_S)


@dataclass
class Wire:
    """A client that says exactly what the test wants."""

    socket: socket.socket

    def __post_init__(self) -> None:
        self._file = self.socket.makefile("rb")

    def say(self, data: bytes) -> None:
        self.socket.sendall(data)

    def line(self) -> bytes:
        """The next line; b'' when the other side closed."""
        try:
            return self._file.readline()
        except ConnectionResetError:
            return b""

    def answer(self) -> int:
        """Code of the next answer; 0 when the other side closed."""
        while line := self.line():
            if line[3:4] != b"-":
                return int(line[:3])
        return 0

    def ask(self, data: bytes) -> int:
        self.say(data)
        return self.answer()

    def close(self) -> None:
        self._file.close()
        self.socket.close()


@contextmanager
def wire(server: JournalServer, name: str = "smtp", *, hello: bool = True) -> Iterator[Wire]:
    client = Wire(socket.create_connection(("127.0.0.1", server.ports[name]), timeout=WAIT_S))
    try:
        if hello:
            assert client.answer() == 220
            assert client.ask(b"LHLO test\r\n" if name == "lmtp" else b"EHLO test\r\n") == 250
        yield client
    finally:
        client.close()
