"""What of long-running calls was told to whom asks by the legacy API: news once, and the end once."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from typing import Final, TypedDict
from uuid import UUID

from postroom.errors import NotFound
from postroom.work import Process, State

MOST: Final = 10_000
_GUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


class Message(TypedDict):
    """`type` is line, information, warning, error or unknown."""

    type: str
    text: str


class Status(TypedDict):
    """`status` is running, succeeded or failed; `progressPercentage` 0..100; `messages` are those not told before."""

    status: str
    result: object
    progressPercentage: int
    messages: list[Message]


class Started(TypedDict):
    """The answer of a call that takes long."""

    statusToken: str
    statusUrl: str


def guid(token: str) -> str:
    """The token of a process as the legacy API writes it."""
    return str(UUID(token)).upper()


def token(guid_text: str) -> str:
    """And back. Raises NotFound for what is none."""
    if not _GUID.fullmatch(guid_text):
        raise NotFound("process", guid_text[:100])
    return guid_text.replace("-", "").lower()


class Told:
    """How far the log of each process was told. The process itself stays readable by the Administration API."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._version: OrderedDict[str, int | None] = OrderedDict()
        """None: the end was told."""
        self._lock = threading.Lock()

    def status(self, process: Process) -> Status:
        """What is new of a process. Raises NotFound when its end was told before."""
        with self._lock:
            known = self._version.get(process.token, 0)
            if known is None:
                raise NotFound("process", guid(process.token))
            state, log = process.seen(known)
            self._version[process.token] = None if state.ended else state.version
            self._version.move_to_end(process.token)
            while len(self._version) > self._most:
                self._version.popitem(last=False)
        return _status(state, log)


def _status(state: State, log: list[str]) -> Status:
    messages = [Message(type="line", text=line) for line in log]
    if state.failure is not None:
        messages.append(Message(type="error", text=state.failure.message))
    elif state.status == "cancelled":  # these clients know no such status
        messages.append(Message(type="error", text="The call was cancelled."))
    status = "failed" if state.status == "cancelled" else state.status
    return Status(status=status, result=state.result, progressPercentage=state.percent or 0, messages=messages)
