"""Requests that are told to wait: limits for each app and mailbox, and rules that make paths fail for tests."""

from __future__ import annotations

import logging
import math
import threading
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import msgspec

from postroom.errors import Invalid
from postroom.faces.graph.errors import Refused
from postroom.faces.graph.route import Family
from postroom.settings import Graph

logger = logging.getLogger(__name__)

MOST_KEPT: Final = 10_000
BUSY: Final[dict[Family, str]] = {
    "outlook": "ApplicationThrottled",
    "directory": "Request_ThrottledTemporarily",
    "files": "activityLimitReached",
    "core": "TooManyRequests",
}
GATEWAY: Final = {429: "TooManyRequests", 500: "InternalServerError", 503: "serviceNotAvailable", 504: "UnknownError"}


@dataclass(slots=True)
class _Count:
    began: float
    requests: int = 0
    running: int = 0


class Limits:
    """How much one app asks of one mailbox. Without limits in the settings it counts nothing."""

    def __init__(self, settings: Graph, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._monotonic = settings, monotonic
        self._counts: dict[tuple[str, str], _Count] = {}
        self._lock = threading.Lock()

    @contextmanager
    def within(self, app_id: str, mailbox: str, family: Family) -> Iterator[None]:
        """Counts one request while it runs. Raises Refused 429, with the time to wait, for one too many."""
        if not (self._settings.limit_requests or self._settings.limit_concurrent):
            yield
            return
        count = self._enter((app_id, mailbox), family)
        try:
            yield
        finally:
            with self._lock:
                count.running -= 1

    def _enter(self, who: tuple[str, str], family: Family) -> _Count:
        now, window = self._monotonic(), self._settings.limit_window_s
        with self._lock:
            count = self._counts.setdefault(who, _Count(now))
            if now - count.began >= window:
                count.began, count.requests = now, 0
            if 0 < self._settings.limit_requests <= count.requests:
                raise _busy(family, count.began + window - now)
            if 0 < self._settings.limit_concurrent <= count.running:
                raise _busy(family, 1)
            count.requests += 1
            count.running += 1
            self._forget(now - window)
        return count

    def _forget(self, before: float) -> None:
        if len(self._counts) > MOST_KEPT:
            self._counts = {who: count for who, count in self._counts.items() if count.running or count.began > before}


def _busy(family: Family, wait_s: float) -> Refused:
    headers = {"Retry-After": str(max(1, math.ceil(wait_s)))}
    return Refused(429, BUSY[family], "Too many requests. Wait as long as Retry-After says.", headers)


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`path` as a shell pattern, without the version and the query; `*` goes over slashes.

    The first `after` requests that match pass, the `times` that follow are answered with `status`.
    """

    path: str
    status: int = 429
    times: int = 1
    after: int = 0
    method: str = "*"
    retry_after_s: int | None = 1


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: list[Rule] = []


@dataclass(slots=True)
class Faults:
    """The rules of a file, counted; with None or no such file there are none. Counting begins anew when it changes."""

    file: Path | None
    _rules: Sequence[Rule] = ()
    _seen: list[int] = field(default_factory=list)
    _stamp: tuple[int, int] = (0, 0)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.file is not None:
            self._load(self.file)

    def meet(self, method: str, path: str) -> None:
        """Raises Refused when a rule says so."""
        if self.file is None:
            return
        with self._lock:
            self._renew(self.file)
            for number, rule in enumerate(self._rules):
                if not (fnmatchcase(path.lower(), rule.path.lower()) and fnmatchcase(method, rule.method.upper())):
                    continue
                self._seen[number] += 1
                if rule.after < self._seen[number] <= rule.after + rule.times:
                    raise _told(rule)

    def _renew(self, file: Path) -> None:
        try:
            self._load(file)
        except Invalid as error:
            logger.warning("%s The rules of before go on.", error)

    def _load(self, file: Path) -> None:
        try:
            if not file.exists():
                self._rules, self._seen, self._stamp = (), [], (0, 0)
                return
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            if stamp == self._stamp:
                return
            # Noted before reading: a file that cannot be used is told once.
            self._stamp = stamp
            self._rules = msgspec.convert(tomllib.loads(file.read_text("utf-8")), _File).rule
        except (OSError, ValueError, msgspec.ValidationError) as error:
            raise Invalid("graph.faults_file", f"a TOML file of [[rule]] tables ({error})") from error
        self._seen = [0] * len(self._rules)


def _told(rule: Rule) -> Refused:
    headers = {} if rule.retry_after_s is None else {"Retry-After": str(rule.retry_after_s)}
    code = GATEWAY.get(rule.status, "UnknownError")
    return Refused(rule.status, code, "A rule of graph.faults_file says so.", headers)
