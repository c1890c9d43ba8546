"""The program `postroom` without the half second that its modules take to load.

One process has them loaded and makes a child for each command, with its arguments, environment, folder and files: all
but the loading is as when the program starts anew. `python -m tests.cli.warm <socket>` is that process; `SHIM` is
the program that commands call: it hands over what it was given, passes signals on and ends as the command did. When it
is killed the command is killed, too.
"""

from __future__ import annotations

import array
import gc
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from ast import literal_eval
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from importlib import import_module
from io import StringIO
from pathlib import Path
from pkgutil import walk_packages
from typing import Final

import postroom
from postroom.cli import main

SHIM: Final = """#!{python} -IS
import _signal, _socket, os, sys
where = _socket.socket(_socket.AF_UNIX)
where.connect({address!r})
given = sys.argv[1:], dict(os.environ), os.getcwd(), os.umask(0)
told = repr(given).encode("utf-8", "surrogateescape")
files = b"".join(file.to_bytes(4, sys.byteorder) for file in (0, 1, 2))
where.sendmsg([len(told).to_bytes(4, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
where.sendall(told)
for number in (_signal.SIGTERM, _signal.SIGINT, _signal.SIGHUP):
    _signal.signal(number, lambda number, _: where.send(bytes([number])))
status = where.recv(1)
os._exit(status[0] if status else 1)
"""
Given = tuple[list[str], dict[str, str], str, int]
_FDS: Final = 3


@contextmanager
def commands(folder: Path) -> Iterator[Path]:
    """A folder for the PATH with such a program."""
    address, program = folder / "socket", folder / "bin" / "postroom"
    program.parent.mkdir(parents=True)
    program.write_text(SHIM.format(python=sys.executable, address=str(address)))
    program.chmod(0o755)
    warm = subprocess.Popen([sys.executable, "-m", "tests.cli.warm", str(address)])
    try:
        while not address.exists():
            assert warm.poll() is None
            time.sleep(0.01)
        yield program.parent
    finally:
        warm.terminate()
        warm.wait()


def serve(address: str) -> None:
    for module in walk_packages(postroom.__path__, "postroom."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    _load_what_a_command_needs(address)
    gc.freeze()  # children share what is never looked through
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{address}.new")
        listener.listen()
        Path(f"{address}.new").rename(address)
        while True:
            connection, _ = listener.accept()
            if not os.fork():
                listener.close()
                _attend(connection)
            connection.close()


def _load_what_a_command_needs(address: str) -> None:
    """Libraries load parts of themselves when a command runs; this one has nothing to show."""
    sys.argv = ["postroom", "status", "--home", f"{address}.none"]
    with suppress(SystemExit), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        main()


def _attend(connection: socket.socket) -> None:
    """Run the command in a child of this process, and tell how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    asked, files = _asked(connection)
    child = os.fork()
    if not child:
        connection.close()
        _become(asked, files)
    os.setpgid(0, 0)
    ended = os.pidfd_open(child)
    with selectors.DefaultSelector() as waiting:
        waiting.register(ended, selectors.EVENT_READ)
        waiting.register(connection, selectors.EVENT_READ)
        while not any(key.fd == ended for key, _ in waiting.select()):
            told = connection.recv(1)
            os.kill(child, told[0] if told else signal.SIGKILL)
            if not told:
                waiting.unregister(connection)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    connection.send(bytes([code if code >= 0 else 128 - code]))
    os._exit(0)


def _asked(connection: socket.socket) -> tuple[Given, list[int]]:
    size, about, _, _ = connection.recvmsg(4, socket.CMSG_LEN(_FDS * 4))
    told, whole = b"", int.from_bytes(size, "big")
    while len(told) < whole:
        told += connection.recv(whole - len(told))
    return literal_eval(told.decode("utf-8", "surrogateescape")), list(array.array("i", about[0][2]))


def _become(asked: Given, files: list[int]) -> None:
    arguments, environment, folder, mask = asked
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    os.umask(mask)
    time.tzset()
    sys.argv = ["postroom", *arguments]
    code = 1
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    except BaseException:  # noqa: BLE001 - as the interpreter does
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1])
