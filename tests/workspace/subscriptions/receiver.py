"""The web server of a program that gets notifications, as a test commands it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Receiver:
    """`status` is what posts are answered with; `token` replaces the answer to a validation."""

    port: int = 0
    status: int = 202
    token: str | None = None
    media_type: str = "text/plain"
    location: str = ""
    posts: list[dict[str, Any]] = field(default_factory=list)
    states: list[str | None] = field(default_factory=list)
    """The header ClientState of each post."""
    asked: list[str] = field(default_factory=list)

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def told(self) -> list[tuple[str, str]]:
        """What was taken: kind of change and resource."""
        return [(one["changeType"], one["resource"]) for one in self.elements() if "changeType" in one]

    def elements(self) -> list[dict[str, Any]]:
        return [element for post in list(self.posts) for element in post["value"]]

    def events(self) -> list[str]:
        return [one["lifecycleEvent"] for one in self.elements() if "lifecycleEvent" in one]

    def wait(self, number: int, within_s: float = 20.0) -> list[dict[str, Any]]:
        """The elements, once there are so many."""
        until = time.monotonic() + within_s
        while len(self.elements()) < number and time.monotonic() < until:
            threading.Event().wait(0.01)
        assert len(self.elements()) >= number, self.elements()
        return self.elements()


@contextmanager
def receiving() -> Iterator[Receiver]:
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            query = parse_qs(urlsplit(self.path).query)
            if "validationToken" in query:
                state.asked.append(self.path)
                self._answer(200, (state.token or query["validationToken"][0]).encode())
            else:
                if state.status < 300 and not state.location:
                    state.states.append(self.headers.get("ClientState"))
                    state.posts.append(json.loads(body))
                self._answer(state.status, b"")

        def _answer(self, status: int, content: bytes) -> None:
            self.send_response(302 if state.location else status)
            if state.location:
                self.send_header("Location", state.location)
            self.send_header("Content-Type", state.media_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Tests read no log of it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
