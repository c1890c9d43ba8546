"""The clients with the names of the library of 2018."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from tests.clients.mailstore.fake import Fake
from tests.clients.mailstore.fake_spe import Management

from mailstore.errors import MailStoreHTTPError
from mailstore.mgmt import ServerClient, SPEClient


@pytest.fixture
def client(basic: dict[str, Any]) -> Iterator[SPEClient]:
    with SPEClient(**basic) as made:
        yield made


def test_instance_is_added_where_the_function_has_one(client: SPEClient, management: Management) -> None:
    client.instanceID = "test01"
    assert client.GetUserInfo("anna")["statusCode"] == "succeeded"
    assert management.last.fields == {"instanceID": "test01", "userName": "anna"}
    client.GetEnvironmentInfo()
    assert management.last.fields == {}


def test_one_call_can_be_about_another_instance(client: SPEClient, management: Management) -> None:
    client.instanceID = "test01"
    client.GetUsers(instanceID="other")
    assert management.last.fields == {"instanceID": "other"}


def test_server_tells_that_the_instance_is_missing(client: SPEClient) -> None:
    error = client.GetUsers()["error"]
    assert error
    assert error["message"] == "Missing API argument instanceID."


def test_raw_call_adds_the_instance_by_contract_and_by_metadata(client: SPEClient, management: Management) -> None:
    client.instanceID = "test01"
    assert client.call("GetUserInfo", {"userName": "anna"})["statusCode"] == "succeeded"
    assert client.call("GetWeather", {"place": "Ulm"})["result"] == {"instanceID": "test01", "place": "Ulm"}
    assert client.call("GetUsers", {"instanceID": "other"})["statusCode"] == "failed"
    client.call("GetInstances", {"instanceFilter": "*"})
    assert management.last.fields == {"instanceFilter": "*"}
    assert len(management.calls("get-metadata")) == 1


def test_raw_call_of_a_verb_gives_what_the_verb_answers(client: SPEClient) -> None:
    assert {"name": "Ping", "args": []} in client.call("get-metadata", invoke=False)
    first = client.call("VerifyStore", {"instanceID": "test01", "id": 1}, autoHandleToken=False)
    form = {"token": first["token"], "lastKnownStatusVersion": 0, "millisecondsTimeout": 0}
    assert client.call("get-status", form, invoke=False)["statusVersion"] == 5


def test_raw_call_of_a_function_that_nobody_knows_is_refused_by_the_server(client: SPEClient) -> None:
    with pytest.raises(MailStoreHTTPError) as caught:
        client.call("GetTea")
    assert caught.value.code == 404


def test_newer_function_is_a_method_without_the_instance(client: SPEClient) -> None:
    client.instanceID = "test01"
    assert client.GetWeather("Ulm")["result"] == {"instanceID": "test01", "place": "Ulm"}
    assert client.GetWeather("Ulm", instanceID="two")["statusCode"] == "succeeded"


def test_statuses_are_yielded_with_the_first(client: SPEClient) -> None:
    first = client.VerifyStore(1, instanceID="test01", autoHandleToken=False)
    assert [status["statusVersion"] for status in client.YieldStatus(first)] == [0, 5, 6, 7, 147]


def test_callback_is_called_for_refreshed_statuses_only(basic: dict[str, Any]) -> None:
    seen: list[Any] = []
    with SPEClient(**basic, callback=seen.append, instanceID="test01") as client:
        client.VerifyStore(1)
    assert [status["statusVersion"] for status in seen] == [5, 6, 7, 147]


def test_session_by_cookie_serves_too(by_cookie: dict[str, Any], management: Management) -> None:
    with SPEClient(**by_cookie, instanceID="test01") as client:
        assert client.GetUsers()["statusCode"] == "succeeded"
    assert management.cookie is None


def test_failures_go_to_the_logger_and_not_to_standard_output(
    basic: dict[str, Any], caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with SPEClient(**basic | {"logLevel": 2}) as client:
        client.GetUsers(instanceID="\x1b[2Jnowhere")
        client.GetEnvironmentInfo()
    [record] = caplog.records
    assert (record.name, record.levelno) == ("MGMTLogger", logging.WARNING)
    assert record.getMessage() == "GetUsers failed: There is no instance '\\u001b[2Jnowhere'."
    assert capsys.readouterr().out == ""


def test_log_level_is_each_clients_own(basic: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    with SPEClient(**basic | {"logLevel": 0}) as quiet, SPEClient(**basic | {"logLevel": 3}) as telling:
        quiet.GetUsers(instanceID="nowhere")
        telling.Ping()
    assert [record.getMessage() for record in caplog.records] == ["POST /api/invoke/Ping", "/api/invoke/Ping: HTTP 200"]
    with pytest.raises(ValueError, match="0 to 4"):
        SPEClient(logLevel=7)


def test_server_client_has_the_functions_of_a_server(fake: Fake, options: dict[str, Any]) -> None:
    with ServerClient(**options) as client:
        client.CreateUser("anna", ["login"])
        assert client.call("GetUserInfo", {"userName": "anna"})["result"]["userName"] == "anna"
        assert client.call("VerifyStore", {"id": 1})["statusCode"] == "succeeded"
        assert client.call("SetComplianceConfiguration", {"config": {"legalHoldEnabled": True}})["error"] is None
    assert fake.compliance["legalHoldEnabled"] is True
