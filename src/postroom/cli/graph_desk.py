"""What commands about Graph share: sign-in and the directory of the home."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from postroom.cli.account_desk import opened_accounts
from postroom.cli.shell import Shell
from postroom.errors import NotFound

if TYPE_CHECKING:
    from postroom.workspace.people import Person
    from postroom.workspace.signin.signin import Signin
    from postroom.workspace.workspace import Workspace


@contextmanager
def opened_signin(shell: Shell) -> Iterator[Signin]:
    """The sign-in of this home, also while a server runs on it."""
    from postroom.people import AccountsPeople
    from postroom.workspace.signin.signin import Rules, Signin

    with opened_accounts(shell) as accounts:
        graph = accounts.settings.graph
        rules = Rules(graph.tenant, graph.admins)
        with Signin(shell.home.workspace, AccountsPeople(accounts), rules=rules) as signin:
            yield signin


@contextmanager
def opened_workspace(shell: Shell) -> Iterator[Workspace]:
    """What users of this home own, also while a server runs on it."""
    from postroom.people import AccountsPeople
    from postroom.workspace.workspace import Workspace

    with (
        opened_accounts(shell) as accounts,
        Workspace(shell.home.workspace, AccountsPeople(accounts), accounts.settings) as workspace,
    ):
        yield workspace


def person_of(opened: Signin | Workspace, address: str) -> Person:
    """Raises NotFound."""
    person = opened.people.find(address)
    if person is None:
        raise NotFound("user", address)
    return person
