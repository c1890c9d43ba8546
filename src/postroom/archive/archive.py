"""The archive of one instance: what faces and the command line call. It wires the parts and checks who may.

Parts that need no account (`stores`, `folders`, `instance`) are for administrators; faces let nobody else near them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Self

from postroom.archive import view
from postroom.archive.automation.mailer import Mailer
from postroom.archive.automation.scheduler import Scheduler
from postroom.archive.backup import create_backup
from postroom.archive.body import Body
from postroom.archive.directories.directories import Directories
from postroom.archive.export.export import Exported, ExportItem, FormName, export
from postroom.archive.folders import Folder, Folders
from postroom.archive.ingest import ImportResult, ingest
from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.identifiers import name_key
from postroom.archive.instance.instance import Instance
from postroom.archive.instance.passwords import Passwords
from postroom.archive.instance.privileges import ALL, Account
from postroom.archive.maintenance import Maintenance
from postroom.archive.messages import Detail, Listed, MessageId, Messages
from postroom.archive.profiles.service import Profiles
from postroom.archive.retention.process import Processing, Run
from postroom.archive.retention.retention import Retention
from postroom.archive.search.search import MAX_LIMIT, Found, Search
from postroom.archive.sources import open_source
from postroom.archive.storage.catalogue import Totals
from postroom.archive.storage.ledger import Batch, Proof
from postroom.archive.storage.store import clean_path
from postroom.archive.storage.writer import Clock, now_ms
from postroom.archive.stores import Stores
from postroom.archive.view import RecentPassages, SearchableMount
from postroom.errors import Denied, Invalid, NotFound, Unavailable
from postroom.settings import Settings
from postroom.work import Process


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One archived message: its exact bytes and their SHA-256."""

    sha256: bytes
    body: Body


