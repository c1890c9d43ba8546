from __future__ import annotations

import codecs
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import pytest
from tests.faces.mailstore.conftest import LONG_S, Running, Start

from mailstore.contract import SERVER
from postroom.archive.instance.audit import SYSTEM, Filter
from postroom.settings import Web

NO_CACHE = "no-cache,private,no-store,must-revalidate,max-stale=0,post-check=0,pre-check=0"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def body(answer: httpx2.Response) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.content.decode("utf-8-sig"))
    return found


def invoke(client: httpx2.Client, name: str, **arguments: str) -> dict[str, Any]:
    answer = client.post(f"/api/invoke/{name}", data=arguments)
    assert answer.status_code == 200
    return body(answer)


def poll(client: httpx2.Client, token: str, version: int = -1, timeout_ms: int = 20_000) -> dict[str, Any]:
    data = {"token": token, "lastKnownStatusVersion": version, "millisecondsTimeout": timeout_ms}
    answer = client.post("/api/get-status", data=data)
    assert answer.status_code == 200
    return body(answer)


def to_the_end(client: httpx2.Client, status: dict[str, Any]) -> dict[str, Any]:
    while status["statusCode"] == "running":
        status = poll(client, status["token"], status["statusVersion"])
    return status


@contextmanager
def raw(running: Running) -> Iterator[socket.socket]:
    with ExitStack() as stack:
        plain = stack.enter_context(socket.create_connection(("127.0.0.1", running.port), LONG_S))
        yield stack.enter_context(running.context.wrap_socket(plain, server_hostname="localhost"))


# Requests and envelopes


def test_the_example_of_the_documentation(client: httpx2.Client) -> None:
    assert invoke(client, "GetServerInfo") == {
        "error": None,
        "token": None,
        "statusVersion": 2,
        "statusCode": "succeeded",
        "percentProgress": None,
        "statusText": None,
        "logOutput": None,
        "result": {"version": "0.1.0.0", "machineName": "testhost"},
    }


def test_answers_are_not_cached_and_expired_a_day_ago(client: httpx2.Client) -> None:
    headers = client.post("/api/invoke/GetServerInfo").headers
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == NO_CACHE
    assert headers["pragma"] == "no-cache"
    age = time.time() - parsedate_to_datetime(headers["expires"]).timestamp()
    assert 86_390 < age < 86_460


@pytest.mark.parametrize("mark", [True, False])
def test_the_byte_order_mark_is_a_setting(start: Start, mark: bool) -> None:
    with start(byte_order_mark=mark) as running, running.client() as client:
        for answer in (client.post("/api/invoke/GetServerInfo"), client.get("/api/get-metadata")):
            assert answer.content.startswith(codecs.BOM_UTF8) is mark


@pytest.mark.parametrize("path", ["/api//invoke/GetServerInfo", "//api/invoke///GetServerInfo"])
def test_repeated_slashes_are_one(running: Running, client: httpx2.Client, path: str) -> None:
    assert client.post(running.url + path).status_code == 200
    assert client.post(running.url + "/api//get-status", data={"token": "0"}).status_code == 404


def test_any_text_arrives(client: httpx2.Client) -> None:
    text = "Grüße, 世界 & = + % 🙂"
    assert invoke(client, "Echo", text=text)["result"]["text"] == text


