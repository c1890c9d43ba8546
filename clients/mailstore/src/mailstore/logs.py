"""What a client tells about its calls: printed, and written to a file in the temporary directory.

Values of arguments and results are never logged, only their names: some are passwords.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from typing import TextIO

from mailstore.pretty import visible

LEVELS = {0: logging.CRITICAL + 1, 1: logging.ERROR, 2: logging.WARNING, 3: logging.INFO, 4: logging.DEBUG}
"""The API's levels NONE, ERROR, WARNING, INFO, DEBUG as those of logging."""

PREFIX = "MailStorePyLib"


LOGGER = "MGMTLogger"
"""Name of the logger of the clients of 2018."""


class _Visible(logging.Formatter):
    """A message is one line, and no terminal obeys it: it may quote what a server sent."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the name is logging's
        return visible(super().formatMessage(record)).replace("\n", "\\n")


class _Stdout(logging.StreamHandler[TextIO]):
    """Prints to what is standard output at the moment, not when the client was made."""

    def emit(self, record: logging.LogRecord) -> None:
        self.setStream(sys.stdout)
        super().emit(record)


def open_log(level: int, file_level: int) -> logging.Logger:
    """A logger of one client's own. Raises ValueError for a level outside 0 to 4."""
    for value in (level, file_level):
        if value not in LEVELS:
            raise ValueError(f"log level {value!r}: expected 0 to 4")
    # Not from the registry: each client has handlers and levels of its own, and they go with it.
    log = logging.Logger(PREFIX, min(LEVELS[level], LEVELS[file_level]))  # noqa: LOG001
    if level:
        log.addHandler(_ready(_Stdout(sys.stdout), level, "%(levelname)s: %(message)s"))
    if file_level:
        log.addHandler(_ready(_file(), file_level, "%(asctime)s %(levelname)s %(message)s"))
    return log


def open_shared_log(name: str, level: int) -> logging.Logger:
    """A logger with a level of its own whose records go to Python's logger of that name. Raises ValueError."""
    if level not in LEVELS:
        raise ValueError(f"log level {level!r}: expected 0 to 4")
    log = logging.Logger(name, LEVELS[level])  # noqa: LOG001  # not from the registry: the level is one client's
    log.parent = logging.getLogger(name)
    log.addFilter(_made_visible)
    return log


def _made_visible(record: logging.LogRecord) -> bool:
    """For handlers that are not ours: the message as `_Visible` would write it."""
    record.msg, record.args = visible(record.getMessage()).replace("\n", "\\n"), None
    return True


def close_log(log: logging.Logger) -> None:
    """Close the file, if there is one."""
    for handler in log.handlers[:]:
        log.removeHandler(handler)
        handler.close()


def log_file(log: logging.Logger) -> str | None:
    """Path of the log file."""
    return next((h.baseFilename for h in log.handlers if isinstance(h, logging.FileHandler)), None)


def _file() -> logging.FileHandler:
    # mkstemp: only we can read it, and no link that somebody laid there is followed.
    number, path = tempfile.mkstemp(".log", f"{PREFIX}-")
    os.close(number)
    return logging.FileHandler(path, encoding="utf-8")


def _ready(handler: logging.Handler, level: int, form: str) -> logging.Handler:
    handler.setLevel(LEVELS[level])
    handler.setFormatter(_Visible(form))
    return handler
