"""What all answers have in common, over a connection."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from tests.faces.graph.graph_server import ANNA, Client, World, running

from postroom.faces.graph.dispatch import HANDLERS
from postroom.settings import Graph

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def test_every_answer_has_the_headers_of_graph(world: World) -> None:
    for path in ("/", "/nothing"):
        headers = world.call("GET", path).headers
        assert GUID.fullmatch(headers["request-id"])
        assert headers["client-request-id"] == headers["request-id"]
        assert headers["odata-version"] == "4.0"
        assert "ServerInfo" in headers["x-ms-ags-diagnostic"]
        assert "date" in headers
    given = world.call("GET", "/", headers={"client-request-id": "mine"}).headers
    assert given["client-request-id"] == "mine" != given["request-id"]


def test_the_service_document_needs_no_token_and_takes_links_from_the_host_header(world: World) -> None:
    answer = world.call("GET", "//", headers={"Host": "graph.microsoft.com"})
    assert answer.json()["@odata.context"] == "https://graph.microsoft.com/v1.0/$metadata"
    beta = world.http.get("/BETA").json()
    assert beta["@odata.context"] == f"{world.base}/beta/$metadata"


def test_links_may_have_a_base_of_their_own(tmp_path: Path) -> None:
    with running(tmp_path, Graph(base_url="https://graph.one.test/")) as world:
        context = world.call("GET", "/").json()["@odata.context"]
        assert context == "https://graph.one.test/v1.0/$metadata"


def test_who_came_by_the_proxy_stays_with_its_names(tmp_path: Path) -> None:
    with running(tmp_path, Graph(base_url="https://graph.one.test/")) as world:
        caller = world.caller(world.tokens.user(ANNA, "User.Read"))
        found = caller.get("/me", headers={"Host": "graph.microsoft.com"})
        assert found["@odata.context"].startswith("https://graph.microsoft.com/v1.0/$metadata#")


def test_an_error_says_code_message_and_ids(world: World) -> None:
    answer = world.call("GET", "/mee", headers={"client-request-id": "mine"})
    assert answer.status_code == 400
    assert answer.json() == {
        "error": {
            "code": "BadRequest",
            "message": "Resource not found for the segment 'mee'.",
            "innerError": {
                "date": "2024-01-31T10:00:00",
                "request-id": answer.headers["request-id"],
                "client-request-id": "mine",
            },
        }
    }


@pytest.mark.parametrize(
    ("header", "message", "reason"),
    [
        (None, "Access token is empty.", None),
        ("Basic x", "Access token is empty.", None),
        ("Bearer", "Access token is empty.", None),
        ("bearer x", "IDX14100", "invalid_token"),
        ("Bearer old", "the token is expired", "expired_token"),
    ],
)
def test_without_a_token_one_is_told_where_to_sign_in(
    world: World, header: str | None, message: str, reason: str | None
) -> None:
    answer = world.call("POST", "/$batch", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    error = answer.json()["error"]
    assert error["code"] == "InvalidAuthenticationToken"
    assert message in error["message"]
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith(f'Bearer realm="", authorization_uri="{world.base}/common/oauth2/authorize"')
    assert (f'error="{reason}"' in challenge) if reason else ("error=" not in challenge)


def test_another_method_is_405(world: World) -> None:
    answer = world.call("DELETE", "/$batch")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("content", "kind", "status"), [("<x/>", "application/xml", 415), ("{", "application/json", 400), ("{}", None, 400)]
)
def test_bodies_are_json(world: World, content: str, kind: str | None, status: int) -> None:
    token = world.tokens.user(ANNA)
    headers = {"Content-Type": kind} if kind else {}
    assert world.call("POST", "/$batch", token, content=content, headers=headers).status_code == status


def test_large_bodies_are_refused_and_of_strangers_not_read(tmp_path: Path) -> None:
    with running(tmp_path, Graph(json_bytes=100_000)) as world:
        body, kind = b" " * 100_001, {"Content-Type": "application/json"}
        stranger = world.call("POST", "/$batch", content=body, headers=kind)
        assert (stranger.status_code, stranger.headers["connection"]) == (401, "close")
        answer = world.call("POST", "/$batch", world.tokens.user(ANNA), content=body, headers=kind)
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "RequestEntityTooLarge")


def test_what_nobody_expected_is_500_in_the_form_of_graph(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HANDLERS, "core.service", lambda call: 1 / 0)
    answer = world.call("GET", "/", headers={"X-Request-Id": "in-the-log"})
    assert answer.status_code == 500
    assert "in-the-log" in answer.json()["error"]["message"]
    assert GUID.fullmatch(answer.headers["request-id"])


def test_a_head_request_is_a_get_without_a_body(world: World) -> None:
    answer = world.call("HEAD", "/")
    assert (answer.status_code, answer.content) == (200, b"")


def test_the_types_are_described(world: World) -> None:
    answer = world.call("GET", "/$metadata")
    assert answer.headers["content-type"] == "application/xml"
    space = {"edm": "http://docs.oasis-open.org/odata/ns/edm"}
    root = fromstring(answer.content)
    user = root.find(".//edm:EntityType[@Name='user']", space)
    assert user is not None
    assert (user.attrib["BaseType"], user.attrib.get("OpenType")) == ("graph.directoryObject", None)
    phones = user.find("edm:Property[@Name='businessPhones']", space)
    assert phones is not None
    assert phones.attrib == {"Name": "businessPhones", "Type": "Collection(Edm.String)", "Nullable": "false"}
    assert root.find(".//edm:EnumType[@Name='importance']/edm:Member[@Name='high']", space) is not None
    assert root.find(".//edm:EntitySet[@Name='users']", space) is not None


def test_a_batch_goes_the_way_of_single_requests(world: World) -> None:
    token = world.tokens.user(ANNA)
    requests = [
        {"id": "1", "method": "GET", "url": "/"},
        {"id": "2", "method": "GET", "url": "/mee"},
        {"id": "3", "method": "POST", "url": "/$batch", "body": {}, "headers": {"Content-Type": "application/json"}},
        {"id": "4", "method": "GET", "url": "/", "dependsOn": ["2"]},
    ]
    answer = world.call("POST", "/$batch", token, json={"requests": requests})
    assert answer.status_code == 200
    responses = {one["id"]: one for one in answer.json()["responses"]}
    assert [responses[one]["status"] for one in "1234"] == [200, 400, 400, 424]
    assert responses["2"]["body"]["error"]["message"] == "Resource not found for the segment 'mee'."


def test_options_that_are_none_are_refused(anna: Client) -> None:
    assert anna.refused("GET", "/?$apply=x") == (501, "NotImplemented")


def test_rules_make_paths_fail(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[[rule]]\npath = "/"\nstatus = 503\nretry_after_s = 2\n')
    with running(tmp_path, Graph(faults_file=rules)) as world:
        answer = world.call("GET", "/")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert world.call("GET", "/").status_code == 200


def test_limits_tell_apps_to_wait(tmp_path: Path) -> None:
    with running(tmp_path, Graph(limit_requests=1)) as world:
        token = world.tokens.user(ANNA)
        body: dict[str, list[str]] = {"requests": []}
        assert world.call("POST", "/$batch", token, json=body).status_code == 200
        answer = world.call("POST", "/$batch", token, json=body)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 600
