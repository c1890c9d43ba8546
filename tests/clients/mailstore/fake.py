"""A small MailStore Server on a TLS socket: users, compliance, stores to verify, on the exact wire of the API.

Written from the public samples: byte-order mark, challenge, keys always present, gaps in versions, double slashes.
A process goes one step on with each get-status, so that tests need no time to pass.
"""

# ruff: noqa: A002, N803  # names are the API's
from __future__ import annotations

import base64
import hashlib
import json
import re
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from mailstore.contract import SERVER

MESSAGE = b"Subject: Roof\r\n\r\nThe roof \xff is mended.\r\n" * 9000
NEWER = {
    "name": "GetWeather",
    "path": "api/weather/",
    "args": [
        {"name": "place", "type": "string", "nullable": False},
        {"name": "days", "type": "number", "nullable": True},
        {"name": "options", "type": "json", "nullable": True},
    ],
}


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
class Fake:
    """The server's state, and switches for the ways in which real servers differ."""

    bom: bool = True
    null_token_at_end: bool = True
    token_while_running: bool = True
    password: str = "S3cr3t ü"
    drop_status: int = 0
    """So many get-status requests find their connection closed."""
    etag: str | None = None
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    compliance: dict[str, Any] = field(
        default_factory=lambda: {"globalRetentionTimeYears": 0, "legalHoldEnabled": False}
    )
    processes: dict[str, Process] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    httpd: ThreadingHTTPServer | None = None

    def start(self, certificate: Path, key: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        fake = self

        class Bound(Handler):
            server_state = fake

        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
        self.httpd.daemon_threads = True
        self.httpd.socket = context.wrap_socket(self.httpd.socket, server_side=True)
        threading.Thread(target=self.httpd.serve_forever, args=(0.01,), daemon=True).start()

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

    def answer(self, seen: Seen) -> Any:
        path = re.sub("/+", "/", seen.path)
        if path == "/api/get-metadata":
            return [*(f.metadata() for f in SERVER.values() if not f.ours), NEWER]
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

    def do_GetServerInfo(self) -> object:
        return {"version": "9.0.0.9702", "machineName": "FAKE"}

    def do_GetWeather(self, place: str, days: str = "", options: str = "{}") -> object:
        return {"place": place, "days": days, "options": json.loads(options)}

    def do_GetUsers(self) -> object:
        return [{k: u[k] for k in ("userName", "fullName", "distinguishedName")} for u in self.users.values()]

    def do_GetUserInfo(self, userName: str) -> object:
        if userName not in self.users:
            raise ApiError(f"There is no user '{userName}'.")
        return self.users[userName]

    def do_CreateUser(self, userName: str, privileges: str, fullName: str | None = None, **rest: str) -> None:
        if userName in self.users:
            raise ApiError(f"The user '{userName}' exists already.")
        self.users[userName] = {
            "userName": userName, "fullName": fullName, "distinguishedName": rest.get("distinguishedName"),
            "authentication": rest.get("authentication", "integrated"), "emailAddresses": [], "pop3UserNames": [],
            "privileges": split(privileges), "privilegesOnFolders": [],
        }  # fmt: skip

    def do_DeleteUser(self, userName: str) -> None:
        self.do_GetUserInfo(userName)
        del self.users[userName]

    def do_SetUserEmailAddresses(self, userName: str, emailAddresses: str = "") -> None:
        self.do_GetUserInfo(userName)
        self.users[userName]["emailAddresses"] = split(emailAddresses)

    def do_GetComplianceConfiguration(self) -> object:
        return self.compliance

    def do_SetComplianceConfiguration(self, config: str) -> None:
        self.compliance.update(json.loads(config))

    def do_VerifyStore(self, id: str, includeIndexes: str = "true") -> Process:
        assert includeIndexes in {"true", "false"}
        steps = [
            Step(3, 0, f"Verifying file group #{id}...\r\nCreating a list of messages to be verified...\r\n"),
            Step(9, 0, "  100 messages verified...\r\n"),
            Step(29, 50, "  200 messages verified...\r\n"),
            Step(30, 51, None),
            Step(147, None, "Finished. No errors have been found.\r\n", "succeeded"),
        ]
        token = hashlib.md5(str(len(self.processes)).encode()).hexdigest()
        return self.processes.setdefault(token, Process(token, steps))


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
    server_state: Fake

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
        if not self.path.endswith("get-metadata") and self.headers.get("Authorization") != wanted:
            return self.send(401, b"", **{"WWW-Authenticate": 'Basic realm="fake"'})
        try:
            text = json.dumps(fake.answer(seen), ensure_ascii=False).encode()
        except HttpError as error:
            return self.send(error.code, b"")
        return self.send(200, (b"\xef\xbb\xbf" if fake.bom else b"") + text, **{"Content-Type": "application/json"})

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
