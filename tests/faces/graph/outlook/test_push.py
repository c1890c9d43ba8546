"""Push subscriptions: older programs are told of changes of mail in the form that they know."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from tests.workspace.subscriptions.receiver import Receiver, receiving

from postroom.testing import LocalGraph, User, local_graph
from postroom.workspace.signin.tokens import Grant

OUTLOOK, GRAPH = "https://outlook.office.com", "https://graph.microsoft.com"
PATH = "/api/v2.0/me/subscriptions"
TYPE = "#Microsoft.OutlookServices.PushSubscription"
MESSAGE = b"From: carl@elsewhere.example\r\nSubject: Roof\r\n\r\nHello\r\n"
Call = Callable[..., httpx2.Response]


@pytest.fixture(scope="module")
def graph() -> Iterator[LocalGraph]:
    with local_graph(changes={"graph": {"webhook_retry_first_s": 0.1}}) as running:
        yield running


@pytest.fixture
def anna(graph: LocalGraph) -> User:
    return graph.user("anna@one.test", name="Anna", password="Right-1234")


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def call(graph: LocalGraph, anna: User) -> Iterator[Call]:
    person = graph.workspace.people.find(anna.address)
    context = ssl.create_default_context(cafile=str(graph.ca_file))
    with httpx2.Client(base_url=graph.origin, verify=context, trust_env=False, timeout=60) as http:

        def run(method: str, path: str, audience: str = OUTLOOK, **more: Any) -> httpx2.Response:
            scopes = more.pop("scopes", ("Mail.ReadWrite", "User.Read"))
            token = graph.workspace.signin.tokens.access(Grant(graph.app, person, audience, scopes))
            return http.request(method, path, headers={"Authorization": f"Bearer {token}"}, **more)

        yield run


def in_minutes(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def wanted(hook: Receiver, **more: Any) -> dict[str, Any]:
    return {
        "@odata.type": TYPE,
        "Resource": "https://outlook.office.com/api/v2.0/me/mailfolders('inbox')/messages",
        "NotificationURL": hook.url(),
        "ChangeType": "Created, Deleted, Missed",
        "ClientState": "my word",
        "SubscriptionExpirationDateTime": in_minutes(60),
    } | more


def made(call: Call, hook: Receiver, **more: Any) -> dict[str, Any]:
    answer = call("POST", PATH, json=wanted(hook, **more))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_subscription_has_the_names_of_then(call: Call, graph: LocalGraph, anna: User, hook: Receiver) -> None:
    given = wanted(hook)
    found = made(call, hook, **given)
    url = f"{graph.origin}/api/v2.0/Users('{anna.id}')/Subscriptions('{found['Id']}')"
    expected = given | {
        "@odata.context": f"{graph.origin}/api/v2.0/$metadata#Me/Subscriptions/$entity",
        "@odata.id": url,
        "Id": found["Id"],
        "Resource": "me/mailfolders('inbox')/messages",
    }
    assert found == expected
    assert call("GET", f"{PATH}/{found['Id']}").json() == expected
    assert call("GET", f"{PATH}('{found['Id']}')").json()["Id"] == found["Id"]
    assert expected | {"@odata.context": None} in [
        row | {"@odata.context": None} for row in call("GET", PATH).json()["value"]
    ]
    assert "_push" not in call("GET", f"/v1.0/subscriptions/{found['Id']}", GRAPH).text


def test_a_program_is_told_in_order_with_its_word(call: Call, graph: LocalGraph, anna: User, hook: Receiver) -> None:
    found = made(call, hook)
    graph.deliver(MESSAGE, anna)
    (told,) = hook.wait(1)
    assert hook.states == ["my word"]
    url = told["Resource"]
    assert url.startswith(f"{graph.origin}/api/v2.0/Users('{anna.id}')/Messages('")
    about = {
        "@odata.type": "#Microsoft.OutlookServices.Notification",
        "SubscriptionId": found["Id"],
        "SubscriptionExpirationDateTime": found["SubscriptionExpirationDateTime"],
        "ClientState": "my word",
    }
    data = told["ResourceData"]
    assert told == about | {"ChangeType": "Created", "SequenceNumber": 1, "Resource": url, "ResourceData": data}
    assert (data["@odata.type"], data["@odata.id"]) == ("#Microsoft.OutlookServices.Message", url)
    read = call("GET", url.removeprefix(graph.origin)).json()
    assert (read["Id"], read["@odata.etag"], read["Subject"]) == (data["Id"], data["@odata.etag"], "Roof")
    assert call("DELETE", url.removeprefix(graph.origin)).status_code == 204
    graph.deliver(MESSAGE, anna)
    assert [(one["ChangeType"], one["SequenceNumber"]) for one in hook.wait(3)] == [
        ("Created", 1), ("Deleted", 2), ("Created", 3),
    ]  # fmt: skip


def test_a_filter_of_the_resource_counts(call: Call, graph: LocalGraph, anna: User, hook: Receiver) -> None:
    made(call, hook, Resource="me/messages?$filter=Subject eq 'Cellar'", ChangeType="Created")
    graph.deliver(MESSAGE, anna)
    graph.deliver(MESSAGE.replace(b"Roof", b"Cellar"), anna)
    (told,) = hook.wait(1)
    assert call("GET", told["Resource"].removeprefix(graph.origin)).json()["Subject"] == "Cellar"


def test_its_end_need_not_be_said_and_is_put_off(call: Call, hook: Receiver) -> None:
    given = wanted(hook)
    del given["SubscriptionExpirationDateTime"]
    found = call("POST", PATH, json=given).json()
    assert found["SubscriptionExpirationDateTime"] > in_minutes(60 * 24)
    end = in_minutes(90)
    changed = call(
        "PATCH", f"{PATH}('{found['Id']}')", json={"@odata.type": TYPE, "SubscriptionExpirationDateTime": end}
    )
    assert (changed.status_code, changed.json()["SubscriptionExpirationDateTime"]) == (200, end)
    assert call("DELETE", f"{PATH}('{found['Id']}')").status_code == 204
    assert call("GET", f"{PATH}('{found['Id']}')").status_code == 404


@pytest.mark.parametrize(
    "more",
    [
        {"@odata.type": "#Microsoft.OutlookServices.StreamingSubscription"},
        {"Resource": "me/mastercategories"},
        {"Resource": "users"},
        {"Resource": 5},
        {"ChangeType": "Missed"},
        {"ChangeType": "Created, Seen"},
        {"ClientState": "two\r\nlines"},
        {"SubscriptionExpirationDateTime": "2001-01-01T00:00:00Z"},
        {"NotificationURL": "ftp://elsewhere.test/"},
        {"LifecycleNotificationUrl": "https://elsewhere.test/"},
    ],
)
def test_what_cannot_be_is_refused(call: Call, hook: Receiver, more: dict[str, Any]) -> None:
    answer = call("POST", PATH, json=wanted(hook, **more), scopes=("Mail.ReadWrite", "User.Read.All"))
    assert answer.status_code == 400, answer.text


def test_who_may_not_read_is_not_told(call: Call, hook: Receiver) -> None:
    assert call("POST", PATH, json=wanted(hook), scopes=("User.Read",)).status_code == 403
    assert call("POST", PATH, GRAPH, json=wanted(hook)).status_code == 401
