"""`postroom graph app …`: registered apps, their secrets, and what they may do."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from postroom.cli.account_desk import YesOption, confirm, table
from postroom.cli.graph_desk import opened_signin, person_of
from postroom.cli.shell import Shell, command
from postroom.errors import Invalid

if TYPE_CHECKING:
    from postroom.workspace.signin.apps import App
    from postroom.workspace.signin.signin import Signin

NATIVE: Final = "https://login.microsoftonline.com/common/oauth2/nativeclient"
"""Where python-o365 and others let the browser go when they say nothing else."""
LOOPBACK: Final = "http://localhost"
SECRET_DAYS: Final = 730

AppArgument = Annotated[str, typer.Argument(metavar="APP", help="Its id or name.", show_default=False)]
RoleOption = Annotated[
    list[str] | None,
    typer.Option("--role", help="What it may without a user, such as Mail.Read; may be repeated.", show_default=False),
]
RemoveOption = Annotated[bool, typer.Option("--remove", help="Remove instead of adding.")]


def register(group: typer.Typer) -> None:
    """Add the commands of this file."""
    for function in (create, show, delete, secret, certificate, redirect, consent):
        command(group)(function)
    command(group, "list")(list_)


def create(
    shell: Shell,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What users are told it is.", show_default=False)],
    public: Annotated[bool, typer.Option("--public", help="It runs where no secret is safe; it gets none.")] = False,
    uri: Annotated[
        list[str] | None,
        typer.Option("--redirect", help="Where browsers go back to; may be repeated.", show_default=False),
    ] = None,
    role: RoleOption = None,
) -> None:
    """Register an app; a secret is made and shown, now and never again."""
    redirects = uri or [NATIVE, *([LOOPBACK] if public else [])]
    with opened_signin(shell) as signin:
        app = signin.apps.create(name, public=public, redirects=redirects, roles=role or ())
        text = None if public else signin.apps.add_secret(app.id, timedelta(days=SECRET_DAYS))[1]
    lines = [f"Registered the app {app.name}.", f"Client id: {app.id}", f"Tenant id: {signin.tenant}"]
    lines += [f"Secret:    {text}"] if text else []
    shell.show({"client_id": app.id, "tenant_id": signin.tenant, "name": app.name, "secret": text}, *lines)


def list_(shell: Shell) -> None:
    """List the registered apps."""
    with opened_signin(shell) as signin:
        found = signin.apps.list()
    rows = [(app.id, app.name, "public" if app.public else "with a secret", ", ".join(app.roles)) for app in found]
    shown = table("client id", "name", "kind", "without a user", rows=rows)
    shell.show([asdict(app) for app in found], shown if rows else "There is none.")


def show(shell: Shell, app: AppArgument) -> None:
    """Show an app: redirect URIs, secrets without what makes them work, consents."""
    with opened_signin(shell) as signin:
        found = signin.apps.get(app)
        consents = [(_who(signin, one.user), one.scope, one.created_s) for one in signin.consents.list(found.id)]
    result = {**asdict(found), "tenant_id": signin.tenant, "consents": [list(row[:2]) for row in consents]}
    rows = [("client id", found.id), ("tenant id", signin.tenant), ("kind", "public" if found.public else "secret")]
    rows += [("redirect", uri) for uri in found.redirects] + [("without a user", name) for name in found.roles]
    rows += [(f"secret {one.id}", f"{one.hint}…, until {_day(one.expires_s)}") for one in found.secrets]
    rows += [("certificate", thumbprint) for thumbprint in found.certificates]
    rows += [(f"consent of {who}", scope) for who, scope, _ in consents]
    shell.show(result, table(found.name, "", rows=rows))


def delete(shell: Shell, app: AppArgument, yes: YesOption = False) -> None:
    """Delete an app: it and its tokens stop working at once."""
    with opened_signin(shell) as signin:
        found = signin.apps.get(app)
        confirm(f"Delete the app {found.name}?", yes=yes)
        signin.apps.delete(found.id)
    _done(shell, found, "deleted")


def secret(
    shell: Shell,
    app: AppArgument,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="It ends after so many days.")] = SECRET_DAYS,
    remove: Annotated[
        int | None, typer.Option("--remove", metavar="ID", help="Remove this one instead.", show_default=False)
    ] = None,
) -> None:
    """Make a further secret and print it, now and never again; or remove one."""
    with opened_signin(shell) as signin:
        found = signin.apps.get(app)
        if remove is not None:
            signin.apps.remove_secret(found.id, remove)
            _done(shell, found, "secret removed")
            return
        made, text = signin.apps.add_secret(found.id, timedelta(days=days))
    shell.show({"app": found.name, "id": made.id, "secret": text}, f"Secret {made.id} of {found.name}: {text}")


def certificate(
    shell: Shell,
    app: AppArgument,
    file: Annotated[Path, typer.Argument(help="PEM file; to remove it, its thumbprint.", show_default=False)],
    remove: RemoveOption = False,
) -> None:
    """Let an app prove itself with the key of a certificate."""
    with opened_signin(shell) as signin:
        found = signin.apps.get(app)
        if remove:
            signin.apps.remove_certificate(found.id, str(file))
            _done(shell, found, "certificate removed")
            return
        thumbprint = signin.apps.add_certificate(found.id, file.read_bytes())
    shell.show({"app": found.name, "thumbprint": thumbprint}, f"{found.name} has the certificate {thumbprint}.")


def redirect(
    shell: Shell,
    app: AppArgument,
    uri: Annotated[str, typer.Argument(help="Where browsers go back to, letter by letter.", show_default=False)],
    remove: RemoveOption = False,
) -> None:
    """Register a redirect URI of an app."""
    with opened_signin(shell) as signin:
        found = signin.apps.get(app)
        change = signin.apps.remove_redirect if remove else signin.apps.add_redirect
        change(found.id, uri)
    _done(shell, found, f"redirect {'removed' if remove else 'added'}")


def consent(
    shell: Shell,
    app: AppArgument,
    scope: Annotated[
        list[str] | None, typer.Argument(help="What it may for users, such as Mail.ReadWrite.", show_default=False)
    ] = None,
    role: RoleOption = None,
    user: Annotated[
        str | None, typer.Option("--user", metavar="MAIL", help="For this user; else for all.", show_default=False)
    ] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take it back instead; sign-ins end.")] = False,
) -> None:
    """Allow an app something as the administrator, so that no user is asked."""
    from postroom.workspace.signin.apps import role_name
    from postroom.workspace.signin.scopes import parse

    if not scope and not role:
        raise Invalid("SCOPE", "at least one scope or --role")
    asked = parse(" ".join(scope)) if scope else None
    names = [*asked.openid, *asked.keys] if asked else []
    roles = [role_name(name) for name in role or ()]
    with opened_signin(shell) as signin:
        found, whose = signin.apps.get(app), person_of(signin, user).id if user else ""
        if withdraw:
            _withdraw(signin, found, whose, names, roles)
        else:
            signin.consents.allow(found.id, whose, names)
            signin.apps.grant_roles(found.id, roles)
    _done(shell, found, "consent withdrawn" if withdraw else "consent given")


def _withdraw(signin: Signin, app: App, user_id: str, names: list[str], roles: list[str]) -> None:
    if names:
        signin.consents.withdraw(app.id, user_id, names)
        signin.signins.revoke_for(app.id, user_id)
    signin.apps.withdraw_roles(app.id, roles)


def _done(shell: Shell, app: App, done: str) -> None:
    shell.show({"app": app.name, "client_id": app.id, "done": done}, f"{app.name}: {done}.")


def _who(signin: Signin, user_id: str) -> str:
    person = signin.people.find(user_id) if user_id else None
    return person.address if person else user_id or "everybody"


def _day(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"
