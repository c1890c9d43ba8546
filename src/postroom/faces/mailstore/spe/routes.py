"""The URLs of the Management API: functions of the installation, and those of an instance by the Server's handlers."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from mailstore.contract.spe import INSTANCE, OLD_PATH, WITHOUT_ACCESS
from mailstore.openapi import document
from postroom.archive.archive import Archive, StoredMessage
from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.service_provider import SHUT_OUT
from postroom.archive.management.management import Management
from postroom.errors import Denied, Invalid, PostroomError
from postroom.faces.mailstore.calls import Access as AnyAccess
from postroom.faces.mailstore.calls import Asked, Calls
from postroom.faces.mailstore.server import wire
from postroom.faces.mailstore.server.call import Call as InstanceCall
from postroom.faces.mailstore.server.call import Facts as InstanceFacts
from postroom.faces.mailstore.server.dispatch import Dispatch, Handler
from postroom.faces.mailstore.server.errors import as_sent
from postroom.faces.mailstore.server.message import message_answer
from postroom.faces.mailstore.server.perform import perform
from postroom.faces.mailstore.spe import wire as spe_wire
from postroom.faces.mailstore.spe.access import Caller
from postroom.faces.mailstore.spe.call import CLIENT, Call, Facts
from postroom.faces.mailstore.spe.jobs import bare
from postroom.settings import Settings
from postroom.web.sessions import Sessions
from postroom.web.threads import Threads
from postroom.work import Process, Work

NAME: Final = "spe"
MESSAGES: Final = "/api/message"


class Api(Calls[Caller]):
    """The face: give it the parts, mount `face()`. `own`: handlers of the installation; all others get an archive."""

    def __init__(
        self,
        management: Management,
        work: Work,
        dispatch: Dispatch,
        own: Mapping[str, Handler],
        access: AnyAccess[Caller],
        threads: Threads,
        settings: Settings,
        facts: Facts,
        name: str = NAME,
    ) -> None:
        super().__init__(name, work, dispatch, access, threads, settings)
        self.management, self.facts = management, facts
        self._own = own
        # Listeners and sessions are the installation's affair.
        self._told = InstanceFacts(
            facts.version, facts.machine_name, facts.home, facts.thumbprint, dict[str, int], Sessions()
        )

    def perform(self, asked: Asked[Caller], arguments: Mapping[str, object], process: Process) -> object:
        """As `Calls.perform`; who called what on which instance is in the audit log of the installation, whose own
        changes have events of their own."""
        function, caller = asked.function, asked.caller
        by = Actor(caller.name, CLIENT, caller.address or None)
        instance = arguments.get(INSTANCE.name)
        target = function.name if instance is None else f"{function.name} {instance}"
        try:
            if function.name in self._own:
                result = self._installation(asked, arguments, process)
            else:
                result = self._instance(asked, str(instance), arguments, process)
        except PostroomError:
            self.management.audit.record(events.API_CALL, by, ok=False, target=target)
            raise
        if instance is not None:
            self.management.audit.record(events.API_CALL, by, target=target)
        return result

    def _installation(self, asked: Asked[Caller], arguments: Mapping[str, object], process: Process) -> object:
        caller = asked.caller
        call = Call(self.management, caller.administrator, caller.address, process, self.settings, self.facts)
        try:
            return self._own[asked.function.name](call, **arguments)
        except Invalid as error:
            raise as_sent(error, asked.function) from error

    def _instance(
        self, asked: Asked[Caller], instance: str, arguments: Mapping[str, object], process: Process
    ) -> object:
        others = {name: value for name, value in arguments.items() if name != INSTANCE.name}
        with self.management.tenants.use(instance, process) as archive:
            provider = archive.instance.service_provider
            if asked.function.name not in WITHOUT_ACCESS:
                _check_access(instance, archive)
            call = InstanceCall(
                archive, provider.account, asked.caller.address, process, self.settings, self._told,
                messages_url=f"{MESSAGES}/{quote(instance)}",
            )  # fmt: skip
            return perform(call, self.dispatch.handler(asked.function), bare(asked.function), others)

    # One message as it arrived

    def routes(self) -> list[BaseRoute]:
        return [
            Route(MESSAGES + "/{instance}/{id}", self.get_message, methods=["GET"]),
            Route("/openapi.json", self.get_openapi, methods=["GET"]),
            *super().routes(),
        ]

    async def get_message(self, request: Request) -> Response:
        request.state.function = "message"
        caller = await self.access.caller(request)
        instance, message_id = (request.path_params[name].strip() for name in ("instance", "id"))
        with ExitStack() as stack:
            message = await self.threads.run(lambda: self._message(stack, instance, message_id, caller))
            answer = message_answer(message, message_id, request)
            # The archive stays open until the answer is out.
            return Holding(answer, stack.pop_all())

    def _message(self, stack: ExitStack, instance: str, message_id: str, caller: Caller) -> StoredMessage:
        archive = stack.enter_context(self.management.tenants.use(instance))
        _check_access(instance, archive)
        account = archive.instance.service_provider.account
        return archive.read_message(message_id, account, Actor(account.name, CLIENT, caller.address or None))

    # Functions

    async def asked(self, request: Request) -> Asked[Caller]:
        """As `Calls.asked`; old clients call databasePath `path`."""
        asked = await super().asked(request)
        if asked.function.name in OLD_PATH and not any(key.lower() == "databasepath" for key, _ in asked.form):
            form = [("databasePath" if key.lower() == "path" else key, value) for key, value in asked.form]
            return replace(asked, form=form)
        return asked

    # Long-running calls

    async def begun(self, process: Process) -> wire.Envelope:
        return spe_wire.started(process.token)

    def status(self, process: Process, known_version: int) -> wire.Envelope:
        return spe_wire.shown(wire.status(process, known_version))

    def token_of(self, told: str) -> str:
        return told.lower().removeprefix(spe_wire.TOKEN_PREFIX)

    async def get_metadata(self, request: Request) -> Response:
        """For who has signed in only, as on the original."""
        await self.access.caller(request)
        return await super().get_metadata(request)

    async def get_openapi(self, request: Request) -> Response:
        """The same for programs that know OpenAPI."""
        await self.access.caller(request)
        url = f"https://{request.url.netloc}"
        made = document(self.dispatch.functions(), url, title="Management API", instances=True)
        return Response(wire.encode(made), media_type="application/json")


def _check_access(instance: str, archive: Archive) -> None:
    """Raises Denied."""
    if not archive.instance.service_provider.enabled:
        raise Denied(SHUT_OUT.format(instance))


class Holding(Response):
    """An answer, and what is to be closed when it is out."""

    def __init__(self, answer: Response, held: ExitStack) -> None:
        super().__init__()
        self._answer, self._held = answer, held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._held:
            await self._answer(scope, receive, send)
