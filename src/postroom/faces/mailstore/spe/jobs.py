"""What jobs of an instance call: its own functions, without `instanceID`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mailstore.contract import SPE, Function
from mailstore.contract.spe import INSTANCE as INSTANCE_ID
from postroom.archive.management.management import Management
from postroom.faces.mailstore.calls import Asked
from postroom.faces.mailstore.server.access import Caller
from postroom.faces.mailstore.server.call import Call, Facts
from postroom.faces.mailstore.server.dispatch import HANDLERS, Dispatch, Handler
from postroom.faces.mailstore.server.perform import perform
from postroom.faces.mailstore.spe.register import INSTANCE, MANAGEMENT
from postroom.settings import Settings
from postroom.work import Process


def bare(function: Function) -> Function:
    """The function as its handler and a job know it."""
    return replace(function, params=tuple(param for param in function.params if param.name != INSTANCE_ID.name))


def functions() -> dict[str, Function]:
    """All that are about one instance and need nothing but its archive."""
    return {
        name: bare(function)
        for name, function in SPE.items()
        if function.params[:1] == (INSTANCE_ID,) and name not in MANAGEMENT
    }


def handlers() -> dict[str, Handler]:
    """Their handlers: the Server's, and those of this API where its functions are other ones."""
    known = functions()
    return {name: handler for name, handler in {**HANDLERS, **INSTANCE}.items() if name in known}


@dataclass(frozen=True, slots=True)
class InstanceApi:
    """The functions of one instance, for `server.actions.Actions`."""

    management: Management
    instance: str
    dispatch: Dispatch
    settings: Settings
    facts: Facts

    def perform(self, asked: Asked[Caller], arguments: Mapping[str, object], process: Process) -> object:
        """The result; the archive stays open for it. Raises PostroomError."""
        function, caller = asked.function, asked.caller
        with self.management.tenants.use(self.instance, process) as archive:
            call = Call(archive, caller.account, caller.address, process, self.settings, self.facts, caller.client)
            return perform(call, self.dispatch.handler(function), function, arguments)
