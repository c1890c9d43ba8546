"""Policy servers with checks of the test's own, and clients that speak as Postfix does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from postroom.accounts.enforce.request import Request
from postroom.faces.policy.server import PolicyServer
from postroom.settings import Policy

Serve = Callable[..., PolicyServer]


def question(**attributes: str) -> bytes:
    """A request at RCPT."""
    given = {"request": "smtpd_access_policy", "protocol_state": "RCPT", **attributes}
    return "".join(f"{name}={value}\n" for name, value in given.items()).encode() + b"\n"


@dataclass
class Checks:
    """Answers with the sender's address; keeps what was asked together. `gate` holds answers back while it is clear."""

    threads: int = 1
    together: int = 64
    batches: list[list[Request]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    tended: threading.Event = field(default_factory=threading.Event)
    began: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __post_init__(self) -> None:
        self.gate.set()

    def answer(self, requests: Sequence[Request]) -> list[str | Exception]:
        self.batches.append(list(requests))
        self.began.release()
        assert self.gate.wait(30)
        return [self.one(request) for request in requests]

    def tend(self) -> None:
        self.tended.set()

    def one(self, request: Request) -> str | Exception:
        if request.sender == "broken":
            return RuntimeError("no such luck")
        if request.sender == "fatal":
            raise RuntimeError("worse")
        return f"REJECT {request.sender}"


class Client:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._file = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read(self) -> str:
        """The action of the next answer; empty when the server closed the connection."""
        try:
            line, end = self._file.readline(), self._file.readline()
        except ConnectionResetError:
            return ""
        if not line:
            return ""
        assert (line[:7], end) == (b"action=", b"\n")
        return line[7:].decode().strip()

    def ask(self, **attributes: str) -> str:
        self.send(question(**attributes))
        return self.read()

    def close(self) -> None:
        self._file.close()
        self.socket.close()


@pytest.fixture
def checks() -> Checks:
    return Checks()


@pytest.fixture
def serve(checks: Checks) -> Iterator[Serve]:
    """Starts a server on a free port; it is stopped after the test."""
    with ExitStack() as stack:

        def start(given: object = checks, **settings: object) -> PolicyServer:
            server = PolicyServer(Policy(port=0, **settings), given)  # type: ignore[arg-type]
            stack.callback(server.stop)
            # Whatever a test holds back must not hold back its end.
            stack.callback(checks.gate.set)
            server.start()
            return server

        yield start


@pytest.fixture
def connect() -> Iterator[Callable[[PolicyServer], Client]]:
    """Connects to a server; the connection is closed after the test."""
    with ExitStack() as stack:

        def open_one(server: PolicyServer) -> Client:
            client = Client(server.port)
            stack.callback(client.close)
            return client

        yield open_one
