"""Files that come in ranges, in their order, over hours and over restarts if need be.

All go into one file that grows. A range survives the end of the program once it was answered; what a power cut takes is
expected again. When all is there one unit gives the file its name and the item its content, or with `deferCommit` when
it is asked to.
"""

from __future__ import annotations

import json
import os
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any, Final

from postroom.errors import Invalid, NotFound, WrongState
from postroom.workspace.clock import from_ms, moment, to_ms
from postroom.workspace.errors import TooLarge
from postroom.workspace.store.arriving import BUFFER_BYTES, Arriving, Digests
from postroom.workspace.store.blobs import Blob
from postroom.workspace.store.boot import boot
from postroom.workspace.store.contents import SMALL_BYTES
from postroom.workspace.store.growing import File
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import access, contents, etags, folders, names, places, shares, sizes
from postroom.workspace.workloads.files.contents import Behavior
from postroom.workspace.workloads.files.core import At, Core, Document, Look
from postroom.workspace.workloads.files.errors import Incomplete, OutOfOrder
from postroom.workspace.workloads.files.shares import key_of
from postroom.workspace.workloads.files.views import View
from postroom.workspace.workloads.items.doer import Doer

LIFE: Final = timedelta(days=7)
DEFAULT: Final[Behavior] = "fail"
"""What becomes of a taken name when nothing is said. Source: Microsoft Graph, driveItem: createUploadSession."""
MOST_DIGESTS: Final = 256
_BEGIN = "INSERT INTO drive_upload VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)"
_FIND = "SELECT * FROM drive_upload WHERE token = ?"
_RECEIVED = "UPDATE drive_upload SET received = ?, size = ?, boot = ? WHERE token = ?"
_HELD = "SELECT coalesce(sum(received), 0) FROM drive_upload WHERE mailbox = ? AND token <> ?"
SYNCED: Final = ""
"""Instead of a run of the machine: the bytes survive the next one."""


@dataclass(frozen=True, slots=True)
class Session:
    """`begin` is the first byte that is missing; None when all is there."""

    token: str
    expires: str
    begin: int | None
    made: Document | None = None
    """The file, once it is there."""
    new: bool = False


@dataclass(frozen=True, slots=True)
class _Upload:
    key: str
    parent: int
    replaced: int | None
    document: Document
    size: int | None
    received: int
    expires_ms: int

    @property
    def is_whole(self) -> bool:
        return self.size is not None and self.received == self.size


