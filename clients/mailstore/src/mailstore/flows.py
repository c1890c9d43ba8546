"""The conversations of the API without I/O: generators that yield a Request and are sent its Response.

`run` and `run_async` drive them. A connection error is thrown into the flow, which may ask again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from mailstore import encode
from mailstore.contract.shapes import Status
from mailstore.errors import MailStoreAnswerError, MailStoreConnectionError, MailStoreHTTPError, MailStoreNoTokenError

T = TypeVar("T")

POLLS = 3
"""How often a poll is tried while connections break; it changes nothing, and the process goes on without us."""

CAUSES = {
    401: "User name or password is wrong.",
    403: "The user may not use this API.",
}


@dataclass(frozen=True, slots=True)
class Request:
    """A POST of form fields, after a pause. `wait_ms` is how long the server may take before it begins to answer.

    `limit_s`: how long to wait for the answer whatever the client's own limit is.
    """

    path: str
    form: Mapping[str, str] = field(default_factory=dict)
    wait_ms: int = 0
    pause_ms: int = 0
    limit_s: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    url: str
    code: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes


Flow = Generator[Request, Response, T]
Process = Status | Mapping[str, Any] | str
"""A status, or the bare token."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one generation of the API says things."""

    invoke: Callable[[str, Mapping[str, str], str], Flow[Status]]
    poll: Callable[[Process, int], Flow[Status]]
    cancel: Callable[[Process], Flow[Status]]
    metadata: Callable[[], Flow[list[dict[str, Any]]]]


def run(flow: Flow[T], send: Callable[[Request], Response]) -> T:
    """Drive a flow; `send` raises MailStoreConnectionError when no answer comes."""
    try:
        request = next(flow)
        while True:
            try:
                response = send(request)
            except MailStoreConnectionError as error:
                request = flow.throw(error)
            else:
                request = flow.send(response)
    except StopIteration as stop:
        return cast(T, stop.value)


async def run_async(flow: Flow[T], send: Callable[[Request], Awaitable[Response]]) -> T:
    """The same for coroutines."""
    try:
        request = next(flow)
        while True:
            try:
                response = await send(request)
            except MailStoreConnectionError as error:
                request = flow.throw(error)
            else:
                request = flow.send(response)
    except StopIteration as stop:
        return cast(T, stop.value)


def invoke(name: str, form: Mapping[str, str], prefix: str = "api/invoke/") -> Flow[Status]:
    """Call a function: its outcome, or the first status of its process."""
    response = yield Request(f"/{prefix}{name}", form)
    return encode.status(check(response, f"The server has no function {name}."))


def cancel(process: Process) -> Flow[Status]:
    """Ask a process to stop; it ends later. The answer is an envelope of nulls."""
    response = yield Request("/api/cancel-async", {"token": token(process)})
    return encode.status(check(response, "The server does not know this token any more."))


def metadata() -> Flow[list[dict[str, Any]]]:
    """The functions that the server has."""
    functions = encode.decode(check((yield Request("/api/get-metadata"))))
    if not isinstance(functions, list) or not all(isinstance(f, dict) and "name" in f for f in functions):
        raise MailStoreAnswerError("The answer is JSON but no list of functions.")
    return functions


def verb(name: str, form: Mapping[str, str]) -> Flow[Any]:
    """One of the API's own verbs: what it answers, any JSON."""
    return encode.decode(check((yield Request(f"/api/{name}", form))))


def poll(process: Process, wait_ms: int) -> Flow[Status]:
    """The process's status as soon as it is newer than the given one, or after `wait_ms`.

    `logOutput` holds what was added since. A bare token asks for everything.
    """
    version = None if isinstance(process, str) else process.get("statusVersion")
    form = {
        "token": token(process),
        "lastKnownStatusVersion": str(-1 if version is None else version),
        "millisecondsTimeout": str(wait_ms),
    }
    response = yield from _repeated(Request("/api/get-status", form, wait_ms))
    return encode.status(check(response, "The server does not know this token any more."))


ADMINISTRATION: Final = Dialect(invoke, poll, cancel, metadata)


def follow(
    process: Process,
    wait_ms: int,
    seen: Callable[[Status], object] | None = None,
    dialect: Dialect = ADMINISTRATION,
    *,
    first: bool = True,
) -> Flow[Status]:
    """Poll until the process has ended; `seen` gets every status, the given one included unless `first` is False.

    The last status, with the whole log and the token.
    """
    steps = Steps(process, wait_ms, dialect)
    if steps.first is not None and seen and first:
        seen(steps.first)
    while steps.running:
        status = yield from steps.next()
        if seen:
            seen(status)
    return steps.outcome()


class Steps:
    """A process as its statuses come in. The token is that of the start: running answers may lack it."""

    def __init__(self, process: Process, wait_ms: int, dialect: Dialect = ADMINISTRATION) -> None:
        self._dialect = dialect
        self._token, self._wait_ms = token(process), wait_ms
        self._log: list[str] = []
        self._version = -1
        self.first: Status | None = None
        self._last = cast(Status, {**encode.EMPTY, "statusCode": "running"})
        if not isinstance(process, str):
            self.first = cast(Status, {**encode.EMPTY, **process})
            self._take(self.first)

    @property
    def running(self) -> bool:
        return self._last["statusCode"] == "running"

    def next(self) -> Flow[Status]:
        """The next status, as received."""
        known = {"token": self._token, "statusVersion": self._version}
        status = yield from self._dialect.poll(known, self._wait_ms)
        self._take(status)
        return status

    def outcome(self) -> Status:
        """The last status, with the log of the whole run and the token."""
        log = "".join(self._log) or None
        return cast(Status, {**self._last, "token": self._token, "logOutput": log})

    def _take(self, status: Status) -> None:
        if status["statusVersion"] is not None:
            self._version = status["statusVersion"]
        self._last = status
        if status["logOutput"]:
            self._log.append(status["logOutput"])


def token(process: Process) -> str:
    """The token of a process. Raises MailStoreNoTokenError."""
    value = process if isinstance(process, str) else process.get("token")
    if not value:
        raise MailStoreNoTokenError("The status has no token: the call was answered at once, or its process ended.")
    return str(value)


def _repeated(request: Request) -> Flow[Response]:
    for _ in range(POLLS - 1):
        try:
            return (yield request)
        except MailStoreConnectionError:
            continue
    return (yield request)


def check(response: Response, not_found: str = "The server has no such page.") -> bytes:
    """The body of a good answer. Raises MailStoreHTTPError."""
    if response.code == 200:
        return response.body
    text = _said(response) or {**CAUSES, 404: not_found}.get(response.code) or response.reason
    raise MailStoreHTTPError(response.url, response.code, text, response.headers, response.body)


def _said(response: Response) -> str | None:
    """What the server itself says about an HTTP error, if it does so in an envelope."""
    try:
        error = encode.status(response.body)["error"]
    except MailStoreAnswerError:
        return None
    return error["message"] if error else None
