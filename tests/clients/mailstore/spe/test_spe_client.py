"""What a program sees of the client: sync and async, by cookie and with each request."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.clients.mailstore.fake_spe import Management

import mailstore
from mailstore.contract import SPE
from mailstore.encode import form, types
from mailstore.errors import MailStoreCallError, MailStoreNoTokenError
from mailstore.instances import with_default
from mailstore.spe import Client

Make = Callable[..., Any]
KEYS = ["error", "token", "statusVersion", "statusCode", "percentProgress", "statusText", "result", "logOutput"]
WHOLE_LOG = (
    "Verifying file group #38...\r\nCreating a list of messages to be verified...\r\n"
    "389 messages are about to be verified.\r\nVerifying...\r\n  100 messages verified...\r\n"
    "  389 messages verified...\r\nFinished. No errors have been found.\r\n"
)


@pytest.fixture
def client(make: Make) -> Any:
    return make()


def test_import_gives_the_modules() -> None:
    assert mailstore.spe.Client is Client
    assert mailstore.mgmt.SPEClient.__name__ == "SPEClient"


def test_regular_call_answers_with_the_whole_status(client: Any) -> None:
    status = client.GetEnvironmentInfo()
    assert set(status) - {"antiXsrfToken"} == set(KEYS)
    assert (status["statusCode"], status["statusVersion"]) == ("succeeded", 2)
    assert status["result"]["userName"] == "admin"


def test_only_the_session_has_tokens_against_forgery(by_cookie: dict[str, Any], basic: dict[str, Any]) -> None:
    with Client(**by_cookie) as one, Client(**basic) as other:
        assert len(base64.b64decode(one.GetEnvironmentInfo()["antiXsrfToken"])) == 33
        assert "antiXsrfToken" not in other.GetEnvironmentInfo()


@pytest.mark.parametrize(
    ("options", "by_cookie"),
    [({}, True), ({"port": 8474}, False), ({"session": "basic"}, False), ({"port": 443, "session": "cookie"}, True)],
)
def test_way_of_signing_in_follows_the_port_unless_it_is_chosen(options: dict[str, Any], by_cookie: bool) -> None:
    client = Client(**options)
    assert (client._session is not None) == by_cookie
    client.Logout()


def test_empty_host_is_this_machine_and_the_port_that_of_the_session() -> None:
    client = Client()
    assert client.base_url == "https://127.0.0.1:8470"
    client.Logout()


def test_unknown_way_of_signing_in_is_refused() -> None:
    with pytest.raises(ValueError, match="auto, cookie or basic"):
        Client(session="digest")  # type: ignore[arg-type]


@pytest.mark.parametrize("level", [-1, 5])
def test_log_level_outside_the_range_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match="0 to 4"):
        Client(fileLogLevel=level)


def test_client_does_not_show_its_password(by_cookie: dict[str, Any]) -> None:
    client = Client(**by_cookie)
    assert by_cookie["password"] not in repr(client) + repr(client._session)
    client.Logout()


def test_instance_comes_first(client: Any, management: Management) -> None:
    assert [user["userName"] for user in client.GetUsers("test01")["result"]] == ["admin", "anna"]
    assert client.GetUserInfo("test01", "anna")["result"]["emailAddresses"][0] == "anna@example.com"
    assert management.last.fields == {"instanceID": "test01", "userName": "anna"}


def test_instance_of_the_client_stands_in_where_all_else_is_named(make: Make, management: Management) -> None:
    client = make(instanceID="test01")
    assert client.GetUserInfo(userName="anna")["statusCode"] == "succeeded"
    assert client.GetUsers()["statusCode"] == "succeeded"
    assert client.VerifyStore(id=38)["statusCode"] == "succeeded"
    assert client.GetUsers("other")["statusCode"] == "failed"
    assert management.last.fields == {"instanceID": "other"}
    assert client.GetUserInfo("test01", userName="anna")["statusCode"] == "succeeded"
    with pytest.raises(TypeError, match="userName"):
        client.GetUserInfo("anna")


def test_without_an_instance_of_its_own_the_client_wants_one_in_the_call(client: Any, management: Management) -> None:
    with pytest.raises(TypeError, match="instanceID"):
        client.GetUserInfo(userName="anna")
    assert management.calls("GetUserInfo") == []


def test_raw_call_gets_no_instance(make: Make) -> None:
    status = make(instanceID="test01").CallMethod("GetUsers")
    assert status["error"]["message"] == "Missing API argument instanceID."


def test_failed_call_is_an_answer_and_raises_if_wanted(make: Make) -> None:
    assert make().GetUsers("nowhere")["error"]["message"] == "There is no instance 'nowhere'."
    with pytest.raises(MailStoreCallError, match="There is no instance"):
        make(raiseOnError=True).GetUsers("nowhere")


def test_methods_without_a_token_do_not_take_the_argument_for_it(client: Any) -> None:
    with pytest.raises(TypeError, match="autoHandleToken"):
        client.GetUsers("test01", autoHandleToken=False)


def test_long_call_waits_for_its_end_and_gives_the_whole_log(client: Any) -> None:
    status = client.VerifyStore("test01", 38)
    assert (status["statusCode"], status["statusVersion"]) == ("succeeded", 147)
    assert status["logOutput"] == WHOLE_LOG
    assert status["token"].startswith("sa")
    assert len(status["token"]) == 34


def test_handling_is_chosen_per_client_and_per_call(make: Make) -> None:
    assert make().MaintainFileSystemDatabases("test01", autoHandleToken=False)["statusCode"] == "running"
    assert make(autoHandleToken=False).VerifyStore("test01", 1, autoHandleToken=True)["statusCode"] == "succeeded"


def test_function_that_only_newer_servers_run_as_a_process_is_followed(make: Make) -> None:
    assert make().GetFolderStatistics("test01")["statusCode"] == "succeeded"
    assert make(autoHandleToken=False).GetFolderStatistics("test01", autoHandleToken=True)["statusCode"] == "succeeded"


def test_polls_wait_two_seconds_unless_told_otherwise(make: Make, management: Management) -> None:
    make().MaintainFileSystemDatabases("test01")
    make(waitTime=250).MaintainFileSystemDatabases("test01")
    waits = [seen.fields["millisecondsTimeout"] for seen in management.calls("get-status")]
    assert set(waits) == {"2000", "250"}


def test_token_is_handled_by_hand_in_three_ways(make: Make) -> None:
    client = make(autoHandleToken=False)
    first = client.VerifyStore("test01", 38)
    assert (first["statusVersion"], first["logOutput"]) == (0, None)
    assert client.GetStatus(first)["statusVersion"] == 5
    assert client.HandleToken(client.VerifyStore("test01", 38))["logOutput"] == WHOLE_LOG
    versions = [status["statusVersion"] for status in client.HandleTokenIter(client.VerifyStore("test01", 38))]
    assert versions == [0, 5, 6, 7, 147]


def test_cancelled_process_ends_as_cancelled(make: Make) -> None:
    client = make(autoHandleToken=False)
    first = client.VerifyStore("test01", 38)
    answer = client.CancelAsync(first)
    assert all(answer[key] is None for key in KEYS)
    assert client.HandleToken(first)["statusCode"] == "cancelled"


def test_status_without_a_token_cannot_be_followed(client: Any) -> None:
    with pytest.raises(MailStoreNoTokenError):
        client.GetStatus(client.GetUsers("test01"))


def test_function_newer_than_the_library_takes_the_instance_as_the_others(make: Make) -> None:
    client = make(instanceID="test01")
    assert client.GetWeather(place="Ulm")["result"] == {"instanceID": "test01", "place": "Ulm"}
    assert client.GetWeather("two", "Ulm")["result"] == {"instanceID": "two", "place": "Ulm"}
    with pytest.raises(AttributeError, match="GetTea"):
        client.GetTea()


def test_callback_gets_every_status(make: Make) -> None:
    seen: list[Any] = []
    make(callback=seen.append).VerifyStore("test01", 38)
    assert [status["statusVersion"] for status in seen] == [0, 5, 6, 7, 147]


VALUES = st.none() | st.booleans() | st.integers() | st.text()


@given(st.dictionaries(st.sampled_from(["id", "includeIndexes", "instanceID"]), VALUES))
def test_fields_are_text_and_nothing_but_none_is_left_out(arguments: dict[str, Any]) -> None:
    fields = form(arguments, types(SPE["VerifyStore"]))
    assert fields.keys() == {name for name, value in arguments.items() if value is not None}
    for name, text in fields.items():
        value = arguments[name]
        assert text == (str(value).lower() if isinstance(value, bool) else str(value))


@given(st.none() | st.text(), st.lists(VALUES), st.dictionaries(st.sampled_from(["instanceID", "id"]), VALUES))
def test_instance_stands_in_only_where_none_is_given(
    instance: str | None, values: list[Any], arguments: dict[str, Any]
) -> None:
    filled = with_default(instance, tuple(values), arguments)
    assert {name: filled[name] for name in arguments} == arguments
    added = filled.keys() - arguments.keys()
    assert added == ({"instanceID"} if instance is not None and not values and "instanceID" not in arguments else set())
