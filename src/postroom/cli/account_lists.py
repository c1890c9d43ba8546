"""`list` and `show` of each kind of account, `domain admins`, and the admin log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Annotated, Any

import typer

from iredadmin.contract import ROUTES
from postroom.accounts.addresses import domain as domain_name
from postroom.cli.account_desk import Desk, DryRunOption, desk_command, table
from postroom.cli.account_kinds import ADMIN, DOMAIN, MANAGED, Kind, Profile
from postroom.cli.account_options import PAGING, arguments, keyword, options, sent, with_signature
from postroom.errors import Invalid

PAGE_ROWS = 1000

LimitOption = Annotated[int | None, typer.Option("--limit", min=1, help="Most rows to show.", show_default=False)]
DomainArgument = Annotated[str, typer.Argument(metavar="DOMAIN", help="Name of a domain.", show_default=False)]


def register(group: typer.Typer, kind: Kind) -> None:
    """Add the commands of a kind that only look."""
    desk_command(group, "list")(_listing(kind))
    desk_command(group, "show")(_showing(kind))
    if kind is DOMAIN:
        desk_command(group, "admins")(admins)


def _listing(kind: Kind) -> Callable[..., None]:
    route = ROUTES[f"{kind.resource}.list"]
    params = [param for param in route.params if param.name not in PAGING]

    def run(desk: Desk, **given: Any) -> None:
        places = [domain_name(given["domain"])] if route.places else []
        resource, limit, wanted = getattr(desk.api, kind.resource), given["limit"], sent(params, given)
        if wanted.pop(kind.only_names, False):
            names = resource.list(*places, **{kind.only_names: True}, **wanted, limit=limit)
            desk.shell.show(names, *names)
            return
        rows = resource.iterate(*places, **wanted, page_size=min(limit or PAGE_ROWS, PAGE_ROWS))
        found = list(islice(rows, limit))
        more = next(rows, None) is not None
        shown = () if desk.shell.json else _listed(kind, [_with_domains(desk, kind, row) for row in found], more=more)
        desk.shell.show(found, *shown)

    run.__doc__ = route.doc
    limit = keyword("limit", LimitOption, None)
    with_signature(run, Desk, [*arguments(route.places), *options(params), limit])
    return run


def _with_domains(desk: Desk, kind: Kind, row: Profile) -> Profile:
    """What an admin manages is in the profile alone; there are few admins."""
    if kind is not ADMIN:
        return row
    return {**row, MANAGED: desk.api.admins.get(kind.name_of(row)).get(MANAGED, [])}


def _listed(kind: Kind, found: list[Profile], *, more: bool) -> Iterator[object]:
    if not found:
        yield "There is none."
        return
    rows = ([kind.name_of(row), *(column(row) for column in kind.columns.values())] for row in found)
    title = "domain" if kind is DOMAIN else "address"
    yield table(title, *kind.columns, rows=rows)
    yield f"{len(found)} shown, there are more: raise --limit." if more else f"{len(found)} in all."


def _showing(kind: Kind) -> Callable[..., None]:
    route = ROUTES[f"{kind.resource}.get"]

    def run(desk: Desk, **given: Any) -> None:
        found = getattr(desk.api, kind.resource).get(kind.name(given[route.places[0].name]))
        desk.shell.show(found, fields(found))

    run.__doc__ = route.doc
    with_signature(run, Desk, arguments(route.places))
    return run


def fields(profile: Profile) -> Any:
    """All fields of a profile that hold something."""
    return table("field", "value", rows=[(name, _text(found)) for name, found in profile.items() if _says(found)])


def _says(found: object) -> bool:
    return found not in ("", None, [], {})


def _text(found: object) -> str:
    match found:
        case list():
            return "\n".join(map(str, found))
        case dict():
            return json.dumps(found, ensure_ascii=False)
        case _:
            return str(found)


def admins(
    desk: Desk,
    domain: DomainArgument,
    add: Annotated[
        list[str] | None, typer.Option("--add", metavar="MAIL", help="Manages it from now on.", show_default=False)
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="MAIL", help="No longer does.", show_default=False)
    ] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Nobody does.")] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Show or change who manages a domain."""
    name = domain_name(domain)
    if nobody and (add or remove):
        raise Invalid("--nobody", "neither --add nor --remove beside it")
    if add or remove or nobody:
        added, removed = (",".join(map(ADMIN.name, given or [])) or None for given in (add, remove))
        desk.api.domains.admins(
            name, add_admin=added, remove_admin=removed, remove_all_admins=nobody or None, dry_run=dry_run
        )
    found = desk.api.domains.get(name)
    managers = found.get("admins", found.get("domainAdmin", []))
    desk.shell.show(managers, *(managers or ["Only global admins manage it."]))


# The admin log


def log(
    desk: Desk,
    domain: Annotated[str | None, typer.Option(help="What concerns this domain.", show_default=False)] = None,
    admin: Annotated[str | None, typer.Option(help="What this admin did.", show_default=False)] = None,
    event: Annotated[
        str | None,
        typer.Option(help="login, create, update, delete, active, disable or rename.", show_default=False),
    ] = None,
    search: Annotated[str | None, typer.Option(help="What contains this text.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most entries to show.")] = 50,
) -> None:
    """Show the admin log, newest first: who changed what."""
    rows = desk.api.log.iterate(domain=domain, admin=admin, event=event, search=search, page_size=min(limit, PAGE_ROWS))
    found = list(islice(rows, limit))
    columns = ("time", "admin", "ip", "event", "msg")
    cells = ([row["time"], row["admin"], row["ip"], row["event"], row["message"]] for row in found)
    desk.shell.show(found, table(*columns, rows=cells) if found else "There is none.")
