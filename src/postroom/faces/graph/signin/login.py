"""The sign-in page. Every page that needs a user shows it, and is asked again when somebody has signed in."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from postroom.faces.graph.signin import pages
from postroom.faces.graph.signin.ask import Ask
from postroom.faces.graph.signin.desk import BROWSER, SESSION, Desk
from postroom.workspace.people import Person
from postroom.workspace.signin.errors import BadForm, TryLater, WrongPassword

FRESH: Final = "signed_in"
"""A field that says: whoever is signed in was asked just now, for this very request."""


def ask_who(desk: Desk, ask: Ask, *, for_app: str = "", hint: str = "") -> Response:
    """The sign-in page."""
    return _form(desk, ask, ask.again(FRESH), for_app, hint)


def ask_which(desk: Desk, ask: Ask, person: Person, *, for_app: str = "") -> Response:
    """The page that asks whether to go on as who is signed in."""
    browser, then = pages.browser_of(ask), ask.again(FRESH)
    token = desk.signin.forms.token(browser, "login", then, for_app)
    response = pages.page(
        "choose", action=f"/{ask.tenant}/login", token=token, then=then, app=for_app, person=person
    )  # fmt: skip
    return pages.keep_browser(response, browser)


def login(desk: Desk, ask: Ask) -> Response:
    """What the two pages send. Raises BadForm."""
    then, for_app = ask.need("then"), ask.get("app")
    browser = ask.cookies.get(BROWSER, "")
    desk.signin.forms.check(ask.get("token"), browser, "login", then, for_app)
    match ask.get("do"):
        case "other":
            return _form(desk, ask, then, for_app, "")
        case "stay" if desk.person(ask) is not None:
            return pages.go(_fresh(desk, then, browser))
    hint = ask.get("username")
    try:
        person = desk.authenticate(ask, hint, ask.get("password"))
    except (WrongPassword, TryLater) as error:
        status = 429 if isinstance(error, TryLater) else 400
        return _form(desk, ask, then, for_app, hint, str(error), status)
    # A session that was there before does not go on under another name.
    desk.signin.sessions.end(ask.cookies.get(SESSION, ""))
    return pages.keep_session(pages.go(_fresh(desk, then, browser)), desk.signin.sessions.create(person.id))


def is_fresh(desk: Desk, ask: Ask) -> bool:
    """Whether the user was asked for this very request."""
    try:
        desk.signin.forms.check(ask.get(FRESH), ask.cookies.get(BROWSER, ""), "fresh", ask.again(FRESH))
    except BadForm:
        return False
    return True


def logout(desk: Desk, ask: Ask) -> Response:
    """Sign out in this browser, and go where the app wants if that is a registered address."""
    desk.signin.sessions.end(ask.cookies.get(SESSION, ""))
    after, state = ask.get("post_logout_redirect_uri"), ask.get("state")
    if after and desk.signin.apps.answers_anywhere(after):
        more = f"{'&' if '?' in after else '?'}{urlencode({'state': state})}" if state else ""
        return pages.drop_session(pages.go(after + more))
    told = pages.message("Signed out", "You are signed out in this browser. You can close this window.")
    return pages.drop_session(told)


def _form(
    desk: Desk, ask: Ask, then: str, for_app: str, hint: str, problem: str = "", status: int = 200
) -> Response:  # fmt: skip
    browser = pages.browser_of(ask)
    token = desk.signin.forms.token(browser, "login", then, for_app)
    facts = {"action": f"/{ask.tenant}/login", "then": then, "app": for_app, "hint": hint, "problem": problem}
    return pages.keep_browser(pages.page("login", status, token=token, **facts), browser)


def _fresh(desk: Desk, then: str, browser: str) -> str:
    return f"{then}&{urlencode({FRESH: desk.signin.forms.token(browser, 'fresh', then)})}"
