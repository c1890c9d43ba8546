"""A POP3 server of the tests that lies when told to."""

from __future__ import annotations

import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.archive.profiles.liar import HangUp


@dataclass
class PopLies:
    """What the server does not do as it should."""

    size: Callable[[str, int], int] = lambda _uid, size: size
    uid: Callable[[str], str] = lambda uid: uid
    body: Callable[[str, bytes], bytes] = lambda _uid, body: stuffed(body)
    """What it sends after `+OK`; may raise HangUp."""
    answer: Callable[[str], str] = lambda _command: "+OK"
    """How it answers a command."""
    keeps: bool = False
    """QUIT removes nothing."""


@dataclass
class PopLiar:
    """A mailbox: messages by lasting id, in order. `log` has every command."""

    messages: dict[str, bytes] = field(default_factory=dict)
    uidl: bool = True
    pipelining: bool = True
    lies: PopLies = field(default_factory=PopLies)
    log: list[str] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)
    port: int = 0

    def details(self, **more: Any) -> Mapping[str, object]:
        return {
            "host": "127.0.0.1", "port": self.port, "protocol": "POP3", "userName": "anna", "password": "x",
            "timeout": 2, "targetUserFolder": "anna", **more,
        }  # fmt: skip


def stuffed(body: bytes) -> bytes:
    """A message with its end as POP3 sends it."""
    lines = body.split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b".\r\n"


class Handler(socketserver.StreamRequestHandler):
    """One session: its numbers are those of its beginning."""

    server: Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.liar, self.marked = self.server.liar, set[str]()
        self.uids = list(self.liar.messages)
        self.wfile.write(b"+OK ready\r\n")
        try:
            while (line := self.rfile.readline()) and self.command(line.decode("latin-1").strip()):
                pass
        except (HangUp, OSError):
            return

    def command(self, line: str) -> bool:
        self.liar.log.append(line)
        name, _, argument = line.partition(" ")
        answer = self.liar.lies.answer(line)
        if not self.liar.uidl and name == "UIDL":
            answer = "-ERR no such command"
        self.wfile.write(answer.encode() + b"\r\n")
        if answer.startswith("+OK"):
            getattr(self, f"do_{name.lower()}", lambda _: None)(argument)
        return name != "QUIT"

    def rows(self, rows: list[str]) -> None:
        self.wfile.write("".join(f"{row}\r\n" for row in rows).encode() + b".\r\n")

    def do_capa(self, _: str) -> None:
        self.rows(["USER", *(["PIPELINING"] if self.liar.pipelining else [])])

    def do_list(self, _: str) -> None:
        size = self.liar.lies.size
        messages = self.liar.messages
        self.rows([f"{n} {size(uid, len(messages[uid]))}" for n, uid in enumerate(self.uids, 1) if uid in messages])

    def do_uidl(self, _: str) -> None:
        uids = [(number, uid) for number, uid in enumerate(self.uids, 1) if uid in self.liar.messages]
        self.rows([f"{number} {self.liar.lies.uid(uid)}" for number, uid in uids])

    def do_retr(self, number: str) -> None:
        uid = self.uids[int(number) - 1]
        self.liar.sent[uid] += 1
        self.wfile.write(self.liar.lies.body(uid, self.liar.messages[uid]))

    def do_top(self, argument: str) -> None:
        body = self.liar.messages[self.uids[int(argument.split()[0]) - 1]]
        self.wfile.write(stuffed(body.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"))

    def do_dele(self, number: str) -> None:
        self.marked.add(self.uids[int(number) - 1])

    def do_quit(self, _: str) -> None:
        if not self.liar.lies.keeps:
            for uid in self.marked:
                del self.liar.messages[uid]


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, liar: PopLiar) -> None:
        self.liar = liar
        super().__init__(("127.0.0.1", 0), Handler)
        liar.port = self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news here."""


@contextmanager
def pop_lying(liar: PopLiar) -> Iterator[PopLiar]:
    with Server(liar) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield liar
        finally:
            server.shutdown()
            thread.join()
