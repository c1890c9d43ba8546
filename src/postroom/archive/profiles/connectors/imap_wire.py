"""One connection to an IMAP server: the few commands we need, with IMAPClient's parser.

Whatever is wrong with the line or with an answer is Broken, and the connection of no more use; what the server refuses
is Refused. Nothing here trusts what a server says about sizes: a literal may not be longer than what is asked
for at a time.
"""

from __future__ import annotations

import imaplib
import socket
from array import array
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from imaplib import Time2Internaldate
from typing import TYPE_CHECKING, Any, Final

from imapclient import IMAPClient, SocketTimeout
from imapclient.response_parser import parse_message_list

from postroom.archive.profiles.connectors.imap_answers import (
    GARBAGE,
    Listed,
    Meta,
    Opened,
    date_ms,
    listed,
    pairs,
    quoted,
    said,
    speaking,
    uid_set,
)
from postroom.archive.profiles.connectors.mailserver import Login, Refused, Server

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

READ_BYTES: Final = 1 << 20
MOST_LITERAL_BYTES: Final = 32 << 20
MOST_ANSWER_BYTES: Final = 64 << 20
"""Both far above what is asked for at a time (`imap_fetch.BATCH_BYTES`), as servers err about sizes."""
LINE_COST: Final = 200
"""Bytes of memory that each line takes beside its own."""
SEARCH_WINDOW: Final = 50_000
"""Numbers in one answer to SEARCH: it is a single line, and imaplib takes a million characters."""


