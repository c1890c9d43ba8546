"""Signing in: password, then the code of a second factor if there is one; or a one-time link. And signing out."""

from __future__ import annotations

from starlette.responses import Response

from postroom.console import pages
from postroom.console.visit import CODE, TooOften, Visit
from postroom.errors import NotFound

WRONG = "User name or password is wrong."
WRONG_CODE = "This code is wrong, or was used already. Wait for the next one."


def form(visit: Visit, problem: str = "", status: int = 200, hint: str = "") -> Response:
    """The page that asks for name and password."""
    return pages.page("login", visit.ask, status, problem=problem, hint=hint)


def login(visit: Visit) -> Response:
    """What that page sends."""
    name = visit.ask.get("username").strip()
    try:
        visit.check_back_off(name)
    except TooOften as error:
        return form(visit, str(error), 429, name)
    user = visit.instance.users.first_factor(name, visit.ask.get("password"), visit.ask.by(name))
    if user is None:
        visit.failed(name)
        return form(visit, WRONG, 400, name)
    visit.ask.user = user.name
    visit.check(user.account)
    if user.second_factor == "disabled":
        return _signed_in(visit, user.name)
    return _second(visit, user.name)


def code(visit: Visit) -> Response:
    """What the pages send that ask for a code: it signs in, and confirms a second factor that is new."""
    name = visit.pending_user(visit.ask.get("pending"))
    visit.ask.user = name
    try:
        visit.check_back_off(name, CODE)
    except TooOften as error:
        return _second(visit, name, str(error), 429)
    factors, given, by = visit.instance.second_factors, visit.ask.get("code"), visit.ask.by(name)
    status = factors.status(name)
    if status == "disabled":  # meanwhile, by an administrator: that is for the password to say
        return form(visit, hint=name)
    good = factors.check(name, given, by) if status == "enabled" else factors.confirm(name, given, by)
    if not good:
        visit.failed(name, CODE)
        return _second(visit, name, WRONG_CODE, 400)
    visit.check(visit.instance.users.account(name))
    return _signed_in(visit, name)


def _second(visit: Visit, name: str, problem: str = "", status: int = 200) -> Response:
    """The page that asks for the code, with what an app needs when there is no code yet."""
    setup = None
    if visit.instance.second_factors.status(name) == "initialized":
        setup = visit.instance.second_factors.setup(name)
    facts = {"pending": visit.pending(name), "problem": problem, "action": f"{visit.ask.base}/code"}
    if setup is None:
        return pages.page("code", visit.ask, status, **facts)
    return pages.page("setup", visit.ask, status, setup=setup, picture=pages.picture(setup), **facts)


def _signed_in(visit: Visit, name: str) -> Response:
    visit.succeeded(name)
    _end_present(visit)
    return pages.keep_session(visit.ask, pages.home(visit.ask), visit.instance.sessions.create(name, visit.ask.by()))


def _end_present(visit: Visit) -> None:
    """A session that was there before does not go on under another name."""
    if visit.ask.session:
        visit.instance.sessions.end(visit.ask.session)


def once(visit: Visit) -> Response:
    """The page a one-time link leads to. It uses nothing up: programs that look at links do not press buttons."""
    return pages.page("once", visit.ask, token=visit.ask.get("token"))


def use_once(visit: Visit) -> Response:
    """What that page sends. Raises Denied for a link that was used, or is too old."""
    session = visit.instance.one_time.redeem(visit.ask.get("token"), visit.ask.by())
    name = visit.instance.sessions.user(session)
    if name is None:
        raise NotFound("user of this link", "")
    visit.ask.user = name
    try:
        visit.check(visit.instance.users.account(name))
    except BaseException:
        visit.instance.sessions.end(session)
        raise
    _end_present(visit)
    return pages.keep_session(visit.ask, pages.home(visit.ask), session)


def logout(visit: Visit) -> Response:
    _end_present(visit)
    told = pages.message(visit.ask, "Signed out", "You are signed out. You can close this window.")
    return pages.drop_session(visit.ask, told)
