"""What jobs call: a line of text, checked against the contract and called as its owner would call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from mailstore.contract import Function
from postroom.archive.automation.scheduler import CLIENT, Action
from postroom.archive.instance.privileges import Account
from postroom.errors import Denied, Invalid, PostroomError
from postroom.faces.mailstore.calls import Asked
from postroom.faces.mailstore.server.access import Caller
from postroom.faces.mailstore.server.dispatch import Dispatch
from postroom.faces.mailstore.server.errors import ArgumentUnknown
from postroom.work import Process
from postroom.work.command_text import Command, parse


class Api(Protocol):
    """The functions that may be called, and what calls them."""

    @property
    def dispatch(self) -> Dispatch: ...
    def perform(self, asked: Asked[Caller], arguments: Mapping[str, object], process: Process) -> object: ...


@dataclass(frozen=True, slots=True)
class Actions:
    """Actions on the functions of an API."""

    api: Api

    def prepare(self, text: str, owner: Account) -> Action:
        """The call that a text means. Raises Invalid("action"), which names what cannot be called or taken."""
        try:
            return self._prepared(parse(text), owner)
        except PostroomError as error:
            raise Invalid("action", f"a call that can be made: {str(error).removesuffix('.')}") from error

    def _prepared(self, command: Command, owner: Account) -> Action:
        function = self.api.dispatch.function(command.function)
        _check_secrets(function, command)
        _check_names(function, command)
        asked = Asked(function, Caller(owner, "", CLIENT), tuple(command.arguments.items()))
        arguments = self.api.dispatch.arguments(function, asked.form)
        return Action(function.name, partial(self.api.perform, asked, arguments))


def _check_secrets(function: Function, command: Command) -> None:
    """A job is shown to every administrator, and its output is kept."""
    given = {name.lower() for name in command.arguments}
    secret = next((p.name for p in function.params if p.secret and (p.required or p.name.lower() in given)), None)
    if secret is not None:
        raise Denied(f"jobs do not keep secrets, and {secret} of {function.name} is one")
    if function.secret:
        raise Denied(f"jobs do not keep secrets, and {function.name} takes or shows them")


def _check_names(function: Function, command: Command) -> None:
    """Whoever types an action must hear of a slip, also where programs are forgiven theirs."""
    known = {param.name.lower() for param in function.params}
    for name in command.arguments:
        if name.lower() not in known:
            raise ArgumentUnknown(name)
