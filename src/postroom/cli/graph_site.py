"""`postroom graph site …`: the sites of SharePoint. Each group has one by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.account_desk import YesOption, confirm, table
from postroom.cli.graph_desk import opened_workspace
from postroom.cli.shell import Shell, command
from postroom.errors import NotFound

if TYPE_CHECKING:
    from postroom.workspace.workspace import Workspace

PathArgument = Annotated[str, typer.Argument(metavar="PATH", help="Such as sites/yard.", show_default=False)]


def register(group: typer.Typer) -> None:
    """Add the commands of this file."""
    for function in (create, delete):
        command(group)(function)
    command(group, "list")(list_)


def create(
    shell: Shell,
    path: PathArgument,
    name: Annotated[str, typer.Option("--name", help="What it is called.", show_default=False)],
    description: Annotated[str, typer.Option("--description", help="What it is for.", show_default=False)] = "",
    group: Annotated[
        str | None,
        typer.Option("--group", help="Nickname or id of the group whose it is; else everybody's.", show_default=False),
    ] = None,
) -> None:
    """Make a site at a path; with a further name, as sites/yard/plans, in another one."""
    with opened_workspace(shell) as workspace:
        owner = _group(workspace, group) if group else None
        site = workspace.sites.places.create(path, name, description, owner)
    shell.show({"id": site.web, "path": site.path, "name": site.title}, f"Made the site {site.title} at {site.path}.")


def list_(shell: Shell) -> None:
    """List all sites, those of groups too."""
    with opened_workspace(shell) as workspace:
        found = list(workspace.sites.places.every())
    rows = [(f"/{site.path}", site.title, "a group's" if site.group else "everybody's") for site in found]
    result = [{"id": site.web, "path": site.path, "name": site.title, "group": site.group} for site in found]
    shell.show(result, table("path", "name", "whose", rows=rows))


def delete(shell: Shell, path: PathArgument, yes: YesOption = False) -> None:
    """Delete a site with its lists and files; not that of a group, which goes with the group."""
    with opened_workspace(shell) as workspace:
        confirm(f"Delete the site {path} with its lists and files?", yes=yes)
        workspace.sites.places.delete(path)
    shell.show({"path": path}, f"Deleted the site {path}.")


def _group(workspace: Workspace, name: str) -> str:
    """The id of a group. Raises NotFound."""
    found = next(
        (one for one in workspace.groups.all() if name.lower() in (one["id"], str(one["mailNickname"]).lower())), None
    )
    if found is None:
        raise NotFound("group", name)
    return str(found["id"])