class Archive:
    """Opens or makes the instance in `directory`. Safe from any thread; a context manager."""

    def __init__(self, directory: Path, settings: Settings, *, clock: Clock = now_ms) -> None:
        """Raises Damaged, Unavailable when the instance database cannot be used; stores that fail have an error."""
        self.directory, self.settings, self._clock = directory, settings, clock
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.instance = Instance(directory / "instance.db", Passwords(settings.passwords), clock)
        try:
            self.stores = Stores(self.instance, directory, settings.archive, clock)
        except BaseException:
            self.instance.close()
            raise
        self.retention = Retention(self.instance, clock)
        self.folders = Folders(self.stores, self.instance.audit, self.retention.moving)
        self.messages = Messages(self.stores, self.instance.audit)
        self.maintenance = Maintenance(self.instance, self.stores)
        self._processing = Processing(self.instance, self.stores, self.maintenance, self.retention)
        self.scheduler = Scheduler(self.instance, settings.archive.results_days, clock)
        self.mailer = Mailer(self.instance, clock)
        self.directories = Directories(self.instance, settings.archive)
        self.profiles = Profiles(self, clock)
        passages = RecentPassages()
        self._search = Search(lambda: [SearchableMount(m, self.messages, passages) for m in self.stores.open_mounts()])

    def close(self) -> None:
        """Finish running commits, then close everything."""
        self.stores.close()
        self.instance.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Who

    def authenticate(self, name: str, password: str, by: Actor) -> Account | None:
        """The account, or None when name and password do not belong together."""
        return self.instance.users.authenticate(name, password, by)

    def archive_names(self) -> list[str]:
        """Names of all archives that exist."""
        return self.folders.archives()

    def readable_archives(self, account: Account) -> frozenset[str] | None:
        """Names of the archives whose messages an account may see; None = all of them."""
        keys = account.readable_archives(self.instance.rules)
        if keys is ALL:
            return None
        return frozenset(name for name in self.archive_names() if name_key(name) in keys)

    # Messages

    def read_message(self, message_id: str, account: Account, by: Actor) -> StoredMessage:
        """The exact bytes of a message. Raises Invalid, NotFound, Denied."""
        message = self._readable(message_id, account, by)
        self.instance.audit.record(events.MESSAGE_VIEW, by, target=str(message))
        return StoredMessage(self.messages.sha256(message)[0], self.messages.open(message))

    def message_detail(self, message_id: str, account: Account, by: Actor) -> Detail:
        """What can be read in a message. Raises Invalid, NotFound, Denied."""
        message = self._readable(message_id, account, by)
        self.instance.audit.record(events.MESSAGE_VIEW, by, target=str(message))
        return self.messages.detail(message)

    def proof(self, message_id: str, account: Account, by: Actor) -> tuple[Proof, list[Batch]]:
        """Inclusion proof of a message, and the chain from its batch to the head. Raises Invalid, NotFound, Denied."""
        message = self._readable(message_id, account, by)
        proof = self.messages.proof(message)
        return proof, list(self.stores.get(message.store).store.batches(proof.batch.number + 1))

    def _readable(self, message_id: str, account: Account, by: Actor) -> MessageId:
        message = MessageId.parse(message_id)
        try:
            self._check_message(message, account)
        except Denied:
            self.instance.audit.record(events.MESSAGE_VIEW, by, ok=False, target=str(message))
            raise
        return message

    def _check_message(self, message: MessageId, account: Account) -> None:
        """That an account may read a message. Users are told neither that one they may not read exists, nor whose it
        is: ids are easily counted through. Raises Denied; for administrators NotFound too."""
        try:
            archive = self.messages.archive_of(message)
        except NotFound:
            if account.is_admin:
                raise
            archive = None
        if archive is not None and (account.is_admin or account.may_read(archive, self.instance.rules)):
            account.check_read(archive, self.instance.rules)
        else:
            raise Denied(f"There is no message {message} that the user {account.name!r} may read.")

    def list_messages(
        self, folder: str, account: Account, *, after: str | None = None, limit: int | None = None
    ) -> list[Listed]:
        """Messages of one folder. Raises NotFound, Denied, Invalid."""
        self._check_folder(folder, account)
        return self.messages.in_folder(folder, after=MessageId.parse(after, "after") if after else None, limit=limit)

    def folder_tree(self, account: Account, below: str | None = None, max_levels: int | None = None) -> list[Folder]:
        """The folders an account may see. Administrators see the names of all archives, and what is in those they may
        read; others see these alone. Raises NotFound, Denied, Invalid."""
        if below:
            self._check_folder(below, account)
            return self.folders.tree(below, max_levels)
        tree, readable = self.folders.tree(None, max_levels), self.readable_archives(account)
        if readable is None:
            return tree
        hidden = [archive for archive in tree if archive.name not in readable]
        if not account.is_admin:
            return [archive for archive in tree if archive.name in readable]
        for archive in hidden:
            archive.children.clear()
        return tree

    def statistics(self, account: Account) -> list[Totals]:
        """Messages and bytes per archive: of all for administrators, for others of those they may read."""
        readable = None if account.is_admin else self.readable_archives(account)
        return [row for row in self.stores.totals() if readable is None or row.archive in readable]

    def search(
        self,
        query: str,
        account: Account,
        by: Actor,
        *,
        folder: str | None = None,
        limit: int = 20,
        after: str = "",
        by_score: bool = False,
        zone: tzinfo = UTC,
        snippets: bool = True,
    ) -> Found:
        """One page of what an account may read and matches; each row's `shown` is a `ListedHit`.

        Raises Invalid, and for `folder` NotFound, Denied.
        """
        if folder is not None:
            self._check_folder(folder, account)
        readable = self.readable_archives(account)
        found = self._search.search(
            query, archives=readable, folder=folder, limit=limit, after=after, by_score=by_score, zone=zone,
            snippets=snippets,
        )  # fmt: skip
        if readable is not None:
            # The index follows a moved folder a little later; whose a message is, the catalogue knows now.
            found = replace(found, rows=tuple(row for row in found.rows if row.shown.archive in readable))
        # Who finds nothing must not believe that nothing is there.
        shut = (f"Store {mount.row.id} cannot be searched: {mount.error}" for mount in self.stores.faulty())
        found = replace(found, problems=(*found.problems, *shut))
        if not after:
            self.instance.audit.record(events.MESSAGE_SEARCH, by, target=query, folder=folder, found=found.total)
        return found

    def _check_folder(self, folder: str, account: Account) -> None:
        """That a folder exists and may be read. Who may not read it is not told whether it exists."""
        account.check_read(clean_path("folder", folder).partition("/")[0], self.instance.rules)
        if not any(True for _ in self.stores.holding(folder)):
            raise NotFound("folder", folder)

    def delete_message(self, message_id: str, reason: str, account: Account, by: Actor) -> None:
        """Remove a message from its archive. Raises Denied with the rule that forbids it, NotFound, Invalid."""
        message = MessageId.parse(message_id)
        try:
            archived_ms = self.messages.archived_ms(message)
            account.check_delete(self.messages.archive_of(message), self.instance.rules, archived_ms, self._clock())
            mount = self.stores.get(message.store)
            with self.retention.deciding(mount):
                self.retention.check(mount, message.number)
                self.messages.delete(message, reason, by)
        except Denied as refusal:
            self.instance.audit.record(events.MESSAGE_DELETE, by, ok=False, target=message_id, reason=str(refusal))
            raise

    def process_retention(self, by: Actor, process: Process, *, dry: bool = False, limit: int | None = None) -> Run:
        """Remove what is due by the retention policies, as much as the settings and `limit` allow, and its bytes; with
        `dry` nothing. What is left goes with the next run. Raises Cancelled, Denied, Unavailable."""
        most = self.settings.archive.retention_most
        most = most if limit is None else min(limit, most)
        if not dry and self.settings.archive.retention_four_eyes:
            self.retention.approvals.use(by)
        return self._processing.run(dry=dry, limit=most, by=by, process=process)

    # Mail in, mail out

    def import_mail(
        self,
        path: str,
        archive: str,
        by: Actor,
        *,
        kind: str = "auto",
        progress: Callable[[ImportResult, int, int], None] = lambda _result, _done, _total: None,
    ) -> ImportResult:
        """Take everything new at a path into an archive. Raises Invalid, NoSpace, WrongState; repeat to go on."""
        if "/" in clean_path("archive", archive):
            raise Invalid("archive", "the name of a first-level folder, usually a user's name")
        source, settings = open_source(path, kind=kind), self.settings.archive
        seen = ImportResult()

        def told(result: ImportResult, done: int, total: int) -> None:
            nonlocal seen
            seen = result
            progress(result, done, total)

        with self.instance.audit.recording(events.MESSAGE_IMPORT, by, archive, source=source.name) as facts:
            try:
                return ingest(
                    source, self.stores, archive, max_message_bytes=settings.max_message_bytes,
                    batch_messages=settings.commit_messages, progress=told,
                )  # fmt: skip
            finally:
                facts |= {"stored": seen.stored, "failed": seen.failed}

    def export_mail(
        self,
        target: Path,
        form: FormName,
        account: Account,
        by: Actor,
        *,
        query: str | None = None,
        folder: str | None = None,
        ids: Sequence[str] | None = None,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Exported:
        """Write messages with checksums and proofs: those of `ids`, else what matches `query` (all when None) in
        `folder` (everywhere when None), as far as the account may read it. Called again it goes on where it ended.

        A query waits until everything archived is indexed, so that nothing is left out. `progress` is told messages
        done and in all, (0, 0) while it waits; Cancelled may be raised in it. Raises Denied, Invalid, NotFound,
        WrongState, NoSpace.
        """
        with self.instance.audit.recording(
            events.MESSAGE_EXPORT, by, str(target), form=form, query=query, folder=folder
        ) as facts:
            account.check("export")
            items = self.chosen(account, query, folder, ids, by, progress)
            stores = {mount.row.id: mount.store for mount in self.stores.open_mounts()}
            done = export(stores, items, target, form, progress=progress)
            facts |= {"messages": done.messages, "failed": done.failed, "bytes": done.size_bytes}
        return done

    def chosen(
        self,
        account: Account,
        query: str | None,
        folder: str | None,
        ids: Sequence[str] | None,
        by: Actor,
        progress: Callable[[int, int], None],
    ) -> list[ExportItem]:
        """What `export_mail` would write with these arguments, and raises what it would."""
        if ids is not None:
            if query is not None or folder is not None:
                raise Invalid("ids", "either ids, or query and folder")
            return view.items_named(self.stores.all(), [self._exportable(text, account) for text in ids])
        if folder is not None:
            self._check_folder(folder, account)
        readable = self.readable_archives(account)
        if query is None:
            if faulty := [f"Store {mount.row.id} is not open: {mount.error}" for mount in self.stores.faulty()]:
                raise Unavailable(" ".join(faulty))
            mounts = self.stores.open_mounts()
            return [item for mount in mounts for item in view.items_below(mount, readable, folder)]
        return list(self._matching(query, account, folder, by, progress))

    def _exportable(self, text: str, account: Account) -> MessageId:
        message = MessageId.parse(text, "ids")
        self._check_message(message, account)
        return message

    def _matching(
        self, query: str, account: Account, folder: str | None, by: Actor, progress: Callable[[int, int], None]
    ) -> Iterator[ExportItem]:
        self.wait_indexed(progress=lambda _left: progress(0, 0))
        after, mounts = "", {mount.row.id: mount for mount in self.stores.open_mounts()}
        while True:
            page = self.search(query, account, by, folder=folder, limit=MAX_LIMIT, after=after, snippets=False)
            if not page.complete and not after:
                raise Unavailable(" ".join(page.problems) or f"{page.pending} messages are not indexed. Repeat later.")
            for row in page.rows:
                yield from view.items_of(mounts[row.store], [row.message], folder)
            progress(0, 0)
            after = page.after
            if not after:
                return

    def backup(
        self,
        target: Path,
        by: Actor,
        *,
        with_indexes: bool = True,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
        waiting: Callable[[str], object] | None = None,
    ) -> int:
        """Write or update a backup; returns bytes in it. Raises NoSpace, WrongState, Unavailable."""
        with self.instance.audit.recording(events.BACKUP_CREATE, by, str(target)) as facts:
            size = create_backup(
                self.instance, self.directory, self.stores.all(), target, with_indexes=with_indexes,
                progress=progress, waiting=waiting,
            )  # fmt: skip
            facts["bytes"] = size
        return size

    def check_path(self, path: str, field: str = "path") -> Path:
        """A path outside callers may name for mail or copies: in the home but not in what the archive itself keeps
        there, or allowed by the settings. Raises Invalid."""
        return self.stores.exchange_path(path, field)

    def wait_indexed(
        self, timeout_s: float | None = None, progress: Callable[[int], None] = lambda _left: None
    ) -> bool:
        """Until everything committed is searchable; `progress` is told how many messages wait."""
        return all(mount.indexer.wait(timeout_s, progress) for mount in self.stores.open_mounts())

    def faulty_stores(self) -> Iterator[str]:
        """One sentence per store that is not as it should be."""
        for mount in self.stores.all():
            if mount.error:
                yield f"Store {mount.row.name!r} (id {mount.row.id}): {mount.error}"
