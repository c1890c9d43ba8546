"""Subscriptions over HTTP: made, listed, renewed, ended; who may; what a program sees of it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from tests.workspace.subscriptions.receiver import Receiver, receiving
from tests.workspace.subscriptions.test_encryption import pair

from postroom.testing import LocalGraph, User, local_graph
from postroom.workspace.signin.tokens import Grant
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Place

EVENT = {name: {"dateTime": "2024-03-01T10:00:00", "timeZone": "UTC"} for name in ("start", "end")}
NO_FOLDER = ids.immutable(Place(0, bytes(16), 0))


@pytest.fixture(scope="module")
def graph() -> Iterator[LocalGraph]:
    with local_graph(changes={"graph": {"subscriptions": 6, "webhook_retry_first_s": 0.1}}) as running:
        running.user("anna@one.test", name="Anna")
        running.user("bert@one.test", name="Bert")
        yield running


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def anna(graph: LocalGraph) -> User:
    return _known(graph, "anna@one.test")


def _known(graph: LocalGraph, address: str) -> User:
    person = graph.workspace.people.find(address)
    assert person is not None
    return User(person.id, address, "")


@pytest.fixture
def call(graph: LocalGraph) -> Iterator[Any]:
    """Calls as Anna; `scopes` of the token can be chosen, as can another user, or none."""
    tokens = graph.workspace.signin.tokens
    context = ssl.create_default_context(cafile=str(graph.ca_file))
    with httpx2.Client(base_url=graph.base_url, verify=context, trust_env=False, timeout=60) as http:

        def run(
            method: str,
            path: str,
            user: str | None = "anna@one.test",
            scopes: str = "Mail.Read User.Read.All",
            **more: Any,
        ) -> httpx2.Response:
            person = graph.workspace.people.find(user) if user else None
            names = tuple(scopes.split())
            grant = Grant(
                graph.app, person, "https://graph.microsoft.com", names if person else (), () if person else names
            )
            return http.request(method, path, headers={"Authorization": f"Bearer {tokens.access(grant)}"}, **more)

        yield run
        for user in ("anna@one.test", "bert@one.test", None):
            for one in run("GET", "subscriptions", user).json()["value"]:
                assert run("DELETE", f"subscriptions/{one['id']}", user).status_code == 204


def end(minutes: int = 60) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def wanted(hook: Receiver, resource: str = "me/mailFolders('inbox')/messages", **more: Any) -> dict[str, Any]:
    return {
        "changeType": "created",
        "notificationUrl": hook.url(),
        "resource": resource,
        "expirationDateTime": end(),
        **more,
    }


def test_a_subscription_lives_and_tells(graph: LocalGraph, call: Any, hook: Receiver, anna: User) -> None:
    made = call("POST", "subscriptions", json=wanted(hook, clientState="s"))
    assert made.status_code == 201, made.text
    found = made.json()
    assert found["creatorId"] == anna.id
    assert made.headers["location"].endswith(f"/v1.0/subscriptions/{found['id']}")
    graph.deliver(b"Subject: Hello\r\n\r\nHello", anna)
    (element,) = hook.wait(1)
    message = call("GET", element["resource"]).json()
    assert (message["subject"], element["clientState"]) == ("Hello", "s")
    later = call("PATCH", f"subscriptions/{found['id']}", json={"expirationDateTime": end(120)})
    assert later.status_code == 200
    assert later.json()["expirationDateTime"] > found["expirationDateTime"]
    assert [one["id"] for one in call("GET", "subscriptions").json()["value"]] == [found["id"]]
    assert call("POST", f"subscriptions/{found['id']}/reauthorize").status_code == 204
    assert call("DELETE", f"subscriptions/{found['id']}").status_code == 204
    assert call("GET", f"subscriptions/{found['id']}").status_code == 404


@pytest.mark.parametrize(
    "resource",
    [
        "/me/messages", "me/mailFolders/inbox/messages", "users/anna@one.test/messages", "/users", "/users/{anna}",
        "me/messages?$filter=isRead eq false&$select=subject", "/groups",
    ],
)  # fmt: skip
def test_what_can_be_read_can_be_watched(call: Any, hook: Receiver, anna: User, resource: str) -> None:
    kinds = "updated" if resource.lstrip("/").startswith(("users/{", "groups")) or resource == "/users" else "created"
    given = wanted(hook, resource.replace("{anna}", anna.id), changeType=kinds)
    answer = call("POST", "subscriptions", json=given, scopes="Mail.Read User.Read.All Group.Read.All")
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("resource", "status"),
    [
        ("me/nothing", 400), ("me/mailFolders", 400), ("me/mailFolders('none')/messages", 400),
        (f"me/mailFolders/{NO_FOLDER}/messages", 404),
        ("users/bert@one.test/messages", 403), ("/groups", 403), ("me/messages?$top=3", 400),
        ("me/messages?$filter=nothing eq 1", 400), ("", 400), ("me/messages/x", 400),
    ],
)  # fmt: skip
def test_what_cannot_be_read_cannot_be_watched(call: Any, hook: Receiver, resource: str, status: int) -> None:
    answer = call("POST", "subscriptions", json=wanted(hook, resource))
    assert answer.status_code == status, answer.text
    assert hook.asked == []


@pytest.mark.parametrize(
    ("resource", "given"),
    [
        ("me/contacts", {"givenName": "Dora"}),
        ("me/todo/lists/defaultList/tasks", {"title": "Roof"}),
        ("me/calendar/events", EVENT),
    ],
)
def test_contacts_tasks_and_events_are_told_of_by_what_leads_to_them(
    call: Any, hook: Receiver, resource: str, given: dict[str, Any]
) -> None:
    scopes = "Contacts.ReadWrite Tasks.ReadWrite Calendars.ReadWrite"
    made = call("POST", "subscriptions", json=wanted(hook, resource, changeType="created,deleted"), scopes=scopes)
    assert made.status_code == 201, made.text
    one = call("POST", resource, json=given, scopes=scopes).json()
    (element,) = hook.wait(1)
    assert call("GET", element["resource"], scopes=scopes).json()["id"] == one["id"] == element["resourceData"]["id"]
    assert call("DELETE", element["resource"], scopes=scopes).status_code == 204
    assert hook.wait(2)[1]["changeType"] == "deleted"
    assert call("POST", "subscriptions", json=wanted(hook, resource), scopes="Mail.Read").status_code == 403


def test_of_a_list_it_is_told_that_something_in_it_changed(call: Any, hook: Receiver) -> None:
    scopes = "Sites.ReadWrite.All"
    made = call("POST", "sites/root/lists", json={"displayName": "Carts"}, scopes=scopes).json()["id"]
    resource = f"sites/root/lists/{made}"
    answer = call("POST", "subscriptions", json=wanted(hook, resource, changeType="updated"), scopes=scopes)
    assert answer.status_code == 201, answer.text
    item = call("POST", f"{resource}/items", json={"fields": {"Title": "Barrow"}}, scopes=scopes)
    assert item.status_code == 201
    (element,) = hook.wait(1)
    assert element["changeType"] == "updated"
    assert call("GET", element["resource"], scopes=scopes).json()["id"] == made
    assert call("POST", "subscriptions", json=wanted(hook, resource), scopes=scopes).status_code == 400
    assert call("POST", "subscriptions", json=wanted(hook, resource, changeType="updated")).status_code == 403


def test_who_left_a_group_is_told_no_more_of_its_lists(
    graph: LocalGraph, anna: User, call: Any, hook: Receiver
) -> None:
    bert, scopes = _known(graph, "bert@one.test"), "Sites.ReadWrite.All"
    given = {"displayName": "Smiths", "mailNickname": "smiths", "mailEnabled": False, "securityEnabled": True}
    group = graph.workspace.directory.create_group(given, anna.id)["id"]
    graph.workspace.directory.add(group, "members", bert.id)
    made = call("POST", f"groups/{group}/sites/root/lists", json={"displayName": "Tools"}, scopes=scopes).json()["id"]
    resource = f"sites/{group}/lists/{made}"
    asked = wanted(hook, resource, changeType="updated")
    assert call("POST", "subscriptions", bert.address, json=asked, scopes=scopes).status_code == 201
    call("POST", f"{resource}/items", json={"fields": {}}, scopes=scopes)
    hook.wait(1)
    graph.workspace.directory.remove(group, "members", bert.id)
    assert call("POST", "subscriptions", json=asked, scopes=scopes).status_code == 201
    call("POST", f"{resource}/items", json={"fields": {}}, scopes=scopes)
    hook.wait(2)
    assert call("GET", "subscriptions", bert.address).json()["value"] == []


def test_a_web_server_that_does_not_answer_the_token_gets_nothing(call: Any, hook: Receiver) -> None:
    hook.token = "wrong"
    answer = call("POST", "subscriptions", json=wanted(hook))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "ValidationError")
    assert call("GET", "subscriptions").json()["value"] == []


def test_one_caller_does_not_see_what_another_made(call: Any, hook: Receiver) -> None:
    made = call("POST", "subscriptions", json=wanted(hook)).json()["id"]
    for user in ("bert@one.test", None):
        assert call("GET", "subscriptions", user).json()["value"] == []
        for method in ("GET", "DELETE", "PATCH"):
            answer = call(method, f"subscriptions/{made}", user, json={"expirationDateTime": end()})
            assert answer.status_code == 404


def test_an_app_by_itself_watches_any_mailbox(graph: LocalGraph, call: Any, hook: Receiver) -> None:
    given = wanted(hook, "users/bert@one.test/messages")
    assert call("POST", "subscriptions", None, json=given).status_code == 201
    graph.deliver(b"Subject: To Bert\r\n\r\nHello", "bert@one.test")
    (element,) = hook.wait(1)
    assert element["resource"].startswith(f"Users/{_known(graph, 'bert@one.test').id}/Messages/")


def test_an_app_has_only_so_many(call: Any, hook: Receiver) -> None:
    statuses = [call("POST", "subscriptions", json=wanted(hook)).status_code for _ in range(7)]
    assert statuses == [201] * 6 + [403]


def test_changed_users_are_told(call: Any, hook: Receiver, anna: User) -> None:
    scopes = "User.ReadWrite.All"
    made = call("POST", "subscriptions", json=wanted(hook, "users", changeType="updated"), scopes=scopes)
    assert made.status_code == 201, made.text
    assert call("PATCH", "me", scopes=scopes, json={"jobTitle": "Clerk"}).status_code in (200, 204)
    assert call("PATCH", "me", scopes=scopes, json={"jobTitle": "Head"}).status_code in (200, 204)
    assert {one["resource"] for one in hook.wait(1)} == {f"Users/{anna.id}"}


def test_a_filter_by_contents_needs_more_than_the_basics(call: Any, hook: Receiver) -> None:
    given = wanted(hook, "me/messages?$filter=contains(bodyPreview,'x')")
    answer = call("POST", "subscriptions", json=given, scopes="Mail.ReadBasic")
    assert (answer.status_code, hook.asked) == (403, [])
    given = wanted(hook, "me/messages?$filter=contains(subject,'x')")
    assert call("POST", "subscriptions", json=given, scopes="Mail.ReadBasic").status_code == 201


def test_a_token_for_the_basics_does_not_renew_what_has_data(call: Any, hook: Receiver) -> None:
    given = wanted(hook, includeResourceData=True, encryptionCertificate=pair()[1], encryptionCertificateId="1")
    made = call("POST", "subscriptions", json=given)
    assert made.status_code == 201, made.text
    path = f"subscriptions/{made.json()['id']}"
    change = {"expirationDateTime": end()}
    assert call("PATCH", path, json=change, scopes="Mail.ReadBasic").status_code == 403
    assert call("POST", f"{path}/reauthorize", scopes="Mail.ReadBasic").status_code == 403
    assert call("PATCH", path, json=change).status_code == 200


def test_data_need_more_than_the_basics(call: Any, hook: Receiver) -> None:
    given = wanted(hook, includeResourceData=True)
    answer = call("POST", "subscriptions", json=given, scopes="Mail.ReadBasic")
    assert (answer.status_code, hook.asked) == (403, [])
