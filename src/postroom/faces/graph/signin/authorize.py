"""The authorization endpoint: a user signs in, allows the app what it asks for, and goes back to it with a code."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from postroom.errors import PostroomError
from postroom.faces.graph.signin import pages
from postroom.faces.graph.signin.ask import Ask
from postroom.faces.graph.signin.consent import decided, needs_admin, offer
from postroom.faces.graph.signin.desk import Desk
from postroom.faces.graph.signin.errors import sentence, word_at_authorize
from postroom.faces.graph.signin.login import ask_which, ask_who, is_fresh
from postroom.faces.graph.signin.token import client_info
from postroom.workspace.people import Person
from postroom.workspace.signin.apps import App
from postroom.workspace.signin.codes import MOST_NONCE_CHARS, Challenge, Code
from postroom.workspace.signin.errors import (
    BadField,
    Declined,
    MissingField,
    NeedsAdmin,
    NoConsent,
    NotSignedIn,
    UnknownRedirect,
    UnsupportedResponse,
)
from postroom.workspace.signin.scopes import Asked

MODES: Final = ("query", "fragment", "form_post")
PROMPTS: Final = ("", "none", "login", "select_account", "consent", "admin_consent", "create")


@dataclass(frozen=True, slots=True)
class Back:
    """Where the answer goes, and how."""

    app: App
    uri: str
    mode: str = "query"
    state: str = ""

    def answer(self, **fields: str) -> Response:
        given = {**fields, **({"state": self.state} if self.state else {})}
        if self.mode == "form_post":
            return pages.page("form_post", action=self.uri, fields=given, app=self.app.name)
        return pages.go(self.link(given))

    def link(self, fields: Mapping[str, str]) -> str:
        """Where a browser goes with these; `form_post` cannot be a link and becomes a query."""
        mark = "#" if self.mode == "fragment" else "&" if "?" in self.uri else "?"
        return f"{self.uri}{mark}{urlencode(fields)}"

    def failed(self, error: PostroomError) -> Response:
        return self.answer(**_failure(error))

    def refusal(self, error: PostroomError) -> str:
        """The same as a link of a page."""
        return self.link({**_failure(error), **({"state": self.state} if self.state else {})})


def _failure(error: PostroomError) -> dict[str, str]:
    return {"error": word_at_authorize(error), "error_description": sentence(error)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request that has been read."""

    back: Back
    asked: Asked
    challenge: Challenge
    nonce: str
    prompt: str


def authorize(desk: Desk, ask: Ask) -> Response:
    """Raises only while it is not known where an answer may go."""
    back = where_back(desk, ask)
    try:
        back = _with_mode(ask, back)
        return _authorize(desk, ask, _read(desk, ask, back))
    except PostroomError as error:
        return back.failed(error)


def where_back(desk: Desk, ask: Ask) -> Back:
    """Raises UnknownApp, UnknownRedirect, MissingField: then nothing is sent anywhere, as nobody knows who reads it."""
    app = desk.app(ask)
    uri = ask.get("redirect_uri") or (app.redirects[0] if len(app.redirects) == 1 else "")
    if not uri:
        raise MissingField("redirect_uri")
    if not app.answers_to(uri):
        raise UnknownRedirect(f"The redirect URI '{uri}' is not one of those registered for '{app.name}'.")
    return Back(app, uri, state=ask.get("state"))


def _with_mode(ask: Ask, back: Back) -> Back:
    mode = ask.get("response_mode") or "query"
    if mode not in MODES:
        raise BadField("response_mode", ", ".join(MODES))
    return Back(back.app, back.uri, mode, back.state)


def _read(desk: Desk, ask: Ask, back: Back) -> Wanted:
    if ask.need("response_type") != "code":
        raise UnsupportedResponse
    nonce, prompt = ask.get("nonce"), ask.get("prompt").strip()
    if len(nonce) > MOST_NONCE_CHARS:
        raise BadField("nonce", f"at most {MOST_NONCE_CHARS} characters")
    if prompt not in PROMPTS:
        raise BadField("prompt", "none, login, select_account or consent")
    asked = desk.asked(ask)
    desk.signin.grants.check_resource(asked)
    challenge = Challenge.of(ask.get("code_challenge"), ask.get("code_challenge_method"))
    return Wanted(back, asked, challenge, nonce, prompt)


def _authorize(desk: Desk, ask: Ask, wanted: Wanted) -> Response:
    person, prompt, name = desk.person(ask), wanted.prompt, wanted.back.app.name
    if prompt == "none":
        return _silently(desk, ask, wanted, person)
    hint, fresh = ask.get("login_hint"), is_fresh(desk, ask)
    if person is None or (prompt in ("login", "create") and not fresh):
        return ask_who(desk, ask, for_app=name, hint=hint)
    if prompt == "select_account" and not fresh:
        return ask_which(desk, ask, person, for_app=name)
    if (
        hint
        and not fresh
        and hint.strip().lower() not in (person.address.lower(), *map(str.lower, person.other_addresses))
    ):
        return ask_who(desk, ask, for_app=name, hint=hint)
    return _go_on(desk, ask, wanted, person)


def _silently(desk: Desk, ask: Ask, wanted: Wanted, person: Person | None) -> Response:
    if person is None:
        raise NotSignedIn
    asked, missing = desk.signin.grants.ready(wanted.back.app, person, wanted.asked)
    if missing:
        raise NoConsent
    return _with_code(desk, ask, wanted, person, asked)


def _go_on(desk: Desk, ask: Ask, wanted: Wanted, person: Person) -> Response:
    """Somebody is signed in: what is left to allow?"""
    app = wanted.back.app
    asked, missing = desk.signin.grants.ready(app, person, wanted.asked)
    if needs_admin(desk, person, missing):
        return pages.page("needs_admin", 403, app=app.name, person=person, back=wanted.back.refusal(NeedsAdmin()))
    if missing or wanted.prompt in ("consent", "admin_consent"):
        scopes = missing or (*asked.openid, *asked.keys)
        return offer(desk, ask, person, app, scopes)
    return _with_code(desk, ask, wanted, person, asked)


def consent(desk: Desk, ask: Ask) -> Response:
    """What the page sends on which a user allows an app something. Raises BadForm."""
    inner, person = ask.within(ask.need("request")), desk.person(ask)
    back = where_back(desk, inner)
    if person is None:
        return ask_who(desk, inner, for_app=back.app.name)
    decision = decided(desk, ask, person)
    try:
        back = _with_mode(inner, back)
        wanted = _read(desk, inner, back)
        if decision is None:
            raise Declined
        decision.allow(desk, back.app, person)
        return _go_on(desk, inner, replace(wanted, prompt=""), person)
    except PostroomError as error:
        return back.failed(error)


def _with_code(desk: Desk, ask: Ask, wanted: Wanted, person: Person, asked: Asked) -> Response:
    back = wanted.back
    code = Code(back.app.id, person.id, back.uri, asked, wanted.challenge, wanted.nonce)
    fields = {"code": desk.signin.codes.issue(code), "session_state": str(uuid.uuid4())}
    if ask.get("client_info") == "1":
        fields["client_info"] = client_info(desk, person.id)
    return back.answer(**fields)
