"""A server between a client and a Microsoft Graph that changes answers, drops them, or cuts them short."""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from postroom.home import Home
from postroom.testing import LocalGraph
from postroom.web.tls import Certificate

_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Answer:
    """`declared`: the length that is said to come, None for that of the body. `dropped`: no answer at all."""

    status: int
    headers: dict[str, str]
    body: bytes
    declared: int | None = None
    unsized: bool = False
    dropped: bool = False

    def cut(self, length: int) -> Answer:
        """The same, broken off."""
        return replace(self, body=self.body[:length], declared=len(self.body))


Lie = Callable[[str, str, Answer], Answer]
"""Method, path with query, and the true answer become the one that is given."""


@dataclass
class Liar:
    """A server on this machine. `asked`: method and path of each request; `most_at_once`: how many ran together."""

    url: str
    lies: list[Lie] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    running: int = 0
    most_at_once: int = 0

    def count(self, ending: str) -> int:
        return sum(1 for _, path in self.asked if path.partition("?")[0].endswith(ending))


def times(count: int, lie: Lie, matching: Callable[[str, str], bool] = lambda _method, _path: True) -> Lie:
    """Tell it so often, then the truth."""
    left, lock = [count], threading.Lock()

    def told(method: str, path: str, answer: Answer) -> Answer:
        if not matching(method, path):
            return answer
        with lock:
            left[0] -= 1
            wrong = left[0] >= 0
        return lie(method, path, answer) if wrong else answer

    return told


def is_content(_method: str, path: str) -> bool:
    return path.endswith("/$value")


def is_delta(_method: str, path: str) -> bool:
    return "/messages/delta" in path


def refusal(status: int, code: str = "", **headers: str) -> Lie:
    body = b'{"error": {"code": "%s", "message": "A lie."}}' % code.encode()
    told = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    return lambda _method, _path, _answer: Answer(status, told, body)


def dropped(_method: str, _path: str, answer: Answer) -> Answer:
    return replace(answer, dropped=True)


@contextmanager
def liar(graph: LocalGraph, lies: Sequence[Lie] = ()) -> Iterator[Liar]:
    """It has the certificate of the Graph; links in answers lead back to it, as they follow the name in the request."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(graph))
    server.daemon_threads = True
    context = Certificate(Home(graph.home).tls).context
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    told = Liar(f"https://localhost:{server.server_port}/v1.0/", list(lies))
    server.liar = told  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(graph: LocalGraph) -> type[BaseHTTPRequestHandler]:
    trusted = ssl.create_default_context(cafile=str(graph.ca_file))
    port = graph.server.ports["graph"]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def _answer(self) -> None:
            told: Liar = self.server.liar  # type: ignore[attr-defined]
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with told.lock:
                told.asked.append((self.command, self.path))
                told.running += 1
                told.most_at_once = max(told.most_at_once, told.running)
            try:
                answer = self._truth(body)
                for lie in list(told.lies):
                    answer = lie(self.command, self.path, answer)
            finally:
                with told.lock:
                    told.running -= 1
            self._tell(answer)

        def _truth(self, body: bytes) -> Answer:
            with closing(http.client.HTTPSConnection("localhost", port, timeout=60, context=trusted)) as true:
                true.request(self.command, self.path, body, dict(self.headers))
                answer = true.getresponse()
                headers = {name: text for name, text in answer.getheaders() if name.lower() not in _HOP}
                return Answer(answer.status, headers, answer.read())

        def _tell(self, answer: Answer) -> None:
            if answer.dropped:
                self.close_connection = True
                return
            self.send_response_only(answer.status)
            for name, text in answer.headers.items():
                self.send_header(name, text)
            if not answer.unsized:
                length = len(answer.body) if answer.declared is None else answer.declared
                self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = answer.unsized or answer.declared is not None

        do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Tests look at `asked`."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True  # the client went away, which it may

    return Handler
