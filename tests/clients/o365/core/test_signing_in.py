"""Signing in: four flows, two generations of programs, servers other than Microsoft's."""

from __future__ import annotations

import json
import sqlite3
import stat
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.clients.o365.core.conftest import CLIENT, SECRET, Make
from tests.clients.o365.core.fake import PASSWORD, Server

from O365 import Account, Connection, MSGraphProtocol
from O365.utils import MemoryTokenBackend


def scopes_of(url: str) -> set[str]:
    return set(parse_qs(urlsplit(url).query)["scope"][0].split())


def test_a_user_signs_in_with_scopes_given_to_authenticate(make: Make, server: Server) -> None:
    urls: list[str] = []
    assert not make().is_authenticated
    account = make()
    done = account.authenticate(scopes=["basic", "message_all"], handle_consent=lambda url: _noted(server, urls, url))
    assert done
    assert account.is_authenticated
    assert {"https://graph.microsoft.com/Mail.Send", "https://graph.microsoft.com/User.Read"} < scopes_of(urls[0])
    assert account.username == "ada@acme.test"


def test_a_user_signs_in_with_scopes_given_to_the_account(make: Make, server: Server) -> None:
    urls: list[str] = []
    account = make(scopes=["https://graph.microsoft.com/Mail.ReadWrite", "offline_access"])
    assert account.authenticate(handle_consent=lambda url: _noted(server, urls, url))
    found = scopes_of(urls[0])
    assert "https://graph.microsoft.com/Mail.ReadWrite" in found
    assert "https://graph.microsoft.com/offline_access" not in found
    assert "https://graph.microsoft.com/Mail.Send" not in found


def test_without_any_scopes_those_of_all_helpers_are_asked_for(make: Make, server: Server) -> None:
    urls: list[str] = []
    assert make().authenticate(handle_consent=lambda url: _noted(server, urls, url))
    assert {f"https://graph.microsoft.com/{name}" for name in ("Mail.Send", "Tasks.Read")} < scopes_of(urls[0])


def test_no_answer_of_the_user_ends_the_sign_in(make: Make) -> None:
    account = make()
    assert not account.authenticate(scopes=["basic"], handle_consent=lambda url: None)
    assert not account.is_authenticated


def test_the_web_flow_may_keep_the_whole_flow(make: Make, server: Server) -> None:
    url, flow = make().con.get_authorization_url(["User.Read"], redirect_uri="https://app.test/done")
    stored = json.dumps(flow)
    second = make()
    assert second.con.request_token(server.consent(url), flow=json.loads(stored))
    assert second.is_authenticated


def test_the_web_flow_may_keep_the_state_alone(make: Make, server: Server) -> None:
    callback = "https://app.test/done"
    url, state = make().con.get_authorization_url(requested_scopes=["User.Read"], redirect_uri=callback)
    stored = str(state)
    second = make()
    assert second.con.request_token(server.consent(url), state=stored, redirect_uri=callback)
    assert server.token_calls[-1]["redirect_uri"] == callback
    assert second.is_authenticated


def test_the_state_goes_into_a_text_column(make: Make) -> None:
    _, state = make().con.get_authorization_url(["User.Read"])
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE states (state TEXT)")
    database.execute("INSERT INTO states VALUES (?)", (state,))
    assert database.execute("SELECT state FROM states").fetchone() == (state["state"],)
    database.close()


