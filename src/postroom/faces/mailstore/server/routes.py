"""The URLs of the Administration API."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

import msgspec
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from mailstore.contract import Function
from mailstore.contract.model import number, string
from postroom.archive.body import chunks
from postroom.archive.instance import events
from postroom.errors import Invalid, PostroomError
from postroom.faces.mailstore.server import wire
from postroom.faces.mailstore.server.access import Access, Caller
from postroom.faces.mailstore.server.call import Archive, Call, Facts
from postroom.faces.mailstore.server.dispatch import Dispatch
from postroom.faces.mailstore.server.errors import ArgumentError, as_sent
from postroom.faces.mailstore.server.errors import wire as wire_of
from postroom.settings import Settings
from postroom.web.shell import Face
from postroom.web.threads import Threads
from postroom.work import Process, Work

if TYPE_CHECKING:
    from postroom.archive.archive import Archive as WholeArchive

NAME = "mailstore"
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A call: its function, who calls, and the fields of the form, not yet looked at."""

    function: Function
    caller: Caller
    form: Sequence[tuple[str, str]]

    def process(self) -> Process:
        """Of a call that does not take long."""
        return Process(self.function.name, self.caller.account.name)


_SLASHES = re.compile("/{2,}")


@dataclass(frozen=True, slots=True)
class Api:
    """The face: give it the parts, mount `face()`. `openapi(server URL)` makes the description of the API."""

    archive: Archive
    work: Work
    dispatch: Dispatch
    access: Access
    threads: Threads
    settings: Settings
    facts: Facts
    openapi: Callable[[str], Mapping[str, object]]
    more: list[BaseRoute] = field(default_factory=list)
    """Routes of other APIs on the same calls."""

    def face(self) -> Face:
        return Face(NAME, self._app(), self._broken)

    # Functions

    async def invoke(self, request: Request) -> Response:
        asked = await self.asked(request)
        try:
            if asked.function.slow:
                return self._answer(await self._started(asked))
            return self._answer(await self.threads.run(partial(self._call, asked)))
        except PostroomError as error:
            return self._answer(wire.failed(error))

    async def asked(self, request: Request) -> Asked:
        """Who calls which function. Raises HTTPException for who may not, NotFound for a function that is none."""
        caller = await self.access.caller(request)
        form = await self._form(request)
        function = self.dispatch.function(request.path_params["function"])
        request.state.function = function.name
        await self.access.permit(caller, function)
        return Asked(function, caller, form)

    def call(self, asked: Asked, process: Process) -> object:
        """The result of a function that does not take long. Blocks. Raises PostroomError."""
        return self.perform(asked, self.dispatch.arguments(asked.function, asked.form), process)

    async def start(self, asked: Asked) -> Process:
        """The process of a function that takes long. Raises PostroomError, for arguments before it begins."""
        perform = partial(self.perform, asked, self.dispatch.arguments(asked.function, asked.form))
        return await self.threads.run(partial(self.work.start, asked.function.name, asked.caller.account.name, perform))

    def _call(self, asked: Asked) -> wire.Envelope:
        process = asked.process()
        try:
            result = self.call(asked, process)
        except PostroomError as error:
            return wire.failed(error, process.log_since(0))
        return wire.succeeded(result, process.log_since(0))

    async def _started(self, asked: Asked) -> wire.Envelope:
        process = await self.start(asked)
        await process.wait_async(wire.FIRST_VERSION - 1, FIRST_ANSWER_S)
        return wire.started(process)

    def perform(self, asked: Asked, arguments: Mapping[str, object], process: Process) -> object:
        """The result of a function whose arguments were read. Blocks. Raises PostroomError."""
        function, caller = asked.function, asked.caller
        # Only tests of this face run it on less than an archive, and call no function that would notice.
        archive = cast("WholeArchive", self.archive)
        call = Call(archive, caller.account, caller.address, process, self.settings, self.facts, caller.client)
        try:
            result = self.dispatch.handler(function)(call, **arguments)
        except PostroomError as error:
            self.archive.instance.audit.record(events.API_CALL, caller.by, ok=False, target=function.name)
            if isinstance(error, Invalid):
                raise as_sent(error, function) from error
            raise
        self.archive.instance.audit.record(events.API_CALL, caller.by, target=function.name)
        return result

    # Long-running calls

    async def get_status(self, request: Request) -> Response:
        caller = await self.access.caller(request)
        query = msgspec.convert(await self._base_arguments(STATUS, request), StatusQuery)
        process = await self.process(query.token, caller)
        await process.wait_async(query.lastKnownStatusVersion, query.timeout_s)
        envelope = wire.status(
            process, query.lastKnownStatusVersion, null_token_at_end=self.settings.mailstore.null_token_at_end
        )
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

    async def process(self, token: str, caller: Caller) -> Process:
        """A long-running call of this caller. Raises NotFound."""
        return await self.threads.run(partial(self.work.get, token.lower(), caller.account.name))

    # Descriptions, open to all

    async def get_metadata(self, request: Request) -> Response:
        request.state.function = "get-metadata"
        if request.method == "POST":
            await self._form(request)
        return self._answer(self.dispatch.metadata())

    async def get_openapi(self, request: Request) -> Response:
        content = wire.encode(self.openapi(f"https://{request.url.netloc}"))
        return Response(content, media_type="application/json")

    # One message as it arrived

    async def get_message(self, request: Request) -> Response:
        request.state.function = "message"
        caller = await self.access.caller(request)
        # Blanks around an id are forgiven; a line end must not get into a header.
        message_id = request.path_params["id"].strip()
        read = partial(self.archive.read_message, message_id, caller.account, caller.by)
        message = await self.threads.run(read)
        headers = {"ETag": f'"{message.sha256.hex()}"', "Cache-Control": "private, no-cache"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        headers["Content-Length"] = str(len(message.body))
        headers["Content-Disposition"] = f'attachment; filename="{message_id.replace(":", "-")}.eml"'
        return StreamingResponse(chunks(message.body), 200, headers, "message/rfc822")

    # Shell

    def _app(self) -> ASGIApp:
        router = Router(
            [
                Route("/api/invoke/{function}", self.invoke, methods=["POST"]),
                Route("/api/get-status", self.get_status, methods=["POST"]),
                Route("/api/cancel-async", self.cancel_async, methods=["POST"]),
                Route("/api/get-metadata", self.get_metadata, methods=["GET", "POST"]),
                Route("/api/message/{id}", self.get_message, methods=["GET"]),
                Route("/openapi.json", self.get_openapi, methods=["GET"]),
                *self.more,
            ],
            redirect_slashes=False,
        )
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
