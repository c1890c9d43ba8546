"""Whatever is sent to sign-in, it answers in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.faces.graph.signin.conftest import CALLBACK, World, serving

from postroom.faces.graph.signin.app import PATHS

FIELDS: Final = (
    "client_id", "redirect_uri", "response_type", "scope", "resource", "state", "nonce", "prompt", "login_hint",
    "response_mode", "code_challenge", "code_challenge_method", "client_info", "grant_type", "code", "code_verifier",
    "refresh_token", "username", "password", "device_code", "assertion", "requested_token_use", "client_secret",
    "client_assertion", "client_assertion_type", "token", "then", "request", "scopes", "app", "do", "otc",
    "authorization_endpoint", "post_logout_redirect_uri", "signed_in", "api-version",
)  # fmt: skip
GRANTS: Final = ("authorization_code", "refresh_token", "client_credentials", "password", "device_code")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with serving(tmp_path_factory.mktemp("hostile")) as made:
        yield made


@pytest.fixture(scope="module")
def http(world: World) -> httpx2.Client:
    return world.http()


@settings(max_examples=150)
@given(data=st.data())
def test_no_request_breaks_the_server(world: World, http: httpx2.Client, data: st.DataObject) -> None:
    likely = [world.web.id, world.desk.id, CALLBACK, "code", "Mail.Read openid", "common", "S256", "1", *GRANTS]
    text = st.one_of(st.sampled_from(likely), st.text(max_size=30))
    path = data.draw(st.sampled_from(PATHS)).template
    tenant = data.draw(st.one_of(st.just("common"), st.text(min_size=1, max_size=12)))
    path = path.replace("{tenant}", quote(tenant, safe="")).replace("{user}", quote(data.draw(text), safe=""))
    query = data.draw(st.dictionaries(st.sampled_from(FIELDS), text, max_size=8))
    form = data.draw(st.dictionaries(st.sampled_from(FIELDS), text, max_size=8))
    method = data.draw(st.sampled_from(["GET", "POST", "HEAD", "PUT"]))
    headers = data.draw(st.sampled_from([{}, {"Authorization": "Basic eDp5"}, {"Cookie": "__Host-postroom-session=x"}]))
    answer = http.request(
        method, path, params=query, data=form if method == "POST" else None, headers=headers
    )  # fmt: skip
    assert answer.status_code < 500, (method, path, query, form, answer.text)
    went = answer.headers.get("location", "")
    assert not went or went.startswith((CALLBACK, "/", "http://localhost"))


@pytest.mark.parametrize(
    "host", ["", "a b", "x/y", "evil.test#", "a@b", "[::1", "x:99999999", "[.]", "[::::]", "[1.1.1.1]"]
)
def test_a_host_that_is_none_is_refused(world: World, host: str) -> None:
    answer = world.get("/common/v2.0/.well-known/openid-configuration", headers={"Host": host})
    assert answer.status_code == 400


def test_an_answer_speaks_of_the_host_that_was_asked(world: World) -> None:
    told = world.get("/common/v2.0/.well-known/openid-configuration", headers={"Host": "Mail.Example.com:8443"}).json()
    assert told["issuer"].startswith("https://mail.example.com:8443/")


@pytest.mark.parametrize("authority", ["https://[", "https://[.]/common", "https://\u2100.test/"])
def test_an_authority_that_is_no_url_is_none_of_this_server(world: World, authority: str) -> None:
    answer = world.get("/common/discovery/instance", params={"authorization_endpoint": authority})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_instance")
