"""What the fake servers share: the exact wire of the API on a TLS socket.

Written from the public samples: byte-order mark, challenge, keys always present, gaps in versions, double slashes.
A process goes one step on with each get-status, so that tests need no time to pass.
"""

# ruff: noqa: A002
from __future__ import annotations

import base64
import hashlib
import json
import re
import ssl
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

MESSAGE = b"Subject: Roof\r\n\r\nThe roof \xff is mended.\r\n" * 9000


@dataclass
class Seen:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    fields: dict[str, str]
    client: tuple[str, int]


@dataclass
class Step:
    version: int
    percent: int | None
    log: str | None
    code: str = "running"


@dataclass
class Process:
    token: str
    steps: list[Step]
    at: int = 0
    cancelled: bool = False

    def advance(self) -> None:
        if self.cancelled and self.steps[self.at].code == "running":
            self.steps[self.at + 1 :] = [Step(self.steps[self.at].version + 2, 7, None, "cancelled")]
        self.at = min(self.at + 1, len(self.steps) - 1)

    def log_since(self, version: int) -> str | None:
        return "".join(s.log or "" for s in self.steps[: self.at + 1] if s.version > version) or None


class ApiError(Exception):
    """What a function fails with."""


class HttpError(Exception):
    def __init__(self, code: int, **headers: str) -> None:
        self.code, self.headers = code, headers


@dataclass
class Wire(ABC):
    """A server without functions, and switches for the ways in which real servers differ."""

    bom: bool = True
    null_token_at_end: bool = True
    token_while_running: bool = True
    password: str = "S3cr3t ü"
    drop_status: int = 0
    """So many get-status requests find their connection closed."""
    lose_answers: int = 0
    """So many calls are executed and their connection closed before the answer."""
    open_metadata: bool = True
    """Whether get-metadata needs no password."""
    etag: str | None = None
    processes: dict[str, Process] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    httpd: ThreadingHTTPServer | None = None

    def start(self, certificate: Path, key: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        fake = self

        class Bound(Handler):
            server_state = fake

        self.httpd = listening(context, Bound)

    def stop(self) -> None:
        assert self.httpd
        self.httpd.shutdown()
        self.httpd.server_close()

    @property
    def port(self) -> int:
        assert self.httpd
        return int(self.httpd.server_address[1])

    @property
    def last(self) -> Seen:
        return self.seen[-1]

    # the API

    @abstractmethod
    def metadata(self) -> list[Any]:
        """What get-metadata answers."""

    def answer(self, seen: Seen) -> Any:
        path = re.sub("/+", "/", seen.path)
        if path == "/api/get-metadata":
            return self.metadata()
        if seen.method != "POST":
            raise HttpError(405)
        if path == "/api/get-status":
            return self.status(seen.fields)
        if path == "/api/cancel-async":
            self.process(seen.fields).cancelled = True
            return envelope()
        if match := re.fullmatch(r"/api/(?:invoke|weather)/(\w+)", path):
            return self.invoke(match[1], seen.fields)
        raise HttpError(404)

    def process(self, fields: dict[str, str]) -> Process:
        if (found := self.processes.get(fields.get("token", ""))) is None:
            raise HttpError(404)
        return found

    def status(self, fields: dict[str, str]) -> dict[str, Any]:
        process, known = self.process(fields), int(fields["lastKnownStatusVersion"])
        int(fields["millisecondsTimeout"])
        if known >= process.steps[process.at].version:
            process.advance()
        step = process.steps[process.at]
        hidden = self.null_token_at_end if step.code != "running" else not self.token_while_running
        return envelope(
            token=None if hidden else process.token, statusVersion=step.version, statusCode=step.code,
            percentProgress=step.percent, logOutput=process.log_since(known),
        )  # fmt: skip

    def invoke(self, name: str, fields: dict[str, str]) -> dict[str, Any]:
        function: Callable[..., Any] | None = getattr(self, f"do_{name}", None)
        if function is None:
            raise HttpError(404)
        try:
            result = function(**fields)
        except TypeError as error:
            missing = re.search(r"missing \d+ required positional argument.*?'(\w+)'", str(error))
            return failed(f"Missing API argument {missing[1]}." if missing else str(error), "ArgumentException")
        except ApiError as error:
            return failed(str(error), "System.Exception: at Fake")
        if isinstance(result, Process):
            step = result.steps[0]
            return envelope(token=result.token, statusVersion=step.version, statusCode="running",
                            percentProgress=step.percent, logOutput=step.log)  # fmt: skip
        return envelope(statusVersion=2, statusCode="succeeded", result=result)


def listening(context: ssl.SSLContext, handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    """A server in a thread, on a free port."""
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    httpd.daemon_threads = True
    httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
    threading.Thread(target=httpd.serve_forever, args=(0.01,), daemon=True).start()
    return httpd


def split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def envelope(**values: Any) -> dict[str, Any]:
    keys = ("error", "token", "statusVersion", "statusCode", "percentProgress", "statusText", "result", "logOutput")
    return {key: values.get(key) for key in keys}


def failed(message: str, details: str) -> dict[str, Any]:
    return envelope(error={"message": message, "details": details}, statusVersion=2, statusCode="failed")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one segment per answer: two would wait for each other's acknowledgement
    server_state: Wire

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        if "Content-Length" not in self.headers:
            return self.send(411, b"")
        body = self.rfile.read(int(self.headers["Content-Length"]))
        form = parse_qs(body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body), encoding="utf-8")
        return self.serve({key: values[0] for key, values in form.items()})

    def do_GET(self) -> None:
        self.serve({})

    def serve(self, fields: dict[str, str]) -> None:
        fake = self.server_state
        seen = Seen(self.command, self.path, dict(self.headers), fields, self.client_address)
        fake.seen.append(seen)
        if self.path.startswith("/api/message/"):
            return self.message()
        if self.path.endswith("get-status") and fake.drop_status:
            fake.drop_status -= 1
            self.close_connection = True
            return None
        wanted = "Basic " + base64.b64encode(f"admin:{fake.password}".encode()).decode()
        is_open = self.path.endswith("get-metadata") and fake.open_metadata
        if not is_open and self.headers.get("Authorization") != wanted:
            return self.send(401, b"", **{"WWW-Authenticate": 'Basic realm="fake"'})
        return self.reply(seen)

    def reply(self, seen: Seen) -> None:
        fake = self.server_state
        try:
            answer = fake.answer(seen)
        except HttpError as error:
            return self.send(error.code, b"")
        if "/invoke/" in self.path and fake.lose_answers:
            fake.lose_answers -= 1
            self.close_connection = True
            return None
        text = json.dumps(self.dressed(answer), ensure_ascii=False).encode()
        return self.send(200, (b"\xef\xbb\xbf" if fake.bom else b"") + text, **{"Content-Type": "application/json"})

    def dressed(self, answer: Any) -> Any:
        """The answer with what this way of signing in adds."""
        return answer

    def message(self) -> None:
        if not self.path.endswith("/1:7"):
            return self.send(404, b"")
        etag = self.server_state.etag or hashlib.sha256(MESSAGE).hexdigest()
        return self.send(200, MESSAGE, ETag=f'"{etag}"', **{"Content-Type": "message/rfc822"})

    def send(self, code: int, body: bytes, **headers: str) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
