"""Cutting an mbox into messages, as a stream and exactly.

**Where a message starts.** At the first byte of the file (after empty lines) if `From ` is there. Elsewhere a line
that begins with `From ` starts a message when the line before it is empty *and* it looks like a separator: it holds
a clock time and a year, or the line after it is a header field (`Name:`) or a quoted `>From `. "From here on we go"
in a body passes neither. Only the first 8 KiB from the `From ` on are looked at.

**What the message is.** The bytes between the separator line and the next one, without the empty line (LF or CRLF)
before that, which belongs to the separator. The last message ends at the end of the file, less one empty line if
there is one. Line ends are left as they are.

**Content-Length** (mboxcl, mboxcl2) decides when it leads to a plausible boundary: the end of the file or a
separator, possibly after empty lines. Otherwise, and for messages over 32 MiB, the rule above does.

**Quoting.** mboxo loses one `>` from lines that begin with `>From `; mboxrd and mboxcl one from `>From `,
`>>From `, ...; mboxcl2 none. The plain kind `mbox` is decided by the first message: when its Content-Length leads to
a boundary the file is mboxcl, or mboxcl2 if that message holds an unquoted `From ` line; all others are read as
mboxrd. A Content-Length message with an unquoted `From ` line is never unquoted, as its writer does not quote.

Sources: RFC 4155; the mbox(5) manual pages of qmail and mutt for the four dialects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from postroom.archive.body import SPOOL_BYTES, Body, Spool
from postroom.archive.sources.streams import Readable

READ_BYTES = 1 << 20
LOOK_BYTES = 8 << 10
HEADER_BYTES = 64 << 10
COUNTED_BYTES = 32 << 20


class Dialect(StrEnum):
    AUTO = "mbox"
    MBOXO = "mboxo"
    MBOXRD = "mboxrd"
    MBOXCL = "mboxcl"
    MBOXCL2 = "mboxcl2"


_COUNTED = (Dialect.AUTO, Dialect.MBOXCL, Dialect.MBOXCL2)


@dataclass(frozen=True, slots=True)
class Cut:
    """One message of an mbox: its separator line starts at `start`, the next one at `end`."""

    start: int
    end: int
    separator: bytes
    body: Body


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes before the first separator."""

    start: int
    end: int


