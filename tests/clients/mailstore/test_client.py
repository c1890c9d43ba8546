"""What a program sees of the client, sync and async alike."""

from __future__ import annotations

import io
import socket
import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.clients.mailstore.fake import Fake
from tests.clients.mailstore.wire import MESSAGE

import mailstore
from mailstore.contract.shapes import Status
from mailstore.errors import (
    MailStoreAnswerError,
    MailStoreBaseError,
    MailStoreCallError,
    MailStoreConnectionError,
    MailStoreHTTPError,
    MailStoreNoTokenError,
)

Make = Callable[..., Any]
WHOLE_LOG = (
    "Verifying file group #1...\r\nCreating a list of messages to be verified...\r\n"
    "  100 messages verified...\r\n  200 messages verified...\r\nFinished. No errors have been found.\r\n"
)
KEYS = ["error", "token", "statusVersion", "statusCode", "percentProgress", "statusText", "result", "logOutput"]


def test_regular_call_answers_with_the_whole_status(client: Any, fake: Fake) -> None:
    status = client.GetServerInfo()
    assert list(status) == KEYS
    assert status["statusCode"] == "succeeded"
    assert status["statusVersion"] == 2
    assert status["result"] == {"version": "9.0.0.9702", "machineName": "FAKE"}
    assert fake.last.path == "/api/invoke/GetServerInfo"
    assert fake.last.headers["Content-Length"] == "0"


def test_answers_are_read_with_and_without_byte_order_mark(client: Any, fake: Fake) -> None:
    fake.bom = False
    assert client.GetServerInfo()["result"]["machineName"] == "FAKE"


def test_credentials_go_with_the_first_request(client: Any, fake: Fake) -> None:
    client.GetServerInfo()
    assert len(fake.seen) == 1


def test_calls_share_a_connection(client: Any, fake: Fake) -> None:
    for _ in range(3):
        client.GetServerInfo()
    assert len({seen.client for seen in fake.seen}) == 1


def test_users_are_created_listed_changed_and_deleted(client: Any, fake: Fake) -> None:
    client.CreateUser("anna", ["login", "archive"], "Anna Füchsin")
    client.SetUserEmailAddresses("anna", ["anna@example.com", "a@example.com"])
    assert [user["userName"] for user in client.GetUsers()["result"]] == ["anna"]
    info = client.GetUserInfo("anna")["result"]
    assert info["fullName"] == "Anna Füchsin"
    assert info["privileges"] == ["login", "archive"]
    assert info["emailAddresses"] == ["anna@example.com", "a@example.com"]
    client.SetUserEmailAddresses("anna")
    assert client.GetUserInfo("anna")["result"]["emailAddresses"] == []
    client.DeleteUser("anna")
    assert client.GetUsers()["result"] == []


def test_json_parameters_take_objects_and_text(client: Any) -> None:
    client.SetComplianceConfiguration({"legalHoldEnabled": True})
    client.SetComplianceConfiguration('{"globalRetentionTimeYears": 6}')
    assert client.GetComplianceConfiguration()["result"] == {"globalRetentionTimeYears": 6, "legalHoldEnabled": True}


def test_false_is_sent(client: Any, fake: Fake) -> None:
    client.VerifyStore(1, False)
    assert fake.seen[0].fields == {"id": "1", "includeIndexes": "false"}


def test_failed_call_is_an_answer_and_not_an_exception(client: Any) -> None:
    status = client.GetUserInfo("nobody")
    assert status["statusCode"] == "failed"
    assert status["error"]["message"] == "There is no user 'nobody'."
    assert status["error"]["details"]
    assert status["result"] is None


def test_failed_call_raises_if_wanted(make: Make) -> None:
    with pytest.raises(MailStoreCallError, match="There is no user 'nobody'") as caught:
        make(raiseOnError=True).GetUserInfo("nobody")
    assert caught.value.status["statusCode"] == "failed"


def test_long_call_waits_for_its_end_and_gives_the_whole_log(client: Any) -> None:
    status = client.VerifyStore(1)
    assert status["statusCode"] == "succeeded"
    assert status["statusVersion"] == 147
    assert status["logOutput"] == WHOLE_LOG
    assert status["token"]


