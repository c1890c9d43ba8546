"""What a signed-in user sees and keeps of their own: second factor, app passwords."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.responses import Response

from postroom.archive.instance.privileges import Account
from postroom.console import pages, signin
from postroom.console.visit import CODE, Visit
from postroom.errors import AlreadyExists, Invalid, WrongState


def show(visit: Visit) -> Response:
    """The first page; the sign-in page when nobody is signed in."""
    account = visit.account()
    return signin.form(visit) if account is None else _page(visit, account)


def start_factor(visit: Visit) -> Response:
    """A new secret for one's own second factor, to be confirmed. One that is on is replaced by who has it alone: a
    session that somebody left open is not enough."""
    account, factors = _person(visit), visit.instance.second_factors
    if factors.status(account.name) == "enabled":
        visit.check_back_off(account.name, CODE)
        if not factors.check(account.name, visit.ask.get("code"), visit.ask.by()):
            visit.failed(account.name, CODE)
            return _page(visit, account, problem=signin.WRONG_CODE, status=400)
    factors.initialise(account.name, visit.ask.by())
    return _setup(visit, account)


def confirm_factor(visit: Visit) -> Response:
    account = _person(visit)
    visit.check_back_off(account.name, CODE)
    if not visit.instance.second_factors.confirm(account.name, visit.ask.get("code"), visit.ask.by()):
        visit.failed(account.name, CODE)
        return _setup(visit, account, signin.WRONG_CODE, 400)
    return pages.home(visit.ask)


def create_password(visit: Visit) -> Response:
    """An app password, shown on the page that answers and never again."""
    account, name = _person(visit), visit.ask.get("name")
    try:
        made = visit.instance.users.app_passwords.create(account.name, name, visit.ask.by())
    except (AlreadyExists, Invalid) as error:
        return _page(visit, account, problem=str(error), status=400)
    return _page(visit, account, made=made)


def delete_password(visit: Visit) -> Response:
    account, number = _person(visit), visit.ask.get("id")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise Invalid("id", "the number of an app password")
    visit.instance.users.app_passwords.delete(account.name, int(number), visit.ask.by())
    return pages.home(visit.ask)


def _person(visit: Visit) -> Account:
    """Who is signed in. Raises WrongState for a user of the system."""
    account = visit.need()
    if account.name.startswith("$"):
        raise WrongState(f"The user {account.name} belongs to the system and has neither password nor second factor.")
    return account


def _page(visit: Visit, account: Account, *, problem: str = "", made: str = "", status: int = 200) -> Response:
    rows = visit.instance.users.app_passwords.all(account.name)
    return pages.page(
        "account",
        visit.ask,
        status,
        account=account,
        person=not account.name.startswith("$"),
        factor=visit.instance.second_factors.status(account.name),
        totals=visit.archive.statistics(account),
        passwords=[(row.id, row.name, _day(row.made_ms), _day(row.used_ms)) for row in rows],
        problem=problem,
        made=made,
    )


def _setup(visit: Visit, account: Account, problem: str = "", status: int = 200) -> Response:
    setup = visit.instance.second_factors.setup(account.name)
    facts = {"pending": "", "problem": problem, "action": f"{visit.ask.base}/second-factor/confirm"}
    return pages.page("setup", visit.ask, status, setup=setup, picture=pages.picture(setup), **facts)


def _day(time_ms: int | None) -> str:
    return "" if time_ms is None else f"{datetime.fromtimestamp(time_ms / 1000, UTC):%Y-%m-%d}"
