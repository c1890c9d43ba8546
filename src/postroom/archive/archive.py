"""The archive of one instance: what faces and the command line call. It wires the parts and checks who may.

Parts that need no account (`stores`, `folders`, `instance`) are for administrators; faces let nobody else near them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from postroom.archive import events
from postroom.archive.audit import Actor
from postroom.archive.body import Body
from postroom.archive.folders import Folders
from postroom.archive.identifiers import name_key
from postroom.archive.ingest import ImportResult, ingest
from postroom.archive.instance import Instance
from postroom.archive.ledger import Batch, Proof
from postroom.archive.messages import Detail, Listed, MessageId, Messages
from postroom.archive.passwords import Passwords
from postroom.archive.privileges import ALL, Account
from postroom.archive.sources import open_source
from postroom.archive.store import clean_path
from postroom.archive.stores import Stores
from postroom.archive.writer import Clock, now_ms
from postroom.errors import Denied, Invalid
from postroom.settings import Settings


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
        self.instance = Instance(directory / "instance.db", Passwords(settings.passwords))
        try:
            self.stores = Stores(self.instance, directory, settings.archive, clock)
        except BaseException:
            self.instance.close()
            raise
        self.folders = Folders(self.stores, self.instance.audit)
        self.messages = Messages(self.stores, self.instance.audit)

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
        self.instance.audit.record(events.MESSAGE_VIEW, by, target=message_id)
        return StoredMessage(self.messages.sha256(message)[0], self.messages.open(message))

    def message_detail(self, message_id: str, account: Account, by: Actor) -> Detail:
        """What can be read in a message. Raises Invalid, NotFound, Denied."""
        message = self._readable(message_id, account, by)
        self.instance.audit.record(events.MESSAGE_VIEW, by, target=message_id)
        return self.messages.detail(message)

    def proof(self, message_id: str, account: Account, by: Actor) -> tuple[Proof, list[Batch]]:
        """Inclusion proof of a message, and the chain from its batch to the head. Raises Invalid, NotFound, Denied."""
        message = self._readable(message_id, account, by)
        proof = self.messages.proof(message)
        return proof, list(self.stores.get(message.store).store.batches(proof.batch.number + 1))

    def _readable(self, message_id: str, account: Account, by: Actor) -> MessageId:
        message = MessageId.parse(message_id)
        try:
            account.check_read(self.messages.archive_of(message), self.instance.rules)
        except Denied:
            self.instance.audit.record(events.MESSAGE_VIEW, by, ok=False, target=message_id)
            raise
        return message

    def list_messages(
        self, folder: str, account: Account, *, after: str | None = None, limit: int | None = None
    ) -> list[Listed]:
        """Messages of one folder. Raises NotFound, Denied, Invalid."""
        account.check_read(clean_path("folder", folder).partition("/")[0], self.instance.rules)
        return self.messages.in_folder(folder, after=MessageId.parse(after) if after else None, limit=limit)

    def delete_message(self, message_id: str, reason: str, account: Account, by: Actor) -> None:
        """Remove a message from its archive. Raises Denied with the rule that forbids it, NotFound, Invalid."""
        message = MessageId.parse(message_id)
        try:
            account.check_delete(
                self.messages.archive_of(message),
                self.instance.rules,
                self.messages.archived_ms(message),
                self._clock(),
            )
        except Denied as refusal:
            self.instance.audit.record(events.MESSAGE_DELETE, by, ok=False, target=message_id, reason=str(refusal))
            raise
        self.messages.delete(message, reason, by)

    # Mail in

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
        source = open_source(path, kind=kind)
        settings = self.settings.archive
        result = ingest(
            source,
            self.stores,
            archive,
            max_message_bytes=settings.max_message_bytes,
            batch_messages=settings.commit_messages,
            progress=progress,
        )
        self.instance.audit.record(
            events.MESSAGE_IMPORT, by, target=archive, source=source.name, stored=result.stored, failed=result.failed
        )
        return result

    def check_path(self, path: str) -> Path:
        """A path outside callers may name: in the home, or allowed by the settings. Raises Invalid."""
        return self.stores.checked_path(path)

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