_SEPARATOR = re.compile(
    rb"From (?:(?=[^\n]*\d:\d\d)(?=[^\n]*\b(?:19|20)\d\d\b)|[^\n]*\n(?:>From |[!-9;-~]{1,200}[ \t]*:))"
)
_QUOTED = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_QUOTED_ONCE = re.compile(rb"^>(?=From )", re.MULTILINE)
_BARE_FROM = re.compile(rb"^From ", re.MULTILINE)
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,15})[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_HEADER_END = re.compile(rb"\n\r?\n")
_EMPTY_LINES = re.compile(rb"(?:\r?\n)*")
_BOUNDARY = re.compile(rb"(?s:.)(?:\r?\n)*(?:\Z|(?<=\n)(?=" + _SEPARATOR.pattern + rb"))")


class Window:
    """The part of a stream that is being looked at. All positions are offsets in the stream."""

    __slots__ = ("_stream", "base", "data", "end", "ended")

    def __init__(self, stream: Readable, offset: int) -> None:
        self._stream = stream
        self.data = b""
        self.base = self.end = offset
        self.ended = False

    def have(self, keep: int, until: int) -> None:
        """Reads until the window reaches `until` or the stream ends; forgets what is before `keep`."""
        if self.end >= until or self.ended:
            return
        pieces = [self.data[max(0, keep - self.base) :]]
        self.base = max(self.base, keep)
        while self.end < until and not self.ended:
            pieces.append(self._stream.read(READ_BYTES))
            self.end += len(pieces[-1])
            self.ended = not pieces[-1]
        self.data = b"".join(pieces)

    def cut(self, begin: int, end: int) -> bytes:
        return self.data[begin - self.base : end - self.base]

    def find(self, text: bytes, begin: int) -> int:
        """Offset of `text`, or -1."""
        at = self.data.find(text, begin - self.base)
        return at if at < 0 else at + self.base

    def line_before(self, begin: int, end: int) -> int:
        """The offset of the last line start in begin..end, or `end` when there is none after `begin`."""
        at = self.data.rfind(b"\n", begin - self.base, end - self.base)
        return end if at < 0 else at + self.base + 1

    def content_end(self, begin: int, end: int) -> int:
        """`end` without the one empty line before it, if there is one after `begin`."""
        tail = self.data[max(0, end - 3 - self.base) : end - self.base]
        length = 1 if tail.endswith(b"\n\n") else 2 if tail == b"\n\r\n" else 0
        return max(min(begin, end), end - length)


class Splitter:
    """The messages of one mbox stream, in order; memory is bounded whatever the stream holds.

    `offset` is where in the file the stream stands. A body longer than `threshold` is spooled. Iterate once.
    """

    def __init__(
        self, stream: Readable, dialect: Dialect = Dialect.AUTO, offset: int = 0, threshold: int = SPOOL_BYTES
    ) -> None:
        self.dialect = dialect
        self._threshold = threshold
        self._window = Window(stream, offset)

    def __iter__(self) -> Iterator[Cut | Garbage]:
        at = self._first_line()
        if at is not None and self._window.cut(at, at + 5) != b"From ":
            start, at = at, self._search(at, at, None)
            yield Garbage(start, self._window.end if at is None else at)
        while at is not None:
            cut, at = self._cut(at)
            yield cut

    def _first_line(self) -> int | None:
        """Where the first line that is not empty starts; None when there is none."""
        window = self._window
        at = window.base
        while True:
            window.have(at, at + LOOK_BYTES)
            found = _EMPTY_LINES.match(window.data, at - window.base)
            begin, at = at, found.end() + window.base if found else at
            if at < begin + LOOK_BYTES // 2 or window.ended:
                break
        return at if at < window.end else None

    def _cut(self, start: int) -> tuple[Cut, int | None]:
        """The message whose separator is at `start`, and where the next separator is."""
        separator, newline = self._line(start)
        if self.dialect in _COUNTED:
            counted = self._counted(start, newline)
            if counted is not None:
                body, after = counted
                return Cut(start, self._window.end if after is None else after, separator, body), after
            if self.dialect is Dialect.AUTO:
                self.dialect = Dialect.MBOXRD
        sink = _Sink(self.dialect, self._threshold)
        after = self._search(newline, newline + 1, sink)
        return Cut(start, self._window.end if after is None else after, separator, sink.finish()), after

    def _line(self, start: int) -> tuple[bytes, int]:
        """The line at `start`, of which no more than LOOK_BYTES are kept, and where its newline is (or the end)."""
        window, search = self._window, start
        window.have(start, start + LOOK_BYTES)
        line = window.cut(start, start + LOOK_BYTES)
        while (at := window.find(b"\n", search)) < 0 and not window.ended:
            search = window.end
            window.have(search - 3, search + 1)
        end = window.end if at < 0 else at
        return line[: end - start], end

    def _search(self, search: int, begin: int, sink: _Sink | None) -> int | None:
        """The next separator from `search` on, or None; what is between `begin` and it goes to the sink."""
        window = self._window
        while True:
            found, search = self._separator(search)
            if found is not None or window.ended:
                end = window.end if found is None else found
                if sink is not None:
                    sink.write(window.cut(begin, window.content_end(begin, end)))
                return found
            if search - begin > self._threshold:
                flushed = window.line_before(begin, search - 3)
                if sink is not None:
                    sink.write(window.cut(begin, flushed))
                begin = flushed
            # Three bytes more than needed: the empty line before a separator may be "\n\r\n".
            window.have(min(begin, search) - 3, window.end + 1)

    def _separator(self, search: int) -> tuple[int | None, int]:
        """(where the next separator line starts, or None when not in the window; where to search on)."""
        window = self._window
        while (at := window.find(b"\nFrom ", search)) >= 0:
            index = at - window.base
            if window.data[index - 1 : index] == b"\n" or window.data[max(0, index - 2) : index] == b"\n\r":
                if window.end - at < LOOK_BYTES and not window.ended:
                    return None, at
                if _SEPARATOR.match(window.data, index + 1, index + 1 + LOOK_BYTES):
                    return at + 1, at
            search = at + 1
        return None, max(search, window.end - 5)

    def _counted(self, start: int, newline: int) -> tuple[bytes, int | None] | None:
        """The body that Content-Length gives and where the next separator is; None when it leads nowhere."""
        window = self._window
        window.have(start, newline + HEADER_BYTES)
        header_end = _HEADER_END.search(window.data, newline - window.base)
        if header_end is None:
            return None
        length = _LENGTH.search(window.data, newline - window.base, header_end.end())
        end = header_end.end() + window.base + int(length[1]) if length else None
        if end is None or end - start > COUNTED_BYTES:
            return None
        window.have(start, end + LOOK_BYTES)
        around = window.cut(end - 1, end + LOOK_BYTES)
        boundary = _BOUNDARY.match(around)
        if end > window.end or boundary is None:
            return None
        after = end - 1 + boundary.end()
        if boundary.end() < len(around):
            return self._plain(window.cut(newline + 1, end)), after
        return (self._plain(window.cut(newline + 1, end)), None) if after == window.end and window.ended else None

    def _plain(self, body: bytes) -> bytes:
        """A body cut by Content-Length, unquoted when its writer quotes: then no line begins with `From `."""
        bare = _BARE_FROM.search(body) is not None
        if self.dialect is Dialect.AUTO:
            self.dialect = Dialect.MBOXCL2 if bare else Dialect.MBOXCL
        return body if bare or self.dialect is Dialect.MBOXCL2 else _QUOTED.sub(b"", body)


class _Sink:
    """Takes a body in pieces that end at line ends (as far as lines are of sane length), and unquotes it."""

    def __init__(self, dialect: Dialect, threshold: int) -> None:
        self._spool = Spool(threshold)
        self._pattern = _QUOTED_ONCE if dialect is Dialect.MBOXO else _QUOTED
        self._verbatim = dialect is Dialect.MBOXCL2
        self._mid_line = False

    def write(self, piece: bytes) -> None:
        if not self._verbatim and b">From " in piece:
            whole = piece.find(b"\n") + 1 or len(piece) if self._mid_line else 0
            piece = piece[:whole] + self._pattern.sub(b"", piece[whole:])
        self._mid_line = not piece.endswith(b"\n")
        self._spool.write(piece)

    def finish(self) -> Body:
        return self._spool.finish()
