"""The page on which an administrator allows an app something for everybody."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from postroom.errors import PostroomError
from postroom.faces.graph.signin import pages
from postroom.faces.graph.signin.ask import Ask
from postroom.faces.graph.signin.authorize import Back, where_back
from postroom.faces.graph.signin.consent import decided, offer
from postroom.faces.graph.signin.desk import Desk
from postroom.faces.graph.signin.login import ask_who, is_fresh
from postroom.workspace.signin.consents import EVERYBODY
from postroom.workspace.signin.errors import Declined, NeedsAdmin
from postroom.workspace.signin.scopes import DEFAULT, Asked, parse

KIND: Final = "adminconsent"


def show(desk: Desk, ask: Ask) -> Response:
    """Raises while it is not known where an answer may go."""
    back, person = where_back(desk, ask), desk.person(ask)
    try:
        asked = _asked(desk, ask, back)
    except PostroomError as error:
        return back.failed(error)
    # An administrator often has a second account: who is signed in without rights may sign in as that one.
    if person is None or not (desk.signin.is_admin(person) or is_fresh(desk, ask)):
        return ask_who(desk, ask, for_app=back.app.name)
    if not desk.signin.is_admin(person):
        return pages.page("needs_admin", 403, app=back.app.name, person=person, back=back.refusal(NeedsAdmin()))
    return offer(desk, ask, person, back.app, (*asked.openid, *asked.keys), kind=KIND)


def consent(desk: Desk, ask: Ask) -> Response:
    """What the page sends. Raises BadForm."""
    inner, person = ask.within(ask.need("request")), desk.person(ask)
    back = where_back(desk, inner)
    if person is None:
        return ask_who(desk, inner, for_app=back.app.name)
    decision = decided(desk, ask, person, KIND)
    if decision is None:
        return back.failed(Declined())
    try:
        decision.allow(desk, back.app, person)
    except NeedsAdmin as error:
        return back.failed(error)
    return back.answer(admin_consent="True", tenant=desk.signin.tenant, scope=" ".join(decision.scopes))


def _asked(desk: Desk, ask: Ask, back: Back) -> Asked:
    """Without a scope, as in version 1, it is all that the app was allowed so far."""
    asked = parse(ask.get("scope") or DEFAULT, "", {ask.base})
    desk.signin.grants.check_resource(asked)
    return desk.signin.consents.filled(back.app.id, EVERYBODY, asked)
