"""`postroom graph …`: the apps that may sign users in to Microsoft Graph, and how unchanged clients come here.

The commands work on the home, also while its server runs.
"""

from __future__ import annotations

import shlex
from typing import Annotated, Final

import typer

from postroom.cli import graph_app, graph_calendar, graph_contacts, graph_site
from postroom.cli.account_desk import YesOption, confirm
from postroom.cli.graph_desk import opened_signin, person_of
from postroom.cli.shell import Shell, command, share_before
from postroom.errors import WrongState

OURSELVES: Final = "localhost,127.0.0.1,::1"
"""Whom programs ask without the proxy, which knows Microsoft's names only: an authority of ours, say."""


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = _group(app, "graph", "Microsoft Graph: apps, what they may do, clients.")
    graph_app.register(_group(group, "app", "Apps that may sign users in, or work by themselves."))
    graph_calendar.register(_group(group, "calendar", "Calendars of users, from and to iCalendar."))
    graph_contacts.register(_group(group, "contacts", "Contacts of users, from and to vCards."))
    graph_site.register(_group(group, "site", "Sites of SharePoint."))
    command(group)(env)
    command(group)(sign_out)


def _group(above: typer.Typer, name: str, told: str) -> typer.Typer:
    group = typer.Typer(help=told, no_args_is_help=True)
    share_before(group)
    above.add_typer(group, name=name)
    return group


def env(shell: Shell) -> None:
    """Print what lets unchanged Microsoft clients come here, for `eval "$(postroom graph env)"`."""
    shell.home.require()
    settings = shell.settings()
    proxy = f"http://127.0.0.1:{settings.graph.proxy_port}"
    authority = settings.web.tls_certificate or shell.home.tls / "ca.pem"
    if not authority.exists():
        raise WrongState(f"There is no {authority} yet: start the server once, with `postroom serve --graph-proxy`.")
    trusted = dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"), str(authority))
    variables = {"HTTPS_PROXY": proxy, "NO_PROXY": OURSELVES, **trusted}
    shell.show(variables, *(f"export {name}={shlex.quote(value)}" for name, value in variables.items()))


def sign_out(
    shell: Shell,
    user: Annotated[str, typer.Argument(metavar="MAIL", help="Whose sign-ins end.", show_default=False)],
    yes: YesOption = False,
) -> None:
    """End all sign-ins of a user: in browsers, and the tokens that apps have."""
    with opened_signin(shell) as signin:
        person = person_of(signin, user)
        confirm(f"End all sign-ins of {person.address}?", yes=yes)
        signin.sessions.end_of(person.id)
        ended = signin.signins.revoke_of(person.id)
    shell.show({"user": person.address, "ended": ended}, f"Ended {ended} sign-ins of {person.address} to apps.")
