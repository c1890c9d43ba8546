"""What the sync and the async clients share: options, checks, and which flow a call is. No I/O."""

# ruff: noqa: N803  # names are the API's
from __future__ import annotations

import base64
import logging
import os
import ssl
from collections.abc import Callable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode

import httpx2

from mailstore import encode, flows
from mailstore.contract import Function, Param
from mailstore.contract.shapes import Status
from mailstore.errors import MailStoreCallError, MailStoreConnectionError
from mailstore.legacy import LEGACY
from mailstore.logs import close_log, log_file, open_log
from mailstore.pretty import pretty_print
from mailstore.session import REFUSED, Session

CONNECT_S = 30.0
Callback = Callable[[Status], object]
Api = Literal["administration", "legacy"]
"""Which generation of the API to speak: that of version 8 and later, or that of 6 and 7."""


class Core:
    """A client without its transport; see `mailstore.server.Client` for the arguments.

    `autoHandleToken`, `waitTime`, `callbackStatus` and `raiseOnError` may be changed at any time.
    """

    functions: ClassVar[Mapping[str, Function]] = {}
    tells_first: ClassVar[bool] = True
    """Whether the callback gets the status with which a process began."""

    def __init__(
        self,
        username: str,
        password: str,
        host: str,
        port: int,
        autoHandleToken: bool,
        waitTime: int,
        callbackStatus: Callback | int | None,
        logLevel: int | None,
        fileLogLevel: int,
        *,
        ignoreInvalidSSLCerts: bool,
        ca_file: str | os.PathLike[str] | None,
        raiseOnError: bool,
        timeout: float | None,
        api: Api = "administration",
        session: Session | None = None,
    ) -> None:
        seen = None if isinstance(callbackStatus, int) else callbackStatus
        levels = (2 if logLevel is None else logLevel, fileLogLevel)
        if isinstance(callbackStatus, int):
            # The tutorial's order has no callback: the levels stand one place earlier there.
            levels = (callbackStatus, fileLogLevel if logLevel is None else logLevel)
        self.host, self.port, self.username = host or "127.0.0.1", port, username
        self.autoHandleToken, self.waitTime = autoHandleToken, waitTime
        self.callbackStatus, self.raiseOnError = seen, raiseOnError
        self._timeout = timeout
        self._dialect = _dialect(api)
        self._session = session
        self._authorization = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
        self._tls = _tls(ignoreInvalidSSLCerts, ca_file)
        self._metadata: dict[str, Function] | None = None
        self._prefixes: dict[str, str] = {}
        self._log = self._open_log(*levels)

    def _open_log(self, level: int, file_level: int) -> logging.Logger:
        return open_log(level, file_level)

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} {self.username} at {self.base_url}>"

    @property
    def base_url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"https://{host}:{self.port}"

    @property
    def logFile(self) -> str | None:  # noqa: N802
        """Path of the log file, if `fileLogLevel` asked for one."""
        return log_file(self._log)

    def PrettyPrint(self, value: object) -> None:  # noqa: N802
        """Print an answer, or any part of it, in a readable form."""
        pretty_print(value)

    def _transport_options(self) -> dict[str, Any]:
        """Arguments of the HTTP client. The original sends no redirects, so none is followed."""
        # A session sends its cookie itself, in step with the token, so no jar may keep one.
        headers = {"Authorization": self._authorization} if self._session is None else {}
        jar = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        return {"base_url": self.base_url, "headers": headers, "verify": self._tls, "cookies": jar}

    def _parts(self, request: flows.Request) -> dict[str, Any]:
        """Arguments of an HTTP request. An empty body needs its Content-Length too: the original answers 411 else."""
        self._log.info("POST %s", request.path)
        self._log.debug("with %s", ", ".join(request.form) or "no arguments")
        return {
            "content": urlencode(request.form).encode("ascii"),
            "headers": {"Content-Type": "application/x-www-form-urlencoded", **request.headers},
            "timeout": self._timeouts(request.wait_ms) if request.limit_s is None else httpx2.Timeout(request.limit_s),
        }

    def _timeouts(self, wait_ms: int = 0) -> httpx2.Timeout:
        """No limit on reading unless asked for: a call may take as long as the server needs."""
        read_s = None if self._timeout is None else self._timeout + wait_ms / 1000
        return httpx2.Timeout(read_s, connect=self._timeout or CONNECT_S)

    def _received(self, answer: httpx2.Response) -> flows.Response:
        url, code, reason = str(answer.request.url), answer.status_code, answer.reason_phrase
        # A session that is over is begun again; only if that fails too there is something to tell.
        usual = answer.is_success or (self._session is not None and code in REFUSED)
        self._log.log(logging.INFO if usual else logging.ERROR, "%s: HTTP %d", answer.request.url.path, code)
        return flows.Response(url, code, reason, answer.headers.multi_items(), answer.content)

    def _broken(self, error: httpx2.TransportError) -> MailStoreConnectionError:
        text = f"{self.base_url}: {_cause(error)}"
        self._log.error("%s", text)
        return MailStoreConnectionError(text)

    def _flow(
        self, name: str, arguments: Mapping[str, object], autoHandleToken: bool | None, function: Function | None = None
    ) -> flows.Flow[Status]:
        """A call, followed to its end if token handling is on."""
        form = encode.form(arguments, encode.types(function or self.functions.get(name)))
        status = yield from self._dialect.invoke(name, form, self._prefixes.get(name, "api/invoke/"))
        handle = self.autoHandleToken if autoHandleToken is None else autoHandleToken
        if handle and status["token"] and status["statusCode"] == "running":
            return (yield from self._follow(status, None))
        return self._checked(name, status)

    def _follow(self, status: flows.Process, waitTime: int | None) -> flows.Flow[Status]:
        last = yield from flows.follow(
            status, self._wait(waitTime), self.callbackStatus, self._dialect, first=self.tells_first
        )
        return self._checked("the process", last)

    def _wait(self, waitTime: int | None) -> int:
        return self.waitTime if waitTime is None else waitTime

    def _checked(self, what: str, status: Status) -> Status:
        """Log a failure, and raise it if wanted."""
        if status["statusCode"] not in {"failed", "cancelled"}:
            return status
        error = status["error"]
        self._log.warning("%s %s: %s", what, status["statusCode"], error["message"] if error else "no reason given")
        if self.raiseOnError:
            raise MailStoreCallError(status)
        return status

    def _named(
        self, function: Function, values: tuple[object, ...], arguments: Mapping[str, object]
    ) -> dict[str, object]:
        """The arguments of a call of a function that has no method of its own."""
        return named(function, values, arguments)

    def _keep_metadata(self, functions: list[dict[str, Any]]) -> dict[str, Function]:
        rows = {str(f["name"]): _function(f) for f in functions}
        self._prefixes = {str(f["name"]): str(f["path"]).strip("/") + "/" for f in functions if f.get("path")}
        self._metadata = rows
        return rows

    def _close_log(self) -> None:
        close_log(self._log)


