"""Export into an IMAP mailbox: folders as in the archive, messages with their dates, each once.

What is there already is asked of the server: a message is known in its folder by its size and header. Its lines are
sent with CR LF at their ends, as IMAP wants it; nothing else of it is changed by us. Where the server changes what it
is given, which is looked at once for each folder and run, the profile keeps marks of what it sent.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Final

from postroom.archive.body import Body, sha256
from postroom.archive.profiles.connector import Context, Marks, Outgoing
from postroom.archive.profiles.connectors.imap import SERVER, SIGN_IN, imap_server
from postroom.archive.profiles.connectors.imap_folders import Folder
from postroom.archive.profiles.connectors.imap_session import Lost, Renumbered, Session
from postroom.archive.profiles.connectors.mailserver import Broken, check_login, login
from postroom.archive.profiles.details import Details, Key
from postroom.archive.profiles.exports.imap_folders import Folders
from postroom.archive.sources import names
from postroom.archive.storage.store import clean_path
from postroom.errors import Invalid

TARGET: Final = Key("targetFolder", "Folder of the mailbox below which the mail is put; its top when left out.")

WINDOW: Final = 100
"""Headers that are read at a time."""
TRIES: Final = 3
LAST_MS: Final = 4_102_444_800_000
"""2100: dates beyond are no dates of mail."""
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_HEADER: Final = re.compile(rb".*?\r\n(?=\r\n)", re.DOTALL)


@dataclass(slots=True)
class Place:
    """A folder of the mailbox: what is in it, and whether one of ours was looked at there."""

    folder: Folder
    prints: set[bytes] = field(default_factory=set)
    checked: bool = False


class ImapSink:
    """A mailbox. `note` is told what is odd."""

    def __init__(self, session: Session, top: tuple[str, ...], marks: Marks, note: Callable[[str], None]) -> None:
        self._session, self._top, self._marks, self._note = session, top, marks, note
        self._folders = Folders(session)
        self._places: dict[tuple[str, ...], Place] = {}
        self._alters = False

    def has(self, message: Outgoing) -> bool:
        place = self._place(self._path(message))
        if place is None:
            return False
        body = as_sent(message.body)
        return print_of(len(body), head_of(body)) in place.prints or self._marks.has(self._mark(place, message.body))

    def put(self, message: Outgoing) -> None:
        """Raises Invalid, Denied for a message or folder that is refused; Unavailable."""
        body = as_sent(message.body)
        if b"\0" in body:
            raise Invalid("message", "one without NUL bytes, which IMAP cannot carry")
        place = self._made(self._path(message))
        told = self._append(place, body, min(max(message.date_ms, 0), LAST_MS))
        place.prints.add(print_of(len(body), head_of(body)))
        if not place.checked:
            self._check(place, body, told)
        if self._alters or not head_of(body):
            self._marks.add([self._mark(place, message.body)])

    def _path(self, message: Outgoing) -> tuple[str, ...]:
        return (*self._top, message.archive, *names.split_path(message.folder))

    def _mark(self, place: Place, body: Body) -> bytes:
        return hashlib.sha256(b"%s\0%s" % (place.folder.raw, sha256(body))).digest()

    def _place(self, path: tuple[str, ...]) -> Place | None:
        """The folder with what is in it; None when there is no such folder."""
        if path not in self._places and (folder := self._folders.found(path)):
            self._places[path] = Place(folder, self._prints(folder))
        return self._places.get(path)

    def _made(self, path: tuple[str, ...]) -> Place:
        place = self._place(path)
        if place is None:
            place = self._places[path] = Place(self._folders.made(path))
        return place

    def _prints(self, folder: Folder) -> set[bytes]:
        opened = self._session.open(folder)
        uids = self._session.uids(folder, opened.validity)
        found: set[bytes] = set()
        for at in range(0, len(uids), WINDOW):
            heads = self._heads(folder, opened.validity, uids[at : at + WINDOW])
            found |= {print_of(size, head) for size, head in heads.values()}
        return found

    def _heads(self, folder: Folder, validity: int, uids: Sequence[int]) -> dict[int, tuple[int, bytes]]:
        try:
            return self._session.call(folder, validity, lambda line: line.headers(uids))
        except Renumbered as error:
            raise Broken(f"{folder.path} was made anew meanwhile") from error

    def _append(self, place: Place, body: bytes, date_ms: int) -> tuple[int, int]:
        """When the line breaks nobody knows whether it was taken: the folder is looked at before it is sent again."""
        for attempt in range(1, TRIES + 1):
            try:
                return self._session.connection().append(place.folder.raw, body, date_ms)
            except Lost:
                raise
            except Broken as error:
                self._session.failed(error)
                if attempt == TRIES:
                    raise
                place.prints = self._prints(place.folder)
                if print_of(len(body), head_of(body)) in place.prints:
                    return 0, 0
        raise AssertionError("unreachable")

    def _check(self, place: Place, body: bytes, told: tuple[int, int]) -> None:
        """Whether the server keeps messages as they are; one that does not say where it put them may do anything."""
        place.checked = True
        validity, uid = told
        heads = self._heads(place.folder, validity, [uid]) if uid else {}
        alters = not uid or [print_of(*head) for head in heads.values()] != [print_of(len(body), head_of(body))]
        if alters and not self._alters:
            self._note("The server does not keep messages as they are sent, so the profile remembers which it took.")
        self._alters |= alters


def as_sent(body: Body) -> bytes:
    """With CR LF at the ends of lines."""
    return _LINE_END.sub(b"\r\n", bytes(body[:]))


def head_of(body: bytes) -> bytes:
    """The header, without the empty line."""
    found = _HEADER.match(body)
    return found[0] if found else b"" if body.startswith(b"\r\n") else body


def print_of(size: int, head: bytes) -> bytes:
    """What a message is known by."""
    return hashlib.sha256(b"%d\0%s" % (size, head.rstrip(b"\r\n"))).digest()


@dataclass(frozen=True, slots=True)
class ImapExport:
    """Into one mailbox."""

    name: str = "IMAP"
    keys: tuple[Key, ...] = (*SERVER, *SIGN_IN, TARGET)

    def check(self, details: Details) -> None:
        check_login(details)
        if folder := details.text(TARGET.name):
            clean_path(f"details.{TARGET.name}", folder)

    @contextmanager
    def open(self, details: Details, context: Context) -> Iterator[ImapSink]:
        session = Session(login(details, context, imap_server(details)), context.stop)
        with closing(session):
            session.connection()
            top = tuple(names.split_path(details.text(TARGET.name)))
            yield ImapSink(session, top, context.marks, context.note)


IMAP: Final = ImapExport()
