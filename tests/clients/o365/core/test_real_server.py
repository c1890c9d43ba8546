"""The client against our server as `serve` opens it: sign-in, directory, tokens that end."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import requests
from tests.faces.graph.signin.conftest import Browser

from O365 import Account
from O365.utils import MemoryTokenBackend
from postroom import app
from postroom.accounts.model import DomainChange, UserChange
from postroom.accounts.services.access import LOCAL
from postroom.home import Home
from postroom.settings import Graph, Settings, Web
from postroom.workspace.signin.signin import Signin
from postroom.workspace.workspace import Workspace

ANNA, PASSWORD, CALLBACK = "anna@one.test", "Secret-1234", "https://app.test/done"
READ = ["User.Read", "User.ReadBasic.All", "offline_access"]


@dataclass
class Real:
    base: str
    ca: Path
    workspace: Workspace

    @property
    def signin(self) -> Signin:
        return self.workspace.signin

    def account(self, credentials: Any, **options: Any) -> Account:
        return Account(
            credentials,
            authority=f"{self.base}/{self.signin.tenant}",
            base_url=f"{self.base}/v1.0/",
            verify_ssl=str(self.ca),
            **{"token_backend": MemoryTokenBackend(), **options},
        )

    def sign_in(self, url: str) -> str:
        """Where a browser ends up after Anna signed in and agreed."""
        with httpx2.Client(
            base_url=self.base, verify=ssl.create_default_context(cafile=str(self.ca)), trust_env=False
        ) as http:
            browser = Browser(http).open(url).sign_in(ANNA, PASSWORD)
            return browser.gone_to or browser.fill("yes").gone_to


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    home = Home(tmp_path_factory.mktemp("real") / "home")
    home.create()
    settings = Settings(graph=Graph(enabled=True, port=0), web=Web(stop_timeout_s=1.0))
    with app.engines(home, settings) as engines:
        assert engines.accounts is not None
        assert engines.workspace is not None
        engines.accounts.domains.create(LOCAL, "one.test", DomainChange(name="One"))
        engines.accounts.users.create(LOCAL, ANNA, UserChange(password=PASSWORD, name="Anna"))
        with app.build(home, settings, engines).background() as server:
            base = f"https://localhost:{server.ports['graph']}"
            yield Real(base, home.tls / "ca.pem", engines.workspace)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def web(real: Real) -> tuple[str, str]:
    """An app with a secret that Anna may sign in to."""
    made = real.signin.apps.create("Web", redirects=[CALLBACK])
    real.signin.consents.allow(made.id, "", READ)
    return made.id, real.signin.apps.add_secret(made.id)[1]


def test_a_user_signs_in_with_a_browser_and_reads_who_she_is(real: Real, web: tuple[str, str], tmp_path: Path) -> None:
    first = real.account(web, token_backend=None, token_path=tmp_path)
    url, state = first.con.get_authorization_url(first.protocol.get_scopes_for(READ), redirect_uri=CALLBACK)
    second = real.account(web, token_backend=None, token_path=tmp_path)
    assert second.con.request_token(real.sign_in(url), state=str(state), redirect_uri=CALLBACK)
    assert second.is_authenticated
    user = second.get_current_user_data()
    assert user is not None
    assert (user.display_name, user.user_principal_name, second.username) == ("Anna", ANNA, ANNA)


def test_a_user_signs_in_by_password_and_finds_the_others(real: Real) -> None:
    made = real.signin.apps.create("Script", public=True)
    real.signin.consents.allow(made.id, "", READ)
    account = real.account(made.id, auth_flow_type="password", username=ANNA, password=PASSWORD)
    assert account.authenticate(scopes=["basic", "users"])
    directory = account.directory()
    query = directory.new_query("display_name")
    query.startswith("An")
    assert [user.mail for user in directory.get_users(query=query)] == [ANNA]
    assert list(directory.get_users(query=directory.q().equals("display_name", "O'Brien"))) == []


def test_an_app_signs_in_and_asks_again_when_its_token_is_refused(real: Real) -> None:
    made = real.signin.apps.create("Robot")
    real.signin.apps.grant_roles(made.id, ["User.Read.All"])
    account = real.account((made.id, real.signin.apps.add_secret(made.id)[1]), auth_flow_type="credentials")
    assert account.authenticate()
    assert [user.mail for user in account.directory().get_users()] == [ANNA]
    for entry in account.con.token_backend.token["AccessToken"].values():
        entry["secret"] += "x"
    account.con.update_session_auth_header()
    found = account.directory().get_user(ANNA)
    assert found is not None
    assert found.display_name == "Anna"


def test_a_refresh_token_renews_what_the_server_ended(real: Real, web: tuple[str, str]) -> None:
    account = real.account(web)
    assert account.authenticate(scopes=READ, redirect_uri=CALLBACK, handle_consent=real.sign_in)
    account.con.session = account.con.get_session()
    account.con.update_session_auth_header("not a token")
    response = account.con.get(f"{account.protocol.service_url}me")
    assert response.json()["userPrincipalName"] == ANNA


def test_what_is_not_allowed_says_so(real: Real, web: tuple[str, str]) -> None:
    account = real.account(web)
    assert account.authenticate(scopes=["basic"], redirect_uri=CALLBACK, handle_consent=real.sign_in)
    with pytest.raises(requests.HTTPError, match=r"403 .*Error Message: \w+") as caught:
        account.mailbox().inbox_folder().get_messages(limit=1)
    assert caught.value.response.json()["error"]["code"]


def test_a_filter_that_cannot_be_read_says_where(real: Real, web: tuple[str, str]) -> None:
    account = real.account(web)
    assert account.authenticate(scopes=["users"], redirect_uri=CALLBACK, handle_consent=real.sign_in)
    with pytest.raises(requests.HTTPError, match=r"400 .*position \d+"):
        account.directory().get_users(query="displayName eq")
