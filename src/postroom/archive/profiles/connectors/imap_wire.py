"""One connection to an IMAP server: the few commands we need, with IMAPClient's parser.

Whatever is wrong with the line or with an answer is Broken, and the connection of no more use; what the server refuses
is Refused. Nothing here trusts what a server says about sizes: a literal may not be longer than what is asked
for at a time.
"""

from __future__ import annotations

import imaplib
import socket
import ssl
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from imapclient import IMAPClient, SocketTimeout
from imapclient.datetime_util import parse_to_datetime
from imapclient.exceptions import ProtocolError
from imapclient.response_parser import gen_parsed_response, parse_message_list

from postroom.archive.profiles.connectors.mailserver import Broken, Login, Refused, Server

READ_BYTES: Final = 1 << 20
MOST_LITERAL_BYTES: Final = 32 << 20
"""Far above what is asked for at a time (`imap_fetch.BATCH_BYTES`), as servers err about sizes."""
SEARCH_WINDOW: Final = 50_000
"""Numbers in one answer to SEARCH: it is a single line, and imaplib takes a million characters."""

_GARBAGE: Final = (ProtocolError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, EOFError,
                   OverflowError, RecursionError)  # fmt: skip
"""What parsers raise for answers that are none."""


class Listed(NamedTuple):
    """A folder in a LIST answer; `raw` as it was sent. `delimiter` '' means that there is no hierarchy."""

    raw: bytes
    delimiter: str
    flags: frozenset[str]


class Opened(NamedTuple):
    """What was said about a folder when it was opened; 0 = nothing."""

    exists: int
    validity: int
    next_uid: int


@dataclass(frozen=True, slots=True)
class Meta:
    """What the server tells about a message. `received_ms` is None when its date is none."""

    uid: int
    size: int
    received_ms: int | None


class Connection:
    """Connected and signed in. All raise Broken, Refused."""

    def __init__(self, login: Login) -> None:
        with _speaking(f"{login.server.host} gives no IMAP connection"):
            self._client = _connected(login.server)
            self._imap: imaplib.IMAP4 = self._client._imap  # its commands are what we use
        try:
            with _speaking(f"{login.server.host} takes no sign-in of {login.user}"):
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
        with suppress(OSError, imaplib.IMAP4.error, *_GARBAGE):
            self._client.logout()
        self.drop()

    def drop(self) -> None:
        """Close without a word; also ends what another thread waits for."""
        with suppress(OSError, imaplib.IMAP4.error):
            self._client.shutdown()

    # Folders

    def folders(self) -> list[Listed]:
        with _speaking("the folders are not listed"):
            return [_listed(*found) for found in self._client.list_folders()]

    def open(self, raw: bytes, *, write: bool = False) -> Opened:
        """Open a folder: nothing that is read later changes a flag, unless `write`."""
        with _speaking("the folder cannot be opened"):
            typ, data = self._imap.select(quoted(raw), readonly=not write)  # type: ignore[arg-type]  # bytes will do
            if typ != "OK":
                raise Refused(_text(data))
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
        with _speaking("the folder cannot be searched"):
            high = exists
            while high > 0:
                low = max(1, high - SEARCH_WINDOW + 1)
                new = {uid for uid in self._search(f"{low}:{high} UID {above + 1}:* {criteria}") if uid > above}
                if not new and not criteria:
                    break
                found |= new
                high = low - 1
        return array("Q", sorted(found))

    def present(self, uids: Sequence[int]) -> set[int]:
        """Which of these are there."""
        with _speaking("the folder cannot be searched"):
            return self._search(f"UID {uid_set(uids)}") & set(uids)

    def _search(self, criteria: str) -> set[int]:
        return {uid for line in self._checked("SEARCH", criteria.strip()) for uid in parse_message_list([line])}

    def metas(self, uids: Sequence[int]) -> list[Meta]:
        """What is told about these, by UID; what is gone is left out."""
        with _speaking("the sizes are not told"):
            found = self._fetch(uids, "(UID RFC822.SIZE INTERNALDATE)")
            return [
                Meta(uid, size, _ms(found[uid].get(b"INTERNALDATE")))
                for uid in uids
                if uid in found and isinstance(size := found[uid].get(b"RFC822.SIZE"), int)
            ]

    def bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The messages, whole, by UID; what was not sent is left out."""
        with _speaking("the messages are not sent"):
            found = self._fetch(uids, "(UID BODY.PEEK[])")
            return {uid: body for uid, one in found.items() if isinstance(body := one.get(b"BODY[]"), bytes)}

    def piece(self, uid: int, start: int, size: int) -> bytes:
        """At most `size` bytes of a message from `start`; b'' behind its end."""
        with _speaking("the message is not sent"):
            found = self._fetch([uid], f"(UID BODY.PEEK[]<{start}.{size}>)")
            sent = found.get(uid, {}).get(b"BODY[]<%d>" % start)
            return sent[:size] if isinstance(sent, bytes) else b""

    def header(self, uids: Sequence[int], name: str) -> dict[int, bytes]:
        """The lines of one header field, by UID."""
        with _speaking("the headers are not sent"):
            found = self._fetch(uids, f"(UID BODY.PEEK[HEADER.FIELDS ({name})])")
            return {uid: value for uid, one in found.items() for value in one.values() if isinstance(value, bytes)}

    def _fetch(self, uids: Sequence[int], items: str) -> dict[int, dict[bytes, Any]]:
        wanted = set(uids)
        found: dict[int, dict[bytes, Any]] = {}
        for one in _pairs(self._checked("FETCH", uid_set(uids), items)):
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
            raise Refused(_text(data))
        return data

    # Changes

    @property
    def expunges_by_uid(self) -> bool:
        """Whether single messages can be removed; otherwise only all that anybody marked."""
        return "UIDPLUS" in self.capabilities

    def remove(self, uids: Sequence[int]) -> None:
        """Remove these messages and no others; needs `expunges_by_uid`."""
        with _speaking("the messages are not removed"):
            self._checked("STORE", uid_set(uids), "+FLAGS.SILENT", r"(\Deleted)")
            self._checked("EXPUNGE", uid_set(uids))

    def create(self, raw: bytes) -> None:
        """Make a folder; also when it is there already."""
        with _speaking("the folder is not made"):
            typ, data = self._imap.create(quoted(raw))  # type: ignore[arg-type]
            if typ != "OK" and b"ALREADYEXISTS" not in (data[0] or b"") and not self.has_folder(raw):
                raise Refused(_text(data))
            self._imap.subscribe(quoted(raw))  # type: ignore[arg-type]

    def has_folder(self, raw: bytes) -> bool:
        return any(found.raw == raw for found in self.folders())

    def append(self, raw: bytes, body: bytes, date: str) -> None:
        """Put a message into a folder; it is there when this returns."""
        with _speaking("the message is not taken"):
            typ, data = self._imap.append(quoted(raw), r"(\Seen)", date, body)  # type: ignore[arg-type]
            if typ != "OK":
                raise Refused(_text(data))


def uid_set(uids: Sequence[int]) -> str:
    """Ascending UIDs as IMAP writes them: `1:5,9`."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in runs)


