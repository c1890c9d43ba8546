"""The sync client's engine: a pool of connections that drives the flows."""

# ruff: noqa: N802, N803  # names are the API's
from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from mailstore import flows
from mailstore.contract import Function
from mailstore.contract.shapes import Status
from mailstore.core import Core
from mailstore.errors import MailStoreConnectionError

T = TypeVar("T")


class SyncClient(Core):
    """Calls block until their answer is there. One client may serve several threads."""

    def __init__(self, *arguments: Any, transport: httpx2.BaseTransport | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._turn = threading.Lock()
        self._http = httpx2.Client(transport=transport, **self._transport_options())

    def __enter__(self) -> Self:
        if self._session is not None:
            try:
                self._run_session(self._session.begin())
            except BaseException:
                self.close()  # the block is not entered, so nobody else would
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Sign out where that is done, and close connections and log file."""
        if self._session is not None:
            # The error is in the log; the session ends by itself, and what the caller did must not fail for it.
            with suppress(MailStoreConnectionError):
                self._run_session(self._session.logout())
        self._http.close()
        self._close_log()

    Logout = close

    def CallMethod(
        self, methodname: str, arguments: Mapping[str, object] | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Call any function with arguments by name; None is left out."""
        return self._run(self._flow(methodname, arguments or {}, autoHandleToken))

    def GetStatus(self, status: flows.Process, waitTime: int | None = None) -> Status:
        """The status of a process once it is newer than the given one, or after `waitTime` milliseconds."""
        return self._run(self._dialect.poll(status, self._wait(waitTime)))

    def HandleToken(self, status: flows.Process, waitTime: int | None = None) -> Status:
        """Wait until a process has ended: its last status, with the whole log."""
        return self._run(self._follow(status, waitTime))

    def HandleTokenIter(self, status: flows.Process, waitTime: int | None = None) -> Iterator[Status]:
        """Each status of a process as received, the given one first, until it has ended."""
        steps = flows.Steps(status, self._wait(waitTime), self._dialect)
        return self._statuses(steps)

    def _statuses(self, steps: flows.Steps) -> Iterator[Status]:
        if steps.first is not None:
            yield steps.first
        while steps.running:
            yield self._run(steps.next())

    def CancelAsync(self, status: flows.Process) -> Status:
        """Ask a process to stop. It ends a little later, as `cancelled`."""
        return self._run(self._dialect.cancel(status))

    def GetMetadata(self) -> list[dict[str, Any]]:
        """The functions that the server has, with their arguments."""
        functions = self._run(self._dialect.metadata())
        self._keep_metadata(functions)
        return functions

    def __getattr__(self, name: str) -> Callable[..., Status]:
        """A function that is newer than this library, found in the server's metadata."""
        # The API's names begin with a capital; asking the server for any other would only surprise.
        if not name[:1].isupper() or (function := self._known().get(name)) is None:
            raise AttributeError(f"neither this client nor the server has {name!r}")

        def call(*values: object, autoHandleToken: bool | None = None, **arguments: object) -> Status:
            return self._run(self._flow(name, self._named(function, values, arguments), autoHandleToken, function))

        call.__name__ = name
        return call

    def _known(self) -> Mapping[str, Function]:
        return (
            self._metadata if self._metadata is not None else self._keep_metadata(self._run(self._dialect.metadata()))
        )

    def _call(self, name: str, arguments: Mapping[str, object], autoHandleToken: bool | None) -> Status:
        return self._run(self._flow(name, arguments, autoHandleToken))

    def _run(self, flow: flows.Flow[T]) -> T:
        return flows.run(flow, self._send)

    def _run_session(self, flow: flows.Flow[T]) -> T:
        """One request of a session at a time: each takes the token that the one before brought."""
        with self._turn:
            return flows.run(flow, self._post)

    def _send(self, request: flows.Request) -> flows.Response:
        return self._post(request) if self._session is None else self._run_session(self._session.exchange(request))

    def _post(self, request: flows.Request) -> flows.Response:
        if request.pause_ms:
            time.sleep(request.pause_ms / 1000)
        try:
            return self._received(self._http.post(request.path, **self._parts(request)))
        except httpx2.TransportError as error:
            raise self._broken(error) from error
