"""From requests to answers without a connection, on routes made for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.faces.graph.graph_server import ANNA, BERT, NOW, SomePeople, Tokens

from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import Handler, implements
from postroom.faces.graph.message import Answer, Incoming
from postroom.faces.graph.perform import Service
from postroom.faces.graph.result import Accepted, Created, Delta, Many, Nothing, One, Raw, Redirect, Result, Value
from postroom.faces.graph.route import LIST, Route, Takes
from postroom.faces.graph.table import Table
from postroom.faces.graph.throttle import Faults, Limits
from postroom.settings import Graph, Settings
from postroom.workspace.query.page import Page
from postroom.workspace.workspace import Workspace

HANDLERS: dict[str, Handler] = {}
CALLS: list[Call] = []


def route(key: str, method: str, path: str, returns: str = "", status: int = 200, takes: Takes = "none",
          **more: Any) -> Route:  # fmt: skip
    scopes = {"delegated": ("Mail.Read",), "application": ("Mail.Read",)}
    return Route(key, method, path, returns, status, takes=takes, **{**scopes, **more})


ROUTES = (
    route("list", "GET", "{U}/messages", "[message]", options=LIST),
    route("make", "POST", "{U}/messages", "message", 201, takes="mime"),
    route("get", "GET", "{U}/mailFolders/{folder}/messages/{message}", "message"),
    route("change", "PATCH", "{U}/messages/{message}", "message", takes="json"),
    route("quiet", "PATCH", "{U}/events/{event}", "event", 204, takes="json"),
    route("move", "POST", "{U}/messages/{message}/move", "message", 201, takes="json"),
    route("send", "POST", "{U}/sendMail", status=202, takes="mime"),
    route("delete", "DELETE", "{U}/messages/{message}", status=204),
    route("delta", "GET", "{U}/messages/delta", "[message]"),
    route("settings", "GET", "{U}/mailboxSettings", "mailboxSettings"),
    route("tips", "POST", "{U}/getMailTips", "[mailTips]", takes="json"),
    route("mime", "GET", "{U}/messages/{message}/$value", "raw"),
    route("file", "GET", "{U}/file", "raw"),
    route("moved", "GET", "{U}/moved", "raw"),
    route("upload", "PUT", "/upload/{session}", status=200, takes="upload", open=True),
)
MESSAGE = {"@odata.etag": 'W/"abc"', "id": "A+=", "subject": "Hello", "from": {"emailAddress": {"address": "x@y.z"}}}


def answers(key: str, result: Any) -> None:
    @implements(key, registry=HANDLERS)
    def handler(call: Call, *_: str) -> Result:
        CALLS.append(call)
        made: Result = result
        return made


answers("list", Many(Page([MESSAGE], "next place", 7)))
answers("make", Created(MESSAGE))
for one in ("get", "change", "quiet"):
    answers(one, One(MESSAGE))
answers("move", Created(MESSAGE, location="me/messages/new"))
answers("send", Accepted())
answers("delete", Nothing())
answers("delta", Delta([{"id": "1", "@removed": {"reason": "deleted"}}], delta="later"))
answers("settings", One({"timeZone": "UTC", "language": {"locale": "de-DE"}, "dateFormat": None}))
answers("tips", Value([{"a": 1}], "microsoft.graph.mailTips"))
answers("mime", Raw(b"Subject: x", "text/plain"))
answers("file", Raw(Path(__file__), "text/x-python"))
answers("moved", Redirect("https://elsewhere.test/"))
answers("upload", Nothing())


@dataclass
class Asked:
    """Answers of a service; `token` is Anna's."""

    service: Service
    tokens: Tokens
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, method: str, url: str, body: bytes = b"", token: str | None = None, **headers: str) -> Answer:
        path, _, query = url.partition("?")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["authorization"] = f"Bearer {token or self.token}"
        return self.service.answer(Incoming(method, f"/v1.0{path}", query, sent, body, "https://host"))


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    settings = Graph()
    folder = tmp_path_factory.mktemp("shape") / "workspace"
    with Workspace(folder, SomePeople(), Settings(graph=settings), lambda: NOW) as workspace:
        tokens = Tokens()
        service = Service(workspace, tokens, Table(ROUTES), HANDLERS, settings, Limits(settings), Faults(None))
        yield Asked(service, tokens, tokens.user(ANNA, "Mail.Read"))


