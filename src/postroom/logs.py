"""Structured logging on the standard library: JSON lines in `<home>/log/postroom.log`, plain lines on stderr.

Use `logging.getLogger(__name__)` and give facts as `extra={"user": name}`; they become keys of the JSON line. The
request id of the running request is added to each line. Secrets are blotted out by key, wherever they stand.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import re
import sys
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from postroom.settings import Log

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that this context serves; empty outside of one."""

FILE_NAME = "postroom.log"
BLOT = "***"

_SECRET = re.compile(r"passw|passphrase|token|secret|authorization|cookie", re.IGNORECASE)
# Log text holds what strangers send: every repetition here is anchored or bounded, so that the time stays linear.
_SECRET_IN_TEXT = re.compile(
    r"""(?ix) ( (?: password | passwd | passphrase | token | secret | authorization | cookie ) [\w-]{0,40}
          \\?["']? \s* [=:] \s* )
        (?: (?: basic | bearer ) \s+ \S+ | "[^"]*" | '[^']*' | [^\s&,;}]+ )"""
)
_PASSWORD_IN_URL = re.compile(r"(://[^/\s:@]+:)[^/\s@]+@")
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# uvicorn gives each line a second time, with colours, as color_message.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def visible(text: str) -> str:
    """The text with what a terminal would obey as JSON's escapes; tabs and line feeds stay."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def scrub(text: str) -> str:
    """The text without the values of what looks like `password=…` or `Authorization: …`."""
    return _PASSWORD_IN_URL.sub(rf"\1{BLOT}@", _SECRET_IN_TEXT.sub(rf"\1{BLOT}", text))


def clean(value: object, key: str = "") -> object:
    """A value as JSON can hold it, secrets blotted out by their key at any depth."""
    if _SECRET.search(key):
        return BLOT
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return scrub(value)
        case Mapping():
            return {str(name): clean(item, str(name)) for name, item in value.items()}
        case bytes() | bytearray():
            return f"{len(value)} bytes"
        case Sequence():
            return [clean(item) for item in value]
        case _:
            return scrub(str(value))


class Scrub(logging.Filter):
    """Takes secrets out of a record before any formatter sees it, and adds the request id."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = scrub(_message(record)), None
        for key in vars(record).keys() - _STANDARD:
            setattr(record, key, clean(getattr(record, key), key))
        record.request = request_id.get()
        return True


def _message(record: logging.LogRecord) -> str:
    """The finished message. A wrong format of some library is shown as it is; it must not end the call it reports."""
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return f"{record.msg} {record.args}"


def facts(record: logging.LogRecord) -> dict[str, object]:
    """What the caller gave as `extra`, and the request id."""
    return {key: value for key, value in vars(record).items() if key not in _STANDARD and value != ""}


class JsonLines(logging.Formatter):
    """One JSON object per line: time (UTC), level, logger, message, facts, and the traceback of an error."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **facts(record),
        }
        if record.exc_info:
            line["error"] = scrub(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


class Plain(logging.Formatter):
    """A line for people: the message, its facts; no traceback, that is in the file."""

    def format(self, record: logging.LogRecord) -> str:
        told = "".join(f" {key}={value}" for key, value in facts(record).items())
        level = "" if record.levelno < logging.WARNING else f"{record.levelname.lower()}: "
        # A message may carry text from outside: one event is one line, and no terminal obeys it.
        line = visible(f"{level}{record.getMessage()}{told}")
        return line.replace("\n", "\\n").replace("\t", "\\t")


class _File(logging.handlers.RotatingFileHandler):
    """The log file. On a full disk each line goes to the stream alone, without a traceback of logging's own."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's name
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)


def configure(directory: Path | None, log: Log, stream: TextIO | None = None) -> None:
    """Send all logging to `directory` and `stream` (stderr when None), in place of what was configured before."""
    handlers: list[logging.Handler] = [_handler(logging.StreamHandler(stream or sys.stderr), Plain())]
    if directory is not None:
        handlers.append(_handler(_file(directory, log), JsonLines()))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(log.level.upper())


def _handler(handler: logging.Handler, formatter: logging.Formatter) -> logging.Handler:
    handler.setFormatter(formatter)
    handler.addFilter(Scrub())
    return handler


def _file(directory: Path, log: Log) -> logging.Handler:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _File(directory / FILE_NAME, maxBytes=log.file_bytes, backupCount=log.files, encoding="utf-8", delay=True)
