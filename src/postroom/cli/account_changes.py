"""`create`, `update`, `delete`, `rename` and `password` of each kind of account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from iredadmin.contract import ROUTES
from postroom.cli import account_password as passwords
from postroom.cli.account_desk import Desk, DryRunOption, YesOption, desk_command
from postroom.cli.account_kinds import Kind
from postroom.cli.account_options import arguments, keyword, options, sent, with_signature
from postroom.errors import Invalid

KeepOption = Annotated[
    int | None,
    typer.Option(
        "--keep-days", min=0, show_default=False,
        help="Note that the files of mailboxes may go after so many days; without it, or with 0, never.",
    ),
]  # fmt: skip
_DRY_RUN = keyword("dry_run", DryRunOption, False)


def register(group: typer.Typer, kind: Kind) -> None:
    """Add the commands of a kind that change something."""
    for action in ("create", "update"):
        desk_command(group, action)(_changing(kind, action))
    desk_command(group, "delete")(_deleting(kind))
    if f"{kind.resource}.change_email" in ROUTES:
        desk_command(group, "rename")(_renaming(kind))
    if kind.has_password:
        desk_command(group, "password")(_password(kind))


def _function(desk: Desk, kind: Kind, action: str) -> Callable[..., Any]:
    """The client's method."""
    method: Callable[..., Any] = getattr(getattr(desk.api, kind.resource), action)
    return method


def _domain(kind: Kind, name: str) -> str | None:
    """The domain whose rules for passwords hold; none for admins, who are in no domain of ours."""
    return name.rpartition("@")[2] if kind.within_domain else None


def _changing(kind: Kind, action: str) -> Callable[..., None]:
    """`create`, or `update` without passwords, which have a command of their own."""
    route = ROUTES[f"{kind.resource}.{action}"]
    with_password = kind.has_password and action == "create"

    def run(desk: Desk, **given: Any) -> None:
        name = kind.name(given.pop(route.places[0].name))
        dry_run = given.pop("dry_run")
        found = sent(route.params, given)
        if action == "update" and not found:
            raise Invalid(f"{kind.noun} update", "at least one option; --help lists them")
        chosen = passwords.Chosen({})
        if with_password:
            chosen = passwords.chosen(desk, name, _domain(kind, name), passwords.secret(given))
        _function(desk, kind, action)(name, **found, **chosen.arguments, dry_run=dry_run)
        desk.done(f"{action}d", kind.noun, name, dry_run=dry_run, **chosen.shown)

    run.__doc__ = route.doc
    with_signature(run, Desk, [
        *arguments(route.places),
        *options(route.params),
        *(_password_options() if with_password else ()),
        _DRY_RUN,
    ])  # fmt: skip
    return run


def _password_options() -> list[Any]:
    return [
        keyword("password_file", passwords.FileOption, None),
        keyword("password_hash", passwords.HashOption, None),
        keyword("generate", passwords.GenerateOption, False),
    ]


def _deleting(kind: Kind) -> Callable[..., None]:
    route = ROUTES[f"{kind.resource}.delete"]
    keeping = f"{kind.resource}.delete_keeping" in ROUTES

    def run(desk: Desk, **given: Any) -> None:
        name = kind.name(given[route.places[0].name])
        if not given["dry_run"]:
            _get(desk, kind, name)
            what = " with all accounts in it" if kind.noun == "domain" else ""
            desk.confirm(f"Delete the {kind.noun} {name}{what}?", yes=given["yes"])
        if given.get("keep_days"):
            _function(desk, kind, "delete_keeping")(name, given["keep_days"], dry_run=given["dry_run"])
        else:
            _function(desk, kind, "delete")(name, dry_run=given["dry_run"])
        desk.done("deleted", kind.noun, name, dry_run=given["dry_run"])

    run.__doc__ = route.doc
    with_signature(run, Desk, [
        *arguments(route.places),
        *([keyword("keep_days", KeepOption, None)] if keeping else []),
        keyword("yes", YesOption, False),
        _DRY_RUN,
    ])  # fmt: skip
    return run


def _get(desk: Desk, kind: Kind, name: str) -> None:
    """Raises NotFound: the API takes the deletion of nothing for done, and a typing error would pass for success."""
    _function(desk, kind, "get")(name)


def _renaming(kind: Kind) -> Callable[..., None]:
    route = ROUTES[f"{kind.resource}.change_email"]

    def run(desk: Desk, **given: Any) -> None:
        name, new = kind.name(given["mail"]), kind.name(given["new_mail"])
        _function(desk, kind, "change_email")(name, new, dry_run=given["dry_run"])
        desk.done("renamed", kind.noun, name, dry_run=given["dry_run"], to=new)

    run.__doc__ = route.doc
    with_signature(run, Desk, [*arguments(route.places), _DRY_RUN])
    return run


def _password(kind: Kind) -> Callable[..., None]:
    route = ROUTES[f"{kind.resource}.update"]

    def run(desk: Desk, **given: Any) -> None:
        name, dry_run = kind.name(given["mail"]), given["dry_run"]
        _get(desk, kind, name)
        chosen = passwords.chosen(desk, name, _domain(kind, name), passwords.secret(given))
        _function(desk, kind, "update")(name, **chosen.arguments, dry_run=dry_run)
        desk.done("given a new password", kind.noun, name, dry_run=dry_run, **chosen.shown)

    run.__doc__ = f"Give the {kind.noun} a new password; all their sessions end."
    with_signature(run, Desk, [*arguments(route.places), *_password_options(), _DRY_RUN])
    return run
