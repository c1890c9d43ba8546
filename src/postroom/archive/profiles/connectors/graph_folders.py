"""The folders of one mailbox of a Microsoft Graph, and which of them are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import msgspec

from postroom.archive.profiles.connectors.graph_answers import Refused
from postroom.archive.profiles.connectors.graph_session import Broken, Session
from postroom.archive.sources import names
from postroom.errors import Denied

AUTO_EXCLUDED: Final = ("drafts", "outbox", "junkemail", "deleteditems")
WELL_KNOWN: Final = frozenset({
    *AUTO_EXCLUDED, "archive", "clutter", "conflicts", "conversationhistory", "inbox", "localfailures",
    "recoverableitemsdeletions", "scheduled", "sentitems", "serverfailures", "syncissues",
})  # fmt: skip
"""Names that stand for a folder whatever it is called in the language of the mailbox."""
ROOT: Final = "msgfolderroot"
PAGE: Final = "200"
MOST_FOLDERS: Final = 100_000
_SELECT: Final = "id,displayName,childFolderCount,totalItemCount"

Path = tuple[str, ...]
Find = Callable[[str], "MailFolder | None"]
Each = Callable[[Find, Sequence[str]], Iterator["MailFolder | None"]]
"""As `map`."""


@dataclass(frozen=True, slots=True)
class MailFolder:
    """`path`: the names from the outermost on, as the archive has them; () is the root."""

    id: str
    path: Path


@dataclass(frozen=True, slots=True)
class Choice:
    """Which folders are read, as somebody described them; see the keys of `details`."""

    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    auto_exclude: bool = True
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Folders:
    """All folders by id, those that are read, and the names of `Choice` that no folder has."""

    all: dict[str, MailFolder]
    read: tuple[MailFolder, ...]
    missing_included: tuple[str, ...]
    missing_excluded: tuple[str, ...]


class FolderRow(msgspec.Struct):
    id: str
    name: str | None = msgspec.field(name="displayName", default=None)
    children: int | None = msgspec.field(name="childFolderCount", default=None)
    messages: int | None = msgspec.field(name="totalItemCount", default=None)
    kind: str = msgspec.field(name="@odata.type", default="")


class FolderPage(msgspec.Struct):
    value: list[FolderRow]
    next_link: str | None = msgspec.field(name="@odata.nextLink", default=None)


class NoMailbox(Denied):
    """The server has no such mailbox, or does not show it to us."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(f"The mailbox cannot be read: {refused}.")


def segment(text: str) -> str:
    """An id or address as one segment of a path."""
    return quote(text, safe="")


def load(session: Session, user: str, choice: Choice, each: Each = map) -> Folders:
    """Ask for all folders. `each` may do several things at once. Raises NoMailbox, Unavailable, Denied, Cancelled."""
    base = f"users/{segment(user)}/mailFolders"
    root = session.json(f"{base}/{ROOT}?$select={_SELECT}", FolderRow)
    if isinstance(root, Refused):
        raise NoMailbox(root)
    found = {folder.id: folder for folder in _tree(session, base, choice.hidden)}
    if root.messages:
        found.setdefault(root.id, MailFolder(root.id, ()))
    return _Chooser(session, base, found, each).chosen(choice)


def _tree(session: Session, base: str, hidden: bool) -> Iterator[MailFolder]:
    """Parents before children. A folder that is met twice is passed over: a server may name them in a circle."""
    also = "&includeHiddenFolders=true" if hidden else ""
    waiting: list[tuple[str, Path]] = [(base, ())]
    seen: set[str] = set()
    while waiting:
        place, above = waiting.pop()
        for row in _rows(session, f"{place}?$select={_SELECT}&$top={PAGE}{also}"):
            # What a search folder shows lies in other folders.
            if row.id in seen or row.kind.lower().endswith("mailsearchfolder"):
                continue
            seen.add(row.id)
            if len(seen) > MOST_FOLDERS:
                raise Broken(f"The mailbox has more than {MOST_FOLDERS} folders.")
            path = (*above, names.component(row.name or row.id[-20:]))
            yield MailFolder(row.id, path)
            if row.children != 0:
                waiting.append((f"{base}/{segment(row.id)}/childFolders", path))


def _rows(session: Session, path: str) -> Iterator[FolderRow]:
    link: str | None = path
    seen: set[str] = set()
    while link:
        seen.add(link)
        page = session.json(link, FolderPage)
        if isinstance(page, Refused):
            if page.status == 404:
                return  # it was removed while we listed
            raise Broken(f"The folders of the mailbox cannot be listed: {page}.")
        yield from page.value
        link = page.next_link
        if link in seen:
            raise Broken("The server names the same next page of folders again.")


class _Chooser:
    """Finds the folders that a name stands for, and all that lie in them."""

    def __init__(self, session: Session, base: str, found: dict[str, MailFolder], each: Each) -> None:
        self._session, self._base, self._found, self._each = session, base, found, each
        self._by_path = {folded(folder.path): folder for folder in found.values()}

    def chosen(self, choice: Choice) -> Folders:
        included, unknown = self._roots(choice.included, self._folder)
        excluded, unknown_excluded = self._roots(choice.excluded, self._folder)
        if choice.auto_exclude:
            excluded += self._roots(AUTO_EXCLUDED, self._well_known)[0]
        read = (
            folder
            for folder in self._found.values()
            if (not choice.included or _within(folder, included)) and not _within(folder, excluded)
        )
        return Folders(self._found, tuple(sorted(read, key=lambda one: one.path)), unknown, unknown_excluded)

    def _roots(self, given: Sequence[str], find: Find) -> tuple[list[Path], tuple[str, ...]]:
        """The folded paths of the folders, and the names that are no folder's."""
        paths, unknown = [], []
        for text, folder in zip(given, self._each(find, given), strict=True):
            if folder is None:
                unknown.append(text)
            else:
                paths.append(folded(folder.path))
        return paths, tuple(unknown)

    def _folder(self, text: str) -> MailFolder | None:
        folder = self._by_path.get(folded(tuple(names.component(part) for part in names.split_path(text))))
        if folder is None and text.lower() in WELL_KNOWN:
            return self._well_known(text.lower())
        return folder

    def _well_known(self, name: str) -> MailFolder | None:
        """None when the mailbox has none, or it is hidden."""
        found = self._session.json(f"{self._base}/{name}?$select=id", FolderRow)
        if isinstance(found, Refused):
            if found.status != 404:
                raise Broken(f"The folder {name} cannot be looked up: {found}.")
            return None
        return self._found.get(found.id)


def folded(path: Path) -> Path:
    """As paths are compared: Exchange knows no case."""
    return tuple(name.casefold() for name in path)


def _within(folder: MailFolder, roots: Iterable[Path]) -> bool:
    path = folded(folder.path)
    return any(path[: len(root)] == root for root in roots)
