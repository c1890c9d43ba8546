"""A service that takes large attachments in pieces, and can be made to fail at any of them."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class UploadServer:
    """`failures` are what becomes of the next pieces: a status, "drop" (the connection ends before the piece counts),
    "lose" (it counts, and the answer is lost), "" (nothing bad).
    """

    def __init__(self) -> None:
        self.received = bytearray()
        self.failures: list[int | str] = []
        self.ranges: list[str] = []
        self.signed: list[str | None] = []
        self.tells_ranges = True
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}/session?token=1"
        self._thread = threading.Thread(target=lambda: self._http.serve_forever(0.02), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def state(self) -> dict[str, Any]:
        if not self.tells_ranges:
            return {}
        return {"expirationDateTime": "2030-01-01T00:00:00Z", "nextExpectedRanges": [str(len(self.received))]}

    def put(self, content_range: str, piece: bytes) -> tuple[int, dict[str, str], dict[str, Any]] | None:
        """Status, headers and body; None when the connection ends."""
        self.ranges.append(content_range)
        failure = self.failures.pop(0) if self.failures else None
        if failure == "drop":
            return None
        if isinstance(failure, int):
            return failure, {}, {"error": {"code": "x", "message": "not now"}}
        first, last, total = (int(part) for part in re.findall(r"\d+", content_range))
        if first != len(self.received) or last - first + 1 != len(piece):
            return 416, {}, {"error": {"code": "invalidRange", "message": "not this piece"}}
        self.received.extend(piece)
        if failure == "lose":
            return None
        if last + 1 == total:
            return (
                201,
                {"Location": "https://outlook.office.com/api/v2.0/Users('u')/Messages('m')/Attachments('att-8')"},
                {},
            )
        return 200, {}, self.state()


def _handler(server: UploadServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(200, {}, server.state())

        def do_PUT(self) -> None:
            server.signed.append(self.headers.get("Authorization"))
            piece = self.rfile.read(int(self.headers["Content-Length"]))
            answer = server.put(self.headers["Content-Range"], piece)
            if answer is None:
                self.close_connection = True
                return
            self._answer(*answer)

        def _answer(self, status: int, headers: dict[str, str], body: dict[str, Any]) -> None:
            data = b"" if status == 201 else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    return Handler
