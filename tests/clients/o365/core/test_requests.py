"""Requests with a token: what is sent, busy servers, refused tokens, errors."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import certifi
import pytest
import requests
from tests.clients.o365.core.conftest import Make
from tests.clients.o365.core.fake import Answer, Server, error

from O365 import Account
from O365._flows.retry import LONGEST_WAIT_S, Policy, attempts, retry_after
from O365._flows.steps import Request, Step, Wait, run_async
from O365.connection import TokenExpiredError

MESSAGES = "/v1.0/me/messages"
VERBS = ["get", "post", "put", "patch", "delete"]
BUSY = error(429, "TooManyRequests", "Please wait.", Retry_After="0")


def called(account: Account, verb: str = "get", path: str = MESSAGES, **options: Any) -> requests.Response:
    url = account.protocol.service_url.removesuffix("/v1.0/") + path
    found: requests.Response = getattr(account.con, verb)(url, **options)
    return found


# Busy servers.


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_for_every_verb(account: Account, server: Server, verb: str, status: int) -> None:
    server.queue(MESSAGES, *[error(status, "busy", "Please wait.", Retry_After="0")] * 3)
    assert called(account, verb).ok
    assert len(server.calls(MESSAGES)) == 4


@pytest.mark.parametrize(("verb", "times"), [("get", 2), ("put", 2), ("delete", 2), ("post", 1), ("patch", 1)])
@pytest.mark.parametrize("status", [500, 502, 504])
def test_after_an_unclear_failure_only_repeatable_verbs_are_repeated(
    account: Account, server: Server, verb: str, times: int, status: int
) -> None:
    server.queue(MESSAGES, error(status, "UnknownError", "gateway", Retry_After="0"))
    if times == 2:
        assert called(account, verb).ok
    else:
        with pytest.raises(requests.HTTPError):
            called(account, verb)
    assert len(server.calls(MESSAGES)) == times


def test_a_server_that_stays_busy_is_an_http_error_with_its_response(account: Account, server: Server) -> None:
    server.queue(MESSAGES, *[BUSY] * 9)
    with pytest.raises(requests.HTTPError, match="Error Message: Please wait") as caught:
        called(account, "post", data={})
    assert caught.value.response.status_code == 429
    assert len(server.calls(MESSAGES)) == 4


def test_without_retries_a_busy_server_is_asked_once(make: Make, account: Account, server: Server) -> None:
    account.con.request_retries = 0
    server.queue(MESSAGES, BUSY)
    with pytest.raises(requests.HTTPError):
        called(account)
    assert len(server.calls(MESSAGES)) == 1


def test_the_body_of_a_repeated_request_is_sent_from_its_beginning(account: Account, server: Server) -> None:
    server.queue(MESSAGES, BUSY)
    data = io.BytesIO(b"head and body")
    data.seek(9)
    called(account, "put", data=data, headers={"Content-type": "text/plain"})
    assert [seen.body for seen in server.calls(MESSAGES)] == [b"body", b"body"]


def test_a_body_that_can_be_read_once_is_sent_once(account: Account, server: Server) -> None:
    flow = attempts(Request("post", "https://x.test", {"data": iter([b"a"])}), Policy())
    next(flow)
    with pytest.raises(StopIteration) as ended:
        flow.send(_Busy("0"))
    assert ended.value.value.status_code == 429


class _Busy:
    status_code = 429

    def __init__(self, after: str) -> None:
        self.headers = {"Retry-After": after} if after else {}


@pytest.mark.parametrize(("after", "waits"), [("7", [7.0, 7.0, 7.0]), ("0", [0.0, 0.0, 0.0]), ("", [0.5, 1.0, 2.0])])
def test_the_waits_are_those_of_the_server_or_grow(after: str, waits: list[float]) -> None:
    flow = attempts(Request("get", "https://x.test"), Policy(3, 0.5))
    found, step = [], next(flow)
    try:
        while True:
            if isinstance(step, Wait):
                found.append(step.seconds)
                step = flow.send(None)
            else:
                step = flow.send(_Busy(after))
    except StopIteration:
        pass
    assert found == waits


def test_coroutines_drive_the_same_flows() -> None:
    answers, steps = [_Busy("2"), _Good()], list[str]()

    async def perform(step: Step) -> Any:
        steps.append(type(step).__name__)
        return None if isinstance(step, Wait) else answers.pop(0)

    response = asyncio.run(run_async(attempts(Request("get", "https://x.test"), Policy()), perform))
    assert response.status_code == 200
    assert steps == ["Request", "Wait", "Request"]


def test_what_goes_wrong_outside_is_raised_by_the_flow() -> None:
    async def broken(step: Step) -> Any:
        raise ConnectionError(type(step).__name__)

    with pytest.raises(ConnectionError, match="Request"):
        asyncio.run(run_async(attempts(Request("get", "https://x.test"), Policy()), broken))


class _Good:
    status_code = 200
    headers: dict[str, str] = {}  # noqa: RUF012


def test_a_server_that_wants_peace_for_longer_than_an_hour_is_left_alone() -> None:
    flow = attempts(Request("get", "https://x.test"), Policy())
    next(flow)
    with pytest.raises(StopIteration):
        flow.send(_Busy(str(LONGEST_WAIT_S + 1)))


def test_retry_after_is_a_number_or_a_date() -> None:
    now = datetime(2024, 1, 31, 10, tzinfo=UTC)
    assert retry_after({"Retry-After": " 3 "}, now) == 3
    assert retry_after({"Retry-After": format_datetime(now + timedelta(seconds=90), usegmt=True)}, now) == 90
    assert retry_after({"Retry-After": format_datetime(now - timedelta(seconds=90), usegmt=True)}, now) == 0
    assert retry_after({"Retry-After": "soon"}, now) is None
    assert retry_after({}, now) is None


def test_there_is_no_delay_between_requests_by_default(account: Account) -> None:
    assert account.con.requests_delay == 0


def test_a_delay_holds_between_the_starts_of_requests(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, slept = [100.0], list[float]()
    monkeypatch.setattr("O365.connection.time", _Time(clock, slept))
    account.con.requests_delay = 200
    for _ in range(3):
        account.con._space()
    assert slept == pytest.approx([0.2, 0.2])


class _Time:
    def __init__(self, clock: list[float], slept: list[float]) -> None:
        self._clock, self._slept = clock, slept

    def monotonic(self) -> float:
        return self._clock[0]

    def sleep(self, seconds: float) -> None:
        self._slept.append(seconds)
        self._clock[0] += seconds


# Tokens.


def test_a_token_that_the_server_revoked_is_renewed_once_though_it_is_not_over(
    account: Account, server: Server
) -> None:
    called(account)
    server.valid.clear()
    assert called(account).ok
    assert [form["grant_type"] for form in server.token_calls] == ["authorization_code", "refresh_token"]
    assert len({seen.token for seen in server.calls(MESSAGES)}) == 2


def test_a_server_that_refuses_every_token_is_an_error_after_one_renewal(account: Account, server: Server) -> None:
    server.queue(MESSAGES, *[error(401, "InvalidAuthenticationToken", "wrong audience")] * 5)
    with pytest.raises(requests.HTTPError, match="wrong audience") as caught:
        called(account)
    assert not isinstance(caught.value, TokenExpiredError)
    assert len(server.token_calls) == 2
    assert len(server.calls(MESSAGES)) == 2


def test_a_missing_right_is_not_a_reason_to_renew(account: Account, server: Server) -> None:
    server.queue(MESSAGES, error(403, "ErrorAccessDenied", "Access is denied."))
    with pytest.raises(requests.HTTPError, match=r"403 .*Access is denied"):
        called(account)
    assert len(server.token_calls) == 1


def test_after_a_restart_an_expired_token_is_renewed_before_it_is_sent(make: Make, server: Server) -> None:
    server.lifetime_s = 0
    assert make().authenticate(scopes=["basic"], handle_consent=server.consent)
    server.valid.clear()
    server.lifetime_s = 3600
    second = make()
    assert second.is_authenticated
    assert called(second).ok
    assert len(server.calls(MESSAGES)) == 1


def test_an_app_whose_token_is_over_asks_for_another_with_the_default_scope(make: Make, server: Server) -> None:
    server.lifetime_s = 0
    app = make(auth_flow_type="credentials")
    assert app.authenticate()
    server.valid.clear()
    server.lifetime_s = 3600
    assert called(app, path="/v1.0/users").ok
    assert [form["scope"] for form in server.token_calls] == ["https://graph.microsoft.com/.default"] * 2


def test_an_app_after_a_restart_asks_for_another_token(make: Make, server: Server, token_file: Path) -> None:
    server.lifetime_s = 0
    assert make(auth_flow_type="credentials").authenticate()
    server.lifetime_s = 3600
    app = make(auth_flow_type="credentials")
    app.con.load_token_from_backend()
    list(app.con.token_backend.search("AccessToken"))  # where msal throws expired tokens away
    assert called(app, path="/v1.0/users").ok
    assert not make(auth_flow_type="credentials").con.token_backend.has_data
    assert json.loads(token_file.read_text())["AccessToken"]


def test_an_app_whose_token_was_revoked_does_not_get_it_from_the_cache(app: Account, server: Server) -> None:
    server.valid.clear()
    assert called(app, path="/v1.0/users").ok
    assert len(server.token_calls) == 2


def test_the_token_of_an_app_stays_when_there_is_no_other(app: Account, server: Server) -> None:
    token = app.con.token_backend.get_access_token()
    server.queue(f"/{server.authority.rsplit('/', 1)[1]}/oauth2/v2.0/token", Answer(400, {"error": "invalid_client"}))
    with pytest.raises(RuntimeError, match="invalid_client"):
        app.con.refresh_token()
    assert app.con.token_backend.get_access_token() == token


def test_without_a_refresh_token_an_expired_token_is_a_token_expired_error(account: Account, server: Server) -> None:
    called(account)
    cache = account.con.token_backend.token
    cache["RefreshToken"].clear()
    for entry in cache["AccessToken"].values():
        entry["expires_on"] = "1"
    account.con.token_backend.save_token(force=True)
    server.valid.clear()
    with pytest.raises(TokenExpiredError) as caught:
        called(account)
    assert isinstance(caught.value, requests.exceptions.HTTPError)
    assert caught.value.response.status_code == 401


def test_a_refresh_token_that_is_refused_says_so(account: Account, server: Server) -> None:
    server.valid.clear()
    server.refreshable.clear()
    with pytest.raises(RuntimeError, match="AADSTS70008"):
        called(account)


def test_a_call_without_signing_in_is_an_error_before_anything_is_sent(make: Make, server: Server) -> None:
    with pytest.raises(RuntimeError, match="No auth token found"):
        called(make())
    assert not server.calls()


def test_refresh_token_gets_another_token_though_the_first_still_holds(account: Account, server: Server) -> None:
    before = account.con.token_backend.get_access_token()
    assert account.con.refresh_token()
    after = account.con.token_backend.get_access_token()
    assert before is not None
    assert after is not None
    assert before["secret"] != after["secret"]


def test_a_renewed_token_is_stored_unless_told_otherwise(account: Account, make: Make, server: Server) -> None:
    account.con.store_token = False
    account.con.refresh_token()
    stored = make()
    assert stored.is_authenticated
    assert stored.con.token_backend.get_access_token() != account.con.token_backend.get_access_token()
    account.con.store_token = True
    account.con.refresh_token()
    assert make().is_authenticated
    stored.con.load_token_from_backend()
    assert stored.con.token_backend.get_access_token() == account.con.token_backend.get_access_token()


def test_threads_that_meet_a_refused_token_renew_it_once(account: Account, server: Server) -> None:
    called(account)
    server.valid.clear()
    gate = threading.Barrier(6)

    def one(_: int) -> bool:
        gate.wait(20)
        return called(account).ok

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(one, range(6)))
    assert len(server.token_calls) == 2


def test_a_token_that_the_program_sets_is_sent(account: Account, server: Server) -> None:
    server.valid.add("mine")
    account.con.session = account.con.get_session()
    account.con.update_session_auth_header(access_token="mine")
    called(account)
    assert server.calls(MESSAGES)[-1].token == "mine"


# What is sent.


def test_json_is_sent_with_its_type(account: Account, server: Server) -> None:
    called(account, "post", data={"subject": "é"})
    seen = server.calls(MESSAGES)[-1]
    assert seen.headers["content-type"] == "application/json"
    assert seen.json == {"subject": "é"}


def test_another_type_is_sent_as_it_is(account: Account, server: Server) -> None:
    called(account, "put", data=b"\x00\x01", headers={"Content-Type": "image/jpeg"})
    seen = server.calls(MESSAGES)[-1]
    assert (seen.headers["content-type"], seen.body) == ("image/jpeg", b"\x00\x01")


def test_dates_need_an_encoder_of_the_program(make: Make, account: Account, server: Server) -> None:
    class Encoder(json.JSONEncoder):
        def default(self, o: Any) -> Any:
            return o.isoformat()

    second = make(json_encoder=Encoder)
    called(second, "post", data={"when": datetime(2024, 1, 31, tzinfo=UTC)})
    assert server.calls(MESSAGES)[-1].json == {"when": "2024-01-31T00:00:00+00:00"}


def test_default_headers_are_added_and_preferences_joined(make: Make, account: Account, server: Server) -> None:
    second = make(default_headers={"Prefer": 'IdType="ImmutableId"', "X-App": "one"})
    called(second)
    called(second, headers={"Prefer": "odata.maxpagesize=5", "X-App": "two"})
    first, other = server.calls(MESSAGES)
    assert (first.headers["prefer"], first.headers["x-app"]) == ('IdType="ImmutableId"', "one")
    assert (other.headers["prefer"], other.headers["x-app"]) == ('odata.maxpagesize=5, IdType="ImmutableId"', "two")


def test_a_naive_request_carries_no_token(account: Account, server: Server) -> None:
    account.con.naive_request(f"{server.host}/open/upload", "PUT", data=b"x", headers={"Content-type": "text/plain"})
    assert "authorization" not in server.calls("/open/upload")[0].headers


def test_a_netrc_does_not_replace_the_token(
    account: Account, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login ada password x\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert called(account).ok


def test_an_unknown_verb_is_an_error(account: Account) -> None:
    with pytest.raises(ValueError, match="trace"):
        account.con.oauth_request("https://localhost/", "trace")


def test_the_certificate_of_the_server_is_checked(server: Server, make: Make, account: Account) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        called(make(verify_ssl=True, request_retries=0))


def test_verify_ssl_false_holds_against_the_environment(
    make: Make, account: Account, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(Path(certifi.where()).read_bytes())
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with pytest.warns(match="Unverified HTTPS"):
        assert called(make(verify_ssl=False)).ok


@pytest.mark.parametrize(
    ("arguments", "proxy"),
    [
        (("p.test", 3128, None, None, False), {"http": "http://p.test:3128", "https": "https://p.test:3128"}),
        (("p.test", 3128, None, None, True), {"http": "http://p.test:3128", "https": "http://p.test:3128"}),
        (("p.test", 1, "a@b", "p:/w", True), {"http": "http://a%40b:p%3A%2Fw@p.test:1",
                                              "https": "http://a%40b:p%3A%2Fw@p.test:1"}),
        ((None, 8080, "a", "b", False), {}),
    ],
)  # fmt: skip
def test_proxies_are_urls_with_quoted_credentials(account: Account, arguments: Any, proxy: dict[str, str]) -> None:
    account.con.set_proxy(*arguments)
    assert account.con.proxy == proxy
    assert dict(account.con.get_naive_session().proxies) == proxy


def test_the_proxy_of_the_program_wins_over_that_of_the_environment(
    account: Account, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    account.con.request_retries = 0
    account.con.set_proxy("127.0.0.1", 1, None, None, True)
    with pytest.raises(requests.exceptions.ProxyError) as caught:
        called(account)
    assert "port=1)" in str(caught.value)


def test_a_proxy_that_comes_into_the_environment_later_is_heeded(
    account: Account, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.con.request_retries = 0
    assert called(account).ok
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(requests.exceptions.ProxyError):
        called(account)
    monkeypatch.setenv("NO_PROXY", "localhost")
    assert called(account).ok


# Errors.


def test_errors_are_answers_when_they_are_not_to_be_raised(make: Make, account: Account, server: Server) -> None:
    second = make(raise_http_errors=False)
    server.queue(MESSAGES, error(404, "ErrorItemNotFound", "Not there."))
    response = called(second)
    assert not response
    assert response.json()["error"]["code"] == "ErrorItemNotFound"


def test_client_errors_are_logged_and_server_errors_only_for_debugging(
    account: Account, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    account.con.raise_http_errors = False
    caplog.set_level(logging.DEBUG, "O365.connection")
    server.queue(MESSAGES, error(404, "x", "gone away"), error(501, "x", "not made yet"))
    called(account)
    called(account)
    levels = {record.levelname for record in caplog.records if "gone away" in record.message}
    assert levels == {"ERROR"}
    assert {record.levelname for record in caplog.records if "not made yet" in record.message} == {"DEBUG"}


def test_an_error_without_json_has_the_words_of_http(account: Account, server: Server) -> None:
    server.queue(MESSAGES, Answer(404, b"<html>", {"Content-Type": "text/html"}))
    with pytest.raises(requests.HTTPError, match=r"^404 Client Error: Not Found for url: https://localhost:\d+/v1.0/"):
        called(account)


def test_no_answer_is_what_requests_raises(make: Make, account: Account, server: Server) -> None:
    account.con.request_retries = 0
    with pytest.raises(requests.exceptions.ConnectionError):
        account.con.get("https://localhost:1/v1.0/me")
