"""The engine of sign-in on a file of its own, with a directory in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.workspace.signin.known import ADMIN, ANNA, Hands, Known

from postroom.workspace.people import Person
from postroom.workspace.signin.apps import App
from postroom.workspace.signin.clients import Client, Proof
from postroom.workspace.signin.codes import Challenge, Code
from postroom.workspace.signin.grants import Issued
from postroom.workspace.signin.scopes import parse
from postroom.workspace.signin.signin import Rules, Signin

REDIRECT = "https://app.test/callback"
ISSUER = "https://localhost/tenant/v2.0"


@dataclass
class House:
    """An engine, and an app of each kind."""

    signin: Signin
    people: Known
    clock: Hands
    web: App
    desk: App
    secret: str

    def client(self) -> Client:
        """The confidential app, with its secret."""
        return self.signin.clients.identify(Proof(self.web.id, secret=self.secret))

    def public(self) -> Client:
        return self.signin.clients.identify(Proof(self.desk.id))

    def code(self, *, scope: str = "openid offline_access Mail.Read", challenge: Challenge | None = None) -> str:
        asked = parse(scope)
        self.signin.consents.allow(self.web.id, ANNA.id, asked.keys)
        return self.signin.codes.issue(Code(self.web.id, ANNA.id, REDIRECT, asked, challenge or Challenge(), "n"))

    def redeemed(self, text: str, verifier: str = "") -> Issued:
        return self.signin.grants.code(self.client(), text, REDIRECT, verifier, ISSUER)

    def signed_in(self, person: Person = ANNA, scope: str = "Mail.Read offline_access") -> Issued:
        asked = parse(scope)
        self.signin.consents.allow(self.web.id, person.id, asked.keys)
        return self.signin.grants.password(self.client(), person, asked, ISSUER)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    people, clock = Known(), Hands()
    with Signin(tmp_path / "workspace", people, clock, Rules(admins=(ADMIN.address,))) as signin:
        web = signin.apps.create("Web", redirects=[REDIRECT], roles=["Mail.Read", "User.Read.All"])
        desk = signin.apps.create("Desk", public=True, redirects=["http://localhost", "http://127.0.0.1:99/x"])
        _, secret = signin.apps.add_secret(web.id)
        yield House(signin, people, clock, signin.apps.get(web.id), desk, secret)