@pytest.mark.parametrize(("while_running", "null_at_end"), [(True, True), (True, False), (False, True)])
def test_token_of_the_start_serves_whatever_later_answers_hold(
    client: Any, fake: Fake, while_running: bool, null_at_end: bool
) -> None:
    fake.token_while_running, fake.null_token_at_end = while_running, null_at_end
    status = client.VerifyStore(1)
    assert status["logOutput"] == WHOLE_LOG
    assert status["token"] in fake.processes


def test_polls_tell_the_version_known_and_the_time_to_wait(make: Make, fake: Fake) -> None:
    make(waitTime=250).VerifyStore(1)
    polls = [seen.fields for seen in fake.seen if seen.path == "/api/get-status"]
    assert [fields["lastKnownStatusVersion"] for fields in polls] == ["3", "9", "29", "30"]
    assert {fields["millisecondsTimeout"] for fields in polls} == {"250"}


def test_token_can_be_handled_by_hand(make: Make) -> None:
    client = make(autoHandleToken=False)
    status = client.VerifyStore(1)
    assert status["statusCode"] == "running"
    assert status["logOutput"].startswith("Verifying file group #1")
    codes = []
    while status["statusCode"] == "running":
        status = client.GetStatus(status)
        codes.append((status["statusVersion"], status["statusCode"]))
    assert codes == [(9, "running"), (29, "running"), (30, "running"), (147, "succeeded")]


def test_handling_is_chosen_per_client_and_per_call(make: Make) -> None:
    assert make().VerifyStore(1, autoHandleToken=False)["statusCode"] == "running"
    assert make(autoHandleToken=False).VerifyStore(1, autoHandleToken=True)["statusCode"] == "succeeded"


def test_handled_token_ends_as_the_automatic_one(make: Make) -> None:
    client = make(autoHandleToken=False)
    assert client.HandleToken(client.VerifyStore(1))["logOutput"] == WHOLE_LOG


def test_bare_token_is_enough_and_brings_all_the_log(make: Make) -> None:
    client = make(autoHandleToken=False)
    token = client.VerifyStore(1)["token"]
    assert client.HandleToken(token)["logOutput"] == WHOLE_LOG


def test_each_status_is_given_as_received(make: Make) -> None:
    client = make(autoHandleToken=False)
    statuses = list(client.HandleTokenIter(client.VerifyStore(1)))
    assert [status["statusVersion"] for status in statuses] == [3, 9, 29, 30, 147]
    assert "".join(status["logOutput"] or "" for status in statuses) == WHOLE_LOG


def test_callback_sees_every_status(make: Make) -> None:
    seen: list[Status] = []
    make(callbackStatus=seen.append).VerifyStore(1)
    assert [status["statusVersion"] for status in seen] == [3, 9, 29, 30, 147]
    seen.clear()
    make(callback=seen.append).VerifyStore(1)
    assert len(seen) == 5


def test_cancelled_call_ends_as_cancelled_and_keeps_its_log(make: Make) -> None:
    client = make(autoHandleToken=False)
    first = client.VerifyStore(1)
    assert set(client.CancelAsync(first).values()) == {None}
    last = client.HandleToken(first)
    assert last["statusCode"] == "cancelled"
    assert last["logOutput"] == first["logOutput"]


def test_status_without_token_is_refused(client: Any) -> None:
    done = client.GetServerInfo()
    for method in (client.GetStatus, client.HandleToken, client.HandleTokenIter, client.CancelAsync):
        with pytest.raises(MailStoreNoTokenError):
            method(done)


def test_unknown_token_is_an_http_error(client: Any) -> None:
    with pytest.raises(MailStoreHTTPError, match="does not know this token") as caught:
        client.GetStatus("0" * 32)
    assert caught.value.code == 404


def test_poll_survives_a_broken_connection(client: Any, fake: Fake) -> None:
    fake.drop_status = 2
    assert client.VerifyStore(1)["logOutput"] == WHOLE_LOG


def test_poll_gives_up_when_connections_keep_breaking(client: Any, fake: Fake) -> None:
    fake.drop_status = 3
    with pytest.raises(MailStoreConnectionError):
        client.VerifyStore(1)


