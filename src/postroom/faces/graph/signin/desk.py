"""What all endpoints share: the engine, who sits at the browser, passwords, clients."""

from __future__ import annotations

import logging
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_plus

from postroom.faces.graph.signin.ask import Ask
from postroom.web.auth import Credentials
from postroom.web.backoff import BackOff
from postroom.workspace.people import Person
from postroom.workspace.signin.apps import App
from postroom.workspace.signin.clients import ASSERTION, Client, Proof
from postroom.workspace.signin.errors import BadField, MissingField, TryLater, UnknownApp, WrongPassword
from postroom.workspace.signin.scopes import Asked, parse
from postroom.workspace.signin.signin import Signin

logger = logging.getLogger(__name__)

SESSION: Final = "__Host-postroom-session"
BROWSER: Final = "__Host-postroom-browser"
"""Cookies; browsers take those whose names begin so over TLS and of this host only."""


@dataclass(frozen=True, slots=True)
class Desk:
    """All of it may ask a directory: call it in a thread."""

    signin: Signin
    back_off: BackOff

    def issuer(self, ask: Ask) -> str:
        """Whoever reads the discovery document expects its host here."""
        return f"{ask.base}/{self.signin.tenant}/v2.0"

    def app(self, ask: Ask) -> App:
        """The app that a request names, and need not prove. Raises UnknownApp, MissingField, BadField."""
        app = self.signin.apps.find(ask.need("client_id"))
        if app is None:
            raise UnknownApp(ask.get("client_id")[:64])
        return app

    def client(self, ask: Ask) -> Client:
        """The app that asks, by form or Basic (RFC 6749, 2.3.1).

        Raises as `Clients.identify`; MissingField, BadField.
        """
        basic, secret, assertion = ask.basic, ask.get("client_secret"), ask.get("client_assertion")
        if basic is not None and (secret or assertion):
            raise BadField("client_secret", "one proof of who the client is, not two")
        if assertion and ask.get("client_assertion_type") != ASSERTION:
            raise BadField("client_assertion_type", ASSERTION)
        app_id = ask.get("client_id") or (basic.user if basic else "")
        if not app_id:
            raise MissingField("client_id")
        if basic is not None and basic.user.lower() != app_id.lower():
            raise BadField("client_id", "that of the Authorization header")
        return self.signin.clients.identify(Proof(app_id, secret or _password(basic), assertion, self.hosts(ask)))

    def hosts(self, ask: Ask) -> Collection[str]:
        """Names under which this request may have been meant."""
        names = (ask.host, ask.headers.get("host", "").lower())
        return {*names, *(name.removesuffix(":443") for name in names)}

    def asked(self, ask: Ask) -> Asked:
        """What it asks for. Raises as `parse`."""
        return parse(ask.get("scope"), ask.get("resource"), {ask.base})

    def person(self, ask: Ask) -> Person | None:
        """Who is signed in, in this browser."""
        session = self.signin.sessions.find(ask.cookies.get(SESSION, ""))
        person = None if session is None else self.signin.active(session.user_id)
        ask.user = person.address if person else ""
        return person

    def authenticate(self, ask: Ask, username: str, password: str) -> Person:
        """Raises WrongPassword, alike for all who may not sign in; TryLater."""
        username = username.strip()
        self.wait(username, ask.ip)
        person = self.signin.authenticate(username, password)
        if person is None:
            ask.password_failed = True
            self.back_off.failed(username, ask.ip)
            logger.warning("Somebody gave a wrong password for %s.", username[:256], extra={"address": ask.ip})
            raise WrongPassword
        self.back_off.succeeded(username, ask.ip)
        ask.user = person.address
        return person

    def wait(self, name: str, ip: str) -> None:
        """Raises TryLater."""
        delay_s = self.back_off.delay_s(name, ip)
        if delay_s > 0:
            raise TryLater(math.ceil(delay_s))


def _password(basic: Credentials | None) -> str:
    # Encoded as in a form before Basic encodes it once more (RFC 6749, 2.3.1); our secrets have nothing to encode.
    return unquote_plus(basic.password) if basic else ""
