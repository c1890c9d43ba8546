"""A mail server that takes everything and keeps it, to see what another one relays."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from tests.accounts.services.process import wait_until


@dataclass(frozen=True)
class Relayed:
    """One message as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class Sink:
    """Listens on a free port."""

    def __init__(self) -> None:
        self.relayed: list[Relayed] = []
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler(), bind_and_activate=True)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]

    def _handler(self) -> type[socketserver.StreamRequestHandler]:
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                _converse(self, sink.relayed)

        return Handler

    def wait_for(self, subject: str) -> Relayed:
        """The message with this subject, which comes soon."""
        return self._first(lambda one: one.message["Subject"] == subject, f"a relayed message {subject!r}")

    def wait_for_mail_to(self, recipient: str) -> Relayed:
        """The first message to this address alone, which comes soon."""
        return self._first(lambda one: one.recipients == (recipient,), f"a relayed message to {recipient}")

    def _first(self, wanted: Callable[[Relayed], bool], what: str) -> Relayed:
        wait_until(lambda: any(map(wanted, self.relayed)), what)
        return next(filter(wanted, self.relayed))


@contextmanager
def sink() -> Iterator[Sink]:
    """Closed afterwards."""
    opened = Sink()
    thread = threading.Thread(target=opened._server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield opened
    finally:
        opened._server.shutdown()
        opened._server.server_close()
        thread.join()


def _converse(handler: socketserver.StreamRequestHandler, relayed: list[Relayed]) -> None:
    def say(line: str) -> None:
        handler.wfile.write(f"{line}\r\n".encode())

    say("220 sink")
    sender, recipients = "", list[str]()
    while line := handler.rfile.readline():
        verb = line.decode("utf-8", "replace").strip()
        match verb.upper().split(" ")[0].split(":")[0]:
            case "MAIL":
                sender, recipients = _path(verb), []
                say("250 ok")
            case "RCPT":
                recipients.append(_path(verb))
                say("250 ok")
            case "DATA":
                say("354 go on")
                message = BytesParser(policy=default).parsebytes(_data(handler))
                assert isinstance(message, EmailMessage)
                relayed.append(Relayed(sender, tuple(recipients), message))
                say("250 ok")
            case "QUIT":
                say("221 bye")
                return
            case _:
                say("250 ok")


def _path(verb: str) -> str:
    return verb.partition("<")[2].partition(">")[0]


def _data(handler: socketserver.StreamRequestHandler) -> bytes:
    lines = []
    while (line := handler.rfile.readline()) not in (b".\r\n", b""):
        lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
    return b"".join(lines)
