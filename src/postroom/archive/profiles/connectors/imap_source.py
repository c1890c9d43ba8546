"""One IMAP mailbox as a source of mail.

**Native ids** are the folder, its UIDVALIDITY, the UID, and what can be seen of the message without reading it: its
size and date. The size is that of the bytes that came: where a server tells another one, or gives an old number to
another message, the ids differ, and nothing is removed that is not stored.

**Cursor**: for each folder its UIDVALIDITY, the last UID and what was seen of that message. Where one of them is
another, or the numbers went back, the folder is read anew; contents that are known are not stored again. When unread
mail is left out there is no cursor: what was unread lies anywhere, and the native ids tell what is new.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

from postroom.archive.profiles.connectors.imap_answers import Opened
from postroom.archive.profiles.connectors.imap_fetch import WINDOW, Fetcher, Sent, batches
from postroom.archive.profiles.connectors.imap_folders import Choice, Folder
from postroom.archive.profiles.connectors.imap_ids import Mark, Named, cursor_start, marks, native_id, parsed, seen
from postroom.archive.profiles.connectors.imap_session import Lost, Renumbered, Session
from postroom.archive.profiles.connectors.mailserver import Broken, Refused
from postroom.archive.sources import Arrival, Item, Known, Problem

P = ParamSpec("P")
T = TypeVar("T")
U = TypeVar("U")

RESTARTS: Final = 3
"""How often a folder is begun anew in one run, when its UIDVALIDITY changes under our hands."""
NO_VALIDITY: Final = "the server gives no UIDVALIDITY, so that its messages cannot be told apart"
NO_UIDPLUS: Final = "the server has no UIDPLUS, without which messages that others marked would go too"
NOT_SAME: Final = "another message has its number now"


class ImapSource:
    """A mailbox. Its connection belongs to one thread, in which the next messages come while these are stored."""

    def __init__(
        self, session: Session, choice: Choice, name: str, most_bytes: int, note: Callable[[str], None]
    ) -> None:
        self.name = name
        self._session, self._choice, self._most_bytes, self._note = session, choice, most_bytes, note
        self._done = 0
        self._marks: dict[str, Mark] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._asked: Future[Any] | None = None

    def close(self) -> None:
        """End the connection; an answer that is still awaited is not waited for."""
        if self._asked is not None and not self._asked.done():
            self._session.drop()
        if self._pool is not None:
            self._pool.submit(self._session.close)
            self._pool.shutdown()
            self._pool = None

    def connect(self) -> None:
        """Raises Lost, Refused, so that a wrong password ends a run at once."""
        self._do(self._session.connection)

    def progress(self) -> tuple[int, int]:
        return self._done, 0

    # Reading

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        """Raises Broken, Refused, when nothing can be read."""
        self._done, self._marks = 0, marks(cursor)
        listed = self._do(self._session.folders)
        for name in self._choice.missing(listed):
            yield Problem(self._choice.root, "", f"there is no folder {name!r} that may be read")
        for folder in self._choice.folders(listed):
            try:
                yield from self._folder(folder, known)
            except Lost as error:
                # What came before is kept; a mailbox of which nothing came cannot be read.
                if not self._done:
                    raise
                yield Problem(folder.path, "", f"the mailbox was not read to its end: {error}")
                return
            except (Broken, Refused) as error:
                yield Problem(folder.path, "", str(error))

    def _folder(self, folder: Folder, known: Known) -> Iterator[Item]:
        for _attempt in range(RESTARTS):
            opened = self._do(self._session.open, folder)
            if not opened.validity:
                yield Problem(folder.path, "", NO_VALIDITY)
                return
            try:
                yield from self._new(folder, opened, known)
            except Renumbered:
                continue
            return
        yield Problem(folder.path, "", "its UIDVALIDITY changes all the time")

    def _new(self, folder: Folder, opened: Opened, known: Known) -> Iterator[Item]:
        validity = opened.validity
        if not self._choice.unread:
            read = self._do(self._session.uids, folder, validity, 0, "SEEN")
            yield from (_item(folder, validity, sent) for sent in self._sent(folder, validity, read, known))
            return
        above = self._above(folder, opened)
        uids, whole = self._do(self._session.listed, folder, validity, above)
        # Nothing says what is missing in the list, so the next run begins here again.
        short = not whole and self._is_short(folder, validity, above)
        if short:
            yield Problem(folder.path, "", "the server lists fewer messages than it says are there")
        start = cursor_start(self._marks, folder)
        for sent in self._sent(folder, validity, uids, known):
            if short:
                yield _item(folder, validity, sent)
                continue
            told = seen(sent.meta)
            self._marks[folder.key] = Mark(validity, sent.meta.uid, told)
            # What is told has no sign that JSON would write otherwise.
            yield _item(folder, validity, sent, f'{start}[{validity},{sent.meta.uid},"{told}"]}}')

    def _is_short(self, folder: Folder, validity: int, above: int) -> bool:
        """Whether fewer are listed than are there, once more: some may have been removed meanwhile."""
        self._do(self._session.open, folder)
        return not self._do(self._session.listed, folder, validity, above)[1]

    def _above(self, folder: Folder, opened: Opened) -> int:
        """The last UID that was read; 0 when the numbers mean others now."""
        mark = self._marks.get(folder.key)
        if mark is None:
            return 0
        if (
            mark.validity == opened.validity
            and (opened.next_uid or mark.uid + 1) > mark.uid
            and self._same(folder, mark)
        ):
            return mark.uid
        self._note(f"{folder.path}: the server counts its messages anew, so all of them are looked at again")
        return 0

    def _same(self, folder: Folder, mark: Mark) -> bool:
        """Whether the last message that was read has its number still, as far as anybody can say."""
        try:
            found = self._do(self._session.call, folder, mark.validity, lambda line: line.metas([mark.uid]))
        except Lost:
            raise
        except (Broken, Refused):
            return True
        return not found or seen(found[0]) == mark.seen

    def _sent(self, folder: Folder, validity: int, uids: array[int], known: Known | None) -> Iterator[Sent]:
        """These messages but for those known, each as it came; answers come while those before are used."""
        fetcher = Fetcher(self._session, folder, validity, self._most_bytes, self._note)
        windows = (uids[at : at + WINDOW] for at in range(0, len(uids), WINDOW))
        metas = (meta for found in self._ahead(fetcher.metas, windows) for meta in found)
        wanted = (meta for meta in metas if known is None or not known(native_id(folder, validity, meta)))
        for answer in self._ahead(fetcher.fetch, batches(wanted)):
            for sent in answer:
                self._done += len(sent.body or b"")
                yield sent
        fetcher.tell()

    def again(self, native_ids: Sequence[str]) -> Iterator[Item]:
        """Raises Lost: then nobody knows what became of them."""
        for folder, names_ in self._by_folder(native_ids):
            validity, uids = names_[0].validity, array("Q", sorted({one.uid for one in names_}))
            asked = {one.uid: one.text for one in names_}
            try:
                for sent in self._sent(folder, validity, uids, None):
                    item = _item(folder, validity, sent)
                    yield replace(item, native_id=asked[sent.meta.uid]) if isinstance(item, Problem) else item
            except Renumbered:
                continue  # no more to be had under these numbers; the folder is read anew
            except Refused as error:
                yield from (Problem(folder.path, one.text, str(error)) for one in names_)

    # Removing

    def removable(self, before_ms: int | None) -> Iterator[str]:
        """Raises Broken, Refused, when all folders that can be read were."""
        failed: Broken | Refused | None = None
        for folder in self._choice.folders(self._do(self._session.folders)):
            try:
                yield from self._removable(folder, before_ms)
            except Lost:
                raise
            except (Broken, Refused) as error:
                failed = error
            except Renumbered:
                self._note(f"{folder.path}: its UIDVALIDITY changed, so nothing more is removed in this run")
        if failed:
            raise failed

    def _removable(self, folder: Folder, before_ms: int | None) -> Iterator[str]:
        validity = self._do(self._session.open, folder).validity
        if not validity:
            return
        fetcher = Fetcher(self._session, folder, validity, self._most_bytes, self._note)
        uids = self._do(self._session.uids, folder, validity)
        for at in range(0, len(uids), WINDOW):
            for meta in self._do(fetcher.metas, uids[at : at + WINDOW]):
                if before_ms is None or (meta.received_ms is not None and meta.received_ms < before_ms):
                    yield native_id(folder, validity, meta)

    def remove(self, native_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        for folder, names_ in self._by_folder(native_ids):
            try:
                yield from self._do(self._session.repeated, partial(self._remove, folder, names_))
            except Renumbered:
                yield from ((one.text, "the server counts its messages anew") for one in names_)
            except (Broken, Refused) as error:
                yield from ((one.text, str(error)) for one in names_)

    def _remove(self, folder: Folder, names_: Sequence[Named]) -> list[tuple[str, str]]:
        """Once more what is there under these numbers is compared: a server may have given them to others."""
        validity = names_[0].validity
        line = self._session.inside(folder, validity, write=True)
        if not line.expunges_by_uid:
            return [(one.text, NO_UIDPLUS) for one in names_]
        asked = {one.uid: one for one in names_}
        there = {meta.uid: native_id(folder, validity, meta) for meta in line.metas(sorted(asked))}
        same = [uid for uid, text in there.items() if text == asked[uid].text]
        if same:
            line.remove(same)
        left = line.present(sorted(asked))
        return [(asked[uid].text, "it is still there" if uid in same else NOT_SAME) for uid in sorted(left)]

    def _by_folder(self, native_ids: Sequence[str]) -> list[tuple[Folder, list[Named]]]:
        """By folder and UIDVALIDITY. What is no native id of ours, or of a folder that is not read, is left out."""
        folders = {folder.key: folder for folder in self._choice.folders(self._do(self._session.folders))}
        found: defaultdict[tuple[str, int], list[Named]] = defaultdict(list)
        for one in filter(None, map(parsed, native_ids)):
            if one.folder in folders:
                found[one.folder, one.validity].append(one)
        return [(folders[key], names_) for (key, _), names_ in found.items()]

    # The thread of the connection

    def _do(self, action: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> T:
        return self._submit(action, *arguments, **keywords).result()

    def _submit(self, action: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> Future[T]:
        self._pool = self._pool or ThreadPoolExecutor(1, thread_name_prefix="imap")
        asked = self._pool.submit(action, *arguments, **keywords)
        self._asked = asked
        return asked

    def _ahead(self, action: Callable[[U], T], inputs: Iterable[U]) -> Iterator[T]:
        """The result for each input, the next one being asked for already."""
        waiting: Future[T] | None = None
        for one in inputs:
            asked = self._submit(action, one)
            if waiting is not None:
                yield waiting.result()
            waiting = asked
        if waiting is not None:
            yield waiting.result()


def _item(folder: Folder, validity: int, sent: Sent, cursor: str | None = None) -> Item:
    if sent.body is None:
        return Problem(folder.path, native_id(folder, validity, sent.meta), sent.reason)
    identity = native_id(folder, validity, sent.meta, len(sent.body))
    return Arrival(folder.path, identity, sent.body, sent.meta.received_ms, cursor)