BASE = "https://host/v1.0"
MINE = f"{BASE}/$metadata#users('{ANNA.id}')"


def test_a_list_has_context_count_and_next_link_with_its_options(ask: Asked) -> None:
    answer = ask("GET", "/me/messages?$filter=subject%20eq%20'a%26b'&top=1&$skip=3&$count=true&$select=id,subject")
    assert answer.content == {
        "@odata.context": f"{MINE}/messages(id,subject)",
        "@odata.count": 7,
        "@odata.nextLink": f"{BASE}/me/messages?$filter=subject%20eq%20'a%26b'&top=1&$count=true"
        "&$select=id,subject&$skiptoken=next%20place",
        "value": [MESSAGE],
    }
    assert "@odata.count" not in ask("GET", "/me/messages").content
    assert CALLS[-1].options.top is None
    ask("GET", "/me/messages?$skiptoken=next%20place", prefer="odata.maxpagesize=3")
    assert (CALLS[-1].options.cursor, CALLS[-1].options.page_size) == ("next place", 3)


def test_a_count_asks_for_nothing_else(ask: Asked) -> None:
    answer = ask("GET", "/me/messages/$count?$filter=isRead eq true&$top=99&$orderby=subject")
    assert (answer.content, answer.media_type) == (b"7", "text/plain")
    options = CALLS[-1].options
    assert (options.count, options.top, options.orderby, options.filter is not None) == (True, 1, (), True)


@pytest.mark.parametrize(
    ("method", "url", "status", "context"),
    [
        (
            "GET",
            "/users/anna%40one.test/mailFolders/in'box/messages/1",
            200,
            "/mailFolders('in''box')/messages/$entity",
        ),
        ("POST", "/me/messages", 201, "/messages/$entity"),
        ("POST", "/me/messages/1/move", 201, "/messages/$entity"),
        ("PATCH", "/me/messages/1", 200, "/messages/$entity"),
        ("GET", "/me/mailboxSettings", 200, "/mailboxSettings"),
        ("GET", "/me/mailboxSettings/timeZone", 200, "/mailboxSettings/timeZone"),
        ("GET", "/me/mailFolders/a/messages/1/subject", 200, "/mailFolders('a')/messages('1')/subject"),
        ("GET", "/me/messages/delta", 200, "/messages/$delta"),
    ],
)
def test_contexts_say_what_an_answer_is(ask: Asked, method: str, url: str, status: int, context: str) -> None:
    answer = ask(method, url)
    assert (answer.status, answer.content["@odata.context"]) == (status, MINE + context)


def test_what_was_made_says_where_it_is(ask: Asked) -> None:
    assert ask("POST", "/me/messages/").headers["Location"] == f"{BASE}/me/messages/A%2B%3D"
    assert ask("POST", "/me/messages/1/move").headers["Location"] == f"{BASE}/me/messages/new"


def test_a_change_answers_as_the_route_or_the_request_prefers(ask: Asked) -> None:
    statuses = {
        (path, prefer): ask("PATCH", path, prefer=prefer).status
        for path in ("/me/messages/1", "/me/events/1")
        for prefer in ("", "return=minimal", "return=representation")
    }
    assert list(statuses.values()) == [200, 204, 200, 204, 204, 200]
    assert ask("PATCH", "/me/messages/1", prefer="return=minimal").headers["Preference-Applied"] == "return=minimal"


def test_what_is_known_already_is_304(ask: Asked) -> None:
    path = "/me/mailFolders/a/messages/1"
    assert ask("GET", path, if_none_match='"x", W/"abc"').status == 304
    assert ask("GET", path, if_none_match='"x"').status == 200


def test_empty_answers_have_no_body(ask: Asked) -> None:
    assert [(one.status, one.content) for one in (ask("POST", "/me/sendMail"), ask("DELETE", "/me/messages/1"))] == [
        (202, None),
        (204, None),
    ]


def test_a_delta_carries_its_options_in_the_token(ask: Asked) -> None:
    content = ask("GET", "/me/messages/delta?$select=id").content
    assert content["@odata.deltaLink"] == f"{BASE}/me/messages/delta?$deltatoken=later"
    assert "@odata.nextLink" not in content
    assert content["value"][0]["@removed"] == {"reason": "deleted"}


