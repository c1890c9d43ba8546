"""Attachments that come in ranges, over hours and over restarts if need be.

All go into one file, which is synced when the last one has come; that one gives the file its name and makes the
attachment, in the same unit. A range survives the end of the program; what a power cut takes is missing afterwards, and
the session says so.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from postroom.errors import Invalid, NotFound
from postroom.workspace.clock import from_ms, moment, to_ms
from postroom.workspace.errors import TooLarge
from postroom.workspace.store.blobs import Blob
from postroom.workspace.store.boot import boot
from postroom.workspace.store.growing import Digest, File
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items.errors import RangeRefused

LIFE: Final = timedelta(days=7)
MOST_BYTES: Final = 150 << 20
MOST_DIGESTS: Final = 256
_BEGIN = "INSERT INTO upload (token, mailbox, owner, document, size, expires_ms) VALUES (?, ?, ?, ?, ?, ?)"
_FIND = "SELECT mailbox, owner, document, size, expires_ms FROM upload WHERE token = ?"
_RANGES = "SELECT begin, size FROM upload_range WHERE token = ? AND (boot IS NULL OR boot = ?) ORDER BY begin"
_LOST = "DELETE FROM upload_range WHERE token = ? AND boot <> ?"
_RANGE = "INSERT INTO upload_range (token, begin, size, boot) VALUES (?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Session:
    """`missing` are the first bytes of what is still expected, with the last one where it is known: (begin, end)."""

    token: str
    expires: str
    missing: tuple[tuple[int, int], ...]
    path: str = ""
    """Where the attachment is found when all is there."""


class Target(Protocol):
    """What an upload is for: items of one kind, to which files are attached."""

    def check(self, owner: Item) -> None:
        """Raises Denied, or what else speaks against it, before the first range and after the last one."""

    def attach(self, unit: Unit, owner: Item, values: Mapping[str, Any], whole: Blob) -> str:
        """Attach the file; the path at which Graph shows it, behind the version."""
        ...


@dataclass(frozen=True, slots=True)
class _Upload:
    key: str
    mailbox: str
    owner: int
    document: dict[str, Any]
    size: int
    expires_ms: int


class Uploads:
    """Sessions are named by a token of 256 bits, which nobody can guess."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.targets: dict[str, Target] = {}
        """By the kinds of what files are attached to; each workload adds its own."""
        self._growing = store.blobs.growing
        self._boot = boot()
        self._digests: OrderedDict[str, tuple[Digest, int]] = OrderedDict()
        """Of what came in its order so far, with its size: no more than those that were used last."""

    def begin(self, mailbox: str, owner_id: str, given: Mapping[str, Any], *kinds: str) -> Session:
        """A session for the attachment that `given` describes, of an item of one of these kinds.

        Raises Invalid, TooLarge, Denied.
        """
        document, size = _described(given)
        token = secrets.token_urlsafe(32)
        with self._store.write() as unit:
            owner = unit.items.get(mailbox, owner_id, *(kinds or self.targets))
            self.targets[owner.kind].check(owner)
            upload = _Upload(_key(token), mailbox, owner.number, document, size, to_ms(unit.now + LIFE))
            row = (upload.key, mailbox, owner.number, json.dumps(document), size, upload.expires_ms)
            unit.connection.execute(_BEGIN, row)
            return _session(unit, token, upload, self._boot)

    def state(self, token: str) -> Session:
        """What is missing. Raises NotFound, also when the session is over."""
        with self._store.read() as unit:
            return _session(unit, token, _found(unit, token), self._boot)

    def put(self, token: str, begin: int, total: int, content: bytes) -> Session:
        """One range. Raises RangeRefused for one that does not fit, NotFound."""
        key = _key(token)
        self._asked(token, begin, total, len(content))
        # Only those wait for the disk who send to the same session.
        with self._growing.locked(key) as file:
            gaps = self._asked(token, begin, total, len(content))  # it may have come while we waited
            is_last = gaps == ((begin, begin + len(content) - 1),)
            synced = is_last or not self._boot
            file.write(begin, content)
            with file.syncing() if synced else nullcontext():
                digest, at = self._digest(key, begin, content)
                if is_last and at != total:
                    digest, at = file.digest(), total  # of ranges that came in another order, or before a restart
            with self._store.write(synced=synced) as unit:
                upload = _found(unit, token)
                _check(unit, upload, begin, total, len(content), self._boot)
                unit.connection.execute(_LOST, (key, self._boot))
                unit.connection.execute(_RANGE, (key, begin, len(content), None if synced else self._boot))
                if digest is not None and at == total:
                    return self._finish(unit, token, upload, file, Blob(digest.hexdigest(), total))
                told = _session(unit, token, upload, self._boot)
            self._remember(key, digest, at)
        return told

    def _asked(self, token: str, begin: int, total: int, size: int) -> tuple[tuple[int, int], ...]:
        """What is missing before this range."""
        with self._store.read() as unit:
            upload = _found(unit, token)
            _check(unit, upload, begin, total, size, self._boot)
            return _missing(unit, upload, self._boot)

    def _digest(self, key: str, begin: int, content: bytes) -> tuple[Digest | None, int]:
        """With this range, when it follows on what is known; of what is known only a copy is changed."""
        known, at = self._digests.get(key, (hashlib.sha256(), 0))
        if begin != at:
            return None, 0
        digest = known.copy()
        digest.update(content)
        return digest, at + len(content)

    def _remember(self, key: str, digest: Digest | None, at: int) -> None:
        """After the row is safe, so that it is of bytes that nothing can replace."""
        if digest is None:
            return
        self._digests.pop(key, None)
        self._digests[key] = (digest, at)
        while len(self._digests) > MOST_DIGESTS:
            self._digests.popitem(last=False)

    def cancel(self, token: str) -> None:
        """Raises NotFound."""
        with self._store.write() as unit:
            self._forget(unit, _found(unit, token).key)

    def tend(self) -> int:
        """Forget the sessions that are over. How many."""
        with self._store.write() as unit:
            rows = unit.connection.execute("SELECT token FROM upload WHERE expires_ms <= ?", (to_ms(unit.now),))
            keys = [row["token"] for row in rows]
            for key in keys:
                self._forget(unit, key)
        self._growing.sweep(self._is_open)  # those too whose owner went, and its session with it
        return len(keys)

    def _is_open(self, key: str) -> bool:
        with self._store.read() as unit:
            return unit.connection.execute("SELECT 1 FROM upload WHERE token = ?", (key,)).fetchone() is not None

    def _finish(self, unit: Unit, token: str, upload: _Upload, file: File, whole: Blob) -> Session:
        (owner,) = unit.items.at([upload.owner])
        target = self.targets[owner.kind]
        target.check(owner)
        unit.blobs.adopt(file.path, whole)
        path = target.attach(unit, owner, upload.document, whole)
        self._forget(unit, upload.key)
        return Session(token, moment(from_ms(upload.expires_ms)), (), path)

    def _forget(self, unit: Unit, key: str) -> None:
        unit.connection.execute("DELETE FROM upload_range WHERE token = ?", (key,))
        unit.connection.execute("DELETE FROM upload WHERE token = ?", (key,))
        unit.after_commit.append(lambda: self._growing.remove(key))
        self._digests.pop(key, None)


