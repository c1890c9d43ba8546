"""Older programs, which speak Outlook REST v2.0, find the same mail under the names that they know."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from O365 import Account, MSOffice365Protocol
from O365.utils import MemoryTokenBackend
from postroom.testing import LocalGraph, User, local_graph
from postroom.workspace.signin.tokens import Grant

OUTLOOK = "https://outlook.office.com"
Call = Callable[..., httpx2.Response]


@pytest.fixture(scope="module")
def graph() -> Iterator[LocalGraph]:
    with local_graph() as running:
        yield running


@pytest.fixture
def anna(graph: LocalGraph) -> User:
    return graph.user("anna@one.test", name="Anna", password="Right-1234")


@pytest.fixture
def call(graph: LocalGraph, anna: User) -> Iterator[Call]:
    person = graph.workspace.people.find(anna.address)
    context = ssl.create_default_context(cafile=str(graph.ca_file))
    with httpx2.Client(base_url=graph.origin, verify=context, trust_env=False, timeout=60) as http:

        def run(method: str, path: str, audience: str = OUTLOOK, **more: Any) -> httpx2.Response:
            scopes = ("Mail.ReadWrite", "Mail.Send", "MailboxSettings.ReadWrite", "User.Read")
            token = graph.workspace.signin.tokens.access(Grant(graph.app, person, audience, scopes))
            headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
            return http.request(method, path, headers=headers, **more)

        yield run


def done(answer: httpx2.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def drafted(call: Call, subject: str = "Roof", **more: Any) -> dict[str, Any]:
    given = {
        "Subject": subject,
        "Importance": "High",
        "Body": {"ContentType": "HTML", "Content": "<p>Hello</p>"},
        "ToRecipients": [{"EmailAddress": {"Address": "anna@one.test", "Name": "Anna"}}],
    }
    made: dict[str, Any] = done(call("POST", "/api/v2.0/me/messages", json=given | more), 201)
    return made


def test_a_message_has_the_names_of_outlook(call: Call, graph: LocalGraph, anna: User) -> None:
    made = drafted(call)
    assert (made["Subject"], made["Importance"], made["Body"]["ContentType"]) == ("Roof", "High", "HTML")
    assert made["ToRecipients"] == [{"EmailAddress": {"Address": "anna@one.test", "Name": "Anna"}}]
    base = f"{graph.origin}/api/v2.0"
    assert made["@odata.context"] == f"{base}/$metadata#Me/Messages/$entity"
    assert made["@odata.id"] == f"{base}/Users('{anna.id}')/Messages('{made['Id']}')"
    assert not [name for name in made if name[0].islower()]


def test_lists_are_filtered_and_paged_with_its_names(call: Call, graph: LocalGraph) -> None:
    for number in range(3):
        drafted(call, f"Paged {number}")
    url = "/api/v2.0/Me/Messages?$filter=startswith(Subject,'Paged') and Importance eq 'High'&$select=Subject&$top=2"
    first = done(call("GET", f"{url}&$orderby=CreatedDateTime"))
    assert set(first["value"][0]) == {"@odata.id", "@odata.etag", "Id", "Subject"}
    assert first["@odata.nextLink"].startswith(f"{graph.origin}/api/v2.0/")
    rest = done(call("GET", first["@odata.nextLink"]))
    found = {one["Subject"] for one in (*first["value"], *rest["value"])}
    assert found == {f"Paged {number}" for number in range(3)}


def test_attachments_have_its_types(call: Call) -> None:
    given = {"@odata.type": "#Microsoft.OutlookServices.FileAttachment", "Name": "a.txt", "ContentBytes": "YQ=="}
    made = drafted(call, Attachments=[given])
    (found,) = done(call("GET", f"/api/v2.0/me/messages('{made['Id']}')/attachments"))["value"]
    assert (found["@odata.type"], found["Name"]) == ("#Microsoft.OutlookServices.FileAttachment", "a.txt")
    assert found["ContentBytes"] == "YQ=="


def test_actions_take_its_names(call: Call) -> None:
    made = drafted(call, "Moved")
    moved = done(call("POST", f"/api/v2.0/me/messages/{made['Id']}/move", json={"DestinationId": "Archive"}), 201)
    assert (moved["Subject"], moved["Id"] != made["Id"]) == ("Moved", True)
    message = {"Subject": "Sent", "ToRecipients": [{"EmailAddress": {"Address": "anna@one.test"}}]}
    done(call("POST", "/api/v2.0/me/sendmail", json={"Message": message, "SaveToSentItems": True}), 202)
    found = done(call("GET", "/api/v2.0/me/mailfolders/inbox/messages?$filter=Subject eq 'Sent'"))["value"]
    assert [one["From"]["EmailAddress"]["Address"] for one in found] == ["anna@one.test"]


def test_a_user_has_its_shape(call: Call, anna: User) -> None:
    me = done(call("GET", "/api/v2.0/me"))
    assert {name: value for name, value in me.items() if name[0] != "@"} == {
        "Id": anna.id,
        "EmailAddress": "anna@one.test",
        "DisplayName": "Anna",
        "Alias": "anna",
        "MailboxGuid": anna.id,
    }


@pytest.mark.parametrize("path", ["MasterCategories", "outlook/masterCategories"])
def test_categories_are_found_on_both_paths(call: Call, path: str) -> None:
    name = f"Of {path}"
    made = done(call("POST", f"/api/v2.0/me/{path}", json={"DisplayName": name, "Color": "Preset3"}), 201)
    assert (made["DisplayName"], made["Color"]) == (name, "Preset3")
    assert name in [one["DisplayName"] for one in done(call("GET", f"/api/beta/me/{path}"))["value"]]


def test_settings_are_read_as_a_whole_and_in_parts(call: Call) -> None:
    whole = done(call("GET", "/api/v2.0/me/MailboxSettings"))
    part = done(call("GET", "/api/v2.0/me/MailboxSettings/AutomaticRepliesSetting"))
    assert (whole["AutomaticRepliesSetting"]["Status"], part["Status"]) == ("Disabled", "Disabled")


def test_each_api_takes_its_own_tokens_only(call: Call) -> None:
    assert call("GET", "/api/v2.0/me/messages", "https://graph.microsoft.com").status_code == 401
    assert call("GET", "/v1.0/me/messages", OUTLOOK).status_code == 401
    assert call("GET", "/v1.0/me/messages", "https://graph.microsoft.com").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v2.0/me/nothing", 400), ("POST", "/api/v2.0/$batch", 501), ("GET", "/api/v3.0/me", 404)],
)
def test_what_is_not_there_is_an_error(call: Call, method: str, path: str, status: int) -> None:
    answer = call(method, path, json={} if method == "POST" else None)
    assert answer.status_code == status, answer.text


TRACK = {"Prefer": "odata.track-changes"}


def tracked(call: Call, url: str) -> tuple[list[Any], str]:
    """All rows that a request with tracking leads to, and the link to what comes later."""
    rows: list[Any] = []
    while True:
        answer = call("GET", url, headers=TRACK)
        page = done(answer)
        assert answer.headers["preference-applied"] == "odata.track-changes"
        rows += page["value"]
        if "@odata.deltaLink" in page:
            return rows, page["@odata.deltaLink"]
        url = page["@odata.nextLink"]


def test_changes_are_tracked_on_the_collection_itself(call: Call, graph: LocalGraph, anna: User) -> None:
    folder = done(call("POST", "/api/v2.0/me/mailfolders", json={"DisplayName": "Tracked"}), 201)["Id"]
    path = f"/api/v2.0/me/mailfolders('{folder}')/messages"
    first, second, third = (done(call("POST", path, json={"Subject": name}), 201)["Id"] for name in "abc")
    rows, link = tracked(call, f"{path}?$select=Subject&$top=2")
    assert sorted(row["Subject"] for row in rows) == ["a", "b", "c"]
    assert link.startswith(f"{graph.origin}{path}?$deltaToken=")
    assert tracked(call, link)[0] == []
    done(call("PATCH", f"/api/v2.0/me/messages('{second}')", json={"Subject": "B"}))
    done(call("DELETE", f"/api/v2.0/me/messages('{first}')"), 204)
    rows, link = tracked(call, link)
    changed, gone = sorted(rows, key=lambda row: "reason" in row)
    assert (changed["Id"], changed["Subject"]) == (second, "B")
    name = f"Messages('{first}')"
    assert gone == {
        "@odata.context": f"{graph.origin}/api/v2.0/$metadata#Me/MailFolders('{folder}')/Messages/$deletedEntity",
        "@odata.id": f"{graph.origin}/api/v2.0/Users('{anna.id}')/{name}",
        "id": name,
        "reason": "deleted",
    }
    assert tracked(call, link)[0] == []
    assert third not in str(rows)


def test_a_link_of_tracking_needs_no_preference(call: Call) -> None:
    rows, link = tracked(call, "/api/v2.0/me/mailfolders('junkemail')/messages")
    assert (rows, done(call("GET", link))["value"]) == ([], [])


def test_what_cannot_be_tracked_is_listed(call: Call) -> None:
    answer = call("GET", "/api/v2.0/me/MasterCategories", headers=TRACK)
    assert "@odata.deltaLink" not in done(answer)
    assert "preference-applied" not in answer.headers
    assert call("GET", "/api/v2.0/me/messages?$deltaToken=none").status_code == 400
    assert call("GET", "/api/v2.0/me/mailfolders('inbox')/messages?$search=x", headers=TRACK).status_code == 400


def test_our_client_speaks_it(graph: LocalGraph, anna: User) -> None:
    protocol = MSOffice365Protocol(base_url=f"{graph.origin}/api/v2.0/")
    account = Account(
        (graph.app.id,), protocol=protocol, auth_flow_type="password", username=anna.address, password="Right-1234",
        tenant_id=graph.tenant, authority=graph.authority, verify_ssl=str(graph.ca_file), main_resource="me",
        token_backend=MemoryTokenBackend(), scopes=protocol.get_scopes_for(["Mail.ReadWrite", "Mail.Send"]),
    )  # fmt: skip
    assert account.authenticate()
    message = account.new_message()
    message.to.add("anna@one.test")
    message.subject, message.body = "By our client", "<b>Hello</b>"
    assert message.send()
    query = account.mailbox().new_query("subject").equals("By our client")
    (found,) = account.mailbox().inbox_folder().get_messages(query=query)
    assert (found.sender.address, found.is_read) == ("anna@one.test", False)
    assert found.mark_as_read()
    assert "archive" in [folder.name.lower() for folder in account.mailbox().get_folders()]
