"""Sessions by cookie, as bytes: one request after the other, each with the last token."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.faces.mailstore.spe.conftest import Installation, serving

from mailstore.spe import Client
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.management.administrators import Administrator
from postroom.faces.mailstore.spe.sessions import CookieSessions

GOOD = {"u": "admin", "p": "changed"}


@pytest.fixture
def http(installation: Installation) -> Iterator[httpx2.Client]:
    with installation.http(cookie=True) as http:
        yield http


def sign_in(http: httpx2.Client) -> str:
    """The first token; the cookie is kept by the client."""
    answer = http.post("/login", data=GOOD)
    assert answer.status_code == 200
    assert answer.text.startswith("+OK")
    assert answer.headers["Set-Cookie"].startswith("MSWEB_MGM_AUTH=")
    assert ";path=/;secure;HttpOnly" in answer.headers["Set-Cookie"]
    return answer.text.removeprefix("+OK")


def ping(http: httpx2.Client, token: str | None) -> httpx2.Response:
    return http.post("/api/invoke/Ping", headers={} if token is None else {"X-AntiXsrfToken": token})


def test_each_answer_brings_the_token_of_the_next_request(http: httpx2.Client) -> None:
    tokens = [sign_in(http)]
    for _ in range(3):
        answer = ping(http, tokens[-1]).json()
        assert list(answer)[:4] == ["error", "token", "antiXsrfToken", "statusVersion"]
        tokens.append(answer["antiXsrfToken"])
    assert len({*tokens}) == 4
    assert {len(token) for token in tokens} == {44}


def test_an_old_token_or_none_is_refused_and_the_session_goes_on(http: httpx2.Client) -> None:
    first = sign_in(http)
    second = ping(http, first).json()["antiXsrfToken"]
    for wrong in (first, None, "", "x"):
        refused = ping(http, wrong)
        assert refused.status_code == 403
        assert "antiXsrfToken" not in refused.json()
    assert ping(http, second).status_code == 200


def test_failures_of_functions_bring_a_token_too(http: httpx2.Client) -> None:
    failed = http.post("/api/invoke/GetStores", headers={"X-AntiXsrfToken": sign_in(http)}, data={"instanceID": "x"})
    assert failed.json()["statusCode"] == "failed"
    unknown = http.post("/api/invoke/Nothing", headers={"X-AntiXsrfToken": failed.json()["antiXsrfToken"]})
    assert unknown.status_code == 404
    assert ping(http, unknown.json()["antiXsrfToken"]).status_code == 200


def test_a_list_has_no_place_for_a_token_and_the_old_one_stays(http: httpx2.Client) -> None:
    token = sign_in(http)
    listed = http.post("/api/get-metadata", headers={"X-AntiXsrfToken": token})
    assert isinstance(listed.json(), list)
    assert ping(http, token).status_code == 200


@pytest.mark.parametrize("fields", [{}, {"u": "admin"}, {"u": "admin", "p": "wrong"}, {"u": "nobody", "p": "x"}])
def test_a_wrong_login_is_told_as_a_text(http: httpx2.Client, fields: dict[str, str]) -> None:
    answer = http.post("/login", data=fields)
    assert answer.text.startswith("-ERR ")
    assert "Set-Cookie" not in answer.headers


def test_of_strangers_no_long_form_is_read(http: httpx2.Client) -> None:
    """64 MB of escapes are a minute of work, for which nobody had to sign in."""
    long = http.post("/login", data={**GOOD, "more": "%" * (64 << 10)})
    assert long.status_code == 413
    assert sign_in(http)


def test_a_password_with_the_request_is_nothing_here(http: httpx2.Client) -> None:
    assert http.post("/api/invoke/Ping", auth=("admin", "changed")).status_code == 403


def test_logging_out_ends_the_session(http: httpx2.Client) -> None:
    token = sign_in(http)
    assert http.post("/logout", headers={"X-AntiXsrfToken": "wrong"}).status_code == 403
    assert http.post("/logout", headers={"X-AntiXsrfToken": token}).text == "+OK"
    assert ping(http, token).status_code == 403


def test_a_page_of_another_site_can_neither_sign_in_nor_call(http: httpx2.Client) -> None:
    foreign = {"Origin": "https://evil.example"}
    assert http.post("/login", data=GOOD, headers=foreign).text.startswith("-ERR")
    token = sign_in(http)
    assert http.post("/api/invoke/Ping", headers={**foreign, "X-AntiXsrfToken": token}).status_code == 403


def test_a_new_password_ends_the_sessions(http: httpx2.Client, installation: Installation) -> None:
    token = sign_in(http)
    installation.management.administrators.set_password("admin", "another", SYSTEM)
    assert ping(http, token).status_code == 403
    assert http.post("/login", data={"u": "admin", "p": "another"}).text.startswith("+OK")


def test_a_deleted_administrator_has_no_session(http: httpx2.Client, installation: Installation) -> None:
    administrators = installation.management.administrators
    administrators.create("anna", "hunter2", SYSTEM)
    token = http.post("/login", data={"u": "anna", "p": "hunter2"}).text.removeprefix("+OK")
    administrators.delete("anna", SYSTEM)
    assert ping(http, token).status_code == 403


def test_a_session_that_is_not_used_ends() -> None:
    now = [0.0]
    sessions = CookieSessions(30.0, monotonic=lambda: now[0])
    kept, left = (sessions.begin(Administrator(name, None, None, False, "disabled"), "x") for name in ("anna", "bob"))
    now[0] = 29.0
    sessions.used(kept)
    now[0] = 31.0
    assert (sessions.find(kept.value), sessions.find(left.value)) == (kept, None)
    assert not left.accepts(left.token)


def test_requests_at_the_same_time_wait_for_each_other_and_one_token_is_taken_once(
    http: httpx2.Client, installation: Installation
) -> None:
    token, codes = sign_in(http), []

    def call() -> None:
        with installation.http(cookie=True) as other:
            other.cookies.update(http.cookies)
            codes.append(ping(other, token).status_code)

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, 403, 403, 403, 403, 403]


def test_a_client_signs_in_again_when_its_session_is_over(installation: Installation) -> None:
    with Client(**installation.options(cookie=True), raiseOnError=True) as client:
        client.Ping()
        installation.management.administrators.set_password("admin", "other", SYSTEM)
        installation.management.administrators.set_password("admin", "changed", SYSTEM)
        assert client.Ping()["statusCode"] == "succeeded"


def test_without_a_port_there_are_no_sessions(tls: Path, tmp_path: Path) -> None:
    with serving(tls, tmp_path, session_port=-1) as installation:
        assert installation.cookie_port == -1
        with installation.client(raiseOnError=True) as client:
            client.Ping()