def _described(given: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    values = {name[:1].lower() + name[1:]: value for name, value in given.items()}
    size = values.get("size")
    if str(values.get("attachmentType") or "file").lower() != "file":
        raise Invalid("AttachmentItem/attachmentType", "file")
    if not isinstance(values.get("name"), str) or not values["name"].strip():
        raise Invalid("AttachmentItem/name", "the name of the file")
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise Invalid("AttachmentItem/size", "the number of bytes")
    if size > MOST_BYTES:
        raise TooLarge("AttachmentItem/size", MOST_BYTES)
    return {name: values.get(name) for name in ("name", "contentType", "isInline", "contentId")}, size


def _key(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _found(unit: Unit, token: str) -> _Upload:
    key = _key(token)
    row = unit.connection.execute(_FIND, (key,)).fetchone()
    if row is None or row["expires_ms"] <= to_ms(unit.now):
        raise NotFound("upload session", "with this URL")
    return _Upload(key, row["mailbox"], row["owner"], json.loads(row["document"]), row["size"], row["expires_ms"])


def _missing(unit: Unit, upload: _Upload, boot_id: str) -> tuple[tuple[int, int], ...]:
    found, at = [], 0
    for row in unit.connection.execute(_RANGES, (upload.key, boot_id)):
        if row["begin"] > at:
            found.append((at, row["begin"] - 1))
        at = row["begin"] + row["size"]
    return (*found, (at, upload.size - 1)) if at < upload.size else tuple(found)


def _check(unit: Unit, upload: _Upload, begin: int, total: int, size: int, boot_id: str) -> None:
    if total != upload.size:
        raise Invalid("Content-Range", f"a total of {upload.size} bytes, as the session was made for")
    if size < 1 or begin < 0 or begin + size > total:
        raise Invalid("Content-Range", "a range within the file, as long as the body")
    free = _missing(unit, upload, boot_id)
    if not any(first <= begin and begin + size - 1 <= last for first, last in free):
        raise RangeRefused(tuple(first for first, _ in free))


def _session(unit: Unit, token: str, upload: _Upload, boot_id: str) -> Session:
    expires, missing = moment(from_ms(upload.expires_ms)), _missing(unit, upload, boot_id)
    return Session(token, expires, missing)