def test_the_rest_of_a_flow_waits_for_another_process_in_a_file_of_its_owner(
    make: Make, server: Server, token_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, state = make().con.get_authorization_url(["User.Read"])
    waiting = token_file.with_name("o365_token.txt.flows")
    assert stat.S_IMODE(waiting.stat().st_mode) == 0o600
    monkeypatch.setattr("O365._signin._waiting", {})  # as in a process that did not begin it
    assert make().con.request_token(server.consent(url), flow=str(state))
    assert not waiting.exists()


def test_a_backend_without_files_keeps_the_flow_with_the_tokens(
    make: Make, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from O365.utils import EnvTokenBackend

    monkeypatch.delenv("FLOW_TEST", raising=False)
    url, state = make(token_backend=EnvTokenBackend("FLOW_TEST")).con.get_authorization_url(["User.Read"])
    monkeypatch.setattr("O365._signin._waiting", {})
    second = make(token_backend=EnvTokenBackend("FLOW_TEST"))
    assert second.con.request_token(server.consent(url), state=str(state))
    kept = json.loads(__import__("os").environ["FLOW_TEST"])
    assert set(kept) == {"AccessToken", "Account", "IdToken", "RefreshToken", "AppMetadata"}


def test_a_sign_in_is_finished_once(make: Make, server: Server) -> None:
    account = make()
    url, state = account.con.get_authorization_url(["User.Read"])
    back = server.consent(url)
    assert account.con.request_token(back, state=str(state))
    with pytest.raises(ValueError, match="not known"):
        account.con.request_token(back, state=str(state))


def test_a_state_that_is_not_that_of_the_url_is_refused(make: Make, server: Server) -> None:
    account = make()
    _, mine = account.con.get_authorization_url(["User.Read"])
    other, _ = account.con.get_authorization_url(["User.Read"])
    with pytest.raises(ValueError, match="state"):
        account.con.request_token(server.consent(other), state=str(mine))


def test_a_sign_in_needs_the_state(make: Make, server: Server) -> None:
    account = make()
    url, _ = account.con.get_authorization_url(["User.Read"])
    with pytest.raises(ValueError, match="not known"):
        account.con.request_token(server.consent(url))


def test_the_sign_in_page_gets_prompt_and_login_hint(make: Make) -> None:
    url, _ = make().get_authorization_url(["basic"], prompt="select_account", login_hint="ada@acme.test")
    asked = parse_qs(urlsplit(url).query)
    assert asked["prompt"] == ["select_account"]
    assert asked["login_hint"] == ["ada@acme.test"]


def test_a_refused_code_is_false_and_stores_nothing(make: Make, server: Server, token_file: Path) -> None:
    account = make()
    url, flow = account.con.get_authorization_url(["User.Read"])
    back = server.consent(url)
    server.codes.clear()
    assert not account.con.request_token(back, flow=flow)
    assert not token_file.exists()


def test_an_app_signs_in_by_itself_with_the_default_scope(make: Make, server: Server) -> None:
    app = make(auth_flow_type="credentials")
    assert app.authenticate()
    assert server.token_calls[-1]["scope"] == "https://graph.microsoft.com/.default"
    assert app.mailbox("ada@acme.test").build_url("/messages") == f"{server.base_url}users/ada@acme.test/messages"
    assert app.main_resource == ""
    assert app.get_current_user_data() is None


def test_an_app_takes_no_other_scope(make: Make) -> None:
    with pytest.raises(ValueError, match=r"\.default"):
        make(auth_flow_type="credentials").authenticate(requested_scopes=["message_all"])


def test_a_user_signs_in_by_password_at_a_server_with_a_port(make: Make, server: Server) -> None:
    account = make(CLIENT, auth_flow_type="password", username="ada@acme.test", password=PASSWORD)
    assert account.authenticate(requested_scopes=["basic"])
    assert [seen.path for seen in server.calls("/common/userrealm/")] == ["/common/userrealm/ada@acme.test"]
    assert account.con.get(account.protocol.service_url + "me/messages").ok


def test_a_wrong_password_is_false_and_the_connection_tells_what_the_service_said(make: Make) -> None:
    account = make(CLIENT, auth_flow_type="password", username="ada@acme.test", password="wrong")
    assert account.con.sign_in_error == ""
    assert not account.authenticate()
    assert "invalid_grant" in account.con.sign_in_error
    account.con.password = PASSWORD
    assert account.authenticate()
    assert account.con.sign_in_error == ""


def test_a_public_client_sends_no_secret(make: Make, server: Server) -> None:
    account = make(CLIENT, auth_flow_type="public")
    assert account.authenticate(scopes=["basic"], handle_consent=server.consent)
    assert "client_secret" not in server.token_calls[-1]
    assert "code_verifier" in server.token_calls[-1]


def test_a_confidential_client_sends_its_secret(account: Account, server: Server) -> None:
    assert account.is_authenticated
    assert server.token_calls[-1]["client_secret"] == SECRET


def test_nobody_else_is_asked_about_a_private_authority(account: Account, server: Server) -> None:
    assert account.is_authenticated
    assert not server.calls("/common/discovery")
    assert server.calls("/")[0].path.endswith("/v2.0/.well-known/openid-configuration")


@pytest.mark.parametrize(
    ("credentials", "options"),
    [
        (("", ""), {}),
        (CLIENT, {}),
        ((CLIENT, SECRET), {"auth_flow_type": "public"}),
        ("", {"auth_flow_type": "public"}),
        ((CLIENT, SECRET), {"auth_flow_type": "credentials"}),
        ((CLIENT, SECRET), {"auth_flow_type": "device"}),
        ((CLIENT, SECRET), {"token_backend": "a file"}),
        ((CLIENT, SECRET), {"protocol": "graph"}),
    ],
)
def test_credentials_that_cannot_be_are_refused(credentials: Any, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Account(credentials, **{"token_backend": MemoryTokenBackend(), **options})


def test_a_keyword_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(TypeError, match="tiemout"):
        Account((CLIENT, SECRET), tiemout=3)


def test_a_keyword_that_is_ignored_is_warned_of_where_it_was_given() -> None:
    with pytest.warns(UserWarning, match="There is no keyword") as warned:
        Account(("id", "secret"), token_backend=MemoryTokenBackend(), tenant="x", request_delay=0)
    assert [str(one.message) for one in warned] == [
        "There is no keyword 'tenant'. Was 'tenant_id' meant? It is ignored.",
        "There is no keyword 'request_delay'. Was 'requests_delay' meant? It is ignored.",
    ]
    assert {one.filename for one in warned} == {__file__}


def test_keywords_of_the_protocol_are_taken_by_the_account() -> None:
    account = Account((CLIENT, SECRET), timezone="Asia/Tokyo", api_version="beta")
    assert account.protocol.timezone.key == "Asia/Tokyo"
    assert account.protocol.service_url == "https://graph.microsoft.com/beta/"


def test_a_connection_alone_takes_scopes_as_the_readme_shows(server: Server, ca_file: str) -> None:
    protocol = MSGraphProtocol(base_url=server.base_url)
    con = Connection(
        (CLIENT, SECRET),
        scopes=protocol.get_scopes_for(["basic"]),
        authority=server.authority,
        verify_ssl=ca_file,
        token_backend=MemoryTokenBackend(),
    )
    url, flow = con.get_authorization_url(None)
    assert "https://graph.microsoft.com/User.Read" in scopes_of(url)
    assert con.request_token(server.consent(url), flow=flow)


def test_two_accounts_share_one_backend_and_swap(account: Account, server: Server) -> None:
    ada = account.con.get(f"{server.base_url}me").request.headers["Authorization"]
    assert account.authenticate(scopes=["basic"], handle_consent=lambda url: server.consent(url, "bob@acme.test"))
    bob = account.con.get(f"{server.base_url}me").request.headers["Authorization"]
    assert account.username == "bob@acme.test"
    assert ada != bob
    assert sorted(account.get_authenticated_usernames()) == ["ada@acme.test", "bob@acme.test"]
    account.username = "ada@acme.test"
    assert account.con.get(f"{server.base_url}me").request.headers["Authorization"] == ada


def test_a_user_without_tokens_cannot_call(account: Account, server: Server) -> None:
    account.con.get(f"{server.base_url}me")
    account.username = "nobody@acme.test"
    with pytest.raises(RuntimeError, match="No auth token"):
        account.con.get(f"{server.base_url}me")


def test_signing_in_keeps_the_accounts_that_are_stored(account: Account, make: Make, server: Server) -> None:
    assert account.is_authenticated
    second = make()
    assert second.authenticate(scopes=["basic"], handle_consent=lambda url: server.consent(url, "bob@acme.test"))
    third = make()
    assert third.is_authenticated
    assert sorted(third.get_authenticated_usernames()) == ["ada@acme.test", "bob@acme.test"]


def _noted(server: Server, urls: list[str], url: str) -> str:
    urls.append(url)
    return server.consent(url)
