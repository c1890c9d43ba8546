"""Content on its way out: a file or bytes, piece by piece, or the part that was asked for.

Source: RFC 9110, 14 (range requests).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from postroom.faces.graph.message import Answer

PIECE_BYTES: Final = 1 << 20
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Part(NamedTuple):
    """Bytes from `begin` up to `end`, which is not in it."""

    begin: int
    end: int


def part_of(header: str, size: int) -> Part | None:
    """What a Range header asks for; None for the whole: several ranges, and what is none, are passed over.

    A part that begins behind the end is empty.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or found[0] == "bytes=-":
        return None
    if not found[1]:
        return Part(max(0, size - int(found[2])), size) if int(found[2]) else Part(size, size)
    begin = int(found[1])
    end = min(size, int(found[2]) + 1) if found[2] else size
    if found[2] and int(found[2]) < begin:
        return None
    return Part(begin, end) if begin < size else Part(size, size)


class Content(Response):
    """A response whose content is never whole in memory, unless it was so before."""

    def __init__(self, made: Answer, asked: Mapping[str, str]) -> None:
        content = made.content
        assert isinstance(content, bytes | Path)
        self._content = content
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        wanted = asked.get("range", "")
        # Of other content than the client has a part of, it gets the whole.
        whole = not wanted or asked.get("if-range", made.headers.get("ETag", "")) != made.headers.get("ETag", "")
        part = None if whole or made.status != 200 else part_of(wanted, size)
        self._part = part or Part(0, size)
        headers = {**made.headers, "Accept-Ranges": "bytes", "Content-Type": made.media_type}
        super().__init__(None, _status(made, part, self._part), headers)
        if part is not None:
            span = f"{part.begin}-{part.end - 1}" if part.end > part.begin else "*"
            self.headers["content-range"] = f"bytes {span}/{size}"
        self.headers["content-length"] = str(self._part.end - self._part.begin)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  part of ASGI
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] != "HEAD":
            async for piece in self._pieces():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _pieces(self) -> AsyncIterator[bytes]:
        begin, end = self._part
        if isinstance(self._content, bytes):
            yield self._content[begin:end]
            return
        file = await asyncio.to_thread(self._content.open, "rb", buffering=0)
        try:
            file.seek(begin)
            while begin < end:
                piece = await asyncio.to_thread(file.read, min(PIECE_BYTES, end - begin))
                if not piece:
                    raise OSError(f"{self._content} has become shorter.")
                begin += len(piece)
                yield piece
        finally:
            file.close()


def _status(made: Answer, part: Part | None, sent: Part) -> int:
    if part is None:
        return made.status
    return 206 if sent.end > sent.begin else 416
