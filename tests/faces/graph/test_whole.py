"""Accounts, sign-in and Graph together, as `serve` opens them."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from postroom import app
from postroom.accounts.model import DomainChange, UserChange
from postroom.accounts.services.access import LOCAL
from postroom.home import Home
from postroom.settings import Graph, Settings, Web
from postroom.workspace.workspace import Workspace

PASSWORD = "Secret-1234"


@dataclass
class Whole:
    http: httpx2.Client
    workspace: Workspace

    def token(self, **form: Any) -> str:
        """An access token for these fields of a token request."""
        form = {"scope": "https://graph.microsoft.com/.default", **form}
        answer = self.http.post(f"/{self.workspace.signin.tenant}/oauth2/v2.0/token", data=form)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def get(self, path: str, token: str) -> httpx2.Response:
        return self.http.get(f"/v1.0{path}", headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Whole]:
    home = Home(tmp_path / "home")
    home.create()
    settings = Settings(graph=Graph(enabled=True, port=0), web=Web(stop_timeout_s=1.0))
    with app.engines(home, settings) as engines:
        assert engines.accounts is not None
        assert engines.workspace is not None
        engines.accounts.domains.create(LOCAL, "one.test", DomainChange(name="One"))
        engines.accounts.users.create(LOCAL, "anna@one.test", UserChange(password=PASSWORD, name="Anna"))
        with app.build(home, settings, engines).background() as server:
            context = ssl.create_default_context(cafile=str(home.tls / "ca.pem"))
            base = f"https://localhost:{server.ports['graph']}"
            with httpx2.Client(base_url=base, verify=context, trust_env=False, timeout=60) as http:
                yield Whole(http, engines.workspace)


def test_an_account_is_a_user_who_signs_in_with_its_password(whole: Whole) -> None:
    made = whole.workspace.signin.apps.create("script", public=True)
    person = whole.workspace.people.find("anna@one.test")
    assert person is not None
    whole.workspace.signin.consents.allow(made.id, person.id, ["User.Read"])
    token = whole.token(
        grant_type="password", client_id=made.id, username="anna@one.test", password=PASSWORD, scope="User.Read"
    )
    me = whole.get("/me", token).json()
    assert (me["id"], me["displayName"], me["userPrincipalName"]) == (person.id, "Anna", "anna@one.test")
    assert whole.get("/users", token).status_code == 403


def test_ended_sign_ins_end_tokens(whole: Whole) -> None:
    made = whole.workspace.signin.apps.create("script", public=True)
    person = whole.workspace.people.find("anna@one.test")
    assert person is not None
    whole.workspace.signin.consents.allow(made.id, person.id, ["User.ReadWrite"])
    token = whole.token(
        grant_type="password", client_id=made.id, username="anna@one.test", password=PASSWORD, scope="User.ReadWrite"
    )
    headers = {"Authorization": f"Bearer {token}"}
    answer = whole.http.post("/v1.0/me/revokeSignInSessions", headers=headers, content=b"")
    assert (answer.status_code, answer.json()["value"]) == (200, True)
    assert whole.get("/me", token).status_code == 401


def test_an_app_reads_all_users_with_its_secret(whole: Whole) -> None:
    made = whole.workspace.signin.apps.create("service", roles=["User.Read.All"])
    _, secret = whole.workspace.signin.apps.add_secret(made.id)
    token = whole.token(grant_type="client_credentials", client_id=made.id, client_secret=secret)
    users = whole.get("/users?$select=mail", token).json()
    assert users["value"] == [{"mail": "anna@one.test"}]
    whole.workspace.signin.apps.delete(made.id)
    assert whole.get("/users", token).status_code == 401


def test_paths_without_a_version_belong_to_sign_in(whole: Whole) -> None:
    assert whole.http.get("/common/v2.0/.well-known/openid-configuration").json()["token_endpoint"]
    assert whole.http.get("/favicon.ico").status_code == 404
