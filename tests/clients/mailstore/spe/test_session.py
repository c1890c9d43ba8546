"""The cookie session: signing in and out, the chain of tokens, and what happens when it breaks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.clients.mailstore.fake_spe import Management

from mailstore.aio import SPEClient
from mailstore.contract.shapes import Status
from mailstore.errors import MailStoreAnswerError, MailStoreConnectionError, MailStoreHTTPError
from mailstore.spe import Client

Make = Callable[..., Any]


def paths(management: Management) -> list[str]:
    return [seen.path for seen in management.seen]


def test_block_signs_in_when_it_begins_and_out_when_it_ends(cookie_client: Make, management: Management) -> None:
    with cookie_client() as client:
        assert paths(management) == ["/login"]
        client.Ping()
    assert paths(management) == ["/login", "/api/invoke/Ping", "/logout"]
    assert management.cookie is None


def test_client_without_a_block_signs_in_with_its_first_call_and_out_on_demand(
    cookie_client: Make, management: Management
) -> None:
    client = cookie_client()
    assert paths(management) == []
    client.Ping()
    client.Logout()
    client.Logout()
    assert paths(management) == ["/login", "/api/invoke/Ping", "/logout"]


def test_block_goes_on_with_a_session_that_there_is(cookie_client: Make, management: Management) -> None:
    client = cookie_client()
    client.Ping()
    with client:
        client.Ping()
    assert paths(management) == ["/login", "/api/invoke/Ping", "/api/invoke/Ping", "/logout"]


def test_client_that_called_nothing_has_nothing_to_end(cookie_client: Make, management: Management) -> None:
    cookie_client().Logout()
    assert paths(management) == []


def test_each_request_carries_the_token_of_the_answer_before(cookie_client: Make, management: Management) -> None:
    client = cookie_client()
    given = [client.Ping()["antiXsrfToken"] for _ in range(3)]
    sent = [seen.headers["X-AntiXsrfToken"] for seen in management.calls("Ping")]
    assert sent[1:] == given[:2]
    assert len(set(sent)) == 3
    assert management.logins == 1


def test_password_is_sent_to_the_login_only(cookie_client: Make, management: Management) -> None:
    cookie_client().Ping()
    assert management.seen[0].fields == {"u": "admin", "p": management.password}
    assert all("Authorization" not in seen.headers for seen in management.seen)


def test_chain_goes_on_after_an_answer_without_a_token(cookie_client: Make, management: Management) -> None:
    client = cookie_client()
    assert {"name": "Ping", "args": []} in client.GetMetadata()
    client.Ping()
    assert management.logins == 1


@pytest.mark.parametrize("code", [401, 403])
def test_session_that_is_over_is_begun_again_and_the_refused_call_made(
    cookie_client: Make, management: Management, code: int
) -> None:
    management.refuse_with = code
    client = cookie_client()
    client.Ping()
    management.cookie = None
    assert client.GetUsers("test01")["statusCode"] == "succeeded"
    assert management.logins == 2
    assert len(management.calls("GetUsers")) == 2


def test_old_token_is_replaced_by_a_new_session(cookie_client: Make, management: Management) -> None:
    client = cookie_client()
    client.Ping()
    management.xsrf = "moved on by somebody else"
    assert client.Ping()["statusCode"] == "succeeded"
    assert management.logins == 2


def test_process_is_followed_over_the_end_of_a_session(cookie_client: Make, management: Management) -> None:
    client = cookie_client(autoHandleToken=False)
    first = client.VerifyStore("test01", 1)
    management.cookie = None
    assert client.HandleToken(first)["statusVersion"] == 147
    assert management.logins == 2


def test_login_is_tried_once_more_only(cookie_client: Make, management: Management) -> None:
    client = cookie_client()
    client.Ping()
    management.refuse_all = True
    with pytest.raises(MailStoreHTTPError) as caught:
        client.Ping()
    assert caught.value.code == 403
    assert management.logins == 2
    assert len(management.calls("Ping")) == 3


def test_call_whose_answer_was_lost_is_not_made_again(cookie_client: Make, management: Management) -> None:
    client = cookie_client()
    client.Ping()
    management.lose_answers = 1
    with pytest.raises(MailStoreConnectionError):
        client.CreateInstance2("a", "host1", "automatic", "/srv/a")
    assert len(management.calls("CreateInstance")) == 1
    assert list(management.rows["instances"]) == ["a"]


def test_calls_go_on_after_a_lost_answer(cookie_client: Make, management: Management) -> None:
    client = cookie_client()
    management.lose_answers = 1
    with pytest.raises(MailStoreConnectionError):
        client.Ping()
    assert client.Ping()["statusCode"] == "succeeded"


def test_poll_whose_answer_was_lost_is_made_again(cookie_client: Make, management: Management) -> None:
    client = cookie_client(autoHandleToken=False)
    first = client.VerifyStore("test01", 1)
    management.drop_status = 1
    assert client.HandleToken(first)["statusCode"] == "succeeded"


def test_wrong_password_is_the_error_that_basic_gives_too(make: Make, management: Management) -> None:
    with pytest.raises(MailStoreHTTPError, match="User name or password is wrong") as caught:
        make(password="guess").Ping()
    assert caught.value.code == 401
    assert management.calls("Ping")[1:] == []


def test_block_is_not_entered_with_a_wrong_password(cookie_client: Make, management: Management) -> None:
    client = cookie_client(password="guess")
    with pytest.raises(MailStoreHTTPError), client:
        pytest.fail("the block was entered")
    assert paths(management) == ["/login"]


def test_what_the_server_says_about_a_refused_login_is_told(cookie_client: Make, management: Management) -> None:
    management.login_answer = "\ufeff-ERR The account is locked.\r\n".encode()
    with pytest.raises(MailStoreHTTPError, match=r"The account is locked\.$"):
        cookie_client().Ping()


@pytest.mark.parametrize("answer", [b"", b"<html>", b"+OK", b"+OK token without a cookie", b"+OK\xff\xfe"])
def test_answer_that_is_none_to_a_login_is_told(cookie_client: Make, management: Management, answer: bytes) -> None:
    management.login_answer = answer
    with pytest.raises(MailStoreAnswerError, match="another service"):
        cookie_client().Ping()


def test_end_of_a_block_is_no_error_when_the_server_is_gone(by_cookie: dict[str, Any], management: Management) -> None:
    with Client(**by_cookie) as client:
        management.lose_logout = True
        assert client.Ping()["statusCode"] == "succeeded"
    assert paths(management)[-1] == "/logout"
    assert management.cookie is not None


def test_leaving_waits_for_ten_seconds_and_a_call_as_long_as_it_takes() -> None:
    limits: dict[str, Any] = {}

    def answer(request: httpx2.Request) -> httpx2.Response:
        limits[request.url.path] = request.extensions["timeout"]["read"]
        if request.url.path == "/login":
            return httpx2.Response(200, text="+OKtoken", headers={"Set-Cookie": "MSWEB_MGM_AUTH=c;path=/"})
        return httpx2.Response(200, json={"statusCode": "succeeded"})

    with Client(transport=httpx2.MockTransport(answer)) as client:
        client.Ping()
    assert limits == {"/login": None, "/api/invoke/Ping": None, "/logout": 10.0}


def test_callback_may_call_the_client(by_cookie: dict[str, Any]) -> None:
    def seen(status: Status) -> None:
        if status["statusVersion"] == 5:
            client.CancelAsync(status)

    with Client(**by_cookie, callback=seen) as client:
        assert client.VerifyStore("test01", 38)["statusCode"] == "cancelled"


def test_threads_share_a_session(by_cookie: dict[str, Any], management: Management) -> None:
    with Client(**by_cookie) as client, ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: client.Ping()["statusCode"], range(80)))
    assert set(codes) == {"succeeded"}
    assert management.logins == 1


def test_tasks_share_a_session(by_cookie: dict[str, Any], management: Management) -> None:
    async def calls() -> list[str | None]:
        async with SPEClient(**by_cookie) as client:
            return [status["statusCode"] for status in await asyncio.gather(*(client.Ping() for _ in range(40)))]

    assert set(asyncio.run(calls())) == {"succeeded"}
    assert management.logins == 1


def test_async_block_signs_in_and_out(by_cookie: dict[str, Any], management: Management) -> None:
    async def block() -> None:
        async with SPEClient(**by_cookie) as client:
            await client.Ping()

    asyncio.run(block())
    assert paths(management) == ["/login", "/api/invoke/Ping", "/logout"]


def test_log_tells_of_sessions_and_holds_no_secret(
    by_cookie: dict[str, Any],
    management: Management,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Client(**by_cookie | {"logLevel": 2, "fileLogLevel": 4}) as client:
        client.Ping()
        cookie = management.cookie
        management.cookie = None
        client.Ping()
    [file] = tmp_path.iterdir()
    assert file.name.startswith("MailStorePyLib")
    log = file.read_text("utf-8")
    assert log.count("POST /login") == 2
    assert "POST /logout" in log
    assert capsys.readouterr().out == ""  # a session that is begun again is nothing to worry about
    assert cookie is not None
    for secret in (management.password, cookie, management.xsrf):
        assert secret not in log


def test_python_logging_is_left_alone(by_cookie: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), Client(**by_cookie) as client:
        client.Ping()
    assert not [record for record in caplog.records if record.name.startswith("MailStore")]
