"""The home: the one directory that holds everything of a server. Nobody but its owner may look inside."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from postroom.errors import NotFound, Unavailable

DEFAULT = Path("postroom-data")
_PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class Home:
    """Where things lie below `path`; nothing is made before `create`."""

    path: Path

    @classmethod
    def of(cls, given: Path | None, environment: Mapping[str, str]) -> Home:
        """The home that was given, else that of POSTROOM_HOME, else ./postroom-data."""
        return cls((given or Path(environment.get("POSTROOM_HOME") or DEFAULT)).expanduser().absolute())

    @property
    def settings_file(self) -> Path:
        return self.path / "postroom.toml"

    @property
    def tls(self) -> Path:
        return self.path / "tls"

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def work_db(self) -> Path:
        return self.path / "work.db"

    @property
    def spe_work_db(self) -> Path:
        """The long-running calls of the Service Provider Edition, whose administrators are others."""
        return self.path / "work-spe.db"

    @property
    def archive(self) -> Path:
        """The one instance of a MailStore Server; those of a service provider lie beside it."""
        return self.instances / "default"

    @property
    def instances(self) -> Path:
        """Where the management database of a service provider lies, and its instances."""
        return self.path / "archive"

    @property
    def workspace(self) -> Path:
        """What users own, and how they sign in to it."""
        return self.path / "workspace"

    @property
    def lock_file(self) -> Path:
        return self.path / "lock"

    def exists(self) -> bool:
        return self.settings_file.exists()

    def create(self) -> None:
        """Make what is missing, readable by the owner only. An existing home keeps what it has."""
        for directory in (self.path, self.tls, self.log, self.path / "archive", self.archive):
            directory.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        self.path.chmod(_PRIVATE)

    def require(self) -> None:
        """Raises NotFound, saying what to do, when no home was made here."""
        if not self.exists():
            raise NoHome(self.path)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the home: one server at a time. Raises Unavailable naming the process that holds it."""
        descriptor = os.open(self.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if not _try_lock(descriptor):
                raise Unavailable(f"The home {self.path} is in use by process {_pid(descriptor)}. Stop it first.")
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            yield
        finally:
            # The kernel drops the lock with the descriptor, also after a kill. The file stays: were it removed, a
            # third process could lock a new file of that name while a second still waits on the old one.
            os.close(descriptor)

    def holder(self) -> int | None:
        """The process id of the server that holds this home; None when none does."""
        try:
            descriptor = os.open(self.lock_file, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            return None if _try_lock(descriptor, fcntl.LOCK_SH) else _pid(descriptor)
        finally:
            os.close(descriptor)


class NoHome(NotFound):
    """There is no home at this path yet."""

    def __init__(self, path: Path) -> None:
        super().__init__("home", str(path))
        self.args = (f"There is no home at {path}. Make one with `postroom init`, or name another with --home.",)


def _try_lock(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid(descriptor: int) -> int:
    """The process id in a lock file; 0 when its holder has not written it yet."""
    text = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
    return int(text) if text.isdigit() else 0
