"""Signing in to a program without a browser: it shows a code, the user types it here (RFC 8628)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from starlette.responses import Response

from postroom.faces.graph.signin import pages
from postroom.faces.graph.signin.ask import Ask, answer
from postroom.faces.graph.signin.consent import decided, needs_admin, offer
from postroom.faces.graph.signin.desk import BROWSER, Desk
from postroom.faces.graph.signin.login import ask_who
from postroom.workspace.people import Person
from postroom.workspace.signin.devices import Device
from postroom.workspace.signin.errors import NeedsSecret, TryLater, WrongUserCode

PAGE: Final = "oauth2/deviceauth"
KIND: Final = "deviceconsent"
_GUESSES: Final = " codes of devices"
"""Behind the name of who guesses them, for the back-off; no user has a name with spaces."""


def start(desk: Desk, ask: Ask) -> Response:
    """Where the program begins. Raises UnknownApp, NeedsSecret, MissingField, TooManyDevices; for scopes as `parse`."""
    app = desk.app(ask)
    if not app.public:
        raise NeedsSecret
    asked = desk.asked(ask)
    desk.signin.grants.check_resource(asked)
    started = desk.signin.devices.start(app.id, asked, ask.ip)
    address = f"{ask.base}/{ask.tenant}/{PAGE}"
    told = f"To sign in, use a web browser to open the page {address} and enter the code {started.user_code}."
    document = {
        "user_code": started.user_code, "device_code": started.device_code, "verification_uri": address,
        "expires_in": started.expires_in_s, "interval": started.interval_s, "message": told,
    }  # fmt: skip
    return answer(document | ({} if ask.is_version_2 else {"verification_url": address}))


def show(desk: Desk, ask: Ask) -> Response:
    """The page that asks for the code."""
    if desk.person(ask) is None:
        return ask_who(desk, ask)
    return _form(desk, ask, ask.get("otc"))


def enter(desk: Desk, ask: Ask) -> Response:
    """The code was typed. Raises BadForm."""
    person = desk.person(ask)
    if person is None:
        return ask_who(desk, replace(ask, fields={"otc": ask.get("otc")}))
    desk.signin.forms.check(ask.get("token"), ask.cookies.get(BROWSER, ""), "device", person.id)
    try:
        device = _found(desk, ask, person, ask.get("otc"))
    except (WrongUserCode, TryLater) as error:
        return _form(desk, ask, ask.get("otc"), str(error), 429 if isinstance(error, TryLater) else 400)
    app = desk.signin.apps.get(device.app_id)
    asked, missing = desk.signin.grants.ready(app, person, device.asked)
    if needs_admin(desk, person, missing):
        desk.signin.devices.decide(device.user_code, person.id, asked, approved=False)
        return pages.page("needs_admin", 403, app=app.name, person=person, back="")
    # Always asked, whatever was allowed before: somebody else may have sent the code.
    shown = replace(ask, fields={"otc": device.user_code})
    return offer(desk, shown, person, app, missing or (*asked.openid, *asked.keys), kind=KIND)


def consent(desk: Desk, ask: Ask) -> Response:
    """The user lets the device go on, or not. Raises BadForm."""
    inner, person = ask.within(ask.need("request")), desk.person(ask)
    if person is None:
        return ask_who(desk, inner)
    decision = decided(desk, ask, person, KIND)
    try:
        device = desk.signin.devices.find(inner.get("otc"))
        app = desk.signin.apps.get(device.app_id)
        if decision is not None:
            decision.allow(desk, app, person)
        asked, _ = desk.signin.grants.ready(app, person, device.asked)
        desk.signin.devices.decide(device.user_code, person.id, asked, approved=decision is not None)
    except WrongUserCode as error:
        return _form(desk, ask, "", str(error), 400)
    if decision is None:
        return pages.message("Not signed in", f"{app.name} was told that you declined. You can close this window.")
    return pages.message("Signed in", f"You have signed in to {app.name} on your device. You can close this window.")


def _found(desk: Desk, ask: Ask, person: Person, user_code: str) -> Device:
    guesser = person.address + _GUESSES
    desk.wait(guesser, ask.ip)
    try:
        device = desk.signin.devices.find(user_code)
    except WrongUserCode:
        desk.back_off.failed(guesser, ask.ip)
        raise
    desk.back_off.succeeded(guesser, ask.ip)
    return device


def _form(desk: Desk, ask: Ask, code: str, problem: str = "", status: int = 200) -> Response:
    person, browser = desk.person(ask), pages.browser_of(ask)
    assert person is not None  # who calls has asked
    token = desk.signin.forms.token(browser, "device", person.id)
    facts = {"action": f"/{ask.tenant}/{PAGE}", "code": code, "person": person, "problem": problem}
    return pages.keep_browser(pages.page("device", status, token=token, **facts), browser)