def quoted(raw: bytes) -> bytes:
    """A name as a quoted string. Raises Refused for one that cannot be."""
    if any(byte in raw for byte in b"\r\n\0"):
        raise Refused("its name cannot be asked for")
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


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
    """No more is read for a literal than we ask for at a time; a line too long ends the connection too."""
    read, readline = imap.read, imap.readline

    def bounded(size: int) -> bytes:
        if size > MOST_LITERAL_BYTES:
            raise imap.abort(f"the server announces {size} bytes at once")
        if size <= READ_BYTES:
            return read(size)
        parts, left = [], size
        while left and (part := read(min(left, READ_BYTES))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def line() -> bytes:
        try:
            return readline()
        except imaplib.IMAP4.error as error:
            raise imap.abort(str(error)) from error

    imap.read, imap.readline = bounded, line  # type: ignore[method-assign]


@contextmanager
def _speaking(what: str) -> Iterator[None]:
    try:
        yield
    except imaplib.IMAP4.readonly as error:
        raise Refused(f"{what}: it may only be read") from error
    except ssl.SSLCertVerificationError as error:
        raise Refused(f"{what}: its certificate is not trusted ({error.verify_message})") from error
    except (imaplib.IMAP4.abort, OSError, *_GARBAGE) as error:
        raise Broken(f"{what}: {_reason(error)}") from error
    except imaplib.IMAP4.error as error:
        raise Refused(f"{what}: {_reason(error)}") from error


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())[:300] or type(error).__name__


def _text(data: Sequence[Any]) -> str:
    """What the server said when it refused."""
    said = data[0] if data else b""
    return (said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said))[:300] or "refused"


def _listed(flags: Sequence[Any], delimiter: bytes | None, name: bytes | str) -> Listed:
    raw = name if isinstance(name, bytes) else name.encode()
    return Listed(raw, (delimiter or b"").decode("latin-1"), frozenset(str(f, "latin-1").lower() for f in flags))


def _pairs(data: list[Any]) -> Iterator[dict[bytes, Any]]:
    """The answers to FETCH, each as its items."""
    tokens = gen_parsed_response([part for part in data if part is not None])
    for _number, items in zip(tokens, tokens, strict=True):
        if not isinstance(items, tuple) or len(items) % 2:
            raise ProtocolError(f"an answer to FETCH is {type(items).__name__}")
        names = iter(items)
        yield {name.upper(): value for name, value in zip(names, names, strict=True) if isinstance(name, bytes)}


def _ms(text: object) -> int | None:
    if not isinstance(text, bytes):
        return None
    try:
        return int(parse_to_datetime(text, normalise=False).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return None
