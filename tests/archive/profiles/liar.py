"""An IMAP server of the tests that lies when told to: short literals, numbers that change, lines that break."""

from __future__ import annotations

import re
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

DATE = "02-Mar-2024 10:00:00 +0000"


class HangUp(Exception):
    """Raised in a lie: the connection ends there."""


@dataclass
class Lies:
    """What the server does not do as it should. The functions are told the server."""

    size: Callable[[int, int], int] = lambda _uid, size: size
    """The size it tells."""
    body: Callable[[int, bytes], bytes] = lambda _uid, body: b"{%d}\r\n%s" % (len(body), body)
    """What it sends for a message, as on the wire; may raise HangUp."""
    date: str = DATE
    before: Callable[[str], bytes] = lambda _command: b""
    """Sent before the answer to a command; may raise HangUp, and change the mailbox."""
    answer: Callable[[str], str] = lambda _command: "OK done"
    """How a command ends."""
    lists: Callable[[list[int]], list[int]] = lambda uids: uids
    """The UIDs that it finds."""
    without_uid: bool = False
    keeps: bool = False
    """EXPUNGE says yes and does nothing."""


@dataclass
class Liar:
    """One inbox, with its UIDs. `log` has every command."""

    messages: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    top: int = 0
    """The greatest UID that was ever given: of the messages now, when none was greater."""
    capabilities: str = "IMAP4rev1 UIDPLUS"
    folders: tuple[str, ...] = ('(\\HasNoChildren) "/" INBOX',)
    lies: Lies = field(default_factory=Lies)
    deleted: set[int] = field(default_factory=set)
    removed: list[bytes] = field(default_factory=list)
    """Messages that a client removed."""
    log: list[str] = field(default_factory=list)
    sent: Counter[int] = field(default_factory=Counter)
    port: int = 0

    @property
    def connections(self) -> int:
        return sum(line.split(" ", 1)[1].startswith("LOGIN") for line in self.log)

    def details(self, **more: Any) -> Mapping[str, object]:
        return {
            "host": "127.0.0.1", "port": self.port, "protocol": "IMAP", "userName": "anna", "password": "x",
            "timeout": 2, "targetUserFolder": "anna", **more,
        }  # fmt: skip


class Handler(socketserver.StreamRequestHandler):
    """One connection; the server's `liar` has what all of them share."""

    server: Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.liar = self.server.liar
        self.write(b"* OK ready\r\n")
        try:
            while (line := self.rfile.readline()) and self.command(line.decode("latin-1").strip()):
                pass
        except (HangUp, OSError):
            return

    def write(self, data: bytes) -> None:
        self.wfile.write(data)

    def command(self, line: str) -> bool:
        self.liar.log.append(line)
        tag, _, rest = line.partition(" ")
        self.write(self.liar.lies.before(rest))
        name, _, arguments = rest.partition(" ")
        if name == "UID":
            name, _, arguments = arguments.partition(" ")
        end = self.liar.lies.answer(rest)
        getattr(self, f"do_{name.lower()}")(arguments)
        self.write(f"{tag} {end}\r\n".encode())
        return name != "LOGOUT"

    def do_capability(self, _: str) -> None:
        self.write(f"* CAPABILITY {self.liar.capabilities}\r\n".encode())

    def do_login(self, _: str) -> None:
        pass

    def do_logout(self, _: str) -> None:
        self.write(b"* BYE\r\n")

    def do_list(self, _: str) -> None:
        for folder in self.liar.folders:
            self.write(f"* LIST {folder}\r\n".encode())

    def do_select(self, _: str) -> None:
        liar = self.liar
        self.write(
            f"* {len(liar.messages)} EXISTS\r\n* OK [UIDVALIDITY {liar.validity}] x\r\n"
            f"* OK [UIDNEXT {max(liar.messages, default=liar.top) + 1}] x\r\n".encode()
        )

    do_examine = do_select

    def do_search(self, criteria: str) -> None:
        uids = sorted(self.liar.messages)
        found = re.search(r"UID (\S+)", criteria)
        if found:
            wanted = self._range(found[1])
            uids = [uid for uid in uids if uid in wanted or (found[1].endswith(":*") and uid == uids[-1])]
        if window := re.match(r"(\d+):(\d+|\*)", criteria):
            last = len(self.liar.messages) if window[2] == "*" else int(window[2])
            numbered = sorted(self.liar.messages)[int(window[1]) - 1 : last]
            uids = [uid for uid in uids if uid in numbered]
        self.write(f"* SEARCH {' '.join(map(str, self.liar.lies.lists(uids)))}\r\n".encode())

    def _range(self, text: str) -> set[int]:
        found: set[int] = set()
        for part in text.split(","):
            low, _, high = part.partition(":")
            top = max(self.liar.messages, default=0) if high == "*" else int(high or low)
            found |= {uid for uid in self.liar.messages if int(low) <= uid <= top}
        return found

    def do_fetch(self, arguments: str) -> None:
        uids, _, items = arguments.partition(" ")
        for number, uid in enumerate(sorted(self._range(uids)), 1):
            if uid in self.liar.messages:
                self.write(b"* %d FETCH (%s)\r\n" % (number, self._told(uid, items)))

    def _told(self, uid: int, items: str) -> bytes:
        liar, body = self.liar, self.liar.messages[uid]
        who = b"" if liar.lies.without_uid else b"UID %d " % uid
        if "RFC822.SIZE" in items:
            return who + b'RFC822.SIZE %d INTERNALDATE "%s"' % (liar.lies.size(uid, len(body)), liar.lies.date.encode())
        liar.sent[uid] += 1
        if piece := re.search(r"<(\d+)\.(\d+)>", items):
            body = body[int(piece[1]) : int(piece[1]) + int(piece[2])]
            return who + b"BODY[]<%s> " % piece[1].encode() + liar.lies.body(uid, body)
        return who + b"BODY[] " + liar.lies.body(uid, body)

    def do_store(self, arguments: str) -> None:
        self.liar.deleted |= self._range(arguments.split()[0])

    def do_expunge(self, arguments: str) -> None:
        for uid in self._range(arguments) & self.liar.deleted:
            if not self.liar.lies.keeps:
                self.liar.removed.append(self.liar.messages.pop(uid))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, liar: Liar) -> None:
        self.liar = liar
        super().__init__(("127.0.0.1", 0), Handler)
        liar.port = self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news here."""


@contextmanager
def lying(liar: Liar) -> Iterator[Liar]:
    with Server(liar) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield liar
        finally:
            server.shutdown()
            thread.join()
