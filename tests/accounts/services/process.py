"""Other people's servers, started privately for tests: on loopback, in a scratch folder, stopped afterwards.

with scratch("slapd", owner="openldap") as folder:
    service = Service("slapd", [program("slapd"), ...], folder=folder, ready=lambda: answers(port), user="openldap")
    with service: ...
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

DEADLINE_S = 60.0
MEMORY = Path("/dev/shm")
SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin")


def missing(what: str) -> None:
    """Skip the running test, which needs `what`; with CI=true that is a failure."""
    reason = f"{what} is not installed; scripts/install-test-services installs it"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def program(name: str, *folders: str | Path) -> Path:
    """Where a program is: in `folders`, on the PATH or where administrators' programs are. Skips when nowhere."""
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", ""), *SYSTEM_FOLDERS])
    found = shutil.which(name, path=path)
    if found is None:
        missing(name)
    return Path(str(found))


def require_user(name: str) -> str | None:
    """The user to run a server as: `name` when the tests run as root, None (oneself) otherwise."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(name).pw_name
    except KeyError:
        missing(f"The server with the user {name}")
        raise


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until(check: Callable[[], bool], what: str, timeout_s: float = DEADLINE_S) -> None:
    """Ask again and again until `check` is true; fails the test, naming `what`, when it never is."""
    deadline = time.monotonic() + timeout_s
    while not check():
        if time.monotonic() > deadline:
            pytest.fail(f"Not within {timeout_s:g} s: {what}")
        time.sleep(0.02)


def _has_room(place: Path) -> bool:
    return os.access(place, os.W_OK) and shutil.disk_usage(place).free > 2 * 1024**3


@contextmanager
def scratch(name: str, owner: str | None = None, *, in_memory: bool = False) -> Iterator[Path]:
    """A new folder that `owner` may use and others may enter: pytest's tmp_path is closed to other users.

    Its path is short, because the path of a socket may have 107 characters at most. `in_memory` where there is room:
    a database that syncs each new table to a busy disk takes six times as long.
    """
    place = MEMORY if in_memory and _has_room(MEMORY) else Path("/tmp")
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=place))
    try:
        folder.chmod(0o755)
        if owner and os.geteuid() == 0:
            shutil.chown(folder, owner, pwd.getpwnam(owner).pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def as_user(user: str | None, command: Sequence[str | Path], *, dies_by: str | None = None) -> list[str]:
    """The command, to be run as `user`; `dies_by` names the signal it gets when the tests are killed."""
    words = [str(word) for word in command]
    changes = [] if user is None else [f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--init-groups"]
    if dies_by:
        changes.append(f"--pdeathsig={dies_by}")
    return [str(program("setpriv")), *changes, "--", *words] if changes else words


def run(
    command: Sequence[str | Path], *, user: str | None = None, folder: Path | None = None, stdin: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """What a command prints. Fails the test with all of its output when it ends with an error."""
    ended = subprocess.run(
        as_user(user, command), cwd=folder, input=stdin, text=True, capture_output=True, check=False,
        timeout=DEADLINE_S * 2, env=None if environment is None else {**os.environ, **environment},
    )  # fmt: skip
    if ended.returncode:
        pytest.fail(f"{command[0]} ended with {ended.returncode}:\n{ended.stdout}\n{ended.stderr}")
    return ended.stdout


class Service:
    """A server in the foreground of a process of ours; can be stopped, killed and started again."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        folder: Path,
        ready: Callable[[], bool],
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name, self.folder, self.log_file = name, folder, folder / f"{name}.log"
        self._command, self._ready, self._user = command, ready, user
        self._stop_signal, self._environment = stop_signal, environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What the server printed so far."""
        return self.log_file.read_text("utf-8", "replace") if self.log_file.exists() else ""

    def start(self) -> None:
        """Returns when the server answers; fails the test, showing the log, when it ends before or never answers.

        From the main thread only: the kernel ends the server together with the thread that started it.
        """
        command = as_user(self._user, self._command, dies_by=self._stop_signal.name.removeprefix("SIG"))
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True, env={**os.environ, **(self._environment or {})},
            )  # fmt: skip
        deadline = time.monotonic() + DEADLINE_S
        while not self._ready():
            if not self.running or time.monotonic() > deadline:
                self.kill()
                pytest.fail(f"{self.name} does not start:\n{self.log[-4000:]}")
            time.sleep(0.02)

    def stop(self, with_signal: signal.Signals | None = None) -> None:
        """Ask it to end and wait; kill it and fail when it does not."""
        if self._process is None:
            return
        if self.running:
            self._process.send_signal(with_signal or self._stop_signal)
        try:
            self._process.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail(f"{self.name} does not stop:\n{self.log[-4000:]}")

    def kill(self) -> None:
        """End it at once, and the processes that it started."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):  # it and all of its children may be gone
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(DEADLINE_S)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
