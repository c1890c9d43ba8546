"""The lines of a message on the wire, taken as they come: bytes up to the lone dot, without the dots that were put in.

Only CR LF ends a line (RFC 5321, 2.3.8): a bare CR or LF before a dot is text, whatever other servers make of it.
"""

from __future__ import annotations

from typing import Final

CRLF: Final = b"\r\n"
END: Final = b".\r\n"
"""What a piece that may be the last one ends with."""


class Dotted:
    """Fed with pieces in order, of which those that may be the last end with `END`."""

    __slots__ = ("_begun", "_held", "_tail", "ended", "size")

    def __init__(self) -> None:
        # As if a line had ended: a dot in front is one at the beginning of a line.
        self._tail = self._held = CRLF
        self._begun = False
        self.ended = False
        self.size = 0
        """Bytes given out."""

    def feed(self, piece: bytes) -> bytes:
        """What is certain to belong to the message; `ended` tells whether that was all."""
        seen = self._tail + piece
        self._tail = seen[-2:]
        self.ended = seen.endswith(CRLF + END)
        text = self._held + piece
        if self.ended:
            text, self._held = text[: -len(END)], b""
        else:
            # A line end may stand before a dot that is still to come.
            kept = 2 if text.endswith(CRLF) else int(text.endswith(b"\r"))
            text, self._held = text[: len(text) - kept], text[len(text) - kept :]
        return self._given(text)

    def _given(self, text: bytes) -> bytes:
        plain = text.replace(b"\r\n.", CRLF)
        if not self._begun and len(plain) >= len(CRLF):
            plain, self._begun = plain[len(CRLF) :], True
        self.size += len(plain)
        return plain
