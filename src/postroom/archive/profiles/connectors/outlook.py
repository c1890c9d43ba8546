"""Mail that Outlook keeps: PST files, and folders of .msg files. Neither has the bytes that were delivered; the mail is
made anew (`outlook_mail`). They are read in a process that may be killed (`outlook_worker`)."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import Final

import msgspec

from postroom.archive.body import Spool
from postroom.archive.profiles.common import TARGET
from postroom.archive.profiles.connector import Context, Target
from postroom.archive.profiles.connectors.files import BATCH, FOLDER, PATH, check_places, folders_in
from postroom.archive.profiles.connectors.outlook_worker import LIMITS, Given, Offer
from postroom.archive.profiles.connectors.parts import Below
from postroom.archive.profiles.details import Details, Key
from postroom.archive.sources import Arrival, Item, Known, Problem, names
from postroom.errors import Damaged, Unavailable
from postroom.extras import require_pst

GRACE_S: Final = 5.0
MOST_DEATHS: Final = 100
"""Messages at which a process may die before the rest of the file is given up."""

_COMMAND: Final = "from postroom.archive.profiles.connectors.outlook_worker import main; main()"
_KEPT_ENVIRONMENT: Final = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ")
"""Not the rest: the environment may hold passwords."""


class _Died(Exception):
    """The process ended, or was killed because it was silent; the message is the reason."""


class _Worker:
    """One process, and the wire to it."""

    def __init__(self, kind: str, path: Path, begin: int) -> None:
        self._wire, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                (sys.executable, "-c", _COMMAND, str(theirs.fileno()), kind, str(path), str(begin)),
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env={name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
                | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )

    def receive(self) -> bytes:
        """Raises _Died."""
        try:
            if self._wire.poll(LIMITS.time_s + GRACE_S):
                return self._wire.recv_bytes()
        except (EOFError, OSError) as error:
            raise _Died(self._reason()) from error
        raise _Died("it took too long")

    def answer(self, *, wanted: bool) -> None:
        """Raises _Died."""
        try:
            self._wire.send_bytes(b"1" if wanted else b"0")
        except OSError as error:
            raise _Died(self._reason()) from error

    def _reason(self) -> str:
        try:
            code = self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            return "it took too long"
        if code == -signal.SIGALRM:
            return "it took too long"
        return (
            f"the library that reads it crashed ({signal.Signals(-code).name})" if code < 0 else "it cannot be opened"
        )

    def close(self) -> None:
        """Kills the process if it still runs."""
        self._process.kill()
        self._process.wait()
        self._wire.close()


class OutlookSource:
    """The mail in a PST, or in the .msg files below a folder. It resumes by `known` alone."""

    def __init__(self, kind: str, path: Path, context: Context) -> None:
        self.name = names.native(f"{kind.lower()}:{os.path.realpath(path)}")
        self._kind, self._path, self._context = kind, path, context
        self._others = 0

    def progress(self) -> tuple[int, int]:
        return 0, 0

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:  # noqa: ARG002  the protocol's names
        """Raises Damaged when the file cannot be read at all, or its reader dies again and again."""
        self._others = 0
        begin = deaths = 0
        while True:
            met: list[Offer] = []
            try:
                yield from self._run(begin, known, met)
                break
            except _Died as death:
                deaths += 1
                if not met or deaths > MOST_DEATHS:
                    raise Damaged(f"{self._path} cannot be read as {self._kind}: {death}") from death
                yield Problem(_folder(met[-1]), met[-1].native_id, str(death))
                begin = met[-1].place + 1
        if self._others:
            self._context.note(
                f"{self._path}: {self._others} items are no mail (contacts, appointments, tasks, notes)."
            )

    def _run(self, begin: int, known: Known, met: list[Offer]) -> Iterator[Item]:
        """What one process gives; `met` gets the last offer. Raises _Died."""
        with contextlib.closing(_Worker(self._kind, self._path, begin)) as worker:
            while raw := worker.receive():
                self._context.stop()
                offer = msgspec.msgpack.decode(raw, type=Offer)
                met[:] = [offer]
                wanted = not (offer.problem or offer.other or known(offer.native_id))
                self._others += offer.other
                worker.answer(wanted=wanted)
                if offer.problem:
                    yield Problem(_folder(offer), offer.native_id, offer.problem)
                elif wanted:
                    yield self._message(worker, offer)

    def _message(self, worker: _Worker, offer: Offer) -> Item:
        given = msgspec.msgpack.decode(worker.receive(), type=Given)
        if given.problem:
            return Problem(_folder(offer), offer.native_id, given.problem)
        body = Spool()
        while body.size < given.size:
            body.write(worker.receive())
        return Arrival(_folder(offer), offer.native_id, body.finish(), given.received_ms)


def _folder(offer: Offer) -> str:
    return names.folder(tuple(offer.folder))


@dataclass(frozen=True, slots=True)
class OutlookConnector:
    """`name` is also what the worker knows the form by."""

    name: str
    keys: tuple[Key, ...] = (PATH, TARGET, BATCH, FOLDER)

    def check(self, details: Details) -> None:
        check_places(details)

    @contextmanager
    def open(self, details: Details, context: Context) -> Iterator[Iterator[Target]]:
        if self.name == "PST":
            require_pst()
        path = context.path(f"details.{PATH.name}", details.text(PATH.name))
        if not path.exists():
            raise Unavailable(f"There is nothing at {path}. Is the disk there?")
        yield self._targets(path, details, context)

    def _targets(self, path: Path, details: Details, context: Context) -> Iterator[Target]:
        archives = {path: details.text(TARGET.name)}
        if details.flag(BATCH.name):
            archives = {place: names.component(place.name) for place in folders_in(path)}
        for place, archive in archives.items():
            for one in self._places(place):
                yield Target(archive, Below(OutlookSource(self.name, one, context), details.text(FOLDER.name)))

    def _places(self, path: Path) -> list[Path]:
        """PSTs are files; .msg files are read folder by folder."""
        if self.name == "MSG" or path.is_file():
            return [path]
        found = [
            one
            for one in path.rglob("*")
            if one.suffix.lower() in (".pst", ".ost") and one.is_file() and not one.is_symlink()
        ]
        return sorted(found)


PST: Final = OutlookConnector("PST")
MSG: Final = OutlookConnector("MSG")
