"""The Management API of versions 6 and 7, over TLS: bare results, plain errors, statuses that are told once."""

from __future__ import annotations

import asyncio
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.faces.mailstore.conftest import LONG_S, Running, Start

from mailstore.aio import ServerClient
from mailstore.contract.shapes import Status
from mailstore.errors import MailStoreBaseError, MailStoreHTTPError
from mailstore.server import Client
from postroom.archive.instance.audit import SYSTEM
from postroom.errors import NotFound
from postroom.faces.mailstore.legacy import xml
from postroom.faces.mailstore.legacy.statuses import Told, guid, token
from postroom.work import Process

GUID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")


@pytest.fixture
def running(start: Start) -> Iterator[Running]:
    with start(legacy=True) as running:
        yield running


@pytest.fixture
def client(running: Running) -> Iterator[httpx2.Client]:
    with running.client() as client:
        yield client


def started(client: httpx2.Client, running: Running, form: str = "JSON") -> Any:
    answer = client.post(f"/{form}/Invoke/Slow", data={"id": "7"})
    assert answer.status_code == 200
    assert running.gate.entered.wait(LONG_S)
    return answer


def ended(client: httpx2.Client, url: str) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The last status, and the messages of all."""
    messages: list[dict[str, str]] = []
    while True:
        status = client.post(url).json()
        messages += status["messages"]
        if status["status"] != "running":
            return status, messages


def test_the_example_of_the_documentation(running: Running, client: httpx2.Client) -> None:
    users = running.archive.instance.users
    users.create("johndoe", ["admin"], SYSTEM, full_name="John Doe", password="Long enough 1")
    users.set_addresses("johndoe", ["john@example.com", "doe@example.com"], SYSTEM)
    answer = client.post("/JSON/Invoke/GetUserInfo", data={"userName": "johndoe"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    found = answer.json()
    assert {name: found[name] for name in ("userName", "fullName", "authentication", "emailAddresses")} == {
        "userName": "johndoe",
        "fullName": "John Doe",
        "authentication": "integrated",
        "emailAddresses": ["john@example.com", "doe@example.com"],
    }
    assert found["privileges"] == "admin"


def test_a_function_without_a_result_answers_null(client: httpx2.Client) -> None:
    data = {"userName": "anna", "privileges": "login,export", "password": "Long enough 1"}
    assert client.post("/JSON/Invoke/CreateUser", data=data).content == b"null"
    found = client.post("/JSON/Invoke/GetUserInfo", data={"userName": "anna"}).json()
    assert sorted(found["privileges"].split(",")) == ["export", "login"]


@pytest.mark.parametrize("form", ["JSON", "XML"])
@pytest.mark.parametrize(
    ("function", "data", "message"),
    [
        ("Echo", {}, "Missing API argument text."),
        ("Echo", {"text": "a", "isFlag": "maybe"}, "Invalid API argument isFlag: expected true or false."),
        ("Fails", {}, "The record 7 of pack 3 is damaged."),
        ("GetUserInfo", {"userName": "nobody"}, "nobody"),
        ("NoSuch", {}, "NoSuch"),
        ("Slow", {}, "Missing API argument id."),
    ],
)
def test_any_failure_is_a_500_with_the_message_as_text(
    client: httpx2.Client, form: str, function: str, data: dict[str, str], message: str
) -> None:
    answer = client.post(f"/{form}/Invoke/{function}", data=data)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert message in answer.text


def test_a_body_that_is_no_form_is_such_a_failure(client: httpx2.Client) -> None:
    answer = client.post("/JSON/Invoke/Echo", content=b"text=%FF%FE", headers={"content-type": "text/xml"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/plain; charset=utf-8")


def test_an_error_of_ours_tells_nothing_of_the_inside(client: httpx2.Client) -> None:
    answer = client.post("/JSON/Invoke/Breaks")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_who_has_no_right_password_is_challenged(running: Running) -> None:
    for user in (None, "admin"):
        with running.client(user, "wrong") as client:
            answer = client.post("/JSON/Invoke/GetServerInfo")
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Basic")


def test_it_is_off_by_default(start: Start) -> None:
    with start() as running, running.client() as client:
        assert client.post("/JSON/Invoke/GetServerInfo").status_code == 404


def test_a_long_call_is_told_bit_by_bit_and_its_end_once(running: Running, client: httpx2.Client) -> None:
    first = started(client, running).json()
    assert GUID.fullmatch(first["statusToken"])
    assert first["statusUrl"] == f"/JSON/Status/{first['statusToken']}"
    one = client.post(first["statusUrl"]).json()
    assert one["status"] == "running"
    assert one["result"] is None
    assert one["messages"][0] == {"type": "line", "text": "Verifying file group #7..."}
    running.gate.open.set()
    last, messages = ended(client, first["statusUrl"])
    assert (last["status"], last["result"], last["progressPercentage"]) == ("succeeded", {"id": 7}, 100)
    told = [message["text"] for message in one["messages"] + messages]
    assert told == ["Verifying file group #7...", "Creating a list of messages to be verified..."]
    again = client.get(first["statusUrl"])
    assert (again.status_code, again.headers["content-type"]) == (500, "text/plain; charset=utf-8")
    # The Administration API still has it.
    data = {"token": token(first["statusToken"])}
    assert '"succeeded"' in client.post("/api/get-status", data=data).text


def test_a_failed_call_says_why_in_its_messages(client: httpx2.Client) -> None:
    last, messages = ended(client, client.post("/JSON/Invoke/SlowFailure").json()["statusUrl"])
    assert (last["status"], last["result"]) == ("failed", None)
    assert messages[-1] == {"type": "error", "text": "The record 7 of pack 3 is damaged."}


def test_the_status_of_somebody_else_and_of_nothing_is_not_told(running: Running, client: httpx2.Client) -> None:
    running.archive.instance.users.create("bert", ["admin"], SYSTEM, password="Long enough 1")
    url = started(client, running).json()["statusUrl"]
    with running.client("bert", "Long enough 1") as other:
        assert other.post(url).status_code == 500
    for nothing in ("C467B22E-7057-43BA-B79B-C6140ED514BD", "x", "C467B22E705743BAB79BC6140ED514BD"):
        assert client.post(f"/JSON/Status/{nothing}").status_code == 500
    running.gate.open.set()


def test_as_xml(running: Running, client: httpx2.Client) -> None:
    answer = client.post("/XML/Invoke/Echo", data={"text": "a < b & ä"})
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    assert (root.tag, root.findtext("text"), root.find("isFlag").attrib) == ("result", "a < b & ä", {"nil": "true"})  # type: ignore[union-attr]
    names = [item.findtext("userName") for item in ElementTree.fromstring(client.post("/XML/Invoke/GetUsers").content)]
    assert names == ["admin"]
    url = ElementTree.fromstring(started(client, running, "XML").content).findtext("statusUrl")
    assert url is not None
    assert url.startswith("/XML/Status/")
    running.gate.open.set()
    status = ElementTree.fromstring(client.post(url).content)
    assert status.findtext("messages/item/type") == "line"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda some: st.lists(some, max_size=4) | st.dictionaries(st.text(max_size=8), some, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_any_json_becomes_xml_that_can_be_read(value: object) -> None:
    assert ElementTree.fromstring(xml.document(value)).tag == "result"


def test_a_member_whose_name_is_none_in_xml_keeps_it_as_an_attribute() -> None:
    root = ElementTree.fromstring(xml.document({"a b": 1, "xmlns": True, "ok": ["x\0y"]}))
    assert [(member.tag, member.get("name"), member.text) for member in root[:2]] == [
        ("member", "a b", "1"),
        ("member", "xmlns", "true"),
    ]
    assert root.findtext("ok/item") == "x\ufffdy"


def test_of_very_many_statuses_the_oldest_are_told_from_the_start_again() -> None:
    told, processes = Told(most=2), [Process("x", "admin") for _ in range(3)]
    for process in processes:
        process.log("line")
        assert len(told.status(process)["messages"]) == 1
    assert [len(told.status(process)["messages"]) for process in reversed(processes)] == [0, 0, 1]


def test_a_token_is_a_guid_and_back() -> None:
    assert token(guid("c467b22e705743bab79bc6140ed514bd")) == "c467b22e705743bab79bc6140ed514bd"
    with pytest.raises(NotFound):
        token("../../etc")


def test_a_cancelled_call_has_failed_for_these_clients() -> None:
    process = Process("x", "admin")
    process.finish("cancelled")
    status = Told().status(process)
    assert status["status"] == "failed"
    assert status["messages"] == [{"type": "error", "text": "The call was cancelled."}]


# Our client


def options(running: Running) -> dict[str, Any]:
    return {
        "username": "admin",
        "password": "changed",
        "host": "localhost",
        "port": running.port,
        "ca_file": running.ca_file,
        "logLevel": 0,
        "timeout": LONG_S,
        "api": "legacy",
    }


def test_our_client_gives_the_same_statuses_as_with_the_newer_api(running: Running) -> None:
    with Client(**options(running)) as legacy, Client(**{**options(running), "api": "administration"}) as newer:
        for name, arguments in (("GetServerInfo", {}), ("Echo", {"text": "ä"}), ("GetUsers", {})):
            assert legacy.CallMethod(name, arguments) == newer.CallMethod(name, arguments)
        failed = legacy.CallMethod("Echo")
        assert (failed["statusCode"], failed["error"]) == (
            "failed",
            {"message": "Missing API argument text.", "details": ""},
        )


def test_our_client_follows_a_long_call_to_its_end(running: Running) -> None:
    seen: list[Status] = []
    running.gate.open.set()
    with Client(**options(running), waitTime=10, callbackStatus=seen.append) as client:
        status = client.CallMethod("Slow", {"id": 7})
        assert (status["statusCode"], status["result"]) == ("succeeded", {"id": 7})
        assert status["logOutput"] == (
            "Verifying file group #7...\r\nCreating a list of messages to be verified...\r\n"
        )
        assert [one["statusCode"] for one in seen][-1] == "succeeded"
        assert client.GetStatus(status)["statusCode"] == "failed"  # told once


def test_our_client_says_why_a_long_call_failed_and_what_this_api_cannot(running: Running) -> None:
    with Client(**options(running), autoHandleToken=False, waitTime=10) as client:
        first = client.CallMethod("SlowFailure")
        assert first["statusCode"] == "running"
        last = [*client.HandleTokenIter(first)][-1]
        assert (last["statusCode"], last["error"]) == (
            "failed",
            {"message": "The record 7 of pack 3 is damaged.", "details": ""},
        )
        with pytest.raises(MailStoreBaseError, match="cannot cancel"):
            client.CancelAsync(first)
        assert client.GetMetadata() == []
        with pytest.raises(AttributeError):
            client.NoSuchFunction  # noqa: B018
    with pytest.raises(ValueError, match="administration, legacy"):
        Client(**{**options(running), "api": "soap"})
    with Client(**{**options(running), "password": "wrong"}) as client, pytest.raises(MailStoreHTTPError) as caught:
        client.GetServerInfo()
    assert caught.value.code == 401


async def awaited(running: Running) -> list[Status]:
    running.gate.open.set()
    async with ServerClient(**options(running), waitTime=10) as client:
        return [await client.GetUsers(), await client.CallMethod("Slow", {"id": 1})]


def test_the_async_client_does_the_same(running: Running) -> None:
    users, slow = asyncio.run(awaited(running))
    assert [user["userName"] for user in users["result"]] == ["admin"]
    assert slow["result"] == {"id": 1}
