"""Export into a mailbox of a Microsoft Graph, with the folders of the archive.

A message is made from its MIME in a hidden folder of ours, marked with its SHA-256, and only then moved to where it
belongs: a run that is killed leaves nothing half-done there, and the next one knows by the mark what is there already.
Microsoft shows what was made from MIME as a draft, and takes three megabytes of it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from postroom.archive.body import sha256
from postroom.archive.profiles.connector import Context, Outgoing
from postroom.archive.profiles.connectors.graph_answers import Refused, decoded, drain
from postroom.archive.profiles.connectors.graph_folders import Choice, MailFolder, Path, folded, load, segment
from postroom.archive.profiles.connectors.graph_keys import CONNECTIONS, SERVICE, USER, check_service, login
from postroom.archive.profiles.connectors.graph_session import IMMUTABLE, Broken, Patience, Session, signed_in
from postroom.archive.profiles.details import Details, Key
from postroom.archive.sources import names
from postroom.archive.storage.store import clean_path
from postroom.errors import Denied, Invalid, Unavailable

if TYPE_CHECKING:
    from requests import Response

TARGET: Final = Key("targetFolder", "Folder of the mailbox below which the mail is put; its top when left out.")
MARK: Final = "String {6f9b3f4e-6f0e-4b51-8f0b-0d3b1a5f7c22} Name PostroomSHA256"
UNFINISHED: Final = "Postroom, unfinished"
_MIME: Final = {"Prefer": IMMUTABLE, "Content-Type": "text/plain"}
_PREFER: Final = {"Prefer": IMMUTABLE}
_PAGE: Final = 200
MOST_BYTES: Final = 150 << 20
"""What Exchange Online holds in a message; it is sent as text, in memory."""


class _Made(msgspec.Struct):
    id: str


class _Property(msgspec.Struct):
    id: str
    value: str = ""


class _Marked(msgspec.Struct):
    id: str
    draft: bool | None = msgspec.field(name="isDraft", default=None)
    properties: list[_Property] = msgspec.field(name="singleValueExtendedProperties", default_factory=list)


class _MarkedPage(msgspec.Struct):
    value: list[_Marked]
    next_link: str | None = msgspec.field(name="@odata.nextLink", default=None)


class Place:
    """The folders of a mailbox, made as they are needed, and which marks are in each."""

    def __init__(self, session: Session, user: str) -> None:
        self._session, self._base = session, f"users/{segment(user)}"
        everything = Choice(auto_exclude=False, hidden=True)
        self._folders = {folded(one.path): one for one in load(session, user, everything).all.values()}
        self._marks: dict[str, set[str]] = {}
        self.unfinished = self._made((UNFINISHED,), hidden=True)
        self._empty_unfinished()

    def has(self, path: Path, mark: str) -> bool:
        """Whether a message with this mark is in the folder, which need not be there."""
        folder = self._folders.get(folded(path))
        return folder is not None and mark in self._marks_of(folder.id)

    def folder(self, path: Path) -> MailFolder:
        """The folder, made with those above it. Raises Invalid when the server refuses the name."""
        for depth in range(1, len(path) + 1):
            self._made(path[:depth])
        return self._folders[folded(path)]

    def put(self, folder: MailFolder, mark: str, message: bytes) -> None:
        """Raises Invalid for a message that the server refuses; Unavailable."""
        made = self._create(base64.b64encode(message))
        self._finish(made, folder, mark)
        self._marks_of(folder.id).add(mark)

    def _create(self, content: bytes) -> str:
        path = f"{self._base}/mailFolders/{segment(self.unfinished.id)}/messages"
        made = self._session.ask("post", path, _made_of, data=content, headers=_MIME)
        if isinstance(made, Refused):
            raise _refusal(made)
        return made.id

    def _finish(self, made: str, folder: MailFolder, mark: str) -> None:
        path = f"{self._base}/messages/{segment(made)}"
        change = {"isRead": True, "singleValueExtendedProperties": [{"id": MARK, "value": mark}]}
        marked = self._session.ask("patch", path, drain, data=change, headers=_PREFER)
        to = {"destinationId": folder.id}
        moved = marked or self._session.ask("post", f"{path}/move", drain, data=to, headers=_PREFER)
        if isinstance(moved, Refused):
            raise _refusal(moved)

    def _made(self, path: Path, *, hidden: bool = False) -> MailFolder:
        found = self._folders.get(folded(path))
        if found is not None:
            return found
        above = self._folders.get(folded(path[:-1]))
        place = f"/{segment(above.id)}/childFolders" if above and path[:-1] else ""
        told = {"displayName": path[-1], **({"isHidden": True} if hidden else {})}
        made = self._session.ask("post", f"{self._base}/mailFolders{place}", _made_of, data=told, headers=_PREFER)
        if isinstance(made, Refused):
            raise Invalid("folder", f"one that the mailbox takes, not {'/'.join(path)!r}; {made}")
        return self._folders.setdefault(folded(path), MailFolder(made.id, path))

    def _marks_of(self, folder: str) -> set[str]:
        if folder not in self._marks:
            self._marks[folder] = {one.value for row in self._listed(folder) for one in row.properties}
        return self._marks[folder]

    def _listed(self, folder: str) -> Iterator[_Marked]:
        expand = f"singleValueExtendedProperties($filter=id eq '{MARK}')"
        path: str | None = f"{self._base}/mailFolders/{segment(folder)}/messages"
        params: dict[str, str] | None = {"$select": "id,isDraft", "$expand": expand, "$top": str(_PAGE)}
        seen: set[str] = set()
        while path:
            if path in seen:
                raise Unavailable("The list of what is in the mailbox turns in a circle.")
            seen.add(path)
            page = self._session.json(path, _MarkedPage, params=params)
            if isinstance(page, Refused):
                raise Denied(f"What is in the mailbox already cannot be read: {page}.")
            yield from page.value
            path, params = page.next_link, None

    def _empty_unfinished(self) -> None:
        """What a run that was killed left there: copies of ours that nobody has seen."""
        for row in [row for row in self._listed(self.unfinished.id) if row.draft]:
            path = f"{self._base}/messages/{segment(row.id)}/permanentDelete"
            gone = self._session.ask("post", path, drain, headers=_PREFER)
            if isinstance(gone, Refused) and gone.status != 404:
                raise Denied(f"What an earlier run left in {UNFINISHED!r} cannot be removed: {gone}.")


def _made_of(response: Response) -> _Made:
    return decoded(response, _Made)


def _refusal(refused: Refused) -> Invalid | Denied:
    if refused.status == 403:
        return Denied(f"The mailbox takes no mail: {refused}.")
    return Invalid("message", f"one that the mailbox takes; {refused}")


class GraphSink:
    """A mailbox. Below the folder `top` are the archives and their folders."""

    def __init__(self, place: Place, top: Path) -> None:
        self._place, self._top = place, top

    def has(self, message: Outgoing) -> bool:
        return self._place.has(self._path(message), sha256(message.body).hex())

    def put(self, message: Outgoing) -> None:
        if len(message.body) > MOST_BYTES:
            raise Invalid("message", f"at most {MOST_BYTES} bytes, which no Graph takes more of")
        try:
            folder = self._place.folder(self._path(message))
            self._place.put(folder, sha256(message.body).hex(), bytes(message.body[:]))
        except Broken as error:
            raise Unavailable(str(error)) from error

    def _path(self, message: Outgoing) -> Path:
        below = (message.archive, *names.split_path(message.folder))
        return (*self._top, *below)


@dataclass(frozen=True, slots=True)
class Microsoft365Export:
    """Into one mailbox; the application writes by itself, or a user who signs in with a password."""

    patience: Patience = field(default_factory=Patience)
    name: str = "Microsoft365"
    keys: tuple[Key, ...] = (*SERVICE, *USER, TARGET)

    def check(self, details: Details) -> None:
        check_service(details, alone=False)
        if not (details.text("emailAddress") or details.text("userName") or details.number("credentialID")):
            raise Invalid("details.emailAddress", "the address of the mailbox")
        if folder := details.text(TARGET.name):
            clean_path(f"details.{TARGET.name}", folder)

    @contextmanager
    def open(self, details: Details, context: Context) -> Iterator[GraphSink]:
        told = login(details, context)
        address = details.text("emailAddress") or told.user
        if not address:
            raise Invalid("details.emailAddress", "the address of the mailbox")
        with signed_in(told, context, details.number(CONNECTIONS.name), self.patience) as session:
            yield GraphSink(Place(session, address), tuple(names.split_path(details.text(TARGET.name))))


MICROSOFT365: Final = Microsoft365Export()
