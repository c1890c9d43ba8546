"""The page on which a user, or an administrator for everybody, allows an app something."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from postroom.faces.graph.signin import pages
from postroom.faces.graph.signin.ask import Ask
from postroom.faces.graph.signin.desk import BROWSER, Desk
from postroom.faces.graph.signin.login import FRESH
from postroom.workspace.people import Person
from postroom.workspace.signin.apps import App
from postroom.workspace.signin.consents import EVERYBODY, for_administrators
from postroom.workspace.signin.errors import NeedsAdmin
from postroom.workspace.signin.permissions import says

ACCEPT: Final = "accept"


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody has allowed; with `everybody` for all users."""

    scopes: tuple[str, ...]
    everybody: bool

    def allow(self, desk: Desk, app: App, person: Person) -> None:
        """Write it down. Raises NeedsAdmin for what this user cannot allow."""
        if needs_admin(desk, person, self.scopes) or (self.everybody and not desk.signin.is_admin(person)):
            raise NeedsAdmin
        desk.signin.consents.allow(app.id, EVERYBODY if self.everybody else person.id, self.scopes)


def needs_admin(desk: Desk, person: Person, scopes: Collection[str]) -> bool:
    """Whether only another than this user can allow all of these."""
    return bool(for_administrators(scopes)) and not desk.signin.is_admin(person)


def offer(
    desk: Desk, ask: Ask, person: Person, app: App, scopes: Collection[str], *, kind: str = "consent"
) -> Response:  # fmt: skip
    """The page. `kind` is also the path below the tenant to which it is sent: consent, deviceconsent, adminconsent."""
    browser, request, text = pages.browser_of(ask), ask.again(FRESH, "token"), " ".join(scopes)
    response = pages.page(
        "consent",
        action=f"/{ask.tenant}/{kind}",
        kind=kind,
        request=request,
        scopes=text,
        token=desk.signin.forms.token(browser, kind, request, text, person.id),
        app=app.name,
        person=person,
        permissions=[says(scope) for scope in scopes],
        admin=desk.signin.is_admin(person),
    )
    return pages.keep_browser(response, browser)


def decided(desk: Desk, ask: Ask, person: Person, kind: str = "consent") -> Decision | None:
    """What the page sends; None when the user declined. Raises BadForm."""
    request, text = ask.need("request"), ask.get("scopes")
    desk.signin.forms.check(ask.get("token"), ask.cookies.get(BROWSER, ""), kind, request, text, person.id)
    if ask.get("do") != ACCEPT:
        return None
    return Decision(tuple(text.split()), kind == "adminconsent" or bool(ask.get("everybody")))
