"""A service that gives and takes contents, and can be made to break off at any of them."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass
class Session:
    """An upload on its way."""

    name: str
    asked: Any
    content: bytearray = field(default_factory=bytearray)


class FileServer:
    """`breaks` are how many bytes of the next answers are sent before the connection ends; None sends all.

    `failures` are what becomes of the next pieces of uploads: a status, "drop" (the connection ends before the piece
    counts), "lose" (it counts, and the answer is lost), "forget" (the upload is gone with it), "" (nothing bad).
    """

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.children: dict[str, list[dict[str, Any]]] = {}
        self.tags: list[str | None] = ['"1"']
        self.breaks: list[int | None] = []
        self.failures: list[int | str] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.sessions: dict[str, Session] = {}
        self.patched: list[Any] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self.root = f"http://127.0.0.1:{self._http.server_port}"
        self.url = f"{self.root}/v1.0/"
        self._thread = threading.Thread(target=lambda: self._http.serve_forever(0.02), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def ranges(self) -> list[str]:
        """Of downloads and uploads, in their order; "" for all."""
        wanted = [(method, path, headers) for method, path, headers in self.asked if method in {"GET", "PUT"}]
        return [headers.get("Range", headers.get("Content-Range", "")) for _, _, headers in wanted]

    def tag(self) -> str | None:
        """The last one stays."""
        return self.tags.pop(0) if len(self.tags) > 1 else self.tags[0]

    def told(self, name: str) -> dict[str, Any]:
        self_content = self.contents[name]
        return {"id": f"id-{name}", "name": name, "size": len(self_content), "file": {"mimeType": "text/plain"}}

    def put(self, key: str, content_range: str, piece: bytes) -> tuple[int, dict[str, Any]] | None:
        """Status and answer; None when the connection ends."""
        failure = self.failures.pop(0) if self.failures else ""
        session = self.sessions.get(key)
        if session is None:
            return 404, {"error": {"code": "itemNotFound", "message": "There is no such upload."}}
        if failure == "drop":
            return None
        if isinstance(failure, int):
            return failure, {"error": {"code": "x", "message": "not now"}}
        first, last, total = (int(part) for part in re.findall(r"\d+", content_range))
        if first != len(session.content) or last - first + 1 != len(piece):
            return 416, {"error": {"code": "invalidRange", "message": "not this piece"}}
        session.content.extend(piece)
        if last + 1 == total:
            del self.sessions[key]
            if failure != "forget":
                self.contents[session.name] = bytes(session.content)
        if failure in {"lose", "forget"}:
            return None
        return (202, self.state(session)) if last + 1 < total else (201, self.told(session.name))

    @staticmethod
    def state(session: Session) -> dict[str, Any]:
        return {"expirationDateTime": "2030-01-01T00:00:00Z", "nextExpectedRanges": [f"{len(session.content)}-"]}


def _handler(server: FileServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            path = unquote(urlsplit(self.path).path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            server.asked.append((self.command, self.path, dict(self.headers.items())))
            if path.startswith("/session/"):
                self._of_session(path.rpartition("/")[2], body)
            elif path.endswith("/createUploadSession"):
                key = str(len(server.asked))
                server.sessions[key] = Session(path.split(":/")[1].strip(":"), json.loads(body or b"null"))
                self._answer(200, {"uploadUrl": f"{server.root}/session/{key}"})
            elif path.endswith("/children"):
                self._answer(200, {"value": server.children.get(path.split("/")[-2], [])})
            elif self.command == "PATCH":
                server.patched.append(json.loads(body))
                self._answer(200, {"id": path.rpartition("/")[2], "name": "patched", "file": {}})
            elif self.command == "PUT":
                name = path.split(":/")[1].strip(":")
                server.contents[name] = body
                self._answer(201, server.told(name))
            elif path.endswith(":"):
                name = path.split(":/")[1].strip(":")
                gone = {"error": {"code": "itemNotFound", "message": "There is no such file."}}
                self._answer(*((200, server.told(name)) if name in server.contents else (404, gone)))
            else:
                self._content(path.split("/")[-2])

        def _of_session(self, key: str, body: bytes) -> None:
            if self.command == "GET":
                session = server.sessions.get(key)
                gone = {"error": {"code": "itemNotFound", "message": "There is no such upload."}}
                self._answer(*((404, gone) if session is None else (200, server.state(session))))
                return
            answer = server.put(key, self.headers["Content-Range"], body)
            if answer is None:
                self.close_connection = True
                return
            self._answer(*answer)

        def _content(self, name: str) -> None:
            content = server.contents.get(name)
            if content is None:
                self._answer(404, {"error": {"code": "itemNotFound", "message": "There is no such file."}})
                return
            tag, start = server.tag(), 0
            wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
            headers = {"Content-Type": "application/octet-stream", **({"ETag": tag} if tag else {})}
            if wanted and self.headers.get("If-Range") == tag:
                start = int(wanted[1])
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            stop = server.breaks.pop(0) if server.breaks else None
            self._send(206 if start else 200, content[start:], headers, stop)

        def _answer(self, status: int, body: Any) -> None:
            self._send(status, json.dumps(body).encode(), {"Content-Type": "application/json"}, None)

        def _send(self, status: int, data: bytes, headers: dict[str, str], stop: int | None) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data if stop is None else data[:stop])
            self.close_connection = self.close_connection or stop is not None

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    for verb in ("GET", "POST", "PUT", "PATCH"):
        setattr(Handler, f"do_{verb}", Handler.handle_one)
    return Handler
