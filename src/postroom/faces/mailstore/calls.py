"""What the URLs of all the management APIs do alike: functions, long-running calls, descriptions, errors."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Generic, Protocol, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from mailstore.contract import Function
from mailstore.contract.model import number, string
from postroom.errors import PostroomError
from postroom.faces.mailstore.server import wire
from postroom.faces.mailstore.server.dispatch import Dispatch
from postroom.faces.mailstore.server.errors import ArgumentError
from postroom.faces.mailstore.server.errors import wire as wire_of
from postroom.settings import Settings
from postroom.web.shell import Face
from postroom.web.threads import Threads
from postroom.work import Process, Work

FIRST_ANSWER_S = 0.2
MOST_WAIT_S = 60.0

TOKEN = string("token", "Token of the call.", max_length=100)
STATUS = Function(
    "get-status",
    "Wait for news of a long-running call.",
    (
        TOKEN,
        # The original served clients that left these out.
        number("lastKnownStatusVersion", "Version of the last status.", required=False, default=-1),
        number("millisecondsTimeout", "Time to wait for a newer one.", required=False, default=5000),
    ),
)
CANCEL = Function("cancel-async", "Ask a long-running call to stop.", (TOKEN,))


class StatusQuery(msgspec.Struct):
    """The arguments of get-status."""

    token: str
    lastKnownStatusVersion: int  # noqa: N815
    millisecondsTimeout: int  # noqa: N815

    @property
    def timeout_s(self) -> float:
        return max(0.0, min(self.millisecondsTimeout / 1000, MOST_WAIT_S))


class Caller(Protocol):
    """Who calls."""

    @property
    def name(self) -> str: ...


C = TypeVar("C", bound=Caller)
C_co = TypeVar("C_co", bound=Caller, covariant=True)


class Access(Protocol[C]):
    """Tells who makes a request, and whether they may call a function."""

    async def caller(self, request: Request) -> C: ...
    async def permit(self, caller: C, function: Function) -> None: ...


@dataclass(frozen=True, slots=True)
class Asked(Generic[C_co]):
    """A call: its function, who calls, and the fields of the form, not yet looked at."""

    function: Function
    caller: C_co
    form: Sequence[tuple[str, str]]

    def process(self) -> Process:
        """Of a call that does not take long."""
        return Process(self.function.name, self.caller.name)


_SLASHES = re.compile("/{2,}")


class Calls(ABC, Generic[C]):
    """A face: give it the parts, mount `face()`."""

    def __init__(
        self, name: str, work: Work, dispatch: Dispatch, access: Access[C], threads: Threads, settings: Settings
    ) -> None:
        self.name, self.work, self.dispatch, self.access = name, work, dispatch, access
        self.threads, self.settings = threads, settings
        self.more: list[BaseRoute] = []
        """Routes of other APIs on the same calls."""

    def face(self) -> Face:
        return Face(self.name, self._app(), self._broken)

    # Functions

    async def invoke(self, request: Request) -> Response:
        asked = await self.asked(request)
        try:
            if asked.function.slow:
                return self._answer(await self._started(asked))
            return self._answer(await self.threads.run(partial(self._call, asked)))
        except PostroomError as error:
            return self._answer(wire.failed(error))

    async def asked(self, request: Request) -> Asked[C]:
        """Who calls which function. Raises HTTPException for who may not, NotFound for a function that is none."""
        caller = await self.access.caller(request)
        form = await self._form(request)
        function = self.dispatch.function(request.path_params["function"])
        request.state.function = function.name
        await self.access.permit(caller, function)
        return Asked(function, caller, form)

    def call(self, asked: Asked[C], process: Process) -> object:
        """The result of a function that does not take long. Blocks. Raises PostroomError."""
        return self.perform(asked, self.dispatch.arguments(asked.function, asked.form), process)

    async def start(self, asked: Asked[C]) -> Process:
        """The process of a function that takes long. Raises PostroomError, for arguments before it begins."""
        perform = partial(self.perform, asked, self.dispatch.arguments(asked.function, asked.form))
        return await self.threads.run(partial(self.work.start, asked.function.name, asked.caller.name, perform))

    def _call(self, asked: Asked[C]) -> wire.Envelope:
        process = asked.process()
        try:
            result = self.call(asked, process)
        except PostroomError as error:
            return wire.failed(error, process.log_since(0))
        return wire.succeeded(result, process.log_since(0))

    async def _started(self, asked: Asked[C]) -> wire.Envelope:
        return await self.begun(await self.start(asked))

    @abstractmethod
    def perform(self, asked: Asked[C], arguments: Mapping[str, object], process: Process) -> object:
        """The result of a function whose arguments were read. Blocks. Raises PostroomError."""

    # Long-running calls

    async def get_status(self, request: Request) -> Response:
        caller = await self.access.caller(request)
        query = msgspec.convert(await self._base_arguments(STATUS, request), StatusQuery)
        process = await self.process(query.token, caller)
        await process.wait_async(query.lastKnownStatusVersion, query.timeout_s)
        envelope = self.status(process, query.lastKnownStatusVersion)
        if envelope.statusCode != "running":
            await self.threads.run(partial(self.work.delivered, process))
        return self._answer(envelope)

    async def cancel_async(self, request: Request) -> Response:
        caller = await self.access.caller(request)
        arguments = await self._base_arguments(CANCEL, request)
        process = await self.process(str(arguments[TOKEN.name]), caller)
        process.cancel()
        return self._answer(wire.Envelope())

    async def _base_arguments(self, verb: Function, request: Request) -> dict[str, object]:
        request.state.function = verb.name
        return self.dispatch.arguments(verb, await self._form(request))

    async def process(self, token: str, caller: C) -> Process:
        """A long-running call of this caller. Raises NotFound."""
        return await self.threads.run(partial(self.work.get, self.token_of(token), caller.name))

    def token_of(self, told: str) -> str:
        """The token of a process as `Work` knows it, from what a client was told."""
        return told.lower()

    async def begun(self, process: Process) -> wire.Envelope:
        """The first answer of a long-running call."""
        await process.wait_async(wire.FIRST_VERSION - 1, FIRST_ANSWER_S)
        return wire.started(process)

    def status(self, process: Process, known_version: int) -> wire.Envelope:
        return wire.status(process, known_version, null_token_at_end=self.settings.mailstore.null_token_at_end)

    # Descriptions

    async def get_metadata(self, request: Request) -> Response:
        request.state.function = "get-metadata"
        if request.method == "POST":
            await wire.read_form(request, wire.STRANGER_BYTES)
        return self._answer(self.dispatch.metadata())

    # Shell

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/invoke/{function}", self.invoke, methods=["POST"]),
            Route("/api/get-status", self.get_status, methods=["POST"]),
            Route("/api/cancel-async", self.cancel_async, methods=["POST"]),
            Route("/api/get-metadata", self.get_metadata, methods=["GET", "POST"]),
            *self.more,
        ]

    def _app(self) -> ASGIApp:
        router = Router(self.routes(), redirect_slashes=False)
        caught = ExceptionMiddleware(router, {HTTPException: self._http_error, PostroomError: self._error})

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            # An old client sends /api//get-status. With an "app" in the scope the router raises 404 and 405.
            await caught({**scope, "path": _SLASHES.sub("/", scope["path"]), "app": self}, receive, send)

        return app

    async def _form(self, request: Request) -> list[tuple[str, str]]:
        return await wire.read_form(request, self.settings.web.body_bytes)

    def _answer(self, content: object, code: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        byte_order_mark = self.settings.mailstore.byte_order_mark
        return wire.answer(content, byte_order_mark=byte_order_mark, status_code=code, headers=headers)

    def _http_error(self, _: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        kind = HTTPStatus(error.status_code).phrase
        return self._answer(wire.refused(error.detail, kind), error.status_code, error.headers)

    def _error(self, _: Request, error: Exception) -> Response:
        """An engine's error where no envelope carries it. Those of arguments are told as functions tell theirs."""
        if not isinstance(error, PostroomError):
            raise error
        if isinstance(error, ArgumentError):
            return self._answer(wire.failed(error))
        return self._answer(wire.refused(str(error), type(error).__name__), wire_of(error).http)

    def _broken(self, request_id: str) -> Response:
        message = f"An internal error occurred. The server's log has it as {request_id}."
        return self._answer(wire.refused(message, "InternalError"), 500)