class Sessions:
    """Sessions are named by a token of 256 bits, which nobody can guess and which needs no other key."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._growing = core.store.blobs.growing_for("files")
        self._boot = boot()
        self._digests: OrderedDict[str, Digests] = OrderedDict()
        """Of what is there, of those sessions that were used last."""

    def begin(self, look: Look, at: At, given: Mapping[str, Any]) -> Session:
        """Raises AlreadyExists, Conflict, Locked, NoQuota, TooLarge, Invalid."""
        places.prepare(self._core, look, at)
        described = _described(given)
        token = secrets.token_urlsafe(32)
        with self._core.store.write() as unit:
            located = places.locate(unit, self._core, look, at, "write", make_folders=True)
            found = _named(unit, located, described["name"])
            etags.check(found.item, look.wish.if_match)
            described["behavior"] = described["behavior"] or (DEFAULT if found.above else "replace")
            contents.check_put(look, found, described["behavior"])
            self._check_size(unit, found, described.pop("size"))
            self._begin(unit, token, found, described | {"name": found.name, **_by(look, at)})
            return _session(token, self._found(unit, token))

    def _begin(self, unit: Unit, token: str, found: places.Found, described: Document) -> None:
        """For a name in a folder, or for the very file that was addressed."""
        place = found.above or found.item
        assert place is not None
        replaced = None if found.above else place.number
        row = (key_of(token), place.mailbox, place.number, replaced, json.dumps(described), None, self._boot)
        unit.connection.execute(_BEGIN, (*row, to_ms(unit.now + LIFE)))

    def _check_size(self, unit: Unit, found: places.Found, size: Any) -> None:
        """What is told of the size beforehand is only a hint: what a range says of it counts."""
        if size is None:
            return
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            raise Invalid("fileSize", "the number of bytes")
        if size > self._core.settings.file_bytes:
            raise TooLarge("fileSize", self._core.settings.file_bytes)
        sizes.check_room(unit, found.drive, size, self._core.settings.drive_bytes)

    def state(self, token: str) -> Session:
        """Raises NotFound, also when the session is over."""
        with self._core.store.read() as unit:
            return _session(token, self._found(unit, token))

    def put(self, token: str, begin: int, total: int, arrived: Arriving, base: str) -> Session:
        """One range. Raises OutOfOrder, NoQuota, Invalid, NotFound; and what `commit` raises with the last one."""
        self.state(token)  # what nobody has begun gets no file
        # Only those wait who send to the same session.
        with self._growing.locked(key_of(token)) as file:
            with self._core.store.read() as unit:
                upload = self._found(unit, token)
                self._check_range(upload, begin, total, arrived.size)
                self._check_held(unit, upload, total)
            if begin == upload.received:
                upload = self._written(upload, file, arrived, total)
            if upload.is_whole and not upload.document["defer"]:
                return self._finish(token, upload, file, base)
            return _session(token, upload)

    def commit(self, token: str, base: str) -> Session:
        """Make the file of all that is there. Raises Incomplete, AlreadyExists, NoQuota, Locked; the session stays."""
        self.state(token)
        with self._growing.locked(key_of(token)) as file:
            with self._core.store.read() as unit:
                upload = self._found(unit, token)
            if not upload.is_whole:
                raise Incomplete
            return self._finish(token, upload, file, base)

    def cancel(self, token: str) -> None:
        """Raises NotFound."""
        with self._core.store.write() as unit:
            self._forget(unit, self._found(unit, token).key)

    def tend(self) -> None:
        """Forget the sessions that are over, and files of those that went with their folders."""
        with self._core.store.write() as unit:
            sql = "SELECT token FROM drive_upload WHERE expires_ms <= ?"
            for row in unit.connection.execute(sql, (to_ms(unit.now),)).fetchall():
                self._forget(unit, row["token"])
        self._growing.sweep(self._is_open)

    def _is_open(self, key: str) -> bool:
        with self._core.store.read() as unit:
            return unit.connection.execute(_FIND, (key,)).fetchone() is not None

    def _check_range(self, upload: _Upload, begin: int, total: int, size: int) -> None:
        if total > self._core.settings.file_bytes:
            raise TooLarge("Content-Range", self._core.settings.file_bytes)
        if upload.size is not None and upload.received and total != upload.size:
            raise Invalid("Content-Range", f"a total of {upload.size} bytes, as before")
        if size < 1 or begin + size > total:
            raise Invalid("Content-Range", "a range within the file, as long as the body")
        is_repeated = upload.is_whole and begin + size == total
        if begin != upload.received and not is_repeated:
            raise OutOfOrder(upload.received)

    def _check_held(self, unit: Unit, upload: _Upload, total: int) -> None:
        """What lies in uploads that were never ended takes room, too."""
        drive = self._target(unit, upload).drive
        held = int(unit.connection.execute(_HELD, (drive.mailbox, upload.key)).fetchone()[0])
        sizes.check_room(unit, drive, held + total, self._core.settings.drive_bytes)

    def _written(self, upload: _Upload, file: File, arrived: Arriving, total: int) -> _Upload:
        if not upload.received:
            file.empty()  # of a longer file that was begun, and cut
        digests = self._digests_of(upload, file)
        for begin in range(0, arrived.size, BUFFER_BYTES):
            piece = os.pread(arrived.descriptor, BUFFER_BYTES, begin)
            file.write(upload.received + begin, piece)
            digests.update(piece)
        written = replace(upload, received=upload.received + arrived.size, size=total)
        synced = written.is_whole or not self._boot
        if synced:
            with file.syncing():
                pass
        with self._core.store.write(synced=synced) as unit:
            self._found(unit, upload.key, is_key=True)
            values = (written.received, total, SYNCED if synced else self._boot, upload.key)
            unit.connection.execute(_RECEIVED, values)
        self._remember(upload.key, digests)
        return written

    def _digests_of(self, upload: _Upload, file: File) -> Digests:
        """Of what is there. A copy: what is known stays true if the range fails."""
        known = self._digests.get(upload.key)
        if known is not None and known.size == upload.received:
            return known.copy()
        digests = Digests()
        while digests.size < upload.received:
            digests.update(file.read(digests.size, min(BUFFER_BYTES, upload.received - digests.size)))
        return digests

    def _remember(self, key: str, digests: Digests) -> None:
        self._digests.pop(key, None)
        self._digests[key] = digests
        while len(self._digests) > MOST_DIGESTS:
            self._digests.popitem(last=False)

    def _finish(self, token: str, upload: _Upload, file: File, base: str) -> Session:
        hashes, document = self._digests_of(upload, file).hashes(), upload.document
        look = Look(Doer(**document["doer"]), base, others=document["others"])
        with self._core.store.write() as unit:
            found = self._target(unit, self._found(unit, token))
            self._check_reach(unit, look, found, document["share"])
            contents.check_put(look, found, document["behavior"])
            blob = _kept(unit, file, hashes.blob)
            made = contents.put(unit, self._core, look, found, hashes, blob, document["behavior"], document["more"])
            self._forget(unit, upload.key)
            shown = View(unit, self._core, look).one(made.item)
        return Session(token, moment(from_ms(upload.expires_ms)), None, shown, made.new)

    def _check_reach(self, unit: Unit, look: Look, found: places.Found, share: str) -> None:
        """Raises Denied, NotFound when who began may no longer write: that may be days ago."""
        here = found.item or found.above
        assert here is not None
        role = access.role_of(unit, self._core, look, found.drive, here)
        if share and role not in ("write", "owner"):
            opened = shares.opened(unit, self._core, look, share)
            is_below = opened.item.number in (here.number, *(one.number for one in unit.items.path(here)))
            role = opened.role if is_below else None
        access.check(role, "write")

    def _target(self, unit: Unit, upload: _Upload) -> places.Found:
        """Raises NotFound when what it was for is gone."""
        number = upload.parent if upload.replaced is None else upload.replaced
        place = next(unit.items.at([number]), None)
        drive = places.drive_of(unit, place) if place is not None else None
        if place is None or drive is None or not places.is_in(unit, place, drive):
            raise NotFound("folder", "that the upload was for")
        if upload.replaced is not None:
            return places.Found(drive, place, None, "", "write")
        name = upload.document["name"]
        return places.Found(drive, places.child(unit, place, name), place, name, "write")

    def _forget(self, unit: Unit, key: str) -> None:
        unit.connection.execute("DELETE FROM drive_upload WHERE token = ?", (key,))
        unit.after_commit.append(lambda: self._growing.remove(key))
        self._digests.pop(key, None)

    def _found(self, unit: Unit, token: str, *, is_key: bool = False) -> _Upload:
        key = token if is_key else key_of(token)
        row = unit.connection.execute(_FIND, (key,)).fetchone()
        if row is None or row["expires_ms"] <= to_ms(unit.now):
            raise NotFound("upload session", "with this URL")
        received = row["received"] if row["boot"] in (SYNCED, self._boot) else 0
        return _Upload(
            key, row["parent"], row["replaced"], json.loads(row["document"]), row["size"], received, row["expires_ms"]
        )


def _kept(unit: Unit, file: File, blob: Blob) -> Blob:
    if blob.size < SMALL_BYTES:
        return unit.blobs.put(file.read(0, blob.size))
    unit.blobs.adopt(file.path, blob)
    return blob


def _by(look: Look, at: At) -> Document:
    """Who began, and by which link."""
    kind, value = at.steps[0]
    return {"doer": asdict(look.doer), "others": look.others, "share": value if kind == "share" else ""}


def _named(unit: Unit, found: places.Found, name: str | None) -> places.Found:
    """With the name of the description, which counts where a folder is addressed."""
    folder = found.item if found.item is not None and "folder" in found.item.document else None
    if name is None:
        if folder is not None and found.above is None:
            raise WrongState("A folder has no content. Name a file in it.")
        return found
    above = folder or found.above
    if above is None:
        return found
    return places.Found(found.drive, places.child(unit, above, name), above, name, found.role)


def _described(given: Mapping[str, Any]) -> Document:
    """`item`, or the same at the top. Raises Invalid."""
    item = given.get("item")
    values = {**given, **item} if isinstance(item, Mapping) else dict(given)
    if item is not None and not isinstance(item, Mapping):
        raise Invalid("item", "an object")
    name, behavior = values.get("name"), values.get("@microsoft.graph.conflictBehavior")
    return {
        "name": None if name is None else names.checked(name),
        "behavior": contents.behavior_of(behavior, DEFAULT) if behavior else "",
        "size": values.get("fileSize"),
        "defer": given.get("deferCommit") is True,
        "more": folders.described(values),
    }


def _session(token: str, upload: _Upload) -> Session:
    return Session(token, moment(from_ms(upload.expires_ms)), None if upload.is_whole else upload.received)
