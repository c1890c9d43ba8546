"""A message as SMTP carries it, piece by piece: line ends as CRLF, dots doubled (RFC 5321, 2.3.8 and 4.5.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

_LINE_END: Final = re.compile(rb"\r\n|\r|\n")


def data(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What follows DATA, with the dot that ends it."""
    line_begins, half_end = True, False
    for piece in pieces:
        text = b"\r" + piece if half_end else piece
        half_end = text.endswith(b"\r")
        text = _LINE_END.sub(b"\r\n", text[:-1] if half_end else text)
        if not text:
            continue
        stuffed = text.replace(b"\r\n.", b"\r\n..")
        yield b"." + stuffed if line_begins and text.startswith(b".") else stuffed
        line_begins = text.endswith(b"\r\n")
    if half_end or not line_begins:
        yield b"\r\n"
    yield b".\r\n"
