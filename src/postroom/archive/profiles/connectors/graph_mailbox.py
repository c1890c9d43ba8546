"""One mailbox of a Microsoft Graph as a source: what changed in each folder since its delta link, byte for byte.

The cursor is a delta link (or the next link of a list that was cut off) for each folder. Native ids are immutable
ids: a message that was moved is known. What is known is not read again, so a list that begins anew costs its pages
only.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, TypeAlias, TypeVar

from postroom.archive.profiles.connector import Context
from postroom.archive.profiles.connectors import graph_folders, graph_removable
from postroom.archive.profiles.connectors.graph_answers import Refused
from postroom.archive.profiles.connectors.graph_changes import Changed, Changes, Lost
from postroom.archive.profiles.connectors.graph_folders import Choice, Folders
from postroom.archive.profiles.connectors.graph_messages import (
    Messages,
    Row,
    Rules,
    came_before,
    message_id,
    native_id,
)
from postroom.archive.profiles.connectors.graph_session import Broken, Session
from postroom.archive.sources import Arrival, Item, Known, Problem, names

_T = TypeVar("_T")
TICK_S: Final = 0.25
FOLDERS_AHEAD: Final = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """What mailboxes are read with. `pool` has a thread more than there may be requests at once."""

    session: Session
    context: Context
    pool: ThreadPoolExecutor
    ahead: int
    """How many messages may be under way or wait to be taken."""
    choice: Choice
    rules: Rules


@dataclass(frozen=True, slots=True)
class _End:
    """All before this of a folder was given; `link` leads on, None = from the beginning."""

    folder: str
    link: str | None


_Pages: TypeAlias = Iterator[Changed | Lost]
_Done: TypeAlias = Item | _End | None
_Entry: TypeAlias = "Future[Item | None] | Problem | _End"


class MailboxSource:
    """The mail of `user` (an id, or an address). `address` is how people name the mailbox."""

    def __init__(self, reading: Reading, user: str, address: str) -> None:
        self.name = names.native("graph", user)
        self._reading, self._session, self._context = reading, reading.session, reading.context
        self._user, self._address = user, address
        self._messages = Messages(reading.session, user, reading.rules)
        self._bytes = 0

    def progress(self) -> tuple[int, int]:
        return self._bytes, 0

    # Archiving

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        """A folder that cannot be read is a Problem. Raises Denied (NoMailbox), Unavailable, Cancelled."""
        folders = self._folders
        yield from self._missing(folders)
        links = {folder: link for folder, link in self._links(cursor).items() if folder in folders.all}
        held: Arrival | None = None
        for done in self._in_order(self._work(folders, dict(links), known)):
            if isinstance(done, _End):
                links.pop(done.folder, None)
                links |= {done.folder: done.link} if done.link else {}
                # Problems of the page came before: behind a cursor nothing is unsaid.
                if held is not None:
                    yield replace(held, cursor=self._cursor(links))
                held = None
            elif isinstance(done, Arrival):
                if held is not None:
                    yield held
                held = done
                self._bytes += len(done.body)
            elif done is not None:
                yield done

    def again(self, native_ids: Sequence[str]) -> Iterator[Item]:
        """What is gone gives nothing, nor what is about a folder: its list is asked for anyway."""
        _ = self._folders  # before the threads ask for them
        submit = self._reading.pool.submit
        entries: Iterable[_Entry] = (
            submit(self._again, native, message) for native in native_ids if (message := message_id(native))
        )
        for done in self._in_order(entries):
            if isinstance(done, Arrival | Problem):
                yield done

    def _again(self, native: str, message: str) -> Item | None:
        try:
            row = self._messages.row(message)
            if isinstance(row, Refused):
                return None if row.status == 404 else Problem("", native, str(row))
        except Broken as error:
            return Problem("", native, str(error))
        found = self._folders.all.get(row.folder or "")
        return self._messages.fetch(row, self._path(found.path if found else ()))

    def _work(self, folders: Folders, links: dict[str, str], known: Known) -> Iterator[_Entry]:
        """In the order in which it is to be told; messages are under way."""
        for page in self._pages(folders, links):
            if isinstance(page, Lost):
                yield Problem(self._path(page.folder.path), names.native("#folder", page.folder.id), page.reason)
                if page.anew:
                    yield _End(page.folder.id, None)
                continue
            path = self._path(page.folder.path)
            for row in page.rows:
                if row.removed is None and not known(native_id(row)) and self._may_be_wanted(row):
                    yield self._reading.pool.submit(self._messages.fetch, row, path)
            yield _End(page.folder.id, page.link)

    def _may_be_wanted(self, row: Row) -> bool:
        return not self._reading.rules.is_complete(row) or self._reading.rules.wants(row)

    def _pages(self, folders: Folders, links: dict[str, str]) -> Iterator[Changed | Lost]:
        """In the order of the folders. The next page is asked for while the messages of one are read, and so are the
        first pages of the next folders: most have one, and nothing new in it."""
        changes = Changes(self._session, self._user, links, self._note)
        coming = self._begun([changes.of(folder) for folder in folders.read])
        for pages, first in coming:
            page = self._awaited(first)
            while page is not None:
                following = self._reading.pool.submit(next, pages, None)
                yield page
                page = self._awaited(following)

    def _begun(self, lists: Sequence[_Pages]) -> Iterator[tuple[_Pages, Future[Changed | Lost | None]]]:
        """Each list with its first page under way, and those of the lists behind it."""
        submit, begun = self._reading.pool.submit, deque[tuple[_Pages, Future[Changed | Lost | None]]]()
        for pages in lists:
            begun.append((pages, submit(next, pages, None)))
            if len(begun) > FOLDERS_AHEAD:
                yield begun.popleft()
        yield from begun

    def _in_order(self, entries: Iterable[_Entry]) -> Iterator[_Done]:
        waiting: deque[_Entry] = deque()
        try:
            for entry in entries:
                waiting.append(entry)
                if len(waiting) > self._reading.ahead:
                    yield self._done(waiting.popleft())
            while waiting:
                yield self._done(waiting.popleft())
        finally:
            for entry in waiting:
                if isinstance(entry, Future):
                    entry.cancel()

    def _done(self, entry: _Entry) -> _Done:
        return self._awaited(entry) if isinstance(entry, Future) else entry

    def _awaited(self, future: Future[_T]) -> _T:
        while not wait([future], TICK_S).done:
            self._context.stop()
        return future.result()

    # Folders and cursor

    @cached_property
    def _folders(self) -> Folders:
        folders = graph_folders.load(self._session, self._user, self._reading.choice, self._reading.pool.map)
        for name in folders.missing_excluded:
            self._note(f"There is no folder {name!r} to leave out.")
        self._note(f"{len(folders.read)} of {len(folders.all)} folders are read.")
        return folders

    def _missing(self, folders: Folders) -> Iterator[Problem]:
        for name in folders.missing_included:
            yield Problem("", names.native("#included", name), f"there is no folder {name!r}, which is to be read")

    def _path(self, path: tuple[str, ...]) -> str:
        return names.folder((f"Exchange {self._address}", *path))

    def _note(self, line: str) -> None:
        self._context.note(f"{self._address}: {line}")

    def _links(self, cursor: str | None) -> dict[str, str]:
        """None for a cursor of other rules: it went past what is wanted now."""
        try:
            kept = json.loads(cursor or "{}")
            if kept.get("rules") != self._rules:
                return {}
            return {str(folder): str(link) for folder, link in kept["links"].items()}
        except (ValueError, AttributeError, KeyError):
            return {}

    def _cursor(self, links: dict[str, str]) -> str:
        return json.dumps({"rules": self._rules, "links": links}, separators=(",", ":"))

    @property
    def _rules(self) -> str:
        rules = self._reading.rules
        return f"{'read' if rules.exclude_unread else 'all'}{'+drafts' if rules.include_drafts else ''}"

    # Removal

    def removable(self, before_ms: int | None) -> Iterator[str]:
        """Of the folders that are read, by the rules they are read by. Raises Unavailable, Denied, Cancelled."""
        for folder in self._folders.read:
            rows = graph_removable.listed(self._session, self._user, folder, before_ms, self._note)
            yield from (native_id(row) for row in rows if self._may_go(row, before_ms))

    def _may_go(self, row: Row, before_ms: int | None) -> bool:
        wanted = row.is_draft is False and self._reading.rules.wants(row)
        return wanted and came_before(row, before_ms)

    def remove(self, native_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        """They go where their owner can recover them for some days."""
        remove, submit = self._messages.remove, self._reading.pool.submit
        under_way: deque[tuple[str, Future[str]]] = deque()
        for native in native_ids:
            under_way.append((native, submit(remove, message_id(native))))
            if len(under_way) > self._reading.ahead:
                yield from self._kept(*under_way.popleft())
        while under_way:
            yield from self._kept(*under_way.popleft())

    def _kept(self, native: str, removed: Future[str]) -> Iterator[tuple[str, str]]:
        if reason := self._awaited(removed):
            yield native, reason