def test_raw_utf_8_in_a_form_is_read(client: httpx2.Client) -> None:
    answer = client.post("/api/invoke/Echo", content="TEXT=Grüße&isflag=True".encode(), headers=FORM)
    assert body(answer)["result"] == {"text": "Grüße", "isFlag": True, "user": "admin", "address": "127.0.0.1"}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"text=%ff", FORM["Content-Type"]),
        (b"text=\xff", FORM["Content-Type"]),
        (b"a=1&" * 1001, FORM["Content-Type"]),
        (b'{"text": "a"}', "application/json"),
        (b"--b--", "multipart/form-data; boundary=b"),
    ],
)
def test_a_body_that_is_no_form_in_utf_8_is_400(client: httpx2.Client, content: bytes, kind: str) -> None:
    answer = client.post("/api/invoke/Echo", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 400
    assert body(answer)["statusCode"] == "failed"


def test_a_missing_argument_fails_as_in_the_original(client: httpx2.Client) -> None:
    for arguments in ({}, {"isFlag": "true"}):
        status = invoke(client, "Echo", **arguments)
        assert status["error"] == {"message": "Missing API argument text.", "details": "ArgumentMissing"}
        assert (status["statusCode"], status["token"]) == ("failed", None)


def test_the_arguments_of_a_slow_function_are_checked_before_it_starts(client: httpx2.Client) -> None:
    assert invoke(client, "Slow", id="first")["statusCode"] == "failed"


def test_unknown_arguments_are_refused_in_strict_mode(start: Start) -> None:
    with start(strict_parameters=True) as running, running.client() as client:
        assert "Unknown API argument size." in invoke(client, "Echo", text="a", size="1")["error"]["message"]


def test_an_error_of_an_engine_is_http_200_and_failed(client: httpx2.Client) -> None:
    status = invoke(client, "Fails")
    assert status["error"] == {"message": "The record 7 of pack 3 is damaged.", "details": "Damaged"}
    assert status["logOutput"] == "Looking...\r\n"


def test_a_bug_is_http_500_with_the_request_id_and_nothing_else(
    client: httpx2.Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.post("/api/invoke/Breaks")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in body(answer)["error"]["message"]
    assert "secret" not in answer.text
    assert "secret detail" in caplog.text


# URLs and methods


@pytest.mark.parametrize("path", ["/", "/api", "/api/invoke/", "/api/invoke/NoSuch", "/api/invoke/GetServerInfo/x"])
def test_what_is_not_there_is_404(client: httpx2.Client, path: str) -> None:
    answer = client.post(path)
    assert answer.status_code == 404
    assert body(answer)["error"]["message"]


@pytest.mark.parametrize("path", ["/api/invoke/GetServerInfo", "/api/get-status", "/api/cancel-async"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_functions_take_post_only(client: httpx2.Client, path: str, method: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


def test_of_strangers_no_long_form_is_read(running: Running) -> None:
    with running.client(user=None) as client:
        assert client.post("/api/get-metadata", data={"x": "y"}).status_code == 200
        assert client.post("/api/get-metadata", data={"x": "%" * (64 << 10)}).status_code == 413
        assert client.post("/api/invoke/GetServerInfo", data={"x": "%" * (64 << 10)}).status_code == 401


@pytest.mark.parametrize("path", ["/api/invoke/GetServerInfo", "/api/get-metadata"])
def test_a_post_without_content_length_is_411(running: Running, path: str) -> None:
    with raw(running) as connection:
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            "Authorization: Basic YWRtaW46Y2hhbmdlZA==\r\n\r\n".encode()
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 411 ")


def test_a_body_beyond_the_limit_is_413(start: Start) -> None:
    with start(web=Web(body_bytes=1024)) as running, running.client() as client:
        answer = client.post("/api/invoke/Echo", data={"text": "x" * 1025})
        assert answer.status_code == 413
        assert body(answer)["statusCode"] == "failed"


# Who may call


def test_metadata_is_open_and_lists_what_can_be_called(running: Running) -> None:
    with running.client(user=None) as client:
        for answer in (client.get("/api/get-metadata"), client.post("/api/get-metadata")):
            listed = {row["name"]: row for row in json.loads(answer.content.decode("utf-8-sig"))}
            assert listed["GetServerInfo"] == SERVER["GetServerInfo"].metadata()
            assert listed["Echo"]["args"] == [
                {"name": "text", "type": "string", "nullable": False},
                {"name": "isFlag", "type": "bool", "nullable": True},
            ]
            assert "get-status" not in listed


def test_without_credentials_there_is_a_challenge(running: Running) -> None:
    with running.client(user=None) as client:
        for path in ("/api/invoke/GetServerInfo", "/api/get-status", "/api/cancel-async"):
            answer = client.post(path)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith('Basic realm="')


@pytest.mark.parametrize(("user", "password"), [("admin", "wrong"), ("nobody", "changed"), ("admin", "")])
def test_wrong_credentials_are_401(running: Running, user: str, password: str) -> None:
    with running.client(user, password) as client:
        answer = client.post("/api/invoke/GetServerInfo")
        assert answer.status_code == 401
        assert "www-authenticate" in answer.headers


def test_guessing_gets_slow_and_the_right_password_too(start: Start) -> None:
    web = Web(login_free_failures=2, login_delay_s=30.0)
    with start(web=web) as running:
        with running.client("admin", "wrong") as client:
            codes = [client.post("/api/invoke/GetServerInfo").status_code for _ in range(4)]
        assert codes == [401, 401, 401, 429]
        with running.client() as client:
            answer = client.post("/api/invoke/GetServerInfo")
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 30


def test_another_spelling_of_a_name_does_not_begin_the_count_anew(start: Start) -> None:
    with start() as running, running.client(None) as client:
        running.archive.instance.users.create("Ångström", ("admin",), SYSTEM, password="right")
        names = ["Ångström", "A\u030angström", "\u212bngström", "ÅNGSTRO\u0308M", "ångström"]
        codes = [client.post("/api/invoke/GetUsers", auth=(name.encode(), b"wrong")).status_code for name in names]
    assert codes[-1] == 429


def test_a_page_of_another_site_cannot_use_the_password_a_browser_keeps(client: httpx2.Client) -> None:
    foreign = client.post("/api/invoke/Echo", data={"text": "x"}, headers={"Origin": "https://evil.example"})
    own = client.post("/api/invoke/Echo", data={"text": "x"}, headers={"Origin": str(client.base_url).rstrip("/")})
    assert (foreign.status_code, own.status_code) == (403, 200)


def test_a_line_end_in_an_id_does_not_reach_a_header(running: Running, client: httpx2.Client) -> None:
    running.archive.messages["1:1"] = b"Subject: x\n\n"
    answer = client.get("/api/message/1:1%0d%0aX-Evil:%201")
    assert answer.status_code == 404
    assert client.get("/api/message/1:1%0d%0a").headers["content-disposition"] == 'attachment; filename="1-1.eml"'


def test_the_default_password_works_on_this_machine_only(start: Start) -> None:
    with start(password=None) as running, running.client("admin", "admin") as client:
        assert invoke(client, "GetServerInfo")["statusCode"] == "succeeded"
        answer = client.post("/api/invoke/GetServerInfo", headers={"Host": "archive.example.com"})
        assert answer.status_code == 403
        assert "password" in body(answer)["error"]["message"]
        assert client.post(f"https://127.0.0.1:{running.port}/api/invoke/GetServerInfo").status_code == 200


def test_a_changed_password_works_under_any_host_name(client: httpx2.Client) -> None:
    headers = {"Host": "archive.example.com"}
    assert client.post("/api/invoke/GetServerInfo", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("privileges", "doors", "says"),
    [(["login"], ["api"], "privilege admin"), (["admin"], ["web"], "login privilege api")],
)
def test_callers_need_admin_and_the_api_door(
    running: Running, privileges: list[str], doors: list[str], says: str
) -> None:
    running.archive.instance.users.create("anna", privileges, SYSTEM, password="anna's", login_privileges=doors)
    with running.client("anna", "anna's") as client:
        answer = client.post("/api/invoke/GetServerInfo")
    assert answer.status_code == 403
    assert says in body(answer)["error"]["message"]


def test_failed_calls_are_in_the_audit_log(running: Running, client: httpx2.Client) -> None:
    invoke(client, "Fails")
    running.archive.instance.audit.flush()
    (entry,) = running.archive.instance.audit.entries(Filter(events=("ApiCall",)), limit=10)
    assert (entry.ok, entry.user, entry.client, entry.target) == (False, "admin", "api", "Fails")


# Long-running calls


def test_a_long_running_call_as_in_the_documentation(running: Running, client: httpx2.Client) -> None:
    first = invoke(client, "Slow", id="11")
    assert first == {
        "error": None,
        "token": first["token"],
        "statusVersion": 3,
        "statusCode": "running",
        "percentProgress": 0,
        "statusText": None,
        "result": None,
        "logOutput": "Verifying file group #11...\r\nCreating a list of messages to be verified...\r\n",
    }
    running.gate.step.release()
    second = poll(client, first["token"], 3)
    assert (second["statusCode"], second["logOutput"]) == ("running", "  100 messages verified...\r\n")
    running.gate.open.set()
    last = to_the_end(client, second)
    assert (last["statusCode"], last["result"], last["token"]) == ("succeeded", {"id": 11}, first["token"])
    assert poll(client, first["token"])["logOutput"].count("\r\n") == 3


def test_without_news_the_last_status_is_repeated(running: Running, client: httpx2.Client) -> None:
    first = invoke(client, "Slow", id="1")
    again = poll(client, first["token"], 3, timeout_ms=10)
    assert again == first | {"logOutput": None}
    running.gate.open.set()


def test_news_ends_the_wait_at_once(running: Running, client: httpx2.Client) -> None:
    first = invoke(client, "Slow", id="1")
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(poll, client, first["token"], 3, 60_000)
        running.gate.step.release()
        assert waiting.result(LONG_S)["statusVersion"] > 3
    running.gate.open.set()


def test_a_client_that_leaves_version_and_timeout_out_is_served(running: Running, client: httpx2.Client) -> None:
    first = invoke(client, "Slow", id="1")
    status = body(client.post("/api/get-status", data={"token": first["token"]}))
    assert status["logOutput"] == first["logOutput"]
    running.gate.open.set()


def test_a_call_that_fails_at_once_says_so_at_once(client: httpx2.Client) -> None:
    status = invoke(client, "SlowFailure")
    assert status["statusCode"] == "failed"
    assert status["error"]["details"] == "Damaged"
    assert len(status["token"]) == 32
    assert poll(client, status["token"])["error"] == status["error"]


def test_a_call_that_logs_nothing_ends_too(client: httpx2.Client) -> None:
    first = invoke(client, "SlowNothing")
    assert (first["statusCode"], first["statusVersion"], first["logOutput"]) == ("running", 1, None)
    assert to_the_end(client, first)["statusVersion"] == 2


def test_cancelling_answers_nulls_and_the_call_ends_cancelled(running: Running, client: httpx2.Client) -> None:
    first = invoke(client, "Slow", id="1")
    assert set(body(client.post("/api/cancel-async", data={"token": first["token"]})).values()) == {None}
    last = to_the_end(client, first)
    assert last["statusCode"] == "cancelled"
    assert poll(client, first["token"])["logOutput"] == first["logOutput"]


@pytest.mark.parametrize("path", ["/api/get-status", "/api/cancel-async"])
def test_a_wrong_token_is_404_and_a_missing_one_is_named(client: httpx2.Client, path: str) -> None:
    assert client.post(path, data={"token": "0" * 32}).status_code == 404
    assert body(client.post(path))["error"]["message"] == "Missing API argument token."


def test_a_token_is_of_no_use_to_another_administrator(running: Running, client: httpx2.Client) -> None:
    first = invoke(client, "Slow", id="1")
    running.archive.instance.users.create("anna", ["admin"], SYSTEM, password="anna's")
    with running.client("anna", "anna's") as other:
        for path in ("/api/get-status", "/api/cancel-async"):
            assert other.post(path, data={"token": first["token"]}).status_code == 404
    running.gate.open.set()
    assert to_the_end(client, first)["statusCode"] == "succeeded"


def test_fifty_long_polls_do_not_hold_up_a_quick_call(running: Running, client: httpx2.Client) -> None:
    first = invoke(client, "Slow", id="1")
    with ThreadPoolExecutor(50) as pool, running.client(limits=httpx2.Limits(max_connections=60)) as many:
        waiting = [pool.submit(poll, many, first["token"], 3, 60_000) for _ in range(50)]
        for _ in range(5):
            began = time.monotonic()
            assert invoke(client, "GetServerInfo")["statusCode"] == "succeeded"
            assert time.monotonic() - began < 20
        assert not any(poll.done() for poll in waiting)
        running.gate.open.set()
        assert {poll.result(LONG_S)["statusVersion"] for poll in waiting} == {4}


# Messages, description, server information


def test_a_message_comes_as_it_arrived(running: Running, client: httpx2.Client) -> None:
    message = b"Subject: \xff\r\n\r\n" + b"x" * 3_000_000
    running.archive.messages["1:4711"] = message
    answer = client.get("/api/message/1:4711")
    assert answer.content == message
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["content-length"] == str(len(message))
    again = client.get("/api/message/1:4711", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_message_needs_credentials_and_must_be_there(running: Running, client: httpx2.Client) -> None:
    assert client.get("/api/message/1:1").status_code == 404
    with running.client(user=None) as nobody:
        assert nobody.get("/api/message/1:1").status_code == 401


def test_the_description_names_this_server(running: Running, client: httpx2.Client) -> None:
    assert client.get("/openapi.json").json()["servers"] == [{"url": running.url}]


def test_the_caller_is_an_active_session(client: httpx2.Client) -> None:
    (session,) = invoke(client, "GetActiveSessions")["result"]
    assert (session["userName"], session["client"], session["clientAddress"]) == ("admin", "api", "127.0.0.1")


def test_the_service_configuration_names_port_and_certificate(running: Running, client: httpx2.Client) -> None:
    result = invoke(client, "GetServiceConfiguration")["result"]
    assert len(result["serverCertificate"]["thumbprint"]) == 40
    assert [(row["name"], row["port"]) for row in result["listeners"]] == [("AdministrationApi", running.port)]


def test_the_licence_has_no_limits(client: httpx2.Client) -> None:
    result = invoke(client, "GetLicenseInformation")["result"]
    assert (result["namedUsers"], result["maxNamedUsers"], result["validTo"]) == (1, 2147483647, None)


def test_time_zones_have_both_kinds_of_names(client: httpx2.Client) -> None:
    zones = {row["id"]: row["displayName"] for row in invoke(client, "GetTimeZones")["result"]}
    assert next(iter(zones)) == "$Local"
    assert zones["Europe/Berlin"] == "(UTC+01:00) Europe/Berlin"
    assert zones["W. Europe Standard Time"].startswith("(UTC+01:00)")
    assert zones["Newfoundland Standard Time"].startswith("(UTC-03:30)")
