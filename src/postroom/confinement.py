"""What a process gives up before it parses what strangers sent: memory, core dumps, the network, other programs.

Each step is worth having alone; a kernel may refuse those by prctl and unshare.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from pathlib import Path
from typing import Final

NICE: Final = 5
KEPT_ENVIRONMENT: Final = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "SYSTEMROOT")
"""What such a process is given. Not the rest: the environment may hold passwords."""
_CLONE_NEWUSER, _CLONE_NEWNET, _NO_NEW_PRIVILEGES = 0x10000000, 0x40000000, 38
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_RULES: Final = struct.pack("=QQQ", 1 << 0, 1 << 0 | 1 << 1, 1 << 0 | 1 << 1)
"""Handled and never allowed: execute; bind and connect; abstract sockets and signals of others."""


def confine(memory_bytes: int, file_bytes: int) -> None:
    """`memory_bytes` of private pages, `file_bytes` of a file that it writes."""
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends this process
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        # Root needs no user namespace, and in one it could no longer read other users' files.
        libc.unshare(_CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET)
        _landlock(libc)


def _landlock(libc: ctypes.CDLL) -> None:
    """No program is started, no TCP spoken, no process outside signalled. Source: Linux, uapi/linux/landlock.h.

    Files stay as they are: SQLite needs to write beside what it reads.
    """
    ruleset = libc.syscall(_LANDLOCK_CREATE, _LANDLOCK_RULES, len(_LANDLOCK_RULES), 0)
    if ruleset >= 0:  # Linux 6.12 and later
        libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0)
        os.close(ruleset)


def silence() -> None:
    """Libraries print about broken files; hostile ones must not fill a log."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