def _dialect(api: str) -> flows.Dialect:
    dialects = {"administration": flows.ADMINISTRATION, "legacy": LEGACY}
    if api not in dialects:
        raise ValueError(f"api: expected one of {', '.join(dialects)}")
    return dialects[api]


def named(function: Function, values: tuple[object, ...], arguments: Mapping[str, object]) -> dict[str, object]:
    """Positional arguments by the names of a function's parameters. Raises TypeError as Python itself does."""
    if len(values) > len(function.params):
        raise TypeError(f"{function.name}() takes {len(function.params)} arguments but {len(values)} were given")
    given = {param.name: value for param, value in zip(function.params, values, strict=False)}
    if twice := given.keys() & arguments.keys():
        raise TypeError(f"{function.name}() got several values for {', '.join(sorted(twice))}")
    return {**given, **arguments}


def _function(row: Mapping[str, Any]) -> Function:
    """A row of an answer of get-metadata as a row of the table."""
    args = row.get("args") or []
    params = (Param(str(a["name"]), a.get("type", "string"), "", required=not a.get("nullable")) for a in args)
    return Function(str(row["name"]), "", tuple(params))


def _tls(ignore: bool, ca_file: str | os.PathLike[str] | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file)
    if ignore:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _cause(error: httpx2.TransportError) -> str:
    """The reason in a sentence; that of a refused certificate lies below the layers of the HTTP library."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ssl.SSLCertVerificationError):
            return (
                f"the server's certificate is not trusted ({below.verify_message}). "
                "Give the file of its authority as ca_file, or ignoreInvalidSSLCerts=True."
            )
        below = below.__cause__ or below.__context__
    if isinstance(error, httpx2.TimeoutException):
        return "no answer within the time given."
    return str(error) or type(error).__name__