class Connection:
    """Connected and signed in. All raise Broken, Refused."""

    def __init__(self, login: Login) -> None:
        with speaking(f"{login.server.host} gives no IMAP connection"):
            self._client = _connected(login.server)
            self._imap: imaplib.IMAP4 = self._client._imap  # its commands are what we use
        try:
            with speaking(f"{login.server.host} takes no sign-in of {login.user}"):
                self._secure(login.server)
                self._sign_in(login)
                self.capabilities = {str(name, "ascii").upper() for name in self._client.capabilities()}
        except BaseException:
            self.drop()
            raise

    def _secure(self, server: Server) -> None:
        _bound(self._imap)
        if server.tls == "TLS":
            self._client.starttls(server.context)

    def _sign_in(self, login: Login) -> None:
        # LOGIN knows no letters beyond ASCII.
        if self._client.has_capability("AUTH=PLAIN"):
            self._client.plain_login(login.user, login.password)
        else:
            self._imap.login(quoted(login.user.encode()).decode(), login.password)

    def close(self) -> None:
        """Say goodbye, if anybody listens."""
        with suppress(OSError, imaplib.IMAP4.error, *GARBAGE):
            self._client.logout()
        self.drop()

    def drop(self) -> None:
        """Close without a word; also ends what another thread waits for."""
        with suppress(OSError, imaplib.IMAP4.error):
            self._client.shutdown()

    # Folders

    def folders(self) -> list[Listed]:
        with speaking("the folders are not listed"):
            return [listed(*found) for found in self._client.list_folders()]

    def open(self, raw: bytes, *, write: bool = False) -> Opened:
        """Open a folder: nothing that is read later changes a flag, unless `write`."""
        with speaking("the folder cannot be opened"):
            typ, data = self._imap.select(quoted(raw), readonly=not write)  # type: ignore[arg-type]  # bytes will do
            if typ != "OK":
                raise Refused(said(data))
            return Opened(int(data[0] or 0), self._number("UIDVALIDITY"), self._number("UIDNEXT"))

    def _number(self, name: str) -> int:
        found = self._imap.response(name)[1]
        return int(found[0]) if found and found[0] else 0

    # Messages of the open folder

    def uids(self, exists: int, above: int = 0, criteria: str = "") -> array[int]:
        """Ascending UIDs greater than `above` of what meets the criteria.

        Asked for in windows of message numbers from the end: what is expunged meanwhile only moves others into windows
        that are still to come.
        """
        found: set[int] = set()
        with speaking("the folder cannot be searched"):
            high = exists
            while high > 0:
                low = max(1, high - SEARCH_WINDOW + 1)
                window = f"{low}:{'*' if high == exists else high}"  # some take no number over that of the last
                new = {uid for uid in self._search(f"{window} UID {above + 1}:* {criteria}") if uid > above}
                if not new and not criteria:
                    break
                found |= new
                high = low - 1
        return array("Q", sorted(found))

    def count(self, exists: int, last: int) -> int:
        """How many messages have a UID up to `last`."""
        if not last:
            return 0
        with speaking("the folder cannot be searched"):
            if "ESEARCH" in self.capabilities:
                self._checked("SEARCH", f"RETURN (COUNT) UID 1:{last}")
                told = self._imap.response("ESEARCH")[1]
                return int(told[0].upper().rpartition(b"COUNT ")[2].split()[0]) if told and told[0] else 0
            lows = range(1, exists + 1, SEARCH_WINDOW)
            windows = (f"{low}:{min(low + SEARCH_WINDOW - 1, exists)}" for low in lows)
            return len(set().union(*(self._search(f"{window} UID 1:{last}") for window in windows)))

    def present(self, uids: Sequence[int]) -> set[int]:
        """Which of these are there."""
        with speaking("the folder cannot be searched"):
            return self._search(f"UID {uid_set(uids)}") & set(uids)

    def _search(self, criteria: str) -> set[int]:
        return {uid for line in self._checked("SEARCH", criteria.strip()) for uid in parse_message_list([line])}

    def metas(self, uids: Sequence[int]) -> list[Meta]:
        """What is told about these, by UID; what is gone is left out."""
        with speaking("the sizes are not told"):
            found = self._fetch(uids, "(UID RFC822.SIZE INTERNALDATE)")
            return [
                Meta(uid, size, date_ms(found[uid].get(b"INTERNALDATE")))
                for uid in uids
                if uid in found and isinstance(size := found[uid].get(b"RFC822.SIZE"), int)
            ]

    def bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The messages, whole, by UID; what was not sent is left out."""
        with speaking("the messages are not sent"):
            found = self._fetch(uids, "(UID BODY.PEEK[])")
            return {uid: body for uid, one in found.items() if isinstance(body := one.get(b"BODY[]"), bytes)}

    def piece(self, uid: int, start: int, size: int) -> bytes:
        """At most `size` bytes of a message from `start`; b'' behind its end."""
        with speaking("the message is not sent"):
            found = self._fetch([uid], f"(UID BODY.PEEK[]<{start}.{size}>)")
            sent = found.get(uid, {}).get(b"BODY[]<%d>" % start)
            return sent[:size] if isinstance(sent, bytes) else b""

    def headers(self, uids: Sequence[int]) -> dict[int, tuple[int, bytes]]:
        """Size and header, up to its empty line, by UID; what was not sent is left out."""
        with speaking("the headers are not sent"):
            found = self._fetch(uids, "(UID RFC822.SIZE BODY.PEEK[HEADER])")
            return {
                uid: (size, head)
                for uid, one in found.items()
                if isinstance(size := one.get(b"RFC822.SIZE"), int)
                if isinstance(head := one.get(b"BODY[HEADER]"), bytes)
            }

    def _fetch(self, uids: Sequence[int], items: str) -> dict[int, dict[bytes, Any]]:
        wanted = set(uids)
        found: dict[int, dict[bytes, Any]] = {}
        for one in pairs(self._checked("FETCH", uid_set(uids), items)):
            uid = one.pop(b"UID", None)
            # An answer without UID is news about flags, or nonsense: no message may get what belongs to another.
            if isinstance(uid, int) and uid in wanted:
                found.setdefault(uid, {}).update(one)
        return found

    def _checked(self, command: str, *arguments: str) -> list[Any]:
        # What is left of an answer that ended in a refusal.
        self._imap.untagged_responses.pop(command, None)
        typ, data = self._imap.uid(command, *arguments)
        if typ != "OK":
            self._imap.untagged_responses.pop(command, None)
            raise Refused(said(data))
        return data

    # Changes

    @property
    def expunges_by_uid(self) -> bool:
        """Whether single messages can be removed; otherwise only all that anybody marked."""
        return "UIDPLUS" in self.capabilities

    def remove(self, uids: Sequence[int]) -> None:
        """Remove these messages and no others; needs `expunges_by_uid`."""
        with speaking("the messages are not removed"):
            self._checked("STORE", uid_set(uids), "+FLAGS.SILENT", r"(\Deleted)")
            self._checked("EXPUNGE", uid_set(uids))

    def create(self, raw: bytes) -> None:
        """Make a folder, and show it to mail programs; also when it is there already."""
        with speaking("the folder cannot be made"):
            typ, data = self._imap.create(quoted(raw))  # type: ignore[arg-type]
            if typ != "OK" and not any(found.raw == raw for found in self.folders()):
                raise Refused(said(data))
            self._imap.subscribe(quoted(raw))  # type: ignore[arg-type]

    def top(self) -> tuple[bytes, str]:
        """What names of own folders begin with, and what is between the names of folders ('' for no hierarchy)."""
        with speaking("the folders are not listed"):
            if "NAMESPACE" in self.capabilities and (own := self._client.namespace().personal):
                prefix, delimiter = own[0]
                return prefix.encode() if isinstance(prefix, str) else prefix, delimiter or ""
            return b"", next((one.delimiter for one in self.folders()), "/")

    def append(self, raw: bytes, body: bytes, received_ms: int) -> tuple[int, int]:
        """Put a message, whose lines end in CR LF, into a folder; it is there when this returns.

        Gives the UIDVALIDITY and its UID; 0 when the server does not tell.
        """
        with speaking("the message is not taken"):
            date = Time2Internaldate(datetime.fromtimestamp(received_ms / 1000, UTC))
            self._imap.response("APPENDUID")
            typ, data = self._imap.append(quoted(raw), r"(\Seen)", date, body)  # type: ignore[arg-type]
            if typ != "OK":
                raise Refused(said(data))
            told = self._imap.response("APPENDUID")[1]
            numbers = told[0].split() if told and told[0] else []
            return (int(numbers[0]), int(numbers[1])) if len(numbers) == 2 else (0, 0)


def _connected(server: Server) -> IMAPClient:
    client = IMAPClient(
        server.host, server.port, ssl=server.tls == "SSL",
        ssl_context=server.context if server.tls == "SSL" else None,
        timeout=SocketTimeout(server.timeout_s, server.timeout_s),
    )  # fmt: skip
    # A message is sent in three pieces, and each would wait until the one before is acknowledged.
    client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.folder_encode = False
    # It has each answer written out for its log, message by message, whether anybody logs or not.
    client._imap.debug = 0
    return client


def _bound(imap: imaplib.IMAP4) -> None:
    """No more is read for an answer than we ask for at a time; one that has no end ends the connection."""
    read, readline, send = imap.read, imap.readline, imap.send
    total = 0

    def count(size: int) -> None:
        nonlocal total
        total += size
        if size > MOST_LITERAL_BYTES or total > MOST_ANSWER_BYTES:
            raise imap.abort(f"the server announces {size} bytes at once, {total} in an answer")

    def bounded(size: int) -> bytes:
        count(size)
        if size <= READ_BYTES:
            return read(size)
        parts, left = [], size
        while left and (part := read(min(left, READ_BYTES))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def line() -> bytes:
        try:
            found = readline()
        except imaplib.IMAP4.error as error:
            raise imap.abort(str(error)) from error
        count(len(found) + LINE_COST)
        return found

    def anew(data: Buffer) -> None:
        nonlocal total
        total = 0
        send(data)

    imap.read, imap.readline, imap.send = bounded, line, anew  # type: ignore[method-assign]