def test_wrong_password_is_an_http_error_that_old_scripts_catch_too(make: Make) -> None:
    with pytest.raises(MailStoreBaseError) as caught:
        make(password="wrong").GetServerInfo()
    error = caught.value
    assert isinstance(error, urllib.error.HTTPError)
    assert error.code == 401
    assert "password is wrong" in str(error)
    assert error.headers["WWW-Authenticate"].startswith("Basic")


def test_closed_port_is_a_connection_error(make: Make) -> None:
    with pytest.raises(MailStoreConnectionError, match=r"127\.0\.0\.1:9\b") as caught:
        make(port=9).GetServerInfo()
    assert isinstance(caught.value, urllib.error.URLError)


def test_server_that_does_not_answer_in_time_is_a_connection_error(make: Make) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as mute,
        pytest.raises(MailStoreConnectionError, match="no answer within"),
    ):
        make(port=mute.getsockname()[1], timeout=0.05).GetServerInfo()


def test_unknown_certificate_is_refused_with_advice_and_accepted_on_demand(make: Make) -> None:
    with pytest.raises(MailStoreConnectionError, match="ca_file"):
        make(ca_file=None).GetServerInfo()
    lenient = make(ca_file=None, ignoreInvalidSSLCerts=True)
    assert lenient.GetServerInfo()["statusCode"] == "succeeded"


def test_raw_call_sends_what_it_is_given(client: Any, fake: Fake) -> None:
    status = client.CallMethod("CreateUser", {"userName": "bob", "privileges": "login", "fullName": None})
    assert status["statusCode"] == "succeeded"
    assert fake.last.fields == {"userName": "bob", "privileges": "login"}


def test_missing_argument_is_told_by_the_server(client: Any) -> None:
    assert client.CallMethod("GetUserInfo")["error"]["message"] == "Missing API argument userName."


def test_metadata_lists_the_functions(client: Any) -> None:
    assert {"GetUsers", "VerifyStore", "GetWeather"} <= {function["name"] for function in client.GetMetadata()}


def test_function_newer_than_the_library_can_be_called(client: Any, fake: Fake) -> None:
    expected = {"place": "Ulm", "days": "2", "options": {"units": ["C"]}}
    assert client.GetWeather("Ulm", 2, options={"units": ["C"]})["result"] == expected
    assert client.GetWeather("Ulm", days=2, options={"units": ["C"]})["result"] == expected
    assert [seen.path for seen in fake.seen] == ["/api/get-metadata", *["/api/weather/GetWeather"] * 2]


def test_function_that_nobody_knows_is_an_attribute_error(client: Any) -> None:
    with pytest.raises(AttributeError, match="GetTea"):
        client.GetTea()
    with pytest.raises(AttributeError):
        client.no_such_thing()


def test_wrong_number_of_arguments_is_a_type_error(client: Any) -> None:
    with pytest.raises(TypeError, match="several values for place"):
        client.GetWeather("Ulm", place="Bonn")
    with pytest.raises(TypeError, match="3 arguments"):
        client.GetWeather("Ulm", 1, {}, "more")


def test_another_service_on_the_port_is_told(make: Make, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "answer", lambda seen: ["not", "a", "status"])
    with pytest.raises(MailStoreAnswerError):
        make().GetServerInfo()


def test_message_is_downloaded_byte_for_byte(client: Any, tmp_path: Path) -> None:
    assert client.download("1:7", tmp_path / "roof.eml") == len(MESSAGE)
    assert (tmp_path / "roof.eml").read_bytes() == MESSAGE
    memory = io.BytesIO()
    client.download("1:7", memory)
    assert memory.getvalue() == MESSAGE


def test_damaged_or_missing_download_leaves_no_file(client: Any, fake: Fake, tmp_path: Path) -> None:
    fake.etag = "0" * 64
    with pytest.raises(MailStoreAnswerError, match="SHA-256"):
        client.download("1:7", tmp_path / "roof.eml")
    with pytest.raises(MailStoreHTTPError, match="no message 1:8"):
        client.download("1:8", tmp_path / "roof.eml")
    assert list(tmp_path.iterdir()) == []


def test_import_gives_the_server_module() -> None:
    assert mailstore.server.Client.__name__ == "Client"
    with pytest.raises(AttributeError):
        mailstore.nothing  # noqa: B018