def test_properties_are_objects_values_or_nothing(ask: Asked) -> None:
    assert ask("GET", "/me/mailboxSettings/Language").content["locale"] == "de-DE"
    assert ask("GET", "/me/mailboxSettings/language/locale").content["value"] == "de-DE"
    assert ask("GET", "/me/mailboxSettings/timeZone/$value").content == b"UTC"
    assert ask("GET", "/me/mailboxSettings/dateFormat").status == 204


def test_lists_of_values_bytes_files_and_redirects(ask: Asked) -> None:
    assert ask("POST", "/me/getMailTips").content == {
        "@odata.context": f"{BASE}/$metadata#Collection(microsoft.graph.mailTips)",
        "value": [{"a": 1}],
    }
    mime = ask("GET", "/me/messages/1/$value")
    assert (mime.content, mime.media_type) == (b"Subject: x", "text/plain")
    assert ask("GET", "/me/file").content == Path(__file__)
    moved = ask("GET", "/me/moved")
    assert (moved.status, moved.headers["Location"]) == (302, "https://elsewhere.test/")


def test_bodies_reach_the_handler_as_the_route_takes_them(ask: Asked) -> None:
    ask("POST", "/me/sendMail", b'{"Message": {"a": 1}, "SaveToSentItems": false}', content_type="application/json")
    assert CALLS[-1].given("message") == {"a": 1}
    assert CALLS[-1].given("saveToSentItems", default=True) is False
    ask("POST", "/me/sendMail", b"U3ViamVjdA==", content_type="text/plain; charset=utf-8")
    assert (CALLS[-1].is_mime, CALLS[-1].content) == (True, b"U3ViamVjdA==")
    ask("POST", "/me/sendMail", b"", content_type="application/json")
    assert CALLS[-1].document == {}
    assert ask("PATCH", "/me/messages/1", b"U3Vi", content_type="text/plain").status == 415
    assert ask("PATCH", "/me/messages/1", b"\xff", content_type="application/json").status == 400
    deep = b'{"a":' * 100_000
    assert ask("PATCH", "/me/messages/1", deep, content_type="application/json").status == 400


def test_an_open_route_needs_no_token_and_takes_bytes(ask: Asked) -> None:
    answer = ask("PUT", "/upload/secret", b"\x00\xff", token="none of ours", content_range="bytes 0-1/2")
    assert answer.status == 200
    assert (CALLS[-1].content, CALLS[-1].headers["content-range"]) == (b"\x00\xff", "bytes 0-1/2")


def test_a_user_reaches_no_other_mailbox_and_an_app_all(ask: Asked) -> None:
    other = f"/users/{BERT.address}/messages"
    refused = ask("GET", other)
    assert (refused.status, refused.content["error"]["code"]) == (403, "ErrorAccessDenied")
    application = ask.tokens.app("mail.read")
    assert ask("GET", other, token=application).status == 200
    assert CALLS[-1].mailbox == BERT.id
    assert ask("GET", "/me/messages", token=application).status == 400
    nobody = ask("GET", "/users/nobody/messages", token=application)
    assert (nobody.status, nobody.content["error"]["code"]) == (404, "ErrorInvalidUser")
    assert ask("GET", "/me/messages", token=ask.tokens.user(ANNA, "Mail.Send")).status == 403


def test_other_parameters_are_told_beside_the_options(ask: Asked) -> None:
    ask("GET", "/me/messages?includeHiddenMessages=true&StartDateTime=2024-01-31T10:00:00%2B01:00")
    assert CALLS[-1].parameters == {"includehiddenmessages": "true", "startdatetime": "2024-01-31T10:00:00+01:00"}
    assert CALLS[-1].argument("startDateTime") == "2024-01-31T10:00:00+01:00"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("$filter=subject eq", 400, "RequestBroker--ParseUri"),
        ("$colour=red", 400, "BadRequest"),
        ("$apply=x", 501, "NotImplemented"),
        ("$top=x", 400, "RequestBroker--ParseUri"),
        ("$top=%FF", 400, "BadRequest"),
    ],
)
def test_queries_that_cannot_be_read_are_refused(ask: Asked, query: str, status: int, code: str) -> None:
    answer = ask("GET", f"/me/messages?{query}")
    assert (answer.status, answer.content["error"]["code"]) == (status, code)


def test_a_list_without_filters_does_not_answer_as_if_it_had_filtered(ask: Asked) -> None:
    assert ask("GET", "/me/messages/delta?$filter=isRead eq true").status == 400
