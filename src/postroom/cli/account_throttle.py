"""`postroom account throttle`: how much mail an account may send or receive."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import typer

from iredadmin.contract import ROUTES
from postroom.accounts.addresses import address, domain
from postroom.cli.account_desk import Desk, DryRunOption, YesOption, desk_command, table
from postroom.cli.account_options import arguments, keyword, options, sent, with_signature
from postroom.errors import Invalid

Direction = Literal["inbound", "outbound"]
DIRECTIONS: Final[tuple[Direction, ...]] = ("inbound", "outbound")
LIMITS: Final = ("period", "msg_size", "max_msgs", "max_quota", "max_rcpts")
WORDS: Final = {-1: "inherited", 0: "unlimited"}

AccountArgument = Annotated[
    str, typer.Argument(metavar="ACCOUNT", help="`global`, a domain, or a mail address.", show_default=False)
]
DirectionArgument = Annotated[
    str | None, typer.Argument(metavar="[DIRECTION]", help="inbound or outbound; else both.", show_default=False)
]


def register(group: typer.Typer) -> None:
    """Add the commands of this file."""
    desk_command(group)(show)
    desk_command(group, "set")(_setting())
    desk_command(group)(remove)


def account_name(text: str) -> str:
    """As the API names it. Raises Invalid."""
    if text.strip().lower() == "global":
        return "global"
    return address(text) if "@" in text else domain(text)


def _directions(text: str | None) -> tuple[Direction, ...]:
    found = tuple(direction for direction in DIRECTIONS if text in (None, direction))
    if not found:
        raise Invalid("DIRECTION", "inbound or outbound")
    return found


def show(desk: Desk, account: AccountArgument, direction: DirectionArgument = None) -> None:
    """Show the throttles that are set for an account itself."""
    name = account_name(account)
    found = {way: desk.api.throttle.get(name, way) for way in _directions(direction)}
    rows = [[way, *(WORDS.get(row[limit], row[limit]) for limit in LIMITS)] for way, row in found.items() if row]
    columns = ("direction", "period in s>", "bytes of one>", "messages>", "bytes in all>", "recipients>")
    desk.shell.show(found, table(*columns, rows=rows) if rows else f"Nothing is set for {name}.")


def _setting() -> Any:
    route = ROUTES["throttle.set"]

    def run(desk: Desk, **given: Any) -> None:
        name, dry_run = account_name(given["account"]), given["dry_run"]
        (way,) = _directions(given["direction"])
        desk.api.throttle.set(name, way, **sent(route.params, given), dry_run=dry_run)
        _done(desk, name, (way,), "set", dry_run=dry_run)

    run.__doc__ = route.doc
    parameters = [*arguments(route.places), *options(route.params), keyword("dry_run", DryRunOption, False)]
    with_signature(run, Desk, parameters)
    return run


def remove(
    desk: Desk,
    account: AccountArgument,
    direction: DirectionArgument = None,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Remove throttles: the next wider ones hold."""
    name, ways = account_name(account), _directions(direction)
    if not dry_run:
        desk.confirm(f"Remove the {' and '.join(ways)} throttle of {name}?", yes=yes)
    for way in ways:
        desk.api.throttle.delete(name, way, dry_run=dry_run)
    _done(desk, name, ways, "removed", dry_run=dry_run)


def _done(desk: Desk, name: str, ways: tuple[Direction, ...], verb: str, *, dry_run: bool) -> None:
    told = f"{' and '.join(ways)} throttle of {name}"
    line = f"This was a dry run: the {told} could be {verb}." if dry_run else f"The {told} was {verb}."
    desk.shell.show({"account": name, "directions": ways, "done": verb, "dry_run": dry_run}, line)
