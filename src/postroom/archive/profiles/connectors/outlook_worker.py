"""The process that reads .msg files and PSTs, with libraries that hostile files may break. Started by `outlook`.

It offers each message in turn and is told whether it is wanted; it may be killed at any moment, and a new one told to
go on behind the message at which that happened. Offers and answers are MessagePack, bodies come in pieces.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from postroom.archive.body import CHUNK_BYTES
from postroom.archive.extract import mapi
from postroom.archive.extract.model import GIB, Limits
from postroom.archive.extract.worker import confine
from postroom.archive.profiles.connectors import outlook_item, outlook_mail
from postroom.archive.profiles.connectors.outlook_item import OutlookItem, TooDeep
from postroom.archive.sources import files, names
from postroom.confinement import silence

LIMITS: Final = Limits(time_s=120.0, memory_bytes=2 * GIB)
MAIL: Final = ("ipm.note", "ipm.schedule", "ipm.post", "ipm.recall", "ipm.outlook.recall", "report.")
"""Classes of messages (MS-OXOMSG, MS-OXOCAL); others are contacts, appointments, tasks, notes."""
PST_DEPTH: Final = 100


class Offer(msgspec.Struct, array_like=True):
    """The next message, or with `problem` something that cannot be read. `place` counts them from 0. `other`: it is
    no mail."""

    place: int
    folder: list[str]
    native_id: str
    problem: str = ""
    other: bool = False


class Given(msgspec.Struct, array_like=True):
    """A wanted message: its size in bytes follow; or why it could not be made."""

    received_ms: int | None
    size: int
    problem: str = ""


class _Found(msgspec.Struct):
    """What a walk meets."""

    folder: list[str]
    native_id: str
    problem: str = ""
    other: bool = False
    read: Callable[[], OutlookItem] | None = None


def main() -> None:
    """Arguments: the descriptor of the connection, `PST` or `MSG`, the path, how many offers to pass over."""
    wire, kind, path, begin = Connection(int(sys.argv[1])), sys.argv[2], sys.argv[3], int(sys.argv[4])
    confine(LIMITS)
    silence()
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        _serve(wire, kind, path, begin)


def _serve(wire: Connection, kind: str, path: str, begin: int) -> None:
    walk = _pst(path) if kind == "PST" else _folder(path, [])
    place = -1
    signal.setitimer(signal.ITIMER_REAL, LIMITS.time_s)
    for place, found in enumerate(walk):
        if place < begin:
            continue
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(wire, Offer(place, found.folder, found.native_id, found.problem, found.other))
        wanted = wire.recv_bytes() == b"1"
        signal.setitimer(signal.ITIMER_REAL, LIMITS.time_s)
        if wanted and found.read is not None:
            _give(wire, kind, found.read)
    signal.setitimer(signal.ITIMER_REAL, 0)
    wire.send_bytes(b"")


def _give(wire: Connection, kind: str, read: Callable[[], OutlookItem]) -> None:
    try:
        item = read()
        body, received = outlook_mail.mail_of(item, kind), outlook_mail.received_ms(item)
    except TooDeep:
        _send(wire, Given(None, 0, "messages lie in each other without end"))
    except MemoryError:
        _send(wire, Given(None, 0, "it needs more memory than one message may"))
    except Exception as error:  # noqa: BLE001 - libraries raise what they like; the reason goes to the problem
        _send(wire, Given(None, 0, f"it cannot be read: {_short(error)}"))
    else:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(wire, Given(received, len(body)))
        for at in range(0, len(body), CHUNK_BYTES):
            wire.send_bytes(body[at : at + CHUNK_BYTES])
        signal.setitimer(signal.ITIMER_REAL, LIMITS.time_s)


def _send(wire: Connection, value: Offer | Given) -> None:
    wire.send_bytes(msgspec.msgpack.encode(value))


def _short(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]


# PST


def _pst(path: str) -> Iterator[_Found]:
    import pypff

    file = pypff.file()
    file.open(path)
    codepage = (file.get_ascii_codepage() or b"").decode("ascii", "replace")
    store = file.message_store
    own = outlook_item.properties(store, codepage) if store is not None else mapi.Properties({})
    pst = _Pst(own.raw(mapi.RECORD_KEY).hex(), codepage, int.from_bytes(own.raw(mapi.TOP_FOLDER)[-4:], "little"))
    yield from _pst_folder(pst, file.root_folder, [], 0)


class _Pst(NamedTuple):
    """Identity of the file, code page of its texts, number of the folder that people see as its top; 0: not told."""

    key: str
    codepage: str
    top: int


def _pst_folder(pst: _Pst, folder: Any, path: list[str], depth: int) -> Iterator[_Found]:
    try:
        messages, below = folder.number_of_sub_messages, folder.number_of_sub_folders
    except OSError as error:
        yield _Found(path, names.native(pst.key, "folder", *path), f"the folder cannot be read: {_short(error)}")
        return
    for number in range(messages):
        yield _pst_message(pst, folder, number, path)
    for number in range(below):
        try:
            inner = folder.get_sub_folder(number)
            whole = [] if inner.identifier == pst.top else [*path, inner.name or ""]
        except OSError as error:
            yield _Found(
                path, names.native(pst.key, "folder", *path, number), f"a folder cannot be read: {_short(error)}"
            )
            continue
        if depth < PST_DEPTH:
            yield from _pst_folder(pst, inner, whole, depth + 1)
        else:
            yield _Found(path, names.native(pst.key, "folder", *path, number), "folders lie in each other without end")


def _pst_message(pst: _Pst, folder: Any, number: int, path: list[str]) -> _Found:
    try:
        message = folder.get_sub_message(number)
        own = outlook_item.properties(message, pst.codepage)
        changed = own.raw(mapi.CHANGE_TIME).hex()
        native_id = names.native(pst.key, message.identifier, changed)
    except OSError as error:
        return _Found(path, names.native(pst.key, *path, number), f"it cannot be read: {_short(error)}")
    return _Found(path, native_id, "", not _is_mail(own), lambda: outlook_item.of_pst(message, pst.codepage))


def _is_mail(own: mapi.Properties) -> bool:
    kind = own.text(mapi.MESSAGE_CLASS).lower()
    return not kind or kind.startswith(MAIL)


# MSG


def _folder(path: str, below: list[str]) -> Iterator[_Found]:
    """All .msg files below a folder, files before subfolders; or one file."""
    single = Path(path)
    if single.is_file():
        yield _msg(path, single.stat(), below, single.name)
        return
    folders = []
    try:
        for entry in files.entries(path):
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry)
            elif files.suffix(entry.name) == "msg":
                if entry.is_file(follow_symlinks=False):
                    yield _msg(entry.path, entry.stat(follow_symlinks=False), below, entry.name)
                else:
                    yield _Found(below, names.native(*below, entry.name), files.odd_entry(entry))
    except OSError as error:
        yield _Found(below, names.native(*below), files.reason(error))
    for entry in folders:
        yield from _folder(entry.path, [*below, entry.name])


def _msg(path: str, state: os.stat_result, below: list[str], name: str) -> _Found:
    native_id = names.native("/".join((*below, name)), state.st_size, state.st_mtime_ns)
    return _Found(below, native_id, read=lambda: _read_msg(path))


def _read_msg(path: str) -> OutlookItem:
    import olefile

    with olefile.OleFileIO(path) as ole:
        return outlook_item.of_ole(ole)
