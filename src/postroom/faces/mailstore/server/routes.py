"""The URLs of the Administration API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from postroom.faces.mailstore.calls import Asked, Calls
from postroom.faces.mailstore.server import wire
from postroom.faces.mailstore.server.access import Access, Caller
from postroom.faces.mailstore.server.call import Archive, Call, Facts
from postroom.faces.mailstore.server.dispatch import Dispatch
from postroom.faces.mailstore.server.message import message_answer
from postroom.faces.mailstore.server.perform import perform
from postroom.settings import Settings
from postroom.web.threads import Threads
from postroom.work import Process, Work

if TYPE_CHECKING:
    from postroom.archive.archive import Archive as WholeArchive

NAME = "mailstore"


class Api(Calls[Caller]):
    """The face: give it the parts, mount `face()`. `openapi(server URL)` makes the description of the API."""

    def __init__(
        self,
        archive: Archive,
        work: Work,
        dispatch: Dispatch,
        access: Access,
        threads: Threads,
        settings: Settings,
        facts: Facts,
        openapi: Callable[[str], Mapping[str, object]],
    ) -> None:
        super().__init__(NAME, work, dispatch, access, threads, settings)
        self.archive, self.facts, self.openapi = archive, facts, openapi

    def perform(self, asked: Asked[Caller], arguments: Mapping[str, object], process: Process) -> object:
        """The result of a function whose arguments were read. Blocks. Raises PostroomError."""
        function, caller = asked.function, asked.caller
        # Only tests of this face run it on less than an archive, and call no function that would notice.
        archive = cast("WholeArchive", self.archive)
        call = Call(archive, caller.account, caller.address, process, self.settings, self.facts, caller.client)
        return perform(call, self.dispatch.handler(function), function, arguments)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/message/{id}", self.get_message, methods=["GET"]),
            Route("/openapi.json", self.get_openapi, methods=["GET"]),
            *super().routes(),
        ]

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
        return message_answer(message, message_id, request)
